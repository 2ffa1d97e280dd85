"""A container ended by itself with an error."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Remedy, Severity
from sickbay.diagnostics.platforms.docker.exits import Exit, clock, ended_for_memory, last_exit, signal_name, signal_of
from sickbay.diagnostics.platforms.docker.ownership import owner_of, quoted, remedy
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot

_QUOTED = 120
_SIGNALLED = 129
#: 128 and SIGINT or SIGTERM: the usual end of a container that was stopped, where Docker forgot whether it was.
_ORDERLY = frozenset({130, 143})
#: SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV: what the kernel or the program itself sends on a fault.
_CRASHES = frozenset({4, 6, 7, 8, 11})
_REFUSED = "could not be started"


@check(
    "DKR-C101",
    title="Exited with an error",
    severity=Severity.HIGH,
    remedy="Read the last lines of its log: the application ended itself and says why there.",
    explains=("DKR-C101", "DKR-C104", "DKR-C105", "DKR-C106", "DKR-C115"),
)
def exited(host: Snapshot) -> Iterator[Finding]:
    """A container stopped with an exit code other than 0 that nobody asked for.

    The code tells who failed: 1 to 124 are the application's own; 125 is the engine's; 126 means that the command may
    not be executed, 127 that it was not found (an exec-form command is looked up without a shell, so give its full
    path); 128 and a signal's number that a signal ended it (139 is SIGSEGV, 134 SIGABRT, 137 SIGKILL). 137 alone is not
    called out of memory. An end that `docker stop` or `docker kill` asked for is none of this; where the engine no
    longer remembers whether it was asked, 130 and 143 are taken for such an end.
    """
    for container in host.containers:
        end = last_exit(host, container)
        if end is None or end.code == 0 or end.asked or ended_for_memory(host, container, end):
            continue
        if not end.remembered and end.code in _ORDERLY:
            continue
        meaning, cure = _meaning(container, end)
        since = "; it was restarted and runs again" if container.state.status == "running" else ""
        started = (
            f"exited with code {end.code} at {clock(end.at, host.taken_at)}" if container.ever_started else _REFUSED
        )
        yield Finding(
            subject=container.subject,
            summary=f"{container.name} {started}: {meaning}{_said(container)}{since}.",
            evidence=(*end.evidence, *container.log_evidence()),
            confidence=Confidence.OBSERVED if end.remembered or end.code < _SIGNALLED else Confidence.INFERRED,
            remedy=cure,
            owner=owner_of(container.labels),
            first_seen=end.at,
            last_seen=end.at,
        )


def _said(container: Container) -> str:
    """Quote the end of the log: the line that names an error, else the last one."""
    if container.log is None or not (last := container.log.last_line):
        return ""
    error = container.log.last_error or last
    return f'; its {"last line was" if error == last else "log says"} "{error[:_QUOTED]}"'


def _meaning(container: Container, end: Exit) -> tuple[str, Remedy | None]:
    """Give what the code means, and the remedy where the code decides it."""
    name = quoted(container)
    command = " ".join([container.inspect.path, *container.inspect.args])[:_QUOTED]
    match end.code:
        case 127:
            return f"the command `{command}` was not found", remedy(
                container,
                "Correct the command, or install it in the image; in exec form give its full path.",
                f"docker inspect --format '{{{{.Path}}}} {{{{.Args}}}}' {name}",
            )
        case 126:
            return f"the command `{command}` may not be executed", remedy(
                container,
                "Make it executable in the image (chmod +x), and check that it is a program, not a directory.",
            )
        case 125:
            return "the engine itself could not run it", remedy(
                container, "Read the error and the engine's own log.", "journalctl -u docker --since -15min"
            )
    number = signal_of(end.code)
    if number is None:
        return "the application reported an error", None
    unasked = "which Docker was not asked to send" if end.remembered else "and Docker no longer knows who asked for it"
    others = "a process inside, a person, or the host when it ran short of memory"
    besides = f"Something besides Docker ended it: {others}."
    anyone = f"Ask whether somebody stopped it; else it was {others}."
    return f"it was ended by {signal_name(number)}, {unasked}", remedy(
        container,
        "The program crashed: look for its core dump and its last log lines."
        if number in _CRASHES
        else besides
        if end.remembered
        else anyone,
        f"docker logs --tail 100 {name}",
    )
