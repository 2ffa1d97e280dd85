"""Which images of a host its registries are asked about."""

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.docker.images import pulls_of
from sickbay.diagnostics.platforms.docker.snapshot import Image
from sickbay.diagnostics.platforms.docker.wire.images import ImageInspect
from sickbay.diagnostics.pulls import Pull, PullFault
from tests.unit.diagnostics.platforms.docker.hosts import container, event, host

DIGEST = f"sha256:{'a' * 64}"


def known(*repo_digests: str) -> Image:
    return Image(inspect=ImageInspect(id="sha256:image", repo_digests=repo_digests))


def test_a_start_that_failed_for_its_image() -> None:
    """Given a container whose start failed for its image, then image, class and platform are known."""
    error = "manifest for lan.example/web:9 not found: manifest unknown"
    snapshot = host(container(image="lan.example/web:9", status="created", error=error))

    assert snapshot.pulls() == (
        Pull(
            image="lan.example/web:9",
            subject=Subject("container", "web-1"),
            failed=True,
            fault=PullFault.NO_TAG,
            platform="linux/amd64",
        ),
    )


def test_a_pull_that_failed() -> None:
    """Given the engine's event of a failed pull, then the image is asked about; what came after a success is not."""
    failed = event("pull-error", "x", kind="image", name="lan.example/web:9", error="manifest unknown")

    (pull,) = pulls_of(host(events=(failed,)))

    assert (pull.image, pull.subject, pull.failed) == ("lan.example/web:9", Subject("image", "lan.example/web:9"), True)
    assert list(pulls_of(host(events=(failed, event("pull", "x", kind="image", name="lan.example/web:9"))))) == []


def test_what_runs_is_asked_about_with_the_digest_it_came_by() -> None:
    """Given running containers, then those whose image came from its own registry are asked about, by that digest."""
    names = {
        "lan.example/web:1": (f"other.example/web@{DIGEST}", f"lan.example/web@{DIGEST}"),
        "lan.example:5000/web": (f"lan.example:5000/web@{DIGEST}",),
        "nginx:1": (f"nginx@{DIGEST}",),
        "redis": (f"docker.io/library/redis@{DIGEST}",),
        "built-here:1": (),
        "lan.example/renamed:1": (f"lan.example/web@{DIGEST}",),
    }
    running = [container(f"c-{number}", image=name) for number, name in enumerate(names)]
    images = {item.inspect.image: known(*names[item.inspect.config.image]) for item in running}

    assert len(images) == len(names)
    assert {pull.image: pull.digest for pull in pulls_of(host(*running, images=images))} == dict.fromkeys(
        ("lan.example/web:1", "lan.example:5000/web", "nginx:1", "redis"), DIGEST
    )


def test_what_has_stopped_is_not_asked_about() -> None:
    """Given a container that has stopped well, then nobody asks for its image."""
    stopped = container(image="lan.example/web:1", status="exited", exit_code=0)

    assert list(pulls_of(host(stopped, images={stopped.inspect.image: known(f"lan.example/web@{DIGEST}")}))) == []
