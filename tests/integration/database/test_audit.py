"""The audit log, on both databases: what is written stays as it was written, or it is told where it does not."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Connection, delete, insert, select, update
from structlog.testing import capture_logs

from sickbay.diagnostics.redaction import redact
from sickbay.incidents import audit as module
from sickbay.incidents.audit import LONGEST_TEXT, Audit, Entry, Head, Verdict
from sickbay.incidents.database import Database, DatabaseUnavailableError
from sickbay.incidents.tables import AUDIT, AUDIT_HEAD

KEY = b"k" * 32
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def entry(detail: str = "", *, at: datetime = NOON) -> Entry:
    return Entry(
        at=at, actor="U1", channel="C1", action="logs", target="prod", detail=detail, rule="on call", outcome="accepted"
    )


@pytest.fixture
def audit(database: Database) -> Audit:
    return Audit(database, KEY)


def test_entries_are_numbered_and_kept(audit: Audit) -> None:
    """Given two entries, when they are appended, then each has the next number and stands as it was given."""
    assert [audit.append(entry("web")), audit.append(entry("api"))] == [1, 2]

    first, second = audit.rows()
    assert (first.at, first.actor, first.channel, first.action) == (
        "2026-05-01T12:00:00.000000+00:00",
        "U1",
        "C1",
        "logs",
    )
    assert (first.target, first.detail, first.rule, first.outcome) == ("prod", "web", "on call", "accepted")
    assert (first.previous, second.previous) == ("", first.mac)


def test_times_are_kept_in_utc(audit: Audit) -> None:
    """Given a time of another zone, when it is appended, then it stands in UTC with its microseconds."""
    audit.append(entry(at=datetime(2026, 5, 1, 14, 0, 0, 7, tzinfo=timezone(timedelta(hours=2)))))

    assert next(audit.rows()).at == "2026-05-01T12:00:00.000007+00:00"


def test_no_secret_is_kept(audit: Audit) -> None:
    """Given a secret in what was typed, when it is appended, then it is not in the row, and the log is sound."""
    audit.append(entry("web --since password=hunter2hunter2"))

    assert "hunter2" not in next(audit.rows()).detail
    assert not audit.verify().problem


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * 40_000, "\u202e\N{PILE OF POO}", "\r\n\"'[]\\"])
def test_any_text_can_be_kept_and_proven(audit: Audit, text: str) -> None:
    """Given what people and Slack can send, when it is appended, then a bounded part of it stands, and is proven."""
    audit.append(entry(text))

    assert len(next(audit.rows()).detail) <= LONGEST_TEXT
    assert audit.verify().head.sequence == 1
    assert not audit.verify().problem


def test_the_new_head_goes_to_the_log_stream(audit: Audit) -> None:
    """Given an entry, when it is appended, then its number and mac are logged in a form that redaction lets pass."""
    with capture_logs() as logged:
        audit.append(entry())

    (row,) = audit.rows()
    assert [line for line in logged if line["event"] == "audit head"] == [
        {"event": "audit head", "log_level": "info", "sequence": 1, "mac": row.mac}
    ]
    assert redact(row.mac) == row.mac


def test_rows_of_a_time_are_read_in_pages(audit: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given more rows than a page holds, when those since a moment are read, then all of them come, in order."""
    for minute in range(7):
        audit.append(entry(at=NOON + timedelta(minutes=minute)))
    monkeypatch.setattr(module, "_PAGE", 2)

    assert [row.sequence for row in audit.rows(NOON + timedelta(minutes=2))] == [3, 4, 5, 6, 7]
    assert audit.verify().head.sequence == 7


class Counting:
    """A database that counts transactions, and can hold the next one back."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.read = database.read
        self.begun = 0
        self.open = threading.Event()
        self.fails = False

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        self.begun += 1
        assert self.open.wait(30)
        if self.fails:
            raise DatabaseUnavailableError("The disk is full.")
        with self._database.begin() as connection:
            yield connection


def appended_at_once(audit: Audit, held: Counting, number: int) -> list[int | Exception]:
    """Append from so many threads, while the first holds a transaction; give what each was told."""
    told: dict[int, int | Exception] = {}

    def append(which: int) -> None:
        try:
            told[which] = audit.append(entry(str(which)))
        except DatabaseUnavailableError as error:
            told[which] = error

    threads = [threading.Thread(target=append, args=(which,)) for which in range(number)]
    threads[0].start()
    waiting = threading.Event()
    while held.begun == 0:
        waiting.wait(0.001)
    for thread in threads[1:]:
        thread.start()
    while len(audit._waiting) < number - 1:
        waiting.wait(0.001)
    held.open.set()
    for thread in threads:
        thread.join(30)
    return [told[which] for which in range(number)]


def test_one_transaction_takes_all_that_waits(database: Database) -> None:
    """Given 20 threads of which one is writing, when the others come, then one more transaction writes them all."""
    held = Counting(database)
    audit = Audit(held, KEY)  # type: ignore[arg-type]  # it has what the log uses

    told = appended_at_once(audit, held, 20)

    assert held.begun == 2
    details = {row.sequence: row.detail for row in audit.rows()}
    assert [details[sequence] for sequence in told if isinstance(sequence, int)] == [str(which) for which in range(20)]
    assert audit.verify().head.sequence == 20


def test_each_who_waits_hears_of_a_failure_and_the_next_can_write(database: Database) -> None:
    """Given a database that fails, when several append at once, then each is told; when it is well, it goes on."""
    held = Counting(database)
    held.fails = True
    audit = Audit(held, KEY)  # type: ignore[arg-type]  # it has what the log uses

    told = appended_at_once(audit, held, 5)
    held.fails = False

    assert [str(error) for error in told] == ["The disk is full."] * 5
    assert audit.append(entry()) == 1


def test_two_bots_write_one_log(database: Database, url: str) -> None:
    """Given two bots that begin an empty log at once, when both append, then there is one chain, without a gap."""
    other = Database(url)
    audits = [Audit(database, KEY), Audit(other, KEY)]
    together = threading.Barrier(4)

    def append(audit: Audit) -> None:
        together.wait(30)
        for _ in range(10):
            audit.append(entry())

    threads = [threading.Thread(target=append, args=(audit,)) for audit in audits * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    other.close()

    assert audits[0].verify() == Verdict(list(audits[0].rows())[-1].head)
    assert [row.sequence for row in audits[0].rows()] == list(range(1, 41))


def written(audit: Audit, number: int) -> list[Head]:
    """Append so many entries and give the head after each."""
    for which in range(1, number + 1):
        audit.append(entry(f"detail {which}"))
    return [row.head for row in audit.rows()]


def test_an_empty_log_is_sound(audit: Audit) -> None:
    """Given nothing, when it is verified, then nothing is wrong."""
    assert audit.verify() == Verdict(Head(0, ""))


def test_an_untouched_log_is_sound(audit: Audit) -> None:
    """Given a log, when it is verified with any head it ever had, then nothing is wrong."""
    heads = written(audit, 4)

    assert [audit.verify(head) for head in heads] == [Verdict(heads[-1])] * 4


@pytest.mark.parametrize("column", [column.name for column in AUDIT.columns if column.name != "sequence"])
def test_a_changed_row_is_named(audit: Audit, database: Database, column: str) -> None:
    """Given a log, when any column of a row is changed, then that row is named, and what comes before is sound."""
    heads = written(audit, 4)
    with database.begin() as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.sequence == 3).values({column: "else"}))

    verdict = audit.verify()

    assert verdict.problem == "row 3 is not as it was written: it was changed, moved or forged"
    assert verdict.head == heads[1]


def test_a_removed_row_is_named(audit: Audit, database: Database) -> None:
    """Given a log, when a row is removed, then its number is told."""
    written(audit, 4)
    with database.begin() as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.sequence == 2))

    assert audit.verify().problem == "row 2 is missing: row 3 stands in its place"


def test_a_removed_row_is_found_where_the_others_were_numbered_anew(audit: Audit, database: Database) -> None:
    """Given a log, when a row is removed and the next takes its number, then that one is named."""
    written(audit, 4)
    with database.begin() as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.sequence == 3))
        connection.execute(update(AUDIT).where(AUDIT.c.sequence == 4).values(sequence=3))

    assert audit.verify().problem.startswith("row 3 is not as it was written")


def test_swapped_rows_are_found(audit: Audit, database: Database) -> None:
    """Given a log, when two rows change places, then the first of the two places is named."""
    written(audit, 4)
    with database.begin() as connection:
        for before, after in ((2, 99), (4, 2), (99, 4)):
            connection.execute(update(AUDIT).where(AUDIT.c.sequence == before).values(sequence=after))

    assert audit.verify().problem.startswith("row 2 is not as it was written")


def test_a_forged_row_is_found(audit: Audit, database: Database) -> None:
    """Given a log, when somebody without the key adds a row, then it is named, although its chain is right."""
    heads = written(audit, 2)
    forger = Audit(database, b"another key, which is long enough")
    (row,) = forger._chained([entry("forged")], heads[-1])
    with database.begin() as connection:
        connection.execute(insert(AUDIT).values([getattr(row, column.name) for column in AUDIT.columns]))

    assert audit.verify().problem == "row 3 is not as it was written: it was changed, moved or forged"


def test_a_row_of_another_log_with_the_same_key_is_found(audit: Audit, database: Database) -> None:
    """Given a row that the key signed in another place, when it stands in this log, then it is named."""
    written(audit, 2)
    (row,) = audit._chained([entry("of elsewhere")], Head(1, "0" * 64))
    with database.begin() as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.sequence == 2))
        connection.execute(insert(AUDIT).values([getattr(row, column.name) for column in AUDIT.columns]))

    assert audit.verify().problem == "row 2 was not written after the row before it"


def test_a_cut_end_is_found_by_the_seal(audit: Audit, database: Database) -> None:
    """Given a log, when its last rows are removed, then the sealed head tells where it ended."""
    written(audit, 4)
    with database.begin() as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.sequence >= 3))

    assert audit.verify().problem == "the end is cut off: the sealed head is row 4"


def test_a_cut_end_is_found_when_the_head_is_moved_or_removed(audit: Audit, database: Database) -> None:
    """Given a log whose end was cut, when its head is set to the new end, or removed, then that is found."""
    heads = written(audit, 4)
    with database.begin() as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.sequence >= 3))
        connection.execute(update(AUDIT_HEAD).values(sequence=2, mac=heads[1].mac))
    moved = audit.verify().problem
    with database.begin() as connection:
        connection.execute(delete(AUDIT_HEAD))

    assert moved == "the sealed head was changed, so rows may be cut off at the end"
    assert audit.verify().problem == "the sealed head was removed, so rows may be cut off at the end"


def test_an_old_copy_put_back_is_found_by_an_exported_head(audit: Audit, database: Database) -> None:
    """Given a copy of the whole log, when it is put back later, then a head that was exported since then tells."""
    written(audit, 2)
    with database.begin() as connection:
        old = connection.execute(select(AUDIT_HEAD)).mappings().one()
    exported = written(audit, 1)[-1]
    with database.begin() as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.sequence > 2))
        connection.execute(update(AUDIT_HEAD).values(dict(old)))

    assert not audit.verify().problem
    assert audit.verify(exported).problem == "the end is cut off: the exported head is row 3"
    with pytest.raises(DatabaseUnavailableError, match="row 3 was written, and the log ends before it"):
        audit.append(entry())


def test_a_log_written_anew_with_the_key_is_found_by_an_exported_head(audit: Audit, database: Database) -> None:
    """Given an exported head, when who has the key writes the log anew, then the row of that head is named."""
    exported = written(audit, 3)[1]
    with database.begin() as connection:
        connection.execute(delete(AUDIT))
        connection.execute(delete(AUDIT_HEAD))
    anew = Audit(database, KEY)
    for _ in range(3):
        anew.append(entry("harmless"))

    assert not anew.verify().problem
    assert anew.verify(exported).problem.startswith("row 2 is not the one that was the exported head")


def test_another_key_is_told_apart_from_a_change(audit: Audit, database: Database) -> None:
    """Given a log, when it is verified with another key, then that is named as a cause."""
    written(audit, 2)

    problem = Audit(database, b"another key, which is long enough").verify().problem

    assert problem.startswith("row 1 is not as it was written")
    assert problem.endswith("or the key is not the one that it was written with")


def test_a_log_whose_head_was_moved_is_not_gone_on_with(audit: Audit, database: Database) -> None:
    """Given a cut log whose head was set to the new end, when it is appended to, then that is refused, not sealed."""
    heads = written(audit, 3)
    with database.begin() as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.sequence == 3))
        connection.execute(update(AUDIT_HEAD).values(sequence=2, mac=heads[1].mac))

    with pytest.raises(DatabaseUnavailableError, match=r"its sealed head was changed.* Run `sickbay audit verify`"):
        audit.append(entry())


def test_a_log_without_its_head_is_not_gone_on_with(audit: Audit, database: Database) -> None:
    """Given a log whose head was removed, when a bot that has just started appends to it, then that is refused."""
    written(audit, 2)
    with database.begin() as connection:
        connection.execute(delete(AUDIT_HEAD))

    with pytest.raises(DatabaseUnavailableError, match="there are rows after its sealed head"):
        Audit(database, KEY).append(entry())


def test_a_log_of_another_key_is_not_gone_on_with(audit: Audit, database: Database) -> None:
    """Given a log, when a bot with another key appends to it, then that is refused."""
    written(audit, 1)

    with pytest.raises(DatabaseUnavailableError, match="the key is not the one that it was written with"):
        Audit(database, b"another key, which is long enough").append(entry())
