"""Podman through its own Docker-compatible API: a real service with its storage in a directory of the tests."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import docker.errors
import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import read_logs
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.diagnostics.targets import Request
from tests.integration.docker.lab import IMAGE, Lab, finding, inspected, judged_later, rootfs, snapshot_of
from tests.integration.docker.watched import watching

pytestmark = pytest.mark.podman

_PATIENCE = 30.0


@pytest.fixture(scope="module")
def engine(busybox: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerTarget]:
    """A running Podman service that holds the tests' image."""
    podman = shutil.which("podman")
    if podman is None:
        pytest.skip("no Podman on this machine (Debian's package podman)")
    directory = tmp_path_factory.mktemp("podman")
    settings = directory / "containers.conf"
    settings.write_text(_settings(directory))
    command = [
        podman, f"--root={directory}/root", f"--runroot={directory}/run", f"--tmpdir={directory}/tmp",
        "--storage-driver=vfs",
    ]  # fmt: skip
    environment = {**os.environ, "CONTAINERS_CONF": str(settings)}
    subprocess.run(
        [*command, "import", "-", IMAGE], input=rootfs(busybox), env=environment, capture_output=True, check=True
    )
    address = f"unix://{directory}/podman.sock"
    with (directory / "log").open("wb") as log:
        service = subprocess.Popen(
            [*command, "system", "service", "--time=0", address],
            cwd=directory,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        target = DockerTarget(name="local", host=address)
        _await(target, service, directory / "log")
        _probe(target)
        yield target
    finally:
        service.terminate()
        service.wait(10)


def _settings(directory: Path) -> str:
    """Podman's settings for a machine without systemd; a confined process may not raise its own limits."""
    limits = '"nofile=1024:1024", "nproc=1024:1024"'
    return (
        f"[containers]\ndefault_ulimits = [{limits}]\n"
        f'[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\nevents_logfile_path = "{directory}/events"\n'
    )


def _await(target: DockerTarget, service: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and service.poll() is None:
        try:
            docker.APIClient(base_url=target.host, version="1.41", timeout=5).ping()
        except docker.errors.DockerException:
            time.sleep(0.05)
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"Podman's service does not answer: {log.read_text()}")


def _probe(target: DockerTarget) -> None:
    with Lab(target) as lab:
        try:
            lab.until_exited(lab.run("probe", "true"))
        except docker.errors.APIError as error:
            pytest.skip(f"Podman cannot run containers on this machine: {error.explanation}")


def test_exit_3_with_its_log_line(lab: Lab) -> None:
    """Given an application that says what is wrong and ends with 3, then its own words are the evidence."""
    job = lab.run("job", "sh", "-c", "echo 'out of luck: ledger is sealed'; exit 3")
    lab.until_exited(job)

    diagnosis = lab.diagnose(job.name)

    found = finding(diagnosis.report, "DKR-C101")
    assert "exited with code 3" in found.summary
    assert 'its last line was "out of luck: ledger is sealed"' in found.summary
    assert diagnosis.report.gaps == ()


def test_its_events_are_all_read(lab: Lab) -> None:
    """Given a container's whole life, then its events are read, though Podman loses them where `until` is given."""
    job = lab.run("job", "sh", "-c", "exit 3")
    lab.until_exited(job)

    events = snapshot_of(lab.diagnose(job.name)).events

    actions = [event.action for event in events if event.actor.id == job.id]
    assert actions[0] == "create"
    assert {"start", "die"} <= set(actions)


def test_it_is_watched(lab: Lab) -> None:
    """Given a container that is made anew with another command, then Podman's events tell it as Docker's do."""
    web = lab.run("web", "sleep", "3600", stop_signal="SIGKILL")
    with watching(lab.target) as watched:
        web.remove(force=True)
        lab.run("web", "sleep", "7200", stop_signal="SIGKILL")
        told = watched.about(f"container/{web.name}", "template", "Config.Cmd")
        watched.about(f"container/{web.name}", "started")
        assert watched.stop() < 10

    assert (told.before, told.after) == ("sleep 3600", "sleep 7200")
    assert {batch.lost for batch in watched.batches} == {""}


def test_its_networks_and_volumes_are_read(lab: Lab) -> None:
    """Given Podman, then its networks with their subnets and its volumes are read, and it is asked for no plugins."""
    snapshot = snapshot_of(lab.diagnose_host())

    own = next(network for network in snapshot.networks if network.default_bridge)
    assert (own.name, own.containers is not None, len(own.subnets)) == ("podman", True, 1)
    assert not [gap for gap in snapshot.gaps if "network" in gap.what or "volume" in gap.what or "plugin" in gap.what]


def test_out_of_memory_is_not_guessed(lab: Lab) -> None:
    """Given a container that the kernel killed for memory, which Podman 4.3 may not note, then nothing is guessed."""
    hungry = lab.run("hungry", "tail", "/dev/zero", mem_limit="16m", memswap_limit="16m")
    lab.until_exited(hungry)

    (found,) = lab.diagnose(hungry.name).report.findings

    noted = inspected(hungry)["State"]["OOMKilled"]
    assert found.code == ("DKR-C102" if noted else "DKR-C101")
    assert noted or "ended by SIGKILL" in found.summary
    assert noted or "memory" not in found.summary


def test_nothing_wrong(lab: Lab) -> None:
    """Given a container that is well, then nothing is found; statistics and processes are read, with no exec in it."""
    well = lab.run("well", "sleep", "3600", stop_signal="SIGKILL")

    diagnosis = lab.diagnose(well.name)

    assert not [event for event in snapshot_of(lab.diagnose(well.name)).events if event.action.startswith("exec")]
    assert diagnosis.report.findings == ()
    assert diagnosis.report.gaps == ()
    (container,) = snapshot_of(diagnosis).containers
    assert len(container.samples) == 2
    assert container.samples[1].memory_stats.usage > 0
    assert container.processes is not None
    assert any("sleep 3600" in row[-1] for row in container.processes.processes)


def test_killed_after_ignoring_stop(lab: Lab) -> None:
    """Given a process that ignores SIGTERM, when it is stopped, then code 137 is not called out of memory."""
    stubborn = lab.run("stubborn", "sh", "-c", "trap '' TERM; while :; do sleep 1; done")
    stubborn.stop(timeout=1)

    report = lab.diagnose(stubborn.name).report

    assert inspected(stubborn)["State"]["ExitCode"] == 137
    assert "DKR-C102" not in {item.code for item in report.findings}


def test_created_and_never_started(lab: Lab) -> None:
    """Given a container that nobody starts, then it is told of after a while."""
    forgotten = lab.create("forgotten", "sleep", "3600")

    diagnosis = lab.diagnose(forgotten.name)

    assert diagnosis.report.findings == ()
    assert "has never run" in finding(judged_later(diagnosis, timedelta(minutes=5)), "DKR-C106").summary


def test_privileged(lab: Lab) -> None:
    """Given a privileged container, then an audit says that it can take over the host."""
    mighty = lab.create("mighty", "sleep", "3600", privileged=True)

    found = finding(lab.diagnose(mighty.name, audit=True).report, "DKR-C111")

    assert "is privileged" in found.summary


def test_paused(lab: Lab) -> None:
    """Given a paused container, then it is told of two hours later."""
    frozen = lab.run("frozen", "sleep", "3600", stop_signal="SIGKILL")
    frozen.pause()

    diagnosis = lab.diagnose(frozen.name)
    frozen.unpause()

    assert "has been paused for" in finding(judged_later(diagnosis, timedelta(hours=2)), "DKR-C112").summary


def test_log_of_a_terminal(lab: Lab) -> None:
    """Given a container with a terminal, then the lines of its log are read as they are."""
    shell = lab.run("shell", "sh", "-c", "echo one; echo two; exit 5", tty=True)
    lab.until_exited(shell)

    (container,) = snapshot_of(lab.diagnose(shell.name)).containers

    assert container.log is not None
    assert [line.partition("Z ")[2] for line in container.log.text.splitlines()] == ["one", "two"]


def test_the_log_that_is_asked_for(lab: Lab) -> None:
    """Given a container that wrote 1,500 lines, when its log is asked for, then the last thousand come."""
    chatty = lab.run("chatty", "seq", "1500")
    lab.until_exited(chatty)

    (log,) = read_logs(lab.target, Request(scope=str(chatty.name), logs=True), budget=Budget(60))

    lines = log.text.split("\n")
    assert (len(lines), lines[0].split()[-1], lines[-1].split()[-1]) == (1_000, "501", "1500")


def test_a_compose_project_with_its_database_down(lab: Lab) -> None:
    """Given a project whose database is down, then the database explains its project."""
    project = lab.name("shop")
    db = lab.compose(project, "db", "sh", "-c", "echo 'the data directory is of another version'; exit 1")
    lab.compose(project, "web", "sleep", "3600", depends_on="db:service_started:false", stop_signal="SIGKILL")
    lab.until_exited(db)

    report = lab.diagnose(project).report

    assert [item.code for item in report.causes] == ["DKR-C101"]
    assert finding(report, "DKR-C115").explained_by == (report.causes[0].id,)


def test_the_whole_host(lab: Lab) -> None:
    """Given a Podman host, when all of it is diagnosed with an audit, then nothing of it is missing."""
    lab.run("well", "sleep", "3600", stop_signal="SIGKILL")
    lab.until_exited(lab.run("job", "true"))

    snapshot = snapshot_of(lab.diagnose_host(audit=True))

    assert snapshot.gaps == ()
    assert snapshot.version.version.startswith(("4.", "5."))
    assert snapshot.info.server_version == snapshot.version.version
    assert snapshot.disk is not None
    assert {container.name for container in snapshot.containers} == {lab.name("well"), lab.name("job")}
