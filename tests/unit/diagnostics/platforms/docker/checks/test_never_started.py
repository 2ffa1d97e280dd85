"""DKR-C106: a container was made but has never run."""

import pytest

from sickbay.diagnostics.model import Confidence, Finding
from sickbay.diagnostics.platforms.docker.checks.never_started import never_started
from sickbay.diagnostics.platforms.docker.snapshot import Container
from sickbay.diagnostics.platforms.docker.wire.base import NEVER
from sickbay.diagnostics.platforms.docker.wire.containers import Mount
from tests.unit.diagnostics.platforms.docker.hosts import NOW, ago, container, findings, host

SOURCE = (Mount(type="bind", source="/srv/shop", destination="/data"), Mount(type="volume", source="/x"))
PREAMBLE = "OCI runtime create failed: runc create failed: unable to start container process: "


def found(**differs: object) -> Finding:
    (finding,) = findings(never_started, host(container("web-1", **{"status": "created", **differs})))
    return finding


@pytest.mark.parametrize(
    ("error", "cure"),
    [
        ("invalid mount config: bind source path does not exist: /srv/shop", "Create the source of the bind mount"),
        ("error mounting /srv/shop: no such file or directory", "Create the source of the bind mount"),
        ("error mounting: are you trying to mount a directory onto a file", "what its target is"),
        ("network shop_default not found", "make it again, or recreate"),
        ("cannot join network of a non running container: 0a1b", "start that one first"),
        ("No such container: 0a1b", "start that one first"),
    ],
)
def test_the_error_decides_the_remedy(error: str, cure: str) -> None:
    """Given the engine's error, then the finding quotes it and the remedy is that of its class."""
    finding = found(error=error, created=ago(minutes=5), mounts=SOURCE)

    assert finding.summary == f'web-1 was created at 02:55 UTC and has never run: "{error}".'
    assert finding.remedy is not None
    assert cure in finding.remedy.text
    assert finding.confidence is Confidence.OBSERVED
    assert "bind mount on" not in finding.remedy.text or "(/srv/shop)" in finding.remedy.text


def test_the_runtimes_preamble_is_left_out() -> None:
    """Given an error that begins with what runtimes always say, then what follows is quoted."""
    assert found(error=PREAMBLE + "no such device").summary.endswith('has never run: "no such device".')


def test_an_error_of_no_class_gets_the_general_remedy() -> None:
    """Given an error that is not known, then it is quoted, cut, and the check's own remedy holds."""
    finding = found(error="x" * 1_000)

    assert finding.remedy is None
    assert len(finding.summary) < 300


def test_without_an_error_it_is_inferred() -> None:
    """Given a container that was made yesterday and has no error, then the finding says so, and how to start it."""
    finding = found(created=ago(days=1), mounts=SOURCE)

    assert finding.summary == (
        "web-1 was created at 03:00 UTC on 23 November and has never run; the engine has noted no error of a start."
    )
    assert finding.confidence is Confidence.INFERRED
    assert finding.remedy is not None
    assert finding.remedy.command == "docker start web-1"
    assert "a start fails while /srv/shop is missing" in finding.remedy.text
    assert (finding.first_seen, finding.last_seen) == (ago(days=1), NOW)


def test_a_source_that_docker_makes_is_not_said_to_be_missing() -> None:
    """Given a bind mount by `--volume`, whose source Docker makes, then no start fails for it."""
    finding = found(created=ago(days=1), mounts=SOURCE, binds=("/srv/shop:/data:ro",))

    assert finding.remedy is not None
    assert finding.remedy.text == "Start it, or remove it if it is not wanted."


def test_of_several_mounts_the_one_in_the_error_is_named() -> None:
    """Given an error that names one source of several, then the remedy names that one alone."""
    mounts = tuple(Mount(type="bind", source=source) for source in ("/srv", "/srv/shop", "/etc/hosts"))
    error = 'error mounting "/srv/shop" to rootfs: are you trying to mount a directory onto a file'

    finding = found(error=error, created=ago(minutes=5), mounts=mounts)

    assert finding.remedy is not None
    assert "on the host (/srv/shop) what" in finding.remedy.text


@pytest.mark.parametrize(("seconds", "told"), [(59, False), (60, True), (61, True)])
def test_a_young_container_may_still_wait(seconds: int, told: bool) -> None:
    """Given no error, then a minute's patience is kept: Compose makes containers before it starts them."""
    young = container(status="created", created=ago(seconds=seconds))

    assert bool(findings(never_started, host(young))) is told


def test_an_error_needs_no_patience() -> None:
    """Given an error, then a container that was made a second ago is told."""
    assert "not found" in found(error="network x not found", created=ago(seconds=1)).summary


def test_an_engine_that_does_not_tell_when_is_believed_only_with_an_error() -> None:
    """Given no time of making, then an error is told without one, and silence is not."""
    assert found(error="network x not found", created=NEVER).summary == (
        'web-1 was created and has never run: "network x not found".'
    )
    assert findings(never_started, host(container(status="created", created=NEVER))) == []


@pytest.mark.parametrize(
    "other",
    [
        container(status="created", error='exec: "serve": executable file not found in $PATH', exit_code=127),
        container(status="created", error="Bind for 0.0.0.0:80 failed: port is already allocated"),
        container(status="exited", error="network x not found"),
        container(),
    ],
    ids=["its command", "its port", "it ran before", "it runs"],
)
def test_what_other_checks_tell_is_left_to_them(other: Container) -> None:
    """Given a command that cannot run, a taken port, or a container that ran, then this check says nothing."""
    assert findings(never_started, host(other)) == []
