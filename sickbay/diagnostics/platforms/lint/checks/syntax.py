"""A file cannot be built from or started, or says otherwise than it means."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.lint.compose import ComposeFile
from sickbay.diagnostics.platforms.lint.findings import Fault, told
from sickbay.diagnostics.platforms.lint.snapshot import Snapshot
from sickbay.diagnostics.platforms.lint.syntax import broken

_LEGACY = Remedy(text="Put the services under `services:`; links between them are then no longer needed.")


@check(
    "LNT-113",
    title="Syntax",
    severity=Severity.HIGH,
    remedy="Correct the line; `docker build --check .` and `docker compose config -q` tell whether it is right now.",
)
def syntax(lint: Snapshot) -> Iterator[Finding]:
    """The builder or Compose refuses the file, or takes a line for something else than was meant.

    In a Dockerfile: an unknown instruction, a missing FROM, a heredoc without an end, a copy of several files into what
    is no folder, a command that is no shell, an ENV in the old form (`ENV name value`) that takes the whole line. In a
    Compose file: what `docker compose config` refuses where that command is there, and else the Compose
    specification's own schema: unknown keys, wrong kinds of values, a key twice, services at the top as in the first
    format; and variables that nothing sets. What hadolint alone cannot parse is no fault: it lags behind BuildKit.
    """
    for file in lint.dockerfiles:
        yield from told(lint, file, broken(file))
    for compose in lint.compose_files:
        yield from told(lint, compose, _refused(compose), _LEGACY if compose.legacy and not compose.problems else None)


def _refused(file: ComposeFile) -> Iterator[Fault]:
    if file.legacy:
        line = file.services[0].line if file.services else 0
        what = "has its services at the top, as the first format had, which Compose no longer reads"
        yield Fault(line=line, what=what, shown=", ".join(service.name for service in file.services))
    for problem in file.problems:
        yield Fault(line=problem.line, what=problem.message, shown=problem.message, inferred=problem.inferred)
