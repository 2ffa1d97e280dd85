"""DKR-S112: nodes may run different images under one name."""

from sickbay.diagnostics.platforms.swarm.checks.images_not_pinned import images_not_pinned
from tests.unit.diagnostics.platforms.swarm.swarms import IMAGE, findings, managers, service, swarm, task, update_status


def test_an_image_without_a_digest() -> None:
    """Given a service whose image is named by its tag, then the command lets a manager look the digest up."""
    (found,) = findings(images_not_pinned, swarm(service(image="shop/web:1.4", tasks=[task(image="shop/web:1.4")])))

    assert found.summary == (
        "web names its image shop/web:1.4 without a digest: each node runs what it has under that name."
    )
    assert found.remedy
    assert found.remedy.command == "docker service update --image shop/web:1.4 web"


def test_tasks_of_different_images() -> None:
    """Given tasks of two digests and no update, then that is told; an update under way may have them."""
    tasks = [task(id="a"), task(id="b", slot=2, image=IMAGE.replace("a", "b"))]

    (found,) = findings(images_not_pinned, swarm(service(replicas=2, tasks=tasks)))
    updating = service(replicas=2, tasks=tasks, update_status=update_status("updating"))

    assert found.summary == "web runs 2 different images at once, with no update under way."
    assert findings(images_not_pinned, swarm(updating)) == []


def test_pinned_images_and_single_nodes_are_well() -> None:
    """Given a digest, or one node that cannot differ from itself, then nothing is found."""
    assert findings(images_not_pinned, swarm(service())) == []
    assert findings(images_not_pinned, swarm(service(image="shop/web:1.4", tasks=[]), nodes=managers(1))) == []
