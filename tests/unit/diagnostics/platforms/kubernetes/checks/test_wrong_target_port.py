"""K8S-S102: services that send to ports on which their pods do not listen."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Confidence, Subject
from sickbay.diagnostics.platforms.kubernetes.checks.wrong_target_port import wrong_target_port
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, container, findings, pod
from tests.unit.diagnostics.platforms.kubernetes.surroundings import service


def listening(*ports: Any) -> Any:
    return pod(containers=[container(ports=list(ports))])


def test_the_port_itself_is_the_target_where_none_is_given() -> None:
    """Given port 82 without a targetPort and pods on 80, when judged, then the finding says where it goes."""
    lost = service(ports=[{"port": 82}])

    (found,) = findings(wrong_target_port, cluster(listening({"containerPort": 80}), lost))

    assert found.subject == Subject("service", "shop/api")
    assert found.summary == "Service shop/api sends port 82 to targetPort 82; its pods listen on 80."
    assert found.confidence is Confidence.INFERRED
    assert found.remedy is not None
    assert found.remedy.text == "Set targetPort to 80, or let the pods listen on 82."


@pytest.mark.parametrize("ports", [[], [{"containerPort": 8080, "name": "http"}]])
def test_a_name_that_no_port_has_is_a_fact(ports: list[Any]) -> None:
    """Given a named targetPort that no container declares, when judged, then it is observed: there is no endpoint."""
    (found,) = findings(wrong_target_port, cluster(listening(*ports), service(target="web")))

    assert found.confidence is Confidence.OBSERVED
    assert "sends port 80 to targetPort web" in found.summary
    assert found.remedy is not None
    assert "web" in found.remedy.text


@pytest.mark.parametrize(
    ("ports", "sent"),
    [
        ([{"containerPort": 8080}], [{"port": 80, "targetPort": 8080}]),
        ([{"containerPort": 8080, "name": "http"}], [{"port": 80, "targetPort": "http"}]),
        ([], [{"port": 80, "targetPort": 9999}]),
        ([{"containerPort": 8080}], [{"port": 80, "targetPort": 8080}, {"port": 9090, "targetPort": 9090}]),
        ([{"containerPort": 53, "protocol": "UDP"}], [{"port": 53, "protocol": "UDP"}]),
    ],
    ids=["number", "name", "nothing declared", "one more than declared", "udp"],
)
def test_ports_that_fit_or_cannot_be_known_are_left_alone(ports: list[Any], sent: list[Any]) -> None:
    """Given a target that is declared, or pods that declare too little to tell, when judged, then nothing is found."""
    assert findings(wrong_target_port, cluster(listening(*ports), service(ports=sent))) == []


def test_a_service_without_pods_is_another_fault() -> None:
    """Given a service that selects no pod, when judged, then its ports are not judged."""
    assert findings(wrong_target_port, cluster(service(target="web"))) == []
