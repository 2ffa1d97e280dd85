"""DKR-I103: programs for another processor."""

import pytest

from sickbay.diagnostics.model import Confidence
from sickbay.diagnostics.platforms.docker.checks.wrong_architecture import wrong_architecture
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from tests.unit.diagnostics.platforms.docker.hosts import ago, container, findings, host, image, info, log, report

REFUSED = 'failed to create task: exec: "/usr/bin/serve": exec format error: unknown'


def built_for(architecture: str, one: Container, machine: str = "x86_64") -> Snapshot:
    images = {one.inspect.image: image(architecture=architecture)}
    return host(one, images=images, info=info(architecture=machine))


def test_the_engine_says_so_of_a_foreign_image() -> None:
    """Given an image for arm64 that an amd64 host could not start, when judged, then both are named."""
    (finding,) = findings(
        wrong_architecture, built_for("arm64", container(status="created", error=REFUSED, exit_code=126))
    )

    assert finding.summary == "web-1 cannot run: its image is for arm64 and host-7 is x86_64."
    assert finding.remedy is None
    assert finding.confidence is Confidence.OBSERVED


def test_the_log_says_so_of_an_image_that_fits() -> None:
    """Given the error of an image that fits the host, when judged, then the program itself is suspected."""
    script = container(status="exited", exit_code=1, log=log("exec /start.sh: exec format error"))

    (finding,) = findings(wrong_architecture, host(script))

    assert "a script needs `#!`" in finding.summary
    assert finding.remedy is not None
    assert "#!" in finding.remedy.text


def test_a_foreign_image_that_failed_without_a_word() -> None:
    """Given a foreign image that exited with an error, when nothing says why, then it is inferred."""
    (finding,) = findings(wrong_architecture, built_for("amd64", container(status="exited", exit_code=255), "aarch64"))

    assert finding.confidence is Confidence.INFERRED


@pytest.mark.parametrize(
    ("architecture", "machine"),
    [("386", "x86_64"), ("arm", "aarch64"), ("amd64", "x86_64"), ("", "x86_64"), ("arm64", "")],
)
def test_an_image_that_runs_here_or_of_which_nothing_is_known(architecture: str, machine: str) -> None:
    """Given an exit of an image that this processor runs, or of which one side is not told, then nothing is said."""
    assert findings(wrong_architecture, built_for(architecture, container(status="exited", exit_code=1), machine)) == []


def test_an_emulated_image_that_runs() -> None:
    """Given a foreign image that runs, when judged, then it is left alone."""
    assert findings(wrong_architecture, built_for("arm64", container())) == []


def test_an_end_that_was_wanted_or_is_long_ago() -> None:
    """Given a foreign image that did its work, or failed before the window, when judged, then nothing is said."""
    old = container(status="exited", exit_code=1, finished_at=ago(days=3))

    assert findings(wrong_architecture, built_for("arm64", container(status="exited"))) == []
    assert findings(wrong_architecture, built_for("arm64", old)) == []


def test_it_explains_the_exit() -> None:
    """Given a container that failed with the error, when ranked, then the exit is folded under it."""
    judged = report(host(container(status="exited", exit_code=1, log=log("exec /start.sh: exec format error"))))

    assert [(item.code, item.explained_by) for item in judged.findings] == [
        ("DKR-I103", ()),
        ("DKR-C101", ("DKR-I103@container/web-1",)),
    ]
