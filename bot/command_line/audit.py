"""`sickbay audit`: prove that nothing in the audit log was changed, and take it out as JSON lines."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from bot.command_line.common import ConfigOption, Exit, fail, secrets_or_exit, settings_or_exit
from bot.command_line.database import filled_or_exit

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sickbay.incidents.audit import Audit, Head
    from sickbay.settings import Secrets, Settings

HELP = "Prove the audit log, or export it."
_HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


def add_commands(app: typer.Typer) -> None:
    """Add the commands to their group."""
    app.command("verify")(verify)
    app.command("export")(export)


def verify(
    *,
    head: Annotated[
        str, typer.Option(metavar="SEQUENCE:MAC", help="A head that was kept elsewhere, as 'audit head' is logged.")
    ] = "",
    config: ConfigOption = None,
) -> None:
    """Look for a row that was changed, removed, moved, forged or cut off. Exits 1 when there is one."""
    exported = _head(head) if head else None
    audit = _audit_or_exit(config)
    from sickbay.incidents.database import DatabaseUnavailableError

    try:
        verdict = audit.verify(exported)
    except DatabaseUnavailableError as error:
        fail(str(error), 1)
    sound = f"{verdict.head.sequence} rows are as they were written"
    if verdict.problem:
        fail(f"The audit log is broken: {verdict.problem}. Before that, {sound}.", Exit.FINDINGS)
    typer.echo(f"{sound[0].upper()}{sound[1:]}." + (f" Head: {_shown(verdict.head)}" if verdict.head.sequence else ""))


def export(
    *,
    since: Annotated[str, typer.Option(help="How far back: 45s, 30m, 2h, 7d; without it, all.")] = "",
    config: ConfigOption = None,
) -> None:
    """Print the rows as JSON lines, the oldest first, each with its macs."""
    begin = _moment(since) if since else None
    audit = _audit_or_exit(config)
    import msgspec

    from sickbay.incidents.database import DatabaseUnavailableError

    try:
        for row in audit.rows(begin):
            typer.echo(msgspec.json.encode(row))
    except DatabaseUnavailableError as error:
        fail(str(error), 1)


def audit_key_or_exit(settings: "Settings", secrets: "Secrets") -> bytes:
    """Give the key of the audit log, or end the command with how to make one."""
    from sickbay.incidents.audit_key import AuditKeyError, key_in

    if secrets.audit_key:
        return secrets.audit_key.get_secret_value().encode()
    if secrets.database_url:
        fail(
            "AUDIT_KEY: is not set, and bots that share a database must share the key of its audit log.\n"
            "Make one with `openssl rand -hex 32`, and give it to each as AUDIT_KEY or AUDIT_KEY_FILE.",
            Exit.USAGE,
        )
    try:
        return key_in(settings.data_directory)
    except AuditKeyError as error:
        fail(str(error), 1)


def _audit_or_exit(config: "Path | None") -> "Audit":
    """Give the audit log, where there is one."""
    from sickbay.incidents.audit import Audit

    settings, secrets = settings_or_exit(config), secrets_or_exit()
    return Audit(filled_or_exit(settings, secrets), audit_key_or_exit(settings, secrets))


def _head(text: str) -> "Head":
    from sickbay.incidents.audit import Head

    found = _HEAD.fullmatch(text)
    if found is None:
        fail("--head: allowed is SEQUENCE:MAC, a number and 64 digits of hex, as 'audit head' is logged.", Exit.USAGE)
    return Head(int(found[1]), found[2])


def _moment(text: str) -> "datetime":
    from datetime import UTC, datetime

    from sickbay.settings.durations import parse_duration

    try:
        return datetime.now(UTC) - parse_duration(text)
    except ValueError as error:
        fail(f"--since: {error}", Exit.USAGE)


def _shown(head: "Head") -> str:
    return f"{head.sequence}:{head.mac}"
