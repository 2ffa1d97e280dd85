"""Services of a real swarm that are broken in every way that one node can produce, in one diagnosis."""

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import read_logs
from sickbay.diagnostics.errors import PermanentError, UnknownScopeError
from sickbay.diagnostics.model import Confidence, Report, ReportFinding
from sickbay.diagnostics.targets import Request
from tests.integration.swarm.lab import PORT, SwarmLab, break_everything

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def report(swarm: SwarmLab) -> Report:
    """Give what is said of all services, healthy and broken."""
    break_everything(swarm)
    return swarm.diagnose().report


def about(report: Report, swarm: SwarmLab, name: str, code: str = "DKR-S103") -> ReportFinding:
    """Give the one finding of a code about a service."""
    subject = f"service/{swarm.name(name)}"
    found = [item for item in report.findings if (item.subject, item.code) == (subject, code)]
    assert len(found) == 1, [f"{item.code} {item.summary}" for item in report.findings]
    return found[0]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("greedy", "each task reserves 900.0 GiB of memory, and the freest node, "),
        ("picky", "no node that takes tasks meets node.labels.sickbay.disk==ssd."),
        ("plugin", "no node has the volume driver flocker."),
        ("foreign", "the image is for linux/s390x, and the nodes are linux/"),
        ("crowded", "runs 1 of 3 replicas: at most 1 may run on one node, and 1 node takes tasks."),
        ("missing", "neither has the image sickbay-tests/missing:1 nor can pull it."),
        ("bound", "the source of a bind mount, /no/such/directory, is missing on node "),
        ("mistyped", 'the engine says "exec: "/no/such/program": stat /no/such/program: no such file or directory"'),
    ],
)
def test_each_class_of_the_error_column(report: Report, swarm: SwarmLab, name: str, says: str) -> None:
    """Given a service that is broken so, then DKR-S103 says what its class of error means here."""
    found = about(report, swarm, name)

    assert says in found.summary
    assert found.confidence is Confidence.OBSERVED
    assert found.remedy.command
    assert found.remedy.owner == f"Stack {swarm.prefix} (docker stack deploy)"


def test_a_port_of_the_host_that_another_service_holds(report: Report, swarm: SwarmLab) -> None:
    """Given two services with one port of the host, then DKR-S103 names the one that holds it."""
    found = about(report, swarm, "second")

    taken = f"port {PORT}/tcp of the host is taken on every node that would do"
    assert f"{taken}; service {swarm.name('first')} holds it" in found.summary


def test_a_network_without_addresses(report: Report, swarm: SwarmLab) -> None:
    """Given a network of four addresses, whose tasks stay new without a word, then its lack is inferred."""
    assert not any("addressless" in item.subject for item in report.findings)  # within its grace

    found = about(swarm.judged_later(minutes=5), swarm, "addressless")

    assert f"network {swarm.name('tiny')} (10.213.7.0/30) has no address left" in found.summary
    assert found.confidence is Confidence.INFERRED


def test_tasks_that_crash_in_a_loop(report: Report, swarm: SwarmLab) -> None:
    """Given a service whose tasks exit at once, then DKR-S104 tells the exit code and the end of its log."""
    found = about(report, swarm, "loops", "DKR-S104")

    assert "is not staying up: the last exited with code 3" in found.summary
    assert any("FATAL: no database" in item.value for item in found.evidence)


def test_an_update_that_is_paused(report: Report, swarm: SwarmLab) -> None:
    """Given an update whose task fails, then DKR-S105 tells it with the task's error and the way back."""
    found = about(report, swarm, "updated", "DKR-S105")

    assert "is paused" in found.summary
    assert "task: non-zero exit (1)" in found.summary
    assert found.remedy.command == f"docker service rollback {swarm.name('updated')}"


@pytest.mark.parametrize("name", ["first", "idle", "everywhere", "job"])
def test_services_that_are_well_are_left_alone(report: Report, swarm: SwarmLab, name: str) -> None:
    """Given a service that has what it should, is scaled to 0, runs everywhere, or is done, then nothing is said."""
    assert [item.summary for item in report.findings if item.subject == f"service/{swarm.name(name)}"] == []


def test_an_audit_tells_hygiene_of_the_swarm_itself(report: Report, swarm: SwarmLab) -> None:
    """Given a swarm of one manager without auto-lock, then the audit says so (DKR-S106, DKR-S108)."""
    assert report.gaps == ()
    codes = {item.code for item in swarm.diagnose_all(audit=True).report.findings}

    assert {"DKR-S106", "DKR-S108"} <= codes


def test_scopes_of_a_stack(report: Report, swarm: SwarmLab) -> None:
    """Given the scopes stack/service and service, then one service is looked at, and unknown names are told apart."""
    assert report.looked_at["services"] > 10
    for scope in (f"{swarm.prefix}/greedy", swarm.name("greedy")):
        assert dict(swarm.diagnose(scope).report.looked_at)["services"] == 1

    with pytest.raises(UnknownScopeError, match="Did you mean"):
        swarm.diagnose(swarm.name("greddy"))


def test_nodes_that_take_no_tasks(report: Report, swarm: SwarmLab) -> None:
    """Given the only node drained, then DKR-S103 names it, and how it takes tasks again."""
    assert report.findings
    with swarm.drained() as node:
        swarm.serve("homeless")
        swarm.until({"homeless": lambda tasks: any("not available" in one["Status"].get("Err", "") for one in tasks)})

        found = about(swarm.diagnose(swarm.name("homeless")).report, swarm, "homeless")

    assert f"no node takes tasks: {node} (drained)." in found.summary
    assert str(found.remedy.command).startswith("docker node update --availability active ")


def test_the_log_of_a_service(report: Report, swarm: SwarmLab) -> None:
    """Given a service whose tasks end over and over, when its log is asked for, then the last task's words come."""
    assert report

    for scope in (swarm.name("loops"), f"{swarm.prefix}/loops"):
        (log,) = read_logs(swarm.target, Request(scope=scope, logs=True), budget=Budget(60))
        assert log.name == f"{swarm.name('loops')}.1"
        assert log.text.endswith("FATAL: no database")


def test_a_service_that_never_ran_has_no_log(report: Report, swarm: SwarmLab) -> None:
    """Given a service that no node takes, when its log is asked for, then a sentence says why there is none."""
    assert report

    with pytest.raises(PermanentError, match="No task of it has run yet: no suitable node"):
        read_logs(swarm.target, Request(scope=swarm.name("picky"), logs=True), budget=Budget(60))
    with pytest.raises(UnknownScopeError, match=f"Did you mean .*{swarm.name('picky')}"):
        read_logs(swarm.target, Request(scope=swarm.name("pickx"), logs=True), budget=Budget(60))


def test_scopes_of_a_swarm_begin_with_the_unwell(report: Report, swarm: SwarmLab) -> None:
    """Given these services, when all of the swarm is diagnosed, then what is broken can be typed first."""
    assert report

    (scopes,) = swarm.diagnose_all().scopes.values()

    assert scopes.index(swarm.name("picky")) < scopes.index(swarm.prefix) < scopes.index(swarm.name("everywhere"))
    assert scopes[-1].startswith("node/")
