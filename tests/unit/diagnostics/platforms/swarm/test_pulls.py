"""The images that a swarm's registries can be asked about."""

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.pulls import Pull, PullFault
from tests.unit.diagnostics.platforms.swarm.swarms import DIGEST, ago, service, swarm, task

WEB = Subject("service", "web")


def test_an_image_that_cannot_be_pulled() -> None:
    """Given a service without its image, then one failed pull tells image, class and the node's platform."""
    error = "pull access denied for shop/web, repository does not exist or may require 'docker login'"
    refused = [task("rejected", error, slot=slot, id=f"t-{slot}") for slot in (1, 2)]

    assert swarm(service(replicas=2, tasks=refused)).pulls() == (
        Pull(image="shop/web:1.4", subject=WEB, failed=True, fault=PullFault.DENIED, platform="linux/amd64"),
    )


def test_images_that_run_go_by_their_digests() -> None:
    """Given tasks that run, then each image is told once a platform with its digest, and none without one."""
    pinned = service(replicas=3)
    by_tag = service("db", image="shop/db:1", tasks=[task(image="shop/db:1")])

    assert swarm(pinned, by_tag).pulls() == (
        Pull(image="shop/web:1.4", subject=WEB, platform="linux/amd64", digest=DIGEST),
    )


def test_an_image_that_was_missing_and_runs_now_is_no_failed_pull() -> None:
    """Given a task that was refused and whose place is held again, then nothing failed."""
    tasks = [task("rejected", "No such image: shop/web:1.4", at=ago(minutes=5)), task()]

    assert [pull.failed for pull in swarm(service(tasks=tasks)).pulls()] == [False]
