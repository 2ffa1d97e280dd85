"""AKS's own detectors: which are run, in which order, and what is told of those that give no answer."""

import pytest

from sickbay.diagnostics.model import Gap
from sickbay.diagnostics.platforms.aks.collector import connection, detectors, reading
from tests.unit.diagnostics.platforms.aks.arm import DETECTORS, HEALTHY_DETECTORS, Arm, listed, refusal
from tests.unit.diagnostics.platforms.aks.conftest import Judge, Read
from tests.unit.diagnostics.platforms.loopback import answer, hang

WHAT = "AKS's own detectors"


def run(arm: Arm) -> list[str]:
    """Give the detectors that were run, in the order in which they were asked for."""
    return [asked.path.rpartition("/")[2] for asked in arm.requests if asked.path.startswith(f"{DETECTORS}/")]


def reasons(gaps: tuple[Gap, ...]) -> list[str]:
    """Give the reasons of the gaps that detectors left."""
    return [gap.reason for gap in gaps if gap.what == WHAT]


def test_all_that_look_for_faults_are_run(arm: Arm, read: Read) -> None:
    """Given a list of all eight categories, when a cluster is diagnosed, then six of them are run, overviews never."""
    read()

    assert set(HEALTHY_DETECTORS) - set(run(arm)) == {"aks-recommend-uptime-sla", "aks-k8s-deprecations"}
    assert len({category for _, category in HEALTHY_DETECTORS.values()}) == 8


def test_an_audit_runs_those_too_that_advise(arm: Arm, judge: Judge) -> None:
    """Given a deprecation that is critical to its detector, when audited, then it is advice, and no incident."""
    arm.detector("aks-k8s-deprecations", "Critical", "policy/v1beta1 is still called")

    (found,) = judge(audit=True).findings

    assert set(run(arm)) == set(HEALTHY_DETECTORS)
    assert (found.code, found.subject) == ("AKS-118", "detector/aks-k8s-deprecations")
    assert judge().findings == ()


def test_what_only_azure_sees_is_asked_for_first(arm: Arm, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given one run at a time, when a cluster is read, then those of the platform's own telemetry come first."""
    monkeypatch.setattr(detectors, "AT_ONCE", 1)

    read()

    assert run(arm)[:3] == ["aks-service-impacting-issues", "Etcd", "nodes-not-ready-alerts"]


def test_a_list_that_is_denied_is_a_gap(arm: Arm, read: Read) -> None:
    """Given detectors that may not be read, when a cluster is read, then the gap names the action; none is run."""
    arm.routes[DETECTORS] = refusal(403, "AuthorizationFailed", "no")

    snapshot = read()

    (reason,) = reasons(snapshot.gaps)
    assert "Microsoft.ContainerService/managedClusters/detectors/read" in reason
    assert (run(arm), snapshot.insights) == ([], ())


def test_those_without_an_answer_are_one_gap(arm: Arm, read: Read) -> None:
    """Given two that fail and one of another shape, when a cluster is read, then one gap counts all three."""
    arm.detector("Etcd", "Critical", "full")
    for name in ("cluster-dns", "disk-attach-failures"):
        arm.routes[f"{DETECTORS}/{name}"] = refusal(400, "BadRequest", "not here")
    arm.routes[f"{DETECTORS}/agentpool-put-failures"] = answer({"properties": {"dataset": "none"}})

    snapshot = read()

    (reason,) = reasons(snapshot.gaps)
    assert reason.startswith("3 of 7 gave no answer, first ")
    assert [insight.message for insight in snapshot.insights] == ["full"]


def test_their_time_is_a_part_of_the_whole(arm: Arm, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given one that hangs, when their share of the time is up, then that is its gap, and all else is there."""
    monkeypatch.setattr(detectors, "SECONDS", 1.0)
    arm.routes[f"{DETECTORS}/cluster-dns"] = hang()

    snapshot = read()

    (reason,) = reasons(snapshot.gaps)
    assert reason.endswith(": their time was up")
    assert snapshot.health is not None


def test_each_thread_keeps_its_connection() -> None:
    """Given all threads of a diagnosis at work, then none has to drop the connection that it made."""
    assert connection.CONNECTIONS >= reading.THREADS + detectors.AT_ONCE


def test_a_name_is_no_path(arm: Arm, read: Read) -> None:
    """Given a detector whose name would lead elsewhere, when it is run, then the name stays one part of the path."""
    metadata = {"type": "Detector", "category": "Storage"}
    arm.routes[DETECTORS] = listed({"name": "../../agentPools", "properties": {"metadata": metadata}})

    read()

    assert run(arm) == ["..%2F..%2FagentPools"]
