"""DKR-C111: a container may do to its host what only root should."""

import pytest

from sickbay.diagnostics.platforms.docker.checks.excessive_privileges import excessive_privileges
from sickbay.diagnostics.platforms.docker.snapshot import Container
from sickbay.diagnostics.platforms.docker.wire.containers import Device, Mount, Processes
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, host, info


def bound(source: str, *, rw: bool = True, kind: str = "bind") -> Container:
    return container(mounts=(Mount(type=kind, source=source, destination="/x", rw=rw),))


def device(path: str) -> Container:
    return container(devices=(Device(path_on_host=path, path_in_container=path),))


def running(*commands: str) -> Container:
    return container(processes=Processes(titles=("PID", "CMD"), processes=tuple(("1", one) for one in commands)))


TAKES_OVER = "it can take over the host."
MORE = "few containers need that."


@pytest.mark.parametrize(
    ("one", "says", "effect"),
    [
        (container(privileged=True), "is privileged", TAKES_OVER),
        (container(cap_add=("SYS_ADMIN",)), "has SYS_ADMIN", TAKES_OVER),
        (container(cap_add=("CAP_SYS_MODULE", "all")), "has ALL and SYS_MODULE", TAKES_OVER),
        (bound("/var/run/docker.sock"), "has the engine's socket", TAKES_OVER),
        (bound("/var/run/docker.sock", rw=False), "has the engine's socket", TAKES_OVER),
        (bound("/run/podman/podman.sock"), "has the engine's socket", TAKES_OVER),
        (bound("/var/run"), "has the engine's socket", TAKES_OVER),
        (bound("/"), "has the host's whole disk", TAKES_OVER),
        (bound("/", rw=False), "has the host's whole disk", MORE),
        (bound("/etc"), "may write the host's /etc", TAKES_OVER),
        (bound("/dev"), "has all of the host's devices", MORE),
        (device("/dev/sda1"), "uses the host's disks", TAKES_OVER),
        (device("/dev/nvme0n1"), "uses the host's disks", TAKES_OVER),
        (device("/dev/mem"), "uses the host's disks", TAKES_OVER),
        (container(pid_mode="host"), "sees the host's processes", MORE),
        (running("/usr/sbin/sshd -D"), "runs an SSH server", MORE),
        (running("serve", "sshd: /usr/sbin/sshd -D [listener]"), "runs an SSH server", MORE),
    ],
)
def test_a_power_is_told_with_what_it_is_enough_for(one: Container, says: str, effect: str) -> None:
    """Given one power, then it is told, and taking over the host is claimed only where it is enough for that."""
    (finding,) = findings(excessive_privileges, host(one))

    assert finding.summary == f"web-1 {says}: {effect}"
    assert len(finding.evidence) == 1


def test_powers_add_up_to_one_finding() -> None:
    """Given a privileged container with the engine's socket, then one finding tells both with a proof for each."""
    mounts = (Mount(type="bind", source="/var/run/docker.sock", destination="/s", rw=False),)
    (finding,) = findings(excessive_privileges, host(container(privileged=True, mounts=mounts)))

    assert finding.summary == "web-1 is privileged, has the engine's socket: it can take over the host."
    assert finding.evidence[1].value == "/var/run/docker.sock on /s (read-only)"


def test_a_rootless_engine_is_worth_less() -> None:
    """Given an engine that runs without root, then the container can take over that user and not the host."""
    rootless = host(container(privileged=True), info=info(security_options=("name=rootless",)))

    (finding,) = findings(excessive_privileges, rootless)

    assert finding.summary.endswith("it can take over the user that runs the engine.")


@pytest.mark.parametrize(
    "well",
    [
        container(cap_add=("NET_BIND_SERVICE", "CHOWN")),
        device("/dev/dri/card0"),
        device("/dev/fuse"),
        device("/dev/ttyUSB0"),
        bound("/srv/data"),
        bound("/srv/docker.sock.d"),
        bound("/devices"),
        bound("/var/lib/docker/volumes/x", kind="volume"),
        running("serve", "notsshd", "sshd-config-reader"),
        container(processes=Processes(titles=("CMD",), processes=((),))),
        container(pid_mode="container:0a1b"),
    ],
)
def test_small_powers_are_left_alone(well: Container) -> None:
    """Given a capability, device, mount or process that gives no power over the host, then nothing is found."""
    assert findings(excessive_privileges, host(well)) == []
