"""DKR-A103: a container shares with its host what it should have for itself."""

import pytest

from sickbay.diagnostics.platforms.docker.checks.shared_namespaces import shared_namespaces
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, host, info


@pytest.mark.parametrize(
    ("field", "shared", "number"),
    [
        ("network_mode", "the network", "5.10"),
        ("ipc_mode", "the IPC", "5.17"),
        ("uts_mode", "the host name", "5.21"),
        ("userns_mode", "the users", "5.31"),
    ],
)
def test_what_is_shared_is_told(field: str, shared: str, number: str) -> None:
    """Given a container that uses one namespace of its host, then that is told with the benchmark's number."""
    (finding,) = findings(shared_namespaces, host(container(**{field: "host"})))

    assert finding.summary == f"web-1 shares with its host: {shared}."
    assert finding.evidence[0].value == f"CIS {number}: host"


def test_users_that_nothing_remaps_are_shared_anyway() -> None:
    """Given an engine without user namespaces, then `--userns host` changes nothing, and is no fault of its own."""
    plain = info(security_options=("name=apparmor",))

    assert findings(shared_namespaces, host(container(userns_mode="host"), info=plain)) == []


def test_what_it_has_for_itself_or_from_another_container_is_left_alone() -> None:
    """Given namespaces of its own, shareable ones, or those of another container, then nothing is found."""
    well = container(ipc_mode="shareable", network_mode="container:abc", uts_mode="")

    assert findings(shared_namespaces, host(well, container("web-2", ipc_mode="private"))) == []
