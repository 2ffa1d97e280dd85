"""Migrations, on both databases: from every earlier version, with its rows, also by two bots at once."""

import subprocess
import sys
from collections.abc import Callable

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Table, func, select, text

from sickbay.incidents.database import Database, DatabaseVersionError, _migrations, newest_version
from sickbay.incidents.diagnoses import Diagnoses
from sickbay.incidents.mutes import Mutes
from sickbay.incidents.tables import AUDIT, AUDIT_HEAD, METADATA
from tests.unit.command_line.reports import AT

#: Rows as each version wrote them; a new version adds its own.
ROWS = {
    "0001": """
        INSERT INTO diagnoses (id, target, scope, request, asked_by, channel, thread_ts, state, headline, severity,
            gaps, submitted_at, ended_at, findings)
            VALUES ('default.1', 'local', 'web', '{"scope":"web","window":"P1D"}', 'U1', 'C1', '1.5', 'done', 'High',
            'high', 0, '2026-11-23 20:41:03.000000', '2026-11-23 20:41:09.000000',
            '[{"code":"DKR-C101","title":"T","subject":"container/db","severity":"high","summary":"S","cause":true}]');
        INSERT INTO mutes VALUES ('local', 'C1', 'DKR-C101', 'container/db', '2026-11-24 20:41:03.000000', 'U1');
        INSERT INTO audit VALUES (1, '2026-11-23T20:41:03.000000+00:00', 'U1', 'C1', 'diagnose', 'local', 'web', '',
            'accepted', '', 'mac');
        INSERT INTO audit_head VALUES (1, 1, 'mac', 'seal');
    """,
}
ROWS["0002"] = (
    ROWS["0001"]
    + """
        INSERT INTO incidents VALUES (1, '1.2.a', 'checkout answers 5xx', 'sev2', 'investigating', 'local', 'web', 'C1',
            '1.5', FALSE, 'C1',
            'U1', '2026-11-23 20:41:03.000000', NULL, NULL, NULL, '', '', '', '', '[]', 0, NULL, 1, 1,
            TRUE);
        INSERT INTO timeline VALUES (1, 1, '2026-11-23 20:41:03.000000', 'opened', 'U1', 'checkout', 'opened', FALSE);
        INSERT INTO marks VALUES (1, 'DKR-C101', 'container/db', 'cause', 'U1');
        INSERT INTO alerts VALUES (1, 'alertmanager', 'f1', TRUE, 'T', '{}', 'local', 'web', 'sev2', '', 'g1',
            '2026-11-23 20:41:03.000000', NULL, '2026-11-23 20:41:03.000000', 1, 1);
        INSERT INTO outbox VALUES ('incident:1:opened', 1, 'local', 'web', 'U1', '2026-11-23 20:41:03.000000');
    """
)
ROWS["0003"] = (
    ROWS["0002"]
    + """
        INSERT INTO schedules VALUES (1, '1.2.b', '["local"]', 'C1', '0 9 * * 1-5', 'every weekday at 09:00',
            'Europe/London', FALSE, 'U1', '2026-11-23 20:41:03.000000', '2026-11-24 09:00:00.000000');
        INSERT INTO report_runs VALUES (1, 1, '2026-11-23T09:00:00+00:00', '2026-11-23 09:00:00.000000',
            '2026-11-23 09:00:01.000000', '["local"]', 'C1', 'U1', '[]', FALSE, NULL, '{}');
    """
)


def versions() -> list[str]:
    """Give every version, the first first."""
    return [script.revision for script in ScriptDirectory.from_config(_migrations()).walk_revisions()][::-1]


def migrate(database: Database, version: str) -> None:
    """Migrate no further than to this version."""
    config = _migrations()
    with database.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)


def test_each_version_has_rows_to_migrate() -> None:
    """Given the versions, when one is added, then rows as it writes them are added here."""
    assert versions() == list(ROWS)
    assert versions()[-1] == newest_version()


@pytest.mark.parametrize("version", ROWS)
def test_an_older_database_keeps_what_it_holds(empty: Database, version: str) -> None:
    """Given a database of that version with rows, when it is upgraded, then the newest code reads them."""
    migrate(empty, version)
    with empty.begin() as connection:
        for statement in ROWS[version].split(";")[:-1]:
            connection.execute(text(statement.replace(":", r"\:")))

    assert empty.upgrade() == (version, newest_version())

    past = Diagnoses(empty).get("default.1")
    assert past
    assert (past.submitted_at, past.request.scope, past.findings[0].code) == (AT, "web", "DKR-C101")
    assert [mute.by for mute in Mutes(empty).active("local", "C1", AT)] == ["U1"]
    assert [_count(empty, table) for table in (AUDIT, AUDIT_HEAD)] == [1, 1]


def _count(database: Database, table: Table) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_the_migrations_make_the_tables_that_the_code_uses(database: Database) -> None:
    """Given a database of the newest version, when it is compared with the code's tables, then nothing differs."""
    with database.read() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)

    assert differences == []


def test_upgrading_says_from_where_to_where(empty: Database) -> None:
    """Given an empty database, when it is upgraded twice, then the second finds nothing to do."""
    assert empty.version() is None
    assert empty.upgrade() == (None, newest_version())
    assert empty.upgrade() == (newest_version(), newest_version())
    assert empty.version() == newest_version()


def test_bots_that_start_at_once(url: str) -> None:
    """Given three bots and an empty database, when they upgrade it at one moment, then one does and all go on."""
    upgrade = (
        "import sys; from sickbay.incidents.database import Database; database = Database(sys.argv[1]);"
        "print('ready', flush=True); sys.stdin.readline(); print(database.upgrade()[0])"
    )
    bots = [
        subprocess.Popen(
            [sys.executable, "-c", upgrade, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for bot in bots:
        assert bot.stdout
        assert bot.stdout.readline() == "ready\n"

    for bot in bots:
        assert bot.stdin
        bot.stdin.write("go\n")
        bot.stdin.flush()
    told = [bot.communicate() for bot in bots]

    assert [bot.returncode for bot in bots] == [0] * 3, told
    assert sorted(out for out, _ in told) == [f"{newest_version()}\n"] * 2 + ["None\n"]


def test_a_migration_that_fails_leaves_nothing_behind(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a migration that fails after it has made its tables, when it is run, then the database is as before."""

    def failing(upgrade: Callable[..., None]) -> Callable[..., None]:
        def run(*arguments: object, **options: object) -> None:
            upgrade(*arguments, **options)
            raise RuntimeError("half done")

        return run

    monkeypatch.setattr(command, "upgrade", failing(command.upgrade))
    with pytest.raises(RuntimeError, match="half done"):
        empty.upgrade()
    monkeypatch.undo()

    assert empty.version() is None
    assert empty.upgrade() == (None, newest_version())


def test_a_database_of_a_newer_version_is_refused(database: Database) -> None:
    """Given a database that a newer Sickbay migrated, when this one upgrades, then it says so and changes nothing."""
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(DatabaseVersionError, match=r"version 9999, which this Sickbay does not know.*Start that one"):
        database.upgrade()

    assert database.version() == "9999"
