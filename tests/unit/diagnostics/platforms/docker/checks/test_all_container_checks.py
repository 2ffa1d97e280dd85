"""What holds for every check of containers: healthy hosts, missing fields, evidence, owners, hostile names."""

import re
import shlex
from datetime import UTC

import pytest

from sickbay.diagnostics.catalogue import load_checks
from sickbay.diagnostics.model import ReportFinding
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.containers import ContainerInspect, State
from tests.unit.diagnostics.platforms.docker.checks.ill import COMPOSED, ILL
from tests.unit.diagnostics.platforms.docker.hosts import NOW, ago, container, findings, host, report

OWNERS = [
    (COMPOSED, "Compose project shop"),
    ({"com.docker.swarm.service.name": "web"}, "Swarm service web"),
    ({"io.kubernetes.pod.name": "web-x", "io.kubernetes.pod.namespace": "shop"}, "Kubernetes pod shop/web-x"),
    ({"ansible_managed": "yes"}, "Ansible"),
]
HOSTILE = [
    "<!channel>",
    "`reboot`",
    "$(reboot)",
    "a b",
    "x;reboot",
    "web\u202e1",
    "it's",
    '"',
    "-rf",
    "a|b&c>d",
    "&amp;*_~",
]


def told(code: str, snapshot: Snapshot) -> ReportFinding:
    """Give the finding of this code as an audit's report shows it."""
    (found,) = [item for item in report(snapshot).findings if item.code == code]
    return found


def audited(code: str, name: str = "web-1", labels: dict[str, str] | None = None) -> Snapshot:
    snapshot = ILL[code](name, labels or {})
    return host(
        *snapshot.containers, events=snapshot.events, summaries=snapshot.summaries, images=snapshot.images, audit=True
    )


@pytest.mark.parametrize("code", ILL)
def test_an_ill_host_is_found_ill(code: str) -> None:
    """Given a host that is ill in one way, then the check finds it once and names the container or its project."""
    found = told(code, audited(code))

    assert found.subject in {"container/web-1", "project/shop"}
    assert found.summary.endswith(".")
    assert len(found.summary) < 250


@pytest.mark.parametrize("code", ILL)
def test_a_finding_is_proved(code: str) -> None:
    """Given a finding, then each proof names the call that it was read with, a value, and when."""
    found = told(code, audited(code))

    assert found.evidence != ()
    assert all(re.match(r"GET /(?:containers/|events|system/df|info)", item.source) for item in found.evidence)
    assert all(item.value.strip() and item.at == NOW and item.at.tzinfo == UTC for item in found.evidence)


@pytest.mark.parametrize(("labels", "owner"), OWNERS, ids=["Compose", "Swarm", "Kubernetes", "Ansible"])
@pytest.mark.parametrize("code", ILL)
def test_a_remedy_names_who_owns_the_container(code: str, labels: dict[str, str], owner: str) -> None:
    """Given a container that a tool made, then the remedy names the tool: a fix by hand would be undone."""
    found = told(code, audited(code, labels=labels))

    assert found.remedy.owner == ("Compose project shop" if code == "DKR-C115" else owner)


@pytest.mark.parametrize("code", sorted(set(ILL) - {"DKR-C115"}))
def test_a_container_made_by_hand_has_no_owner(code: str) -> None:
    """Given a container without labels, then no owner is made up."""
    assert told(code, audited(code)).remedy.owner is None


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("code", ILL)
def test_a_name_is_one_word_of_a_command(code: str, name: str) -> None:
    """Given a name that a shell would act on, then a command holds it as one word, and nothing of it runs."""
    command = told(code, audited(code, name)).remedy.command

    words = shlex.split(command) if command else []
    assert not command or name in words or "holder-1" in words
    tokens = shlex.shlex(command or "", posix=False, punctuation_chars=True)
    assert [token for token in tokens if token in {";", "&", "|", ">"}] == []


@pytest.mark.parametrize("code", ILL)
def test_a_healthy_host_is_left_alone(code: str) -> None:
    """Given containers that run well, have done their work, or just started, then the check says nothing."""
    well = host(
        container("web-1"), container("job-1", status="exited"), container("new-1", created=ago(seconds=5)), audit=True
    )

    assert findings(load_checks()[code], well) == []


@pytest.mark.parametrize(
    "status", ["running", "exited", "created", "paused", "restarting", "removing", "dead", "", "odd"]
)
@pytest.mark.parametrize("code", sorted(set(ILL) - {"DKR-A102", "DKR-A104", "DKR-C113"}))
def test_missing_fields_are_no_fault(code: str, status: str) -> None:
    """Given containers of which the engine told only id and state, as Podman may, then nothing is made up of that."""
    running = status in {"running", "paused", "restarting"}
    bare = Container(
        inspect=ContainerInspect(id="0" * 64, state=State(status=status, running=running, paused=status == "paused")),
        read_at=NOW,
    )

    assert findings(load_checks()[code], host(bare, audit=True)) == []
