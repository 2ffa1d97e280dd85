"""The engine's events in Sickbay's words, in the order in which a real engine sends them."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from sickbay.diagnostics.events import Event, EventKind
from sickbay.diagnostics.platforms.docker.differences import CONFIG_HASH, Made
from sickbay.diagnostics.platforms.docker.happenings import Chronicle
from sickbay.diagnostics.platforms.docker.wire import engine as wire
from tests.unit.diagnostics.platforms.docker.hosts import NOW, event, identity

_COMPOSE: dict[str, Any] = {"com.docker.compose.project": "shop", "com.docker.compose.service": "web"}


def _sent(action: str, name: str = "web", *, after: float = 0.0, of: str = "", **attributes: Any) -> wire.Event:
    """Give an event of a container, so many seconds after NOW; `of` tells containers of one name apart."""
    at = NOW + timedelta(seconds=after)
    return event(action, identity(of or name), at=at, **{"name": name, "image": "web:1", **attributes})


def _task(name: str) -> dict[str, Any]:
    return {"com.docker.swarm.task.name": name}


def _told(events: Iterable[wire.Event], names: Mapping[str, str] | None = None) -> list[str]:
    chronicle = Chronicle("host-7", names or {})
    for one in events:
        chronicle.hear(one)
    return [_line(one) for one in chronicle.conclude({})]


def _line(one: Event) -> str:
    what = f" {one.field} {one.before}>{one.after}" if one.field else f" {one.before}>{one.after}"
    return f"{one.subject} {one.kind}{what if what.strip(' >') else ''}"


def _connected(network: str, action: str = "connect", *, after: float = 0.0) -> wire.Event:
    at = NOW + timedelta(seconds=after)
    return event(action, identity(network), at=at, kind="network", container=identity("web"), name=network)


def test_a_container_made_anew_with_another_image() -> None:
    """Given a container that is removed by force and made of another image, then that is one change of its image."""
    told = _told(
        [
            _sent("kill", of="old", signal="9"),
            _sent("die", of="old", after=0.1, exitCode="137"),
            _sent("destroy", of="old", after=0.2),
            _sent("create", of="new", after=1, image="web:2"),
            _sent("start", of="new", after=1.2, image="web:2"),
        ]
    )

    assert told == [
        "container/web died exit code >137",
        "container/web image Config.Image web:1>web:2",
        "container/web started",
    ]


def test_compose_makes_it_beside_the_old_one() -> None:
    """Given Compose's way, which names the new container otherwise at first, then its own name is told."""
    beside = f"{'a' * 12}_shop-web-1"
    labels: dict[str, Any] = {**_COMPOSE, "com.docker.compose.project.config_files": "/srv/shop/compose.yml"}

    chronicle = Chronicle("host-7", {})
    for one in [
        _sent("create", beside, of="new", **{**labels, CONFIG_HASH: "2" * 64}),
        _sent("kill", "shop-web-1", of="old", after=0.1, signal="15", **labels),
        _sent("die", "shop-web-1", of="old", after=0.2, exitCode="0", **labels),
        _sent("stop", "shop-web-1", of="old", after=0.3, **labels),
        _sent("destroy", "shop-web-1", of="old", after=0.4, **{**labels, CONFIG_HASH: "1" * 64}),
        _sent("rename", "shop-web-1", of="new", after=0.5, oldName=f"/{beside}", **labels),
        _sent("start", "shop-web-1", of="new", after=0.6, **labels),
    ]:
        chronicle.hear(one)
    changes = [one for one in chronicle.conclude({}) if one.kind.is_change]

    assert [_line(one) for one in changes] == [
        f"container/shop-web-1 template Config.Labels[{CONFIG_HASH}] {'1' * 12}>{'2' * 12}"
    ]
    assert changes[0].actor == "Compose project shop (/srv/shop/compose.yml)"


@pytest.mark.parametrize(
    ("events", "told"),
    [
        (
            [
                _sent("kill", signal="15"),
                _sent("kill", signal="9", after=10),
                _sent("die", exitCode="137", after=10.1),
                _sent("stop", after=10.2),
            ],
            ["container/web other State.Status running>stopped", "container/web died exit code >137"],
        ),
        (
            [_sent("kill", signal="9"), _sent("die", exitCode="137", after=0.1)],
            ["container/web other signal >SIGKILL", "container/web died exit code >137"],
        ),
        ([_sent("kill", signal="1")], ["container/web other signal >SIGHUP"]),
        (
            [
                _sent("kill", signal="15"),
                _sent("die", exitCode="0", after=0.1),
                _sent("stop", after=0.2),
                _sent("start", after=0.3),
                _sent("restart", after=0.4),
            ],
            ["container/web restart", "container/web died exit code >0", "container/web started"],
        ),
        ([_sent("pause")], ["container/web other State.Status running>paused"]),
        ([_sent("unpause")], ["container/web other State.Status paused>running"]),
        ([_sent("oom")], ["container/web out of memory"]),
        ([_sent("health_status: unhealthy")], ["container/web unhealthy"]),
        ([_sent("health_status: healthy")], ["container/web healthy"]),
        ([_sent("exec_start: /bin/probe"), _sent("exec_die", exitCode="0"), _sent("top")], []),
        ([_sent("update")], ["container/web template"]),
        ([_sent("rename", "db", oldName="/web")], ["container/db other Name web>db"]),
        ([_sent("create"), _sent("start", after=0.1)], ["container/web created >web:1", "container/web started"]),
        ([_sent("destroy")], ["container/web removed web:1>"]),
        ([_sent("extract-to-dir")], ["container/web other files >copied into it"]),
    ],
)
def test_one_container(events: list[wire.Event], told: list[str]) -> None:
    """Given what an engine sends when one thing is done to a container, then it is told once."""
    assert _told(events) == told


def test_a_container_that_removes_itself_is_no_change() -> None:
    """Given a job that was started with `--rm`, then it only started and ended."""
    events = [
        _sent("create"),
        _sent("start", after=0.1),
        _sent("die", exitCode="0", after=9),
        _sent("destroy", after=9.1),
    ]

    assert _told(events) == ["container/web started", "container/web died exit code >0"]


def test_the_daily_work_of_an_orchestrator_is_no_change() -> None:
    """Given a pod's container that its kubelet ends and makes anew, then nobody changed anything."""
    labels: dict[str, Any] = {"io.kubernetes.container.name": "web", "io.kubernetes.pod.name": "web-0"}
    events = [
        _sent("kill", "k8s_web_web-0_shop_uid_0", signal="15", **labels),
        _sent("die", "k8s_web_web-0_shop_uid_0", exitCode="0", **labels),
        _sent("destroy", "k8s_web_web-0_shop_uid_0", after=0.1, **labels),
        _sent("create", "k8s_web_web-0_shop_uid_1", after=0.2, **labels),
    ]

    assert _told(events) == ["container/k8s_web_web-0_shop_uid_0 died exit code >0"]


def test_a_swarm_task_with_another_image() -> None:
    """Given the next task of a Swarm service's place, made of another image, then that is told."""
    events = [
        _sent("create", "shop_web.1.aaa", **_task("shop_web.1.aaa")),
        _sent("create", "shop_web.1.bbb", after=1, image="web:2", **_task("shop_web.1.bbb")),
    ]

    assert _told(events) == ["container/shop_web.1.bbb image Config.Image web:1>web:2"]


def test_networks_by_hand() -> None:
    """Given a running container that is given another network and taken off one, then both are told."""
    names = {identity("web"): "web"}

    assert _told([_connected("back"), _connected("front", "disconnect")], names) == [
        "container/web network NetworkSettings.Networks[back] >connected",
        "container/web network NetworkSettings.Networks[front] connected>",
    ]


@pytest.mark.parametrize(
    "events",
    [
        [_connected("back"), _sent("start", after=0.1)],
        [_sent("die", exitCode="0"), _connected("back", "disconnect", after=0.3)],
        [_connected("back", "disconnect"), _sent("die", exitCode="0", after=0.1)],
    ],
)
def test_networks_come_and_go_with_the_container(events: list[wire.Event]) -> None:
    """Given a container that starts or ends, in the order of either version, then its networks are no change."""
    assert not any("network" in line for line in _told(events, {identity("web"): "web"}))


def test_what_may_belong_to_more_is_kept_back() -> None:
    """Given a stop of which only the beginning came, then nothing of it is told until the rest has come."""
    chronicle = Chronicle("host-7", {})
    chronicle.hear(_sent("kill", signal="15"))
    assert chronicle.conclude({}, NOW + timedelta(minutes=1)) == ()

    chronicle.hear(_sent("die", exitCode="0", after=60))
    chronicle.hear(_sent("stop", after=60.1))
    assert [_line(one) for one in chronicle.conclude({}, NOW + timedelta(seconds=61))] == [
        "container/web died exit code >0"
    ]
    assert [_line(one) for one in chronicle.conclude({}, NOW + timedelta(seconds=63))] == [
        "container/web other State.Status running>stopped"
    ]


def test_a_signal_that_nothing_came_of_is_forgotten() -> None:
    """Given SIGTERM to what ignores it, then it is not remembered for ever, and no end is told."""
    chronicle = Chronicle("host-7", {})
    chronicle.hear(_sent("kill", signal="15"))

    assert chronicle.conclude({}, NOW + timedelta(hours=2)) == ()
    assert chronicle.conclude({}) == ()


def test_images_and_their_tags() -> None:
    """Given a pull and a tag that is given to another image, then the pull happened and the tag moved."""
    chronicle = Chronicle("host-7", {})
    chronicle.know_tags({"web:latest": f"sha256:{'a' * 64}"})
    chronicle.hear(event("pull", "web:latest", kind="image", name="web"))
    chronicle.hear(event("pull", "gone:1", kind="image", name="gone", error="not found"))
    for number in ("b", "b"):
        chronicle.hear(event("tag", f"sha256:{number * 64}", kind="image", name="web:latest"))

    assert [_line(one) for one in chronicle.conclude({})] == [
        "image/web:latest pulled",
        f"image/web:latest tag Id {'a' * 12}>{'b' * 12}",
    ]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (event("create", "x", kind="network", name="back"), ["network/back created"]),
        (event("destroy", "x", kind="network", name="back"), ["network/back removed"]),
        (event("create", "data", kind="volume", driver="local"), ["volume/data created"]),
        (event("destroy", "data", kind="volume"), ["volume/data removed"]),
        (event("create", identity("anonymous"), kind="volume"), []),
        (event("mount", "data", kind="volume"), []),
        (event("reload", "x", kind="daemon"), ["host/host-7 engine configuration >reloaded"]),
        (event("create", "x", kind="service", name="web"), []),
    ],
)
def test_other_things(sent: wire.Event, told: list[str]) -> None:
    """Given an event of a network, a volume or the engine, then it is told; what is a swarm's is not a host's."""
    assert _told([sent]) == told


def test_an_inspection_tells_more() -> None:
    """Given what a container was made from before and is now, then an update is told field by field."""
    chronicle = Chronicle("host-7", {})
    made = [Made(image="web:1", labels={}, rest={"HostConfig.Memory": f"{size} MiB"}) for size in (64, 32)]
    chronicle.know(identity("web"), "web", {}, made[0])
    chronicle.hear(_sent("update"))

    assert [creation.id for creation in chronicle.creations] == [identity("web")]
    told = chronicle.conclude({identity("web"): made[1]})

    assert [_line(one) for one in told] == ["container/web template HostConfig.Memory 64 MiB>32 MiB"]
    assert told[0].kind is EventKind.TEMPLATE


@pytest.mark.parametrize("update_first", [True, False])
def test_a_network_is_told_once(update_first: bool) -> None:
    """Given a network by hand, and an update whose inspection shows it too, in either order, then it is told once."""
    field = "NetworkSettings.Networks[back]"
    alone, joined = (Made(image="web:1", labels={}, rest=rest) for rest in ({}, {field: "connected"}))
    chronicle = Chronicle("host-7", {})
    chronicle.know(identity("web"), "web", {}, alone)
    sent = [_sent("update"), _connected("back")]

    told = list[Event]()
    for one in sent if update_first else reversed(sent):
        chronicle.hear(one)
        told += chronicle.conclude({identity("web"): joined})

    assert [_line(one) for one in told if one.field] == [f"container/web network {field} >connected"]


def test_made_and_changed_at_once() -> None:
    """Given a container that is made and changed right after, so that one inspection shows both, then one is told."""
    chronicle = Chronicle("host-7", {})
    old, new = (Made(image="web:1", labels={}, rest={"HostConfig.Memory": f"{size} MiB"}) for size in (64, 32))
    chronicle.know(identity("old"), "web", {}, old)
    chronicle.hear(_sent("create", of="new"))
    chronicle.hear(_sent("update", of="new", after=0.5))

    told = chronicle.conclude({identity("new"): new})

    assert [_line(one) for one in told] == ["container/web template HostConfig.Memory 64 MiB>32 MiB"]
