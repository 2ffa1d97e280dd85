"""LNT-116: services of one Compose file cannot start together."""

import pytest

from sickbay.diagnostics.model import Kind
from tests.unit.diagnostics.platforms.lint.linted import found, one

NETWORK = "networks: {{n: {{ipam: {{config: [{{subnet: 10.0.0.0/{subnet}{range}}}]}}}}}}"


@pytest.mark.parametrize(
    ("services", "says"),
    [
        (
            "a: {image: 'a:1', ports: ['80:80']}\n  b: {image: 'a:1', ports: ['80:8080']}",
            "gives the host port 80 to a and b (line 3)",
        ),
        (
            "a: {image: 'a:1', ports: ['8000-8009:80-89']}\n  b: {image: 'a:1', ports: ['127.0.0.1:8005:80']}",
            "the host port 8005 to a and b",
        ),
        ("a: {image: 'a:1', ports: ['80:80'], deploy: {replicas: 2}}", "gives 2 replicas of a the host port 80"),
        ("a: {image: 'a:1', container_name: web, scale: 3}", "gives 3 replicas of a one container_name"),
        (
            "a: {image: 'a:1', container_name: web}\n  b: {image: 'a:1', container_name: web}",
            "gives a and b the same container_name",
        ),
        ("a: {image: 'a:1', depends_on: [gone]}", "lets a wait for gone, which is no service of it"),
        (
            "a: {image: 'a:1', depends_on: [b]}\n  b: {image: 'a:1', depends_on: [a]}",
            "lets a, b wait for each other (line 2)",
        ),
        (
            "a: {image: 'a:1', depends_on: {b: {condition: service_healthy}}}\n  b: {image: 'mysql:9.4'}",
            "which has no health check",
        ),
    ],
)
def test_a_clash_is_told(services: str, says: str) -> None:
    """Given services that cannot start together, then an incident says why, with the line."""
    finding = one("LNT-116", f"services:\n  {services}\n", "compose.yml")

    assert (says in finding.summary, finding.kind) == (True, Kind.INCIDENT)


@pytest.mark.parametrize(
    ("subnet", "addresses", "room"),
    [("24", ", ip_range: 10.0.0.9/32", 1), ("30", "", 1)],
    ids=["a range of one address", "a subnet of four, of which three are taken"],
)
def test_a_network_with_too_few_addresses_is_told(subnet: str, addresses: str, room: int) -> None:
    """Given two services in a network with room for one, then it is told."""
    services = "services:\n  a: {image: 'a:1', networks: [n]}\n  b: {image: 'a:1', networks: [n]}\n"

    finding = one("LNT-116", services + NETWORK.format(subnet=subnet, range=addresses) + "\n", "compose.yml")

    assert f"has 2 containers in the network n, which has room for {room} (line 4)" in finding.summary


@pytest.mark.parametrize(
    "text",
    [
        (
            "services:\n  a: {image: 'a:1', ports: ['80:80', '80:80/udp', '127.0.0.1:81:80']}\n"
            "  b: {image: 'a:1', ports: ['127.0.0.2:81:80']}\n"
        ),
        (
            "services:\n  a: {image: 'a:1', ports: ['80:80'], profiles: [x]}\n"
            "  b: {image: 'a:1', ports: ['80:80'], profiles: [y]}\n"
        ),
        (
            "services:\n  a: {image: 'a:1', ports: ['80'], scale: 3}\n"
            "  b: {image: 'a:1', ports: ['${PORT}:80', '8000-8002:80'], scale: 3}\n"
        ),
        "services:\n  a: {depends_on: [base]}\n",
        "include: [other.yml]\nservices:\n  a: {image: 'a:1', depends_on: [other]}\n",
        "services:\n  a: {image: 'a:1', networks: [n]}\nnetworks: {n: {ipam: {config: [{subnet: '10.0.0.0/30'}]}}}\n",
    ],
    ids=[
        "other protocols and addresses",
        "never at once",
        "ports that Docker chooses",
        "adds to another file",
        "includes another",
        "room enough",
    ],
)
def test_services_that_can_start_together_are_not_told(text: str) -> None:
    """Given services that share nothing they cannot share, or files that are only a part, then nothing is said."""
    assert found("LNT-116", text, "compose.yml") == []
