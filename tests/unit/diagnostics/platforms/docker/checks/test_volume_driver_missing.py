"""DKR-V101: volumes whose driver is not there."""

from sickbay.diagnostics.platforms.docker.checks.volume_driver_missing import volume_driver_missing
from sickbay.diagnostics.platforms.docker.wire.containers import Mount
from sickbay.diagnostics.platforms.docker.wire.volumes import Plugin, PluginConfig, PluginInterface
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, host, report

FLOCKED = (Mount(type="volume", name="data", driver="flocker", destination="/data"),)
ERROR = 'error while mounting volume: error looking up volume plugin flocker: plugin "flocker" not found'
OFF = Plugin(
    name="flocker:latest",
    enabled=False,
    config=PluginConfig(interface=PluginInterface(types=("docker.volumedriver/1.0",))),
)


def test_the_error_of_a_start() -> None:
    """Given a start that failed for want of Flocker, then the volume's finding explains it and tells what to do."""
    db = container("db", status="created", error=ERROR, mounts=FLOCKED)

    judged = report(host(db))

    assert [(item.code, item.subject) for item in judged.findings] == [
        ("DKR-V101", "volume/data"),
        ("DKR-C106", "container/db"),
    ]
    assert judged.findings[0].summary == "db needs volume data of the driver flocker, which is not there."
    assert judged.findings[0].remedy.text.startswith("Flocker ended in 2016")


def test_a_plugin_whose_socket_is_gone() -> None:
    """Given an error of the plugin's socket, then the driver is missing, and neither a source nor a network is."""
    error = (
        "error while mounting volume '/x': get data: error while checking if volume exists in driver \"flocker\": "
        'Post "http://%2Frun%2Fdocker%2Fplugins%2Fflocker.sock/VolumeDriver.Get": dial unix '
        "/run/docker/plugins/flocker.sock: connect: no such file or directory"
    )

    judged = report(host(container("db", status="created", error=error, mounts=FLOCKED)))

    assert [item.code for item in judged.findings] == ["DKR-V101", "DKR-C106"]


def test_a_plugin_that_is_disabled() -> None:
    """Given a managed plugin that is switched off, then that is told, even while the container still runs."""
    (finding,) = findings(volume_driver_missing, host(container("db", mounts=FLOCKED), plugins=(OFF,)))

    assert finding.summary.endswith("which is disabled.")


def test_a_driver_that_gave_no_answer() -> None:
    """Given the engine's warning that the driver gave no answer, then that is the evidence."""
    warned = ('error listing volumes of "flocker": connection refused',)

    (finding,) = findings(volume_driver_missing, host(container("db", mounts=FLOCKED), volume_warnings=warned))

    assert finding.evidence[1].value == warned[0]


def test_a_container_that_is_down_and_a_driver_not_in_the_list() -> None:
    """Given a driver that the engine does not list, then only a container that is down proves it missing."""
    assert len(findings(volume_driver_missing, host(container("db", status="exited", mounts=FLOCKED)))) == 1
    assert findings(volume_driver_missing, host(container("db", mounts=FLOCKED))) == []


def test_local_volumes_are_well() -> None:
    """Given a local volume, or errors about something else, then nothing is said."""
    local = (Mount(type="volume", name="data", driver="local", destination="/data"),)

    assert findings(volume_driver_missing, host(container("db", mounts=local, status="exited"))) == []
    assert (
        findings(volume_driver_missing, host(container("db", status="created", error='plugin "weave" not found'))) == []
    )
