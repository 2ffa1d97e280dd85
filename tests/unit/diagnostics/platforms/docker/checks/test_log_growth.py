"""DKR-C109: nothing keeps a container's log from filling the disk."""

import pytest

from sickbay.diagnostics.platforms.docker.checks.log_growth import log_growth
from sickbay.diagnostics.platforms.docker.snapshot import Container
from sickbay.diagnostics.platforms.docker.wire.containers import LogConfig
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, host


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({}, "json-file, no options"),
        ({"max-size": "-1"}, "json-file, max-size=-1"),
        ({"max-file": "3", "labels": "x"}, "json-file, labels=x, max-file=3"),
    ],
)
def test_a_log_without_bound_is_told(options: dict[str, str], shown: str) -> None:
    """Given json-file without a max-size, or with the one that means none, then it is told with its options."""
    (finding,) = findings(log_growth, host(container(log_config=LogConfig(type="json-file", config=options))))

    assert finding.summary == "web-1 can fill the disk: a log with json-file and no max-size."
    assert finding.evidence[0].value == shown


@pytest.mark.parametrize(
    "well",
    [
        container(log_config=LogConfig(type="json-file", config={"max-size": "10m"})),
        container(log_config=LogConfig(type="local")),
        container(log_config=LogConfig(type="journald")),
        container(log_config=LogConfig(type="k8s-file")),
        container(log_config=LogConfig()),
        container(status="exited", log_config=LogConfig(type="json-file")),
    ],
    ids=["bounded", "local", "journald", "Podman's", "not told", "not running"],
)
def test_other_logs_are_left_alone(well: Container) -> None:
    """Given a bound, a driver that keeps its own, or a container that does not write, then nothing is found."""
    assert findings(log_growth, host(well)) == []
