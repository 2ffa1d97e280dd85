"""A real engine whose images come from a real registry: what the registry knows of them is in the engine's report."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import docker
import docker.errors
import pytest
from msgspec.structs import replace

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import diagnose, judge
from sickbay.diagnostics.follow_ups import ask
from sickbay.diagnostics.model import Report
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.diagnostics.platforms.registry.target import RegistryTarget
from sickbay.diagnostics.targets import Request
from tests.integration.docker.conftest import busybox, engine
from tests.integration.docker.lab import Lab, finding, rootfs, snapshot_of
from tests.integration.registry.lab import Registry

__all__ = ["busybox", "engine"]
pytestmark = [pytest.mark.docker, pytest.mark.registry]


@pytest.fixture
def lab(engine: DockerTarget, busybox: Path, plain: Registry) -> Iterator[Lab]:
    """An engine that has pulled an image from the registry; it forgets the image in the end."""
    plain.push("shop/app", "1", layer=rootfs(busybox), Cmd=["sleep", "3600"])
    name = f"{plain.name}/shop/app:1"
    with Lab(engine, name) as made:
        made.client.images.pull(name)
        yield made
    client = docker.DockerClient(base_url=engine.host)
    client.images.remove(name, force=True)
    client.close()


def diagnosed(lab: Lab, plain: Registry, scope: str | None) -> Report:
    registry = RegistryTarget(name="images", url=plain.url)
    return diagnose(lab.target, Request(scope=scope or ""), budget=Budget(60), others=[lab.target, registry]).report


def test_what_runs_and_what_its_tag_means_now(lab: Lab, plain: Registry, busybox: Path) -> None:
    """Given a container from a registry, then all is well; its tag moves: REG-108, a change; its tag goes: REG-104."""
    app = lab.run("app", "sleep", "3600", stop_signal="SIGKILL")
    report = diagnosed(lab, plain, app.name)
    assert [item.code for item in report.findings if item.code.startswith("REG")] == []
    assert report.looked_at["registries"] == 1

    built_at = datetime.now(UTC).replace(microsecond=0)
    created = built_at.isoformat()
    digest = plain.push("shop/app", "1", layer=rootfs(busybox), Cmd=["sleep", "7200"], created=created)
    report = diagnosed(lab, plain, app.name)
    (change,) = [
        one for one in report.changes if one.subject == f"image/{plain.name}/shop/app:1" and one.field == "digest"
    ]
    assert (change.kind, change.after, change.at) == ("tag", digest[:19], built_at)
    moved = finding(report, "REG-108")
    assert moved.summary.endswith(f"means another image now than the one that container/{app.name} runs.")

    plain.delete("shop/app", digest)
    gone = finding(diagnosed(lab, plain, app.name), "REG-104")
    assert gone.summary.endswith(f"has no tag 1; container/{app.name} still runs it.")


def test_the_engines_own_error_of_a_missing_tag(lab: Lab, plain: Registry) -> None:
    """Given the engine's error of a tag that is not there, then the registry's REG-104 explains DKR-I101 in one report.

    Docker tells that error only to whoever pulls: it is put where an engine that keeps it (Podman) has it.
    """
    image = f"{plain.name}/shop/app:9"
    app = lab.create("app", "sleep", "3600")
    with pytest.raises(docker.errors.NotFound) as refused:
        lab.client.images.pull(image)
    host = snapshot_of(lab.diagnose(app.name))
    (container,) = host.containers
    inspect = replace(
        container.inspect,
        config=replace(container.inspect.config, image=image),
        state=replace(container.state, error=str(refused.value.explanation)),
    )
    host = replace(host, containers=(replace(container, inspect=inspect),))
    registry = RegistryTarget(name="images", url=plain.url)

    probes, gaps = ask(host, lab.target, [registry], Budget(20))
    report = judge(host, lab.diagnose(app.name).report.target, probes, gaps)

    assert finding(report, "REG-104").summary.endswith("has no tag 9. Its only tag is 1.")
    assert finding(report, "DKR-I101").explained_by == (f"REG-104@image/{image}",)
    assert report.causes[0].code == "REG-104"
