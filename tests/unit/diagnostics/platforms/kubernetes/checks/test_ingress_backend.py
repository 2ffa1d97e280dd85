"""K8S-S106: ingresses that name a class, a service or a port that is not there."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.ingress_backend import ingress_backend
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, findings
from tests.unit.diagnostics.platforms.kubernetes.surroundings import ingress, ingress_class, service, slices

UP = slices(up=["node-1"])


@pytest.mark.parametrize(
    ("objects", "told"),
    [
        ([ingress(service="apj"), service(), UP], "sends to service apj, which does not exist"),
        ([ingress(port=8080), service(), UP], "sends to port 8080 of service api, which has 80 only"),
        ([ingress(port="web"), service(ports=[{"name": "http", "port": 80}]), UP], "sends to port web of service api"),
        ([ingress(of_class="traefik"), service(), UP], "names class traefik, which does not exist"),
        ([ingress(), service(), slices(down=["node-1"])], "answers 503, since service api has no ready endpoint"),
    ],
    ids=["service", "port", "port's name", "class", "endpoints"],
)  # fmt: skip
def test_what_is_missing_is_named(objects: list[Any], told: str) -> None:
    """Given an ingress that leads nowhere, when judged, then the finding says at which step."""
    (found,) = findings(ingress_backend, cluster(*objects, ingress_class()))

    assert found.subject == Subject("ingress", "shop/web")
    assert found.summary.startswith("Ingress shop/web ")
    assert told in found.summary


def test_several_faults_of_one_ingress_are_one_finding() -> None:
    """Given an ingress without its class and its service, when judged, then one finding counts both."""
    (found,) = findings(ingress_backend, cluster(ingress(of_class="gone", service="gone")))

    assert found.count == 2
    assert found.summary.endswith("and 1 more such faults.")


@pytest.mark.parametrize(
    "objects", [[], [ingress(), ingress_class(), service(), UP], [ingress(of_class=""), service(), UP]]
)
def test_an_ingress_that_leads_somewhere_is_well(objects: list[Any]) -> None:
    """Given an ingress whose class, service, port and endpoints are there, when judged, then nothing is found."""
    assert findings(ingress_backend, cluster(*objects)) == []


def test_lists_that_were_not_read_prove_no_absence() -> None:
    """Given an ingress alone, since all else was refused, when judged, then nothing is found."""
    known = set(KINDS) - {"services", "ingressclasses"}

    assert findings(ingress_backend, cluster(ingress(), complete=known)) == []
