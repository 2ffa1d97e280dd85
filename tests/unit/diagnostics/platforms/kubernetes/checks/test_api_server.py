"""K8S-X101: API servers that cannot be talked to, or that are not ready by their own word."""

import pytest
from msgspec.structs import replace

from sickbay.diagnostics.engine import judge
from sickbay.diagnostics.model import ReportTarget, Subject
from sickbay.diagnostics.platforms.kubernetes.checks.api_server import api_server
from sickbay.diagnostics.platforms.kubernetes.snapshot import Obstacle, Snapshot, Unreachable
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.kubernetes.clusters import NOW, cluster, findings

ADDRESS = "https://prod.example.com:6443"
NOT_READY = """[+]ping ok
[+]log ok
[-]etcd failed: reason withheld
[+]poststarthook/start-kube-apiserver-admission-initializer ok
[-]poststarthook/rbac/bootstrap-roles failed: reason withheld
readyz check failed
"""


def unread(obstacle: Obstacle, message: str = "it said so", address: str = ADDRESS) -> Snapshot:
    why = Unreachable(obstacle=obstacle, message=message)
    return Snapshot(
        request=Request(scope="", audit=True), taken_at=NOW, cluster="prod", address=address, unreachable=why
    )


@pytest.mark.parametrize("obstacle", list(Obstacle))
def test_every_obstacle_has_its_sentence_and_its_remedy(obstacle: Obstacle) -> None:
    """Given any obstacle, when judged, then it is one critical finding with a sentence, the message and a remedy."""
    (found,) = findings(api_server, unread(obstacle))

    assert found.subject == Subject("cluster", "prod")
    assert found.summary.startswith("Cluster prod cannot be looked at: ")
    assert "{}" not in found.summary
    assert found.evidence[0].value == f"{obstacle}: it said so"
    assert found.remedy is not None
    assert found.remedy.text.endswith(".")


def test_every_obstacle_is_told_differently() -> None:
    """Given all obstacles, when judged, then no two have the same sentence."""
    told = {findings(api_server, unread(obstacle))[0].summary for obstacle in Obstacle}

    assert len(told) == len(Obstacle)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("certificate has expired", "kubeadm certs renew"),
        ("certificate is not yet valid", "NTP"),
        ("Hostname mismatch, certificate is not valid for 'prod.example.com'.", "SANs"),
        ("self-signed certificate in certificate chain", "authority that signed"),
        ("unable to get local issuer certificate", "authority that signed"),
        ("[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required", "client certificate"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "plain HTTP"),
    ],
)
def test_a_failed_handshake_says_what_to_renew(message: str, text: str) -> None:
    """Given a failed TLS handshake, when judged, then its message decides the remedy."""
    (found,) = findings(api_server, unread(Obstacle.TLS, message))

    assert found.remedy is not None
    assert text in found.remedy.text


def test_an_unreachable_cluster_reports_that_alone() -> None:
    """Given an API server that was not reached, when all checks judge with audit, then X101 is the whole report."""
    report = judge(unread(Obstacle.REFUSED), ReportTarget(name="prod", platform="kubernetes", zone="default"))

    assert [finding.code for finding in report.findings] == ["K8S-X101"]
    assert report.gaps == ()
    assert report.blind


def test_failed_readiness_checks_are_named() -> None:
    """Given `/readyz?verbose` with two failed checks, when judged, then both are named and etcd chooses the remedy."""
    (found,) = findings(api_server, replace(cluster(), health=NOT_READY))

    assert "2 of its checks fail (etcd, poststarthook/rbac/bootstrap-roles)" in found.summary
    assert found.evidence[0].value.splitlines()[0] == "[-]etcd failed: reason withheld"
    assert found.remedy is not None
    assert "etcd" in found.remedy.text


@pytest.mark.parametrize("health", ["[+]ping ok\n[+]etcd ok\nreadyz check passed\n", "ok", ""])
def test_a_server_that_is_ready_or_was_not_asked_is_left_alone(health: str) -> None:
    """Given readiness that passed or could not be read, when judged, then nothing is found."""
    assert findings(api_server, replace(cluster(), health=health)) == []
