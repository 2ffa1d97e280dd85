"""A step of the build fails, or what it does is gone when it ends."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.lint.build_steps import faults
from sickbay.diagnostics.platforms.lint.findings import told
from sickbay.diagnostics.platforms.lint.snapshot import Snapshot


@check(
    "LNT-111",
    title="Build step without effect",
    severity=Severity.MEDIUM,
    remedy="Do it when the container starts (an entrypoint, or a one-off `docker compose run`), and give tar `-xzf`.",
)
def build_steps(lint: Snapshot) -> Iterator[Finding]:
    """A build starts a service, migrates a database, gives tar's options in a wrong order, or asks a dead host.

    Processes end with the RUN that started them, and what a service wrote into a volume's folder is lost with them. At
    build time there is no database to reach. In `tar -zxfv` the f takes `v` for the archive's name. To find out why a
    step fails, build the stage before it (`docker build --target NAME`), or let the builder stop there
    (`docker buildx debug build`): BuildKit keeps no layers of failed builds to start a shell in.
    """
    for file in lint.dockerfiles:
        yield from told(lint, file, faults(file))
