"""An audit and a ranking of containers on a real engine: one as it comes, one shut in as well as it can be."""

from collections.abc import Iterator

import pytest
from docker.types import LogConfig

from sickbay.diagnostics.model import Report
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from tests.integration.docker.lab import Lab, finding, probe

pytestmark = pytest.mark.docker

_WORK = "while :; do echo 'ERROR: nothing to do' >&2; sleep 1; done"


@pytest.fixture(scope="module")
def ward(engine: DockerTarget) -> Iterator[Lab]:
    """Give a laboratory in which both containers run."""
    with Lab(engine) as made:
        made.run("plain", "sh", "-c", _WORK, stop_signal="SIGKILL", network_mode="host")
        made.run(
            "guarded", "sleep", "3600", user="1000", read_only=True, security_opt=["no-new-privileges"],
            mem_limit="64m", nano_cpus=500_000_000, pids_limit=50, restart_policy={"Name": "unless-stopped"},
            healthcheck=probe("true"), stop_signal="SIGKILL", labels={"sickbay.owner": "Puppet, module guarded"},
            log_config=LogConfig(type="json-file", config={"max-size": "1m"}),
        )  # fmt: skip
        yield made


def about(report: Report, name: str) -> set[str]:
    return {item.code for item in report.findings if item.subject == f"container/{name}"}


def test_what_is_left_out_is_told(ward: Lab) -> None:
    """Given a container as it comes, on the host's network, then the themes DKR-A102 to DKR-A104 tell what it lacks."""
    report = ward.diagnose(ward.name("plain"), audit=True).report

    assert about(report, ward.name("plain")) == {"DKR-A102", "DKR-A103", "DKR-A104", "DKR-C109", "DKR-C113"}
    assert [item.value for item in finding(report, "DKR-A102").evidence] == [
        "CIS 4.1: not set",
        "CIS 5.13: false",
        "CIS 5.26: no-new-privileges not set",
    ]
    assert finding(report, "DKR-A103").evidence[0].value == "CIS 5.10: host"


def test_a_guarded_container_is_clean(ward: Lab) -> None:
    """Given a container with all that an audit asks for, then the audit has nothing to say of it."""
    report = ward.diagnose(ward.name("guarded"), audit=True).report

    assert about(report, ward.name("guarded")) == set()


def test_the_engine_is_audited(ward: Lab) -> None:
    """Given an engine as it is installed, then DKR-A101 tells what it leaves out; without an audit nothing is told."""
    scope = ward.name("guarded")

    assert "GET /info LiveRestoreEnabled" in {
        item.source for item in finding(ward.diagnose(scope, audit=True).report, "DKR-A101").evidence
    }
    assert ward.diagnose(scope).report.findings == ()


@pytest.mark.parametrize("top", ["memory", "errors"])
def test_a_ranking_tells_what_runs(ward: Lab, top: str) -> None:
    """Given a container that uses memory and writes errors, then each ranking has it with what it asks for."""
    (table,) = ward.diagnose(ward.name("plain"), top=top).report.tables

    (row,) = table.rows
    assert row[0] == ward.name("plain")
    assert row[-1] == ("ERROR: nothing to do" if top == "errors" else "—")
