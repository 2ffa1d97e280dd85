"""What a watch of a real engine tells, and what a diagnosis tells without one."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import diagnose
from sickbay.diagnostics.targets import Request
from tests.integration.docker.lab import IMAGE, Lab, remove
from tests.integration.docker.own_engine import OwnEngine
from tests.integration.docker.watched import Watching, watching

pytestmark = pytest.mark.docker

_PATIENCE = 30


@pytest.fixture
def other_image(lab: Lab) -> Iterator[str]:
    """Give another image under a name of its own, which is removed in the end."""
    tag = f"{lab.prefix}:2"
    lab.client.images.get(IMAGE).tag(lab.prefix, tag="2")
    yield tag
    lab.client.images.remove(tag)


def test_a_container_recreated(lab: Lab, other_image: str) -> None:
    """Given a container that is made anew from another image, with another variable and less memory: all are told.

    A diagnosis without a recorder tells of the image, which the engine's own events have.
    """
    web = lab.run("web", "sleep", "3600", environment={"LEVEL": "info"}, mem_limit="64m", stop_signal="SIGKILL")
    with watching(lab.target) as watched:
        remove(web)
        lab.image = other_image
        web = lab.run("web", "sleep", "3600", environment={"LEVEL": "debug"}, mem_limit="32m", stop_signal="SIGKILL")
        image = watched.about(f"container/{web.name}", "image", "Config.Image")
        level = watched.about(f"container/{web.name}", "template", "Config.Env[LEVEL]")
        memory = watched.about(f"container/{web.name}", "template", "HostConfig.Memory")

    assert (image.before, image.after) == (IMAGE, other_image)
    assert (level.before, level.after) == ("a value", "another value")
    assert (memory.before, memory.after) == ("64 MiB", "32 MiB")
    changes = lab.diagnose(web.name, changes=True).report.changes
    (told,) = [one for one in changes if one.kind == "image"]
    assert (told.field, told.before, told.after, told.at) == (image.field, image.before, image.after, image.at)


def test_an_update_a_stop_and_a_network(lab: Lab) -> None:
    """Given a container that is given less memory, a network, and is stopped by hand, then each is told as such."""
    network = lab.client.networks.create(lab.name("back"))
    try:
        web = lab.run("web", "sleep", "3600", network_mode="bridge", mem_limit="64m", memswap_limit="64m")
        with watching(lab.target) as watched:
            web.update(mem_limit="32m", memswap_limit="32m")
            network.connect(web)
            memory = watched.about(f"container/{web.name}", "template", "HostConfig.Memory")
            joined = watched.about(f"container/{web.name}", "network")
            web.stop(timeout=0)
            stopped = watched.about(f"container/{web.name}", "other", "State.Status")
            died = watched.about(f"container/{web.name}", "died")
    finally:
        lab.remove_all()
        network.remove()

    assert (memory.before, memory.after) == ("64 MiB", "32 MiB")
    assert (joined.field, joined.after) == (f"NetworkSettings.Networks[{network.name}]", "connected")
    assert (stopped.before, stopped.after) == ("running", "stopped")
    assert died.after == "137"
    assert [one for one in watched.events if one.subject == f"container/{web.name}" and one.kind == "network"] == [
        joined
    ]


def test_out_of_memory(lab: Lab) -> None:
    """Given a container that the kernel kills for its memory, then that happened to it, and nobody changed anything."""
    with watching(lab.target) as watched:
        full = lab.run("full", "sh", "-c", "tail /dev/zero", mem_limit="8m", memswap_limit="8m")
        watched.about(f"container/{full.name}", "out of memory")
        watched.about(f"container/{full.name}", "died")

    changes = [one.kind for one in watched.events if one.subject == f"container/{full.name}" and one.kind.is_change]
    assert changes == ["created"]


def test_an_image_moved_under_its_tag(lab: Lab) -> None:
    """Given a tag that is given to another image, then it is told from which to which."""
    old = lab.client.images.get(IMAGE)
    new = lab.run("maker", "true").commit(lab.prefix, tag="new")
    old.tag(lab.prefix, tag="live")
    try:
        with watching(lab.target) as watched:
            new.tag(lab.prefix, tag="live")
            moved = watched.about(f"image/{lab.prefix}:live", "tag")
    finally:
        lab.remove_all()
        for tag in ("live", "new"):
            lab.client.images.remove(f"{lab.prefix}:{tag}")

    assert (moved.before, moved.after) == (str(old.id)[7:19], str(new.id)[7:19])


def test_stopping_a_silent_watch(lab: Lab) -> None:
    """Given a watch of an engine, when told to stop, then it ends within moments and keeps no connection open."""
    listening = lab.client.info()["NEventsListener"]
    watched = Watching(lab.target)
    assert lab.client.info()["NEventsListener"] == listening + 1

    assert watched.stop() < 10

    deadline = time.monotonic() + _PATIENCE
    while lab.client.info()["NEventsListener"] > listening:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_engine_that_is_started_anew(busybox: Path, tmp_path: Path) -> None:
    """Given an engine that is stopped and started, then the watch goes on, tells it, and says what cannot be known.

    A diagnosis without a recorder tells since when the engine runs.
    """
    with OwnEngine(tmp_path) as own:
        own.hold_image(busybox)
        with Lab(own.target) as lab, watching(own.target) as watched:
            web = lab.run("web", "sleep", "3600", restart_policy={"Name": "always"}, stop_signal="SIGKILL")
            watched.about(f"container/{web.name}", "started")
            own.stop()
            own.start()
            told = watched.about("host/local", "engine")

            lost = [batch.lost for batch in watched.batches if batch.lost]
            assert len(lost) == 1
            assert lost[0].startswith("the engine was started anew at ")
            report = diagnose(own.target, Request(changes=True), budget=Budget(60)).report
            (started,) = (one for one in report.changes if one.kind == "engine")
            assert (started.after, started.at) == (told.after, told.at)
            assert not [one for one in report.changes if one.kind == "restart"]
