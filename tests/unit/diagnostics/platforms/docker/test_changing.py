"""What a host's snapshot tells of changes by itself."""

from datetime import timedelta
from typing import Any

import pytest

from sickbay.diagnostics.events import Event
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.docker.changing import changes
from sickbay.diagnostics.platforms.docker.differences import CONFIG_HASH
from sickbay.diagnostics.platforms.docker.snapshot import Obstacle, Snapshot, Unreachable
from sickbay.diagnostics.platforms.docker.wire.engine import DiskUsage, Version
from sickbay.diagnostics.platforms.docker.wire.images import ImageMetadata, ImageSummary
from sickbay.diagnostics.platforms.docker.wire.networks import DEFAULT_BRIDGE
from sickbay.diagnostics.platforms.docker.wire.volumes import Volume
from tests.unit.diagnostics.platforms.docker.hosts import ago, container, event, host, identity, image, network

_MADE = ("created", "container")
_COMPOSE = {"com.docker.compose.project": "shop", "com.docker.compose.service": "web"}


def _told(snapshot: Snapshot) -> list[Event]:
    """Give the changes but that containers were made and started, which all were."""
    return [one for one in changes(snapshot).changes if one.kind not in {"created", "restart"}]


def _starts(snapshot: Snapshot) -> list[Event]:
    """Give what was started or made, but for containers that were made."""
    kinds = {"restart", "engine", "created"}
    return [one for one in changes(snapshot).changes if one.kind in kinds and (one.kind, one.subject[:9]) != _MADE]


def _only(snapshot: Snapshot) -> Event:
    (told,) = _told(snapshot)
    return told


def test_a_container_that_was_made() -> None:
    """Given a container, then its creation is told with its image, and who owns it."""
    web = container(image="web:2", created=ago(hours=2), labels={**_COMPOSE, CONFIG_HASH: "1"})

    (told,) = changes(host(web)).changes

    assert (told.kind, told.subject, told.after, told.at) == ("created", "container/web-1", "web:2", ago(hours=2))
    assert told.actor == "Compose project shop"


def test_a_container_made_anew_within_the_engines_memory() -> None:
    """Given events of a container's end and of its successor, then what is another is told, and no creation beside."""
    web = container(image="web:2", created=ago(minutes=10))
    old = {"name": "web-1", "image": "web:1"}
    events = (
        event("destroy", identity("old"), at=ago(minutes=11), **old),
        event("create", web, at=ago(minutes=10)),
        event("start", web, at=ago(minutes=10)),
    )

    (told,) = changes(host(web, events=events)).changes

    assert (told.kind, told.field, told.before, told.after) == ("image", "Config.Image", "web:1", "web:2")


def test_a_container_that_will_remove_itself() -> None:
    """Given a container that runs and removes itself when it is done, then its creation is told, once."""
    web = container(created=ago(minutes=10), auto_remove=True)

    (told,) = changes(host(web, events=(event("create", web, at=ago(minutes=10)),))).changes

    assert (told.kind, told.at) == ("created", ago(minutes=10))


def test_replicas_that_differ() -> None:
    """Given a replica of a Compose service that was made later with less memory, then that is told of it."""
    first = container("web-1", created=ago(days=9), memory=2**26, labels={**_COMPOSE, CONFIG_HASH: "a" * 64})
    later = container("web-2", created=ago(hours=1), memory=2**25, labels={**_COMPOSE, CONFIG_HASH: "b" * 64})

    told = _told(host(later, first))

    assert [(one.subject, one.field, one.before, one.after) for one in told] == [
        ("container/web-2", "HostConfig.Memory", "64 MiB", "32 MiB"),
        ("container/web-2", f"Config.Labels[{CONFIG_HASH}]", "a" * 12, "b" * 12),
    ]
    assert {one.at for one in told} == {ago(hours=1)}
    assert told[0].source == "web-1 and web-2 side by side"


def test_a_container_that_was_started_again() -> None:
    """Given a container that is older than its start, with no restart policy's doing, then somebody started it."""
    web = container(created=ago(days=3), started_at=ago(hours=2))

    (told,) = _starts(host(web))

    assert (told.kind, told.at) == ("restart", ago(hours=2))


@pytest.mark.parametrize(
    "differs",
    [
        {"restart_count": 2},
        {"created": ago(hours=2, seconds=1)},
        {"status": "exited"},
        {"labels": {"io.kubernetes.pod.name": "web-0"}},
    ],
)
def test_a_start_that_nobody_asked_for(differs: dict[str, Any]) -> None:
    """Given a first start, one by a policy or by an orchestrator, or none at all, then nobody started it again."""
    web = container(**{"created": ago(days=3), "started_at": ago(hours=2), **differs})

    assert _starts(host(web)) == []


def test_a_start_that_the_engine_would_remember() -> None:
    """Given that the engine knows older events and none of a restart, then the start was no restart."""
    web = container(created=ago(days=3), started_at=ago(hours=2))

    assert _starts(host(web, events=(event("die", web, at=ago(hours=3)),))) == []


def test_the_engine_was_started() -> None:
    """Given the bridge that the engine makes anew, then the engine's start is told in place of its containers'."""
    bridge = network("bridge", created=ago(hours=2), options={DEFAULT_BRIDGE: "true"})
    web = container(created=ago(days=3), started_at=ago(hours=2) + timedelta(seconds=5))

    (told,) = _starts(host(web, networks=(bridge,)))

    assert (told.subject, told.kind, told.after, told.at) == ("host/host-7", "engine", "started", ago(hours=2))


def test_podmans_network_tells_nothing_of_its_start() -> None:
    """Given Podman, which has no engine that starts, then its network's age says nothing."""
    bridge = network("podman", created=ago(hours=2), options={DEFAULT_BRIDGE: "true"})
    podman = Version(components=({"Name": "Podman Engine"},))

    assert [one.kind for one in _starts(host(networks=(bridge,), version=podman))] == ["created"]


def test_a_tag_that_was_given_here() -> None:
    """Given an image that got its tag an hour ago, while a container still runs the older one, then it moved."""
    old, new = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"
    moved = image("web:1", id=new, metadata=ImageMetadata(last_tag_time=ago(hours=1)))
    web, next_ = container("web-1", image="web:1", image_id=old), container("web-2", image="web:1", image_id=new)

    told = _only(host(web, next_, images={new: moved}))

    assert (told.kind, told.subject, told.before, told.after) == ("tag", "image/web:1", "a" * 12, "b" * 12)
    assert told.at == ago(hours=1)


def test_a_tag_that_another_tag_hides() -> None:
    """Given an image of two tags, or one whose other tag is told of by an event, then its own is not guessed."""
    tagged = ImageMetadata(last_tag_time=ago(hours=1))
    web = container(image="web:1")
    two = image("web:1", id=web.inspect.image, repo_tags=("web:1", "web:old"), metadata=tagged)
    one = image("web:1", id=web.inspect.image, metadata=tagged)
    other = event("tag", web.inspect.image, kind="image", at=ago(hours=1), name="web:old")

    assert _told(host(web, images={web.inspect.image: two})) == []
    assert _only(host(web, images={web.inspect.image: one}, events=(other,))).subject == "image/web:old"


def test_an_image_that_was_built_and_not_deployed() -> None:
    """Given a tag that means an image no container was made from, then it is told when that was built."""
    web = container(image="web", image_id=f"sha256:{'a' * 64}")
    built = ImageSummary(id=f"sha256:{'b' * 64}", repo_tags=("web:latest",), created=int(ago(hours=1).timestamp()))

    told = _only(host(web, disk=DiskUsage(images=(built,))))

    assert (told.subject, told.before, told.after, told.at) == ("image/web:latest", "a" * 12, "b" * 12, ago(hours=1))


def test_networks_and_volumes_that_were_made() -> None:
    """Given a network and a volume with a name, then their creation is told; the engine's own network is not one."""
    volumes = (
        Volume(name="data", created_at="2026-11-24T02:00:00Z"),
        Volume(name=identity("anonymous"), created_at="2026-11-24T02:00:00Z"),
        Volume(name="foreign"),
    )
    networks = (network("back", created=ago(hours=3)), network("none", created=ago(hours=3), driver="null"))

    told = _starts(host(networks=networks, volumes=volumes))

    assert [(one.subject, one.kind, one.at) for one in told] == [
        ("network/back", "created", ago(hours=3)),
        ("volume/data", "created", ago(hours=1)),
    ]


def test_a_scope_hears_nothing_of_others() -> None:
    """Given a scope, then the events of containers outside of it are left out."""
    web, db = container("web-1"), container("db-1")
    snapshot = host(web, db, events=(event("restart", db), event("restart", web)), scope="web-1")
    scoped = Snapshot(**{name: getattr(snapshot, name) for name in snapshot.__struct_fields__} | {"containers": (web,)})

    assert [one.subject for one in _starts(scoped)] == ["container/web-1"]


def test_where_it_was_read() -> None:
    """Given a host, then it is said what was looked at for changes; of one that was not reached, nothing."""
    events = (event("start", container()),)

    assert changes(host(container(), events=events)).sources == ("1 event", "1 container", "1 image", "1 network")
    lost = Unreachable(obstacle=Obstacle.REFUSED, message="refused")
    assert changes(host(unreachable=lost)).sources == ()


def test_changes_reach_the_symptoms() -> None:
    """Given what a container depends on, then its image, network, host and missing service are among it."""
    waits = {**_COMPOSE, "com.docker.compose.depends_on": "db:service_started:false"}
    web = container("shop-web-1", image="web", labels=waits)

    upstream = host(web).upstream()[web.subject]

    assert {
        Subject("host", "host-7"),
        Subject("image", "web"),
        Subject("image", "web:latest"),
        Subject("network", "shop"),
        Subject("container", "shop-db-1"),
    } <= upstream
