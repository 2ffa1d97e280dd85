"""What a swarm's snapshot tells of changes by itself."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from sickbay.diagnostics.events import Event
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.docker.wire import engine as wire
from sickbay.diagnostics.platforms.swarm.changing import changes
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.wire.services import (
    ConfigUse,
    Quantities,
    SecretUse,
    Service,
    ServiceMount,
    TargetFile,
)
from sickbay.diagnostics.platforms.swarm.wire.tasks import Task
from tests.unit.diagnostics.platforms.swarm.swarms import (
    DIGEST,
    GIB,
    NOW,
    ago,
    host_port,
    managers,
    network,
    node,
    service,
    swarm,
    task,
    update_status,
)

Made = tuple[Service, list[Task]]


def _updated(before: dict[str, Any], after: dict[str, Any], **differs: Any) -> Made:
    """Give a service that was made so, and is so since its last update an hour ago."""
    old, _ = service(**before)
    new, tasks = service(**after, **{"updated_at": ago(hours=1), **differs})
    return replace(new, previous_spec=old.spec), tasks


def _with(made: Made, **differs: Any) -> Made:
    """Give a service whose container's specification differs so."""
    one, tasks = made
    template = one.spec.task_template
    template = replace(template, container_spec=replace(template.container_spec, **differs))
    return replace(one, spec=replace(one.spec, task_template=template)), tasks


def _told(snapshot: Snapshot) -> list[Event]:
    """Give the changes but that services were made and nodes joined, which all did."""
    return [one for one in changes(snapshot).changes if one.kind not in {"created", "node joined"}]


def _lines(snapshot: Snapshot) -> list[tuple[str, str, str, str]]:
    return [(one.kind, one.field, one.before, one.after) for one in _told(snapshot)]


def _event(action: str, kind: str, actor: str, /, **attributes: str) -> wire.Event:
    """Give an event of half an hour ago."""
    nano = int(ago(minutes=30).timestamp()) * 10**9
    return wire.Event(
        type=kind, scope="swarm", action=action, actor=wire.Actor(id=actor, attributes=attributes), time_nano=nano
    )


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            {"image": f"web:1@{DIGEST}"},
            {"image": "web:2"},
            ("image", "TaskTemplate.ContainerSpec.Image", "web:1", "web:2"),
        ),
        (
            {"image": "web:1"},
            {"image": f"web:1@{DIGEST}"},
            ("image", "TaskTemplate.ContainerSpec.Image", "web:1", f"web:1@{DIGEST}"),
        ),
        ({"replicas": 3}, {"replicas": 1}, ("scale", "Mode.Replicated.Replicas", "3", "1")),
        (
            {"env": ("A=1",)},
            {"env": ("A=2",)},
            ("template", "TaskTemplate.ContainerSpec.Env[A]", "a value", "another value"),
        ),
        (
            {"limits": Quantities(memory_bytes=GIB)},
            {"limits": Quantities(memory_bytes=GIB // 2, nano_cpus=5 * 10**8)},
            ("template", "TaskTemplate.Resources.Limits", "1024 MiB", "0.5 CPUs, 512 MiB"),
        ),
        (
            {"networks": ["net-shop"]},
            {"networks": []},
            ("network", "TaskTemplate.Networks[shop]", "connected", ""),
        ),
        (
            {"ports": (host_port(80),)},
            {"ports": (host_port(8080),)},
            ("network", "EndpointSpec.Ports[80/tcp]", "80 (host)", "8080 (host)"),
        ),
        (
            {"mounts": (ServiceMount(type="volume", source="a", target="/data"),)},
            {"mounts": (ServiceMount(type="volume", source="b", target="/data"),)},
            ("template", "TaskTemplate.ContainerSpec.Mounts[/data]", "volume a", "volume b"),
        ),
    ],
)
def test_the_last_update_of_a_service(
    before: dict[str, Any], after: dict[str, Any], told: tuple[str, str, str, str]
) -> None:
    """Given what a service was before its last update, then what that changed is told with its time and owner."""
    snapshot = swarm(_updated(before, {**after, "stack": "shop"}), networks=(network(),))

    assert _lines(snapshot) == [told]
    (event,) = _told(snapshot)
    assert (event.subject, event.at) == ("service/web", ago(hours=1))
    assert event.actor == "Stack shop (docker stack deploy)"


def test_a_config_that_was_replaced() -> None:
    """Given a file that comes of another config and of another secret now, then both are told by their names."""
    old = _with(
        service(),
        configs=(ConfigUse(config_name="web-1", file=TargetFile(name="/etc/web")),),
        secrets=(SecretUse(secret_name="key-1", file=TargetFile(name="key")),),
    )
    new = _with(
        service(updated_at=ago(hours=1)),
        configs=(ConfigUse(config_name="web-2", file=TargetFile(name="/etc/web")),),
        secrets=(SecretUse(secret_name="key-2", file=TargetFile(name="key")),),
    )
    snapshot = swarm((replace(new[0], previous_spec=old[0].spec), new[1]))

    assert _lines(snapshot) == [
        ("config", "TaskTemplate.ContainerSpec.Configs[/etc/web]", "web-1", "web-2"),
        ("config", "TaskTemplate.ContainerSpec.Secrets[key]", "key-1", "key-2"),
    ]
    assert {Subject("config", "web-2"), Subject("secret", "key-2")} <= snapshot.upstream()[Subject("service", "web")]


def test_a_secret_of_the_environment() -> None:
    """Given a variable whose hidden value is another one, then that is told without it."""
    hidden = {"env": ("PASSWORD=[redacted]",)}
    made = _updated(hidden, hidden, changed_secrets=("PASSWORD",))

    assert _lines(swarm(made)) == [("template", "TaskTemplate.ContainerSpec.Env[PASSWORD]", "a value", "another value")]


def test_an_update_begins_before_the_swarm_is_done_with_it() -> None:
    """Given an update that the swarm took ten minutes for, then its beginning is when it was made."""
    made = _updated(
        {"image": "web:1"}, {"image": "web:2"}, updated_at=ago(minutes=1), update_status=update_status("completed")
    )

    (event,) = _told(swarm(made))

    assert event.at == ago(minutes=10)


def test_a_rollback() -> None:
    """Given an update that was taken back, then what went back is told, and that it did."""
    made = _updated({"image": "web:2"}, {"image": "web:1"}, update_status=update_status("rollback_completed"))

    (event,) = _told(swarm(made))

    assert (event.before, event.after, event.actor) == ("web:2", "web:1", "rollback")


def test_a_service_that_was_scaled() -> None:
    """Given a service that was only scaled, which the manager remembers, then it is told once, with that time."""
    event = _event("update", "service", "id-web", **{"name": "web", "replicas.old": "3", "replicas.new": "1"})
    snapshot = swarm(_updated({"replicas": 3}, {"replicas": 1}), events=(event,))

    (told,) = _told(snapshot)

    assert (told.field, told.at) == ("Mode.Replicated.Replicas", ago(minutes=30))


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (
            _event("update", "node", "m-1", **{"name": "m-1", "state.old": "ready", "state.new": "down"}),
            ("node/m-1", "node lost", "Status.State", "ready", "down"),
        ),
        (
            _event("update", "node", "m-1", **{"name": "m-1", "state.old": "down", "state.new": "ready"}),
            ("node/m-1", "node changed", "Status.State", "down", "ready"),
        ),
        (
            _event(
                "update", "node", "m-1", **{"name": "m-1", "availability.old": "active", "availability.new": "drain"}
            ),
            ("node/m-1", "node changed", "Spec.Availability", "active", "drain"),
        ),
        (_event("remove", "node", "w-9", name="w-9"), ("node/w-9", "node lost", "", "", "")),
        (_event("remove", "service", "gone", name="old"), ("service/old", "removed", "", "", "")),
        (_event("remove", "config", "c", name="cfg"), ("config/cfg", "removed", "", "", "")),
        (_event("update", "secret", "s", name="key"), ("secret/key", "config", "", "", "")),
        (
            _event("update", "service", "x", **{"name": "x", "image.old": "x:1@sha256:a", "image.new": "x:2"}),
            ("service/x", "image", "TaskTemplate.ContainerSpec.Image", "x:1", "x:2"),
        ),
        (
            _event(
                "update", "service", "x", **{"name": "x", "updatestate.old": "updating", "updatestate.new": "paused"}
            ),
            ("service/x", "other", "UpdateStatus.State", "updating", "paused"),
        ),
    ],
)
def test_what_the_manager_remembers(event: wire.Event, told: tuple[str, ...]) -> None:
    """Given an event of the swarm, then it is told."""
    (one,) = _told(swarm(service(), events=(event,)))

    assert (one.subject, one.kind, one.field, one.before, one.after) == told
    assert one.at == ago(minutes=30)


def test_what_is_no_event_of_the_swarm() -> None:
    """Given how far an update has come, and an event of the engine's own, then neither is a change."""
    under_way = _event("update", "service", "x", **{"name": "x", "updatestate.new": "completed"})
    local = replace(_event("create", "network", "n", name="bridge"), scope="local")

    assert _told(swarm(service(), events=(under_way, local))) == []


def test_a_node_that_is_lost() -> None:
    """Given a node that is down, which no event tells any more, then it is since its last news."""
    lost = node("w-1", state="down", updated_at=ago(hours=3))

    (told,) = _told(swarm(service(), nodes=(*managers(), lost)))

    assert (told.kind, told.subject, told.at) == ("node lost", "node/w-1", ago(hours=3))


def test_a_lost_node_is_among_what_its_services_depend_on() -> None:
    """Given a service whose task was on a node that is down now, then that may be why it lacks one."""
    lost = node("w-1", state="down")
    gone = task("shutdown", node_id="w-1", desired_state="shutdown")

    upstream = swarm(service(tasks=[gone, task()]), nodes=(*managers(), lost)).upstream()

    assert Subject("node", "w-1") in upstream[Subject("service", "web")]


def test_when_things_were_made() -> None:
    """Given a service, a node and a network, then it is told when they were made."""
    snapshot = swarm(
        service(created_at=ago(hours=2)),
        nodes=(node("w-1", created_at=ago(hours=3)),),
        networks=(network(created=ago(hours=4)), network("ingress", ingress=True, created=ago(hours=4))),
    )

    assert [(one.kind, one.subject, one.at) for one in changes(snapshot).changes] == [
        ("created", "network/shop", ago(hours=4)),
        ("node joined", "node/w-1", ago(hours=3)),
        ("created", "service/web", ago(hours=2)),
    ]


def test_the_authority_was_replaced() -> None:
    """Given since when the swarm's authority holds, then that is told."""
    (told,) = _told(swarm(service(), authority_began=ago(hours=1), authority_ends=NOW + timedelta(days=7300)))

    assert (told.kind, told.subject, told.at) == ("certificate", "swarm/prod", ago(hours=1))
    assert told.after == "holds until 2046-11-19"


def test_a_scope_hears_nothing_of_others() -> None:
    """Given a scope, then the events of other services are left out, and those of its nodes told."""
    events = (
        _event("remove", "service", "gone", name="other"),
        _event("update", "node", "m-1", **{"name": "m-1", "availability.old": "active", "availability.new": "pause"}),
    )

    assert [one.subject for one in _told(swarm(service(), events=events, scope="web"))] == ["node/m-1"]


def test_where_it_was_read() -> None:
    """Given a swarm, then it is said what was looked at for changes; of one that told nothing, nothing."""
    assert changes(swarm(service())).sources == ("1 service", "3 nodes")
    assert changes(swarm(nodes=())).sources == ()
