"""DKR-I101: images that are not there."""

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.docker.checks.missing_image import missing_image
from tests.unit.diagnostics.platforms.docker.hosts import ago, container, event, findings, host, report

ERRORS = {
    "no such image: shop/web:9: image not known": "it is not on this host",
    "Error response from daemon: No such image: shop/web:9": "it is not on this host",
    "manifest for shop/web:9 not found: manifest unknown: manifest unknown": "no such tag",
    "pull access denied for shop/web, repository does not exist or may require 'docker login'": "denies it",
    "toomanyrequests: You have reached your pull rate limit while pulling the image": "limits pulls",
    "no matching manifest for linux/arm64/v8 in the manifest list entries": "not built for this architecture",
    "pull image: x509: certificate signed by unknown authority": "TLS is not accepted",
    "pinging container registry registry.lan: dial tcp: lookup registry.lan: no such host": "is not reached",
}


@pytest.mark.parametrize(("error", "why"), ERRORS.items())
def test_each_class_of_error(error: str, why: str) -> None:
    """Given a container whose start failed for its image, when judged, then the class is named with its remedy."""
    (finding,) = findings(missing_image, host(container(image="shop/web:9", status="created", error=error)))

    assert "web-1 cannot have its image shop/web:9" in finding.summary
    assert why in finding.summary
    assert finding.remedy is not None


@pytest.mark.parametrize(
    "error",
    ["", "driver failed programming external connectivity: port is already allocated",
     'exec: "/usr/bin/serve": stat /usr/bin/serve: no such file or directory', "network shop not found"],
)  # fmt: skip
def test_errors_of_another_kind(error: str) -> None:
    """Given a start that failed for another reason, when judged, then nothing is said of the image."""
    assert findings(missing_image, host(container(status="created", error=error))) == []


def test_a_container_that_runs_by_now() -> None:
    """Given an old error of a container that runs, when judged, then nothing is said."""
    assert findings(missing_image, host(container(error="No such image: shop/web:9"))) == []


def test_a_pull_that_failed() -> None:
    """Given the engine's event of a failed pull, when judged, then image, time and class are told."""
    failed = event("pull-error", "x", kind="image", name="shop/web:9", error="manifest unknown: tag 9")

    (finding,) = findings(missing_image, host(events=(failed,)))

    assert finding.subject == Subject("image", "shop/web:9")
    assert finding.summary == "shop/web:9 could not be pulled at 02:55 UTC: the registry has no such tag."


def test_a_pull_that_failed_and_then_worked() -> None:
    """Given a failed pull that was followed by one that worked, or is old, when judged, then nothing is said."""
    failed = event("pull-error", "x", kind="image", at=ago(minutes=9), name="shop/web:9", error="i/o timeout")
    worked = event("pull", "shop/web:9", kind="image", at=ago(minutes=2), name="shop/web:9")
    old = event("pull-error", "x", kind="image", at=ago(days=3), name="shop/web:8", error="i/o timeout")

    assert findings(missing_image, host(events=(old, failed, worked))) == []


def test_it_explains_that_the_container_never_started() -> None:
    """Given a container without its image, when ranked, then the missing image explains that it never ran."""
    judged = report(host(container(status="created", error="No such image: shop/web:9")))

    assert [(item.code, item.explained_by) for item in judged.findings] == [
        ("DKR-I101", ()),
        ("DKR-C106", ("DKR-I101@container/web-1",)),
    ]
