"""A finding on a real engine names the change behind it: with a watch field by field, without one as far as known."""

from datetime import timedelta

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import diagnose
from sickbay.diagnostics.events import Coverage, History, Likelihood
from sickbay.diagnostics.model import Report
from sickbay.diagnostics.targets import Request
from tests.integration.docker.lab import Lab, finding, remove
from tests.integration.docker.watched import Watching, watching

pytestmark = pytest.mark.docker

#: Needs 20 MB at its start, and waits then.
_HUNGRY = ("sh", "-c", "head -c 20m /dev/zero | tail -c 20m > /dev/null && echo ready && exec sleep 3600")


def _diagnosed(lab: Lab, watched: Watching, scope: str | None) -> Report:
    """Diagnose with what the watch has told."""
    changes = tuple(event for event in watched.events if event.kind.is_change)
    until = watched.batches[-1].until
    coverage = Coverage(since=until - timedelta(hours=25), until=until, sources=("recorder",))
    request = Request(scope=scope or "")
    history = History(changes=changes, coverage=coverage)
    return diagnose(lab.target, request, budget=Budget(60), history=lambda: history).report


def test_a_container_made_anew_with_too_little_memory(lab: Lab) -> None:
    """Given a container that is made anew with less memory than it needs, then that is why it was out of memory."""
    web = lab.run("web", *_HUNGRY, mem_limit="64m", memswap_limit="64m")
    lab.until(web, lambda _seen: b"ready" in web.logs())
    with watching(lab.target) as watched:
        remove(web)
        web = lab.run("web", *_HUNGRY, mem_limit="8m", memswap_limit="8m")
        lab.until_exited(web)
        watched.about(f"container/{web.name}", "out of memory")
        report = _diagnosed(lab, watched, web.name)

    suspect = finding(report, "DKR-C102").suspect
    assert suspect is not None
    assert (suspect.change.field, suspect.change.before, suspect.change.after) == (
        "HostConfig.Memory",
        "64 MiB",
        "8 MiB",
    )
    assert suspect.likelihood is Likelihood.LIKELY
    assert report.coverage is not None
    assert report.coverage.holes == ()


def test_a_deployment_of_a_bad_image(lab: Lab) -> None:
    """Given a Compose service whose new image ends at once, then the engine's own events name that image."""
    project = lab.name("shop")
    web = lab.compose(project, "web", "sh", "-c", "test ! -e /bad || exit 7; exec sleep 3600", stop_signal="SIGKILL")
    maker = lab.run("maker", "sh", "-c", "echo bad > /bad")
    lab.until_exited(maker)
    bad = f"{lab.prefix}:bad"
    maker.commit(lab.prefix, tag="bad")
    try:
        remove(web)
        lab.image = bad
        web = lab.compose(project, "web", "sh", "-c", "test ! -e /bad || exit 7; exec sleep 3600")
        lab.until_exited(web)
        report = lab.diagnose(project).report
    finally:
        lab.remove_all()
        lab.client.images.remove(bad)

    suspect = finding(report, "DKR-C101").suspect
    assert suspect is not None
    assert (suspect.change.field, suspect.change.after) == ("Config.Image", bad)
    assert suspect.change.actor.startswith(f"Compose project {project}")


def test_nothing_changed(lab: Lab) -> None:
    """Given a container that does what it did an hour ago, then its own creation is all there is to tell."""
    well = lab.run("well", "sleep", "3600", stop_signal="SIGKILL")
    with watching(lab.target) as watched:
        report = _diagnosed(lab, watched, well.name)

    assert [(one.subject, one.kind) for one in report.changes if one.subject.startswith("container/")] == [
        (f"container/{well.name}", "created")
    ]
    assert report.findings == ()
    assert report.coverage is not None
    assert report.coverage.sources[0] == "recorder"
