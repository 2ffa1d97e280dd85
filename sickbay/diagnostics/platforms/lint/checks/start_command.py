"""CMD and ENTRYPOINT start something else than they seem to."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.lint.findings import Fault, told
from sickbay.diagnostics.platforms.lint.hadolint_rules import told_by
from sickbay.diagnostics.platforms.lint.shell import commands
from sickbay.diagnostics.platforms.lint.snapshot import Dockerfile, Snapshot


@check(
    "LNT-105",
    title="CMD and ENTRYPOINT",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy='Write one of each, as a JSON array (`CMD ["program", "argument"]`), and start one program.',
)
def start_command(lint: Snapshot) -> Iterator[Finding]:
    """There are several CMD or ENTRYPOINT, they stand in shell form, or start several processes from one shell.

    Only the last of each counts. In shell form `/bin/sh` is process 1: it passes no signals on, so that `docker stop`
    waits its ten seconds and kills; and an ENTRYPOINT in that form ignores CMD and all arguments. Behind an ENTRYPOINT
    the words of CMD are its arguments.
    """
    for file in lint.dockerfiles:
        own = list(_faults(file))
        # A health check in shell form is as good: it gets no signals.
        lines = {fault.line for fault in own} | {
            item.line for item in file.instructions if item.keyword == "HEALTHCHECK"
        }
        rules = [item for item in told_by("LNT-105", file) if item.line not in lines or "DL3025" not in item.shown]
        yield from told(lint, file, [*rules, *own])


def _faults(file: Dockerfile) -> Iterator[Fault]:
    if file.final is None:
        return
    entrypoint, cmd = file.final.last("ENTRYPOINT"), file.final.last("CMD")
    for item in (entrypoint, cmd):
        if item and item.exec is None and len(list(commands(item))) > 1 and "exec" not in item.words:
            what = "starts several processes from one shell, which passes no signals on"
            yield Fault(line=item.line, what=what, shown=item.text)
    if entrypoint and cmd and entrypoint.value and cmd.value:
        if entrypoint.exec is None:
            what = "has an ENTRYPOINT in shell form, which ignores the CMD"
            yield Fault(line=entrypoint.line, what=what, shown=entrypoint.text)
        elif cmd.exec is None:
            what = "has a CMD in shell form behind an ENTRYPOINT, which gets `/bin/sh -c …` as its arguments"
            yield Fault(line=cmd.line, what=what, shown=cmd.text)
