"""K8S-X104: certificates that end, have ended or have not begun, and requests that nobody signs."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.certificates import certificates
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import CertificateSigningRequest
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, findings, make, meta
from tests.unit.diagnostics.platforms.kubernetes.surroundings import certificate

KUBELET = "kubernetes.io/kube-apiserver-client-kubelet"


def request(
    name: str = "csr-1", *, minutes: float = 30, signer: str = KUBELET, **status: Any
) -> CertificateSigningRequest:
    about = meta(name, "", creationTimestamp=ago(minutes=minutes))
    spec = {"signerName": signer, "username": "system:bootstrap:abc"}
    return make(CertificateSigningRequest, {"metadata": about, "spec": spec, "status": status})


@pytest.mark.parametrize(
    ("ill", "told"),
    [
        (certificate(ends=13.5), "certificate of the API server expires in 13 days, on 2026-12-07"),
        (certificate("client", ends=-1), "certificate of the client expired on 2026-11-23 03:00 UTC"),
        (certificate(began=0.5, ends=90), "certificate of the API server is not valid before 2026-11-24 15:00 UTC"),
    ],
    ids=["soon", "expired", "not yet"],
)
def test_a_certificate_says_when(ill: Any, told: str) -> None:
    """Given a certificate outside of its time or near its end, when judged, then whose and when is told."""
    (found,) = findings(certificates, cluster(certificates=(ill, certificate("other"))))

    assert told in found.summary
    assert found.subject in {Subject("certificate", "api-server"), Subject("certificate", "client")}


def test_a_certificate_with_two_weeks_left_is_well() -> None:
    """Given a certificate with exactly fourteen days left, when judged, then nothing is found."""
    assert findings(certificates, cluster(certificates=(certificate(ends=14),))) == []


def test_requests_that_nobody_signs_are_one_finding() -> None:
    """Given two requests that wait, one of a kubelet's, when judged, then the kubelet that cannot join is told."""
    waiting = [request("csr-1", signer="kubernetes.io/kubelet-serving"), request("csr-2")]

    (found,) = findings(certificates, cluster(*waiting))

    assert found.subject == Subject("certificatesigningrequest", "csr-2")
    assert "2 requests for certificates wait for approval" in found.summary
    assert "a kubelet cannot join the cluster" in found.summary


@pytest.mark.parametrize(
    "handled",
    [request(conditions=[{"type": "Approved"}]), request(conditions=[{"type": "Denied"}]), request(minutes=5)],
    ids=["approved", "denied", "new"],
)
def test_requests_that_were_answered_or_are_new_are_left_alone(handled: CertificateSigningRequest) -> None:
    """Given a request that was approved, denied or just made, when judged, then nothing is found."""
    assert findings(certificates, cluster(handled)) == []
