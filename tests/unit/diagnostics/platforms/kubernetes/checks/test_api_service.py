"""K8S-X103: parts of the API that a service answers for."""

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.api_service import api_service as check
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, findings
from tests.unit.diagnostics.platforms.kubernetes.surroundings import api_service, service, slices


def test_the_service_behind_it_is_named_where_it_is_gone() -> None:
    """Given an APIService whose service does not exist, when judged, then that service is the reason."""
    (found,) = findings(check, cluster(api_service(available=False)))

    assert found.subject == Subject("apiservice", "v1beta1.metrics.k8s.io")
    assert found.summary == (
        "The API metrics.k8s.io v1beta1 is unavailable, since its service kube-system/metrics-server does not exist."
    )


def test_the_condition_tells_where_the_service_answers() -> None:
    """Given an APIService whose service has endpoints, when judged, then the condition's own words are the reason."""
    ill = api_service(available=False, reason="FailedDiscoveryCheck", message="connection refused.")
    sent = service("metrics-server", namespace="kube-system")
    up = slices("metrics-server", namespace="kube-system", up=["node-1"])

    (found,) = findings(check, cluster(ill, sent, up))

    assert "since FailedDiscoveryCheck: connection refused." in found.summary
    assert ".." not in found.summary


@pytest.mark.parametrize("well", [api_service(), api_service("v1.apps", service="")])
def test_what_is_available_is_left_alone(well: object) -> None:
    """Given APIs that are available, when judged, then nothing is found."""
    assert findings(check, cluster(well)) == []  # type: ignore[arg-type]  # an API service
