"""Containers that a real engine cannot start, or that nobody has started."""

import socket
from datetime import timedelta
from pathlib import Path

import docker.errors
import pytest
from docker.types import Mount

from tests.integration.docker.lab import Lab, finding, inspected, judged_later

pytestmark = pytest.mark.docker


def test_port_held_by_another_container(lab: Lab) -> None:
    """Given two containers that publish one port, then the second one's finding names the first."""
    bridge = {"network_mode": "bridge"}
    holder = lab.run("holder", "sleep", "3600", ports={"80/tcp": ("127.0.0.1", 0)}, stop_signal="SIGKILL", **bridge)
    (binding,) = inspected(holder)["NetworkSettings"]["Ports"]["80/tcp"]
    second = lab.fail("second", "sleep", "3600", ports={"80/tcp": ("127.0.0.1", int(binding["HostPort"]))}, **bridge)

    report = lab.diagnose(second.name).report

    found = finding(report, "DKR-C107")
    assert f"port {binding['HostPort']} is taken; container {holder.name} holds it" in found.summary
    assert found.remedy.command == f"docker stop {holder.name}"
    assert len(report.findings) == 1


def test_port_held_by_a_process_of_the_host(lab: Lab) -> None:
    """Given a port on which a process of the host listens, then the finding says that no container holds it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        second = lab.fail("second", "sleep", "1", ports={"80/tcp": ("127.0.0.1", port)}, network_mode="bridge")

        found = finding(lab.diagnose(second.name).report, "DKR-C107")

    assert f"port {port} is taken" in found.summary
    assert "outside Docker" in found.summary
    assert found.remedy.command == f"ss -ltnp 'sport = :{port}'"


def test_missing_bind_source(lab: Lab, tmp_path: Path) -> None:
    """Given a bind mount whose source is gone: the engine refuses and notes nothing, so the remedy names the source."""
    source = tmp_path / "settings"
    source.mkdir()
    app = lab.create("app", "sleep", "3600", mounts=[Mount("/settings", str(source), type="bind")])
    source.rmdir()
    with pytest.raises(docker.errors.APIError, match="bind source path does not exist"):
        app.start()

    found = finding(judged_later(lab.diagnose(app.name), timedelta(minutes=5)), "DKR-C106")

    assert inspected(app)["State"]["Error"] == ""
    assert "the engine has noted no error of a start" in found.summary
    assert f"a start fails while {source} is missing" in found.remedy.text


def test_directory_mounted_on_a_file(lab: Lab, tmp_path: Path) -> None:
    """Given a missing file that Docker made a directory, when mounted on a file, then the remedy says what differs."""
    app = lab.fail("app", "sleep", "3600", volumes=[f"{tmp_path}/settings.conf:/etc/not-a-program"])

    found = finding(lab.diagnose(app.name).report, "DKR-C106")

    assert f'has never run: "error mounting "{tmp_path}/settings.conf"' in found.summary
    assert f"the source of the mount on the host ({tmp_path}/settings.conf)" in found.remedy.text


def test_created_and_never_started(lab: Lab) -> None:
    """Given a container that nobody starts, then it is left alone at first, and told of after a while."""
    forgotten = lab.create("forgotten", "sleep", "3600")

    diagnosis = lab.diagnose(forgotten.name)

    assert diagnosis.report.findings == ()
    found = finding(judged_later(diagnosis, timedelta(minutes=5)), "DKR-C106")
    assert "has never run; the engine has noted no error of a start" in found.summary
    assert found.remedy.command == f"docker start {forgotten.name}"


def test_network_of_a_container_that_is_gone(lab: Lab) -> None:
    """Given a container that joins the network of another that does not run, then the remedy is to start that one."""
    gateway = lab.create("gateway", "sleep", "3600")
    joined = lab.fail("joined", "sleep", "3600", network_mode=f"container:{gateway.id}")

    found = finding(lab.diagnose(joined.name).report, "DKR-C106")

    assert "start that one first" in found.remedy.text
