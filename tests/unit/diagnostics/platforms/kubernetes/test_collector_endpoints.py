"""Where slices may not be read, the older Endpoints tell who answers for services: `view` may allow those alone."""

from sickbay.diagnostics.platforms.kubernetes.checks.no_endpoints import no_endpoints
from tests.unit.diagnostics.platforms.kubernetes.clusters import findings
from tests.unit.diagnostics.platforms.kubernetes.conftest import Read
from tests.unit.diagnostics.platforms.kubernetes.fake_api import FakeApi, items, refusal

SLICES = "/apis/discovery.k8s.io/v1/endpointslices"
PLACE = "/api/v1/namespaces/shop/endpoints"
REFUSED = (
    'endpointslices.discovery.k8s.io is forbidden: User "viewer" cannot list resource "endpointslices" in API group '
    '"discovery.k8s.io" at the cluster scope'
)
OLD = {"creationTimestamp": "2026-01-01T00:00:00Z", "namespace": "shop"}
SERVICES = items(
    {"metadata": {"name": "api", "uid": "s-1", **OLD}, "spec": {"selector": {"app": "api"}, "ports": [{"port": 80}]}},
    {"metadata": {"name": "web", "uid": "s-2", **OLD}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}},
)
ENDPOINTS = items(
    {"metadata": {"name": "api", "uid": "e-1", **OLD}, "subsets": [{"addresses": [{"ip": "10.0.0.1"}]}]},
    {"metadata": {"name": "web", "uid": "e-2", **OLD}, "subsets": [{"notReadyAddresses": [{"ip": "10.0.0.2"}]}]},
)


def test_refused_slices_are_made_up_for_by_endpoints(api: FakeApi, read: Read) -> None:
    """Given slices that are refused and Endpoints that are not, when judged, then only the silent service is found."""
    api.routes |= {SLICES: refusal(403, REFUSED), "/api/v1/services": SERVICES, PLACE: ENDPOINTS}

    (found,) = findings(no_endpoints, read())

    assert found.subject.name == "shop/web"


def test_endpoints_that_are_refused_too_prove_nothing(api: FakeApi, read: Read) -> None:
    """Given that neither may be read, when judged, then no service is called silent."""
    api.routes |= {SLICES: refusal(403, REFUSED), "/api/v1/services": SERVICES}
    api.routes[PLACE] = refusal(403, "endpoints is forbidden")

    assert findings(no_endpoints, read()) == []
