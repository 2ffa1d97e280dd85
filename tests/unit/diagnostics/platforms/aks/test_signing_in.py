"""How Sickbay signs in to Azure, and what is told where that does not come about."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import judge as judge_snapshot
from sickbay.diagnostics.model import ReportTarget
from sickbay.diagnostics.platforms.aks.collector import collect
from sickbay.diagnostics.platforms.aks.snapshot import Obstacle
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.aks.arm import Arm
from tests.unit.diagnostics.platforms.aks.conftest import Read, Targets
from tests.unit.diagnostics.platforms.aks.token_endpoint import TENANT, Answer, TokenEndpoint, refusing


@contextmanager
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answered: Answer) -> Iterator[None]:
    """Let a service principal of the environment sign in at a token endpoint that answers so."""
    with TokenEndpoint(tmp_path, answered) as endpoint:
        monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
        monkeypatch.setenv("AZURE_AUTHORITY_HOST", endpoint.url)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(endpoint.certificate))
        monkeypatch.setenv("AZURE_TENANT_ID", TENANT)
        monkeypatch.setenv("AZURE_CLIENT_ID", "33333333-4444-5555-6666-777777777777")
        monkeypatch.setenv("AZURE_CLIENT_SECRET", "an-old-secret")
        yield


def test_a_service_principal_signs_in(
    target: Targets, read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a service principal whose secret is right, when the cluster is read, then its token opens Azure."""
    token = {"access_token": "t0ken", "token_type": "Bearer", "expires_in": 3600}
    target()
    with authority(tmp_path, monkeypatch, lambda handler: handler.tell(200, token)):
        assert read().cluster is not None


def test_an_expired_principal_of_sickbay_is_a_finding(
    arm: Arm, read: Read, target: Targets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a secret that has expired, when the cluster is read, then AKS-109 tells it, without the secret."""
    expired = "AADSTS7000222: The provided client secret keys for app '33333333' are expired. Trace ID: 1 Timestamp: x"
    target()
    with authority(tmp_path, monkeypatch, refusing(expired)):
        snapshot = read()

    report = judge_snapshot(snapshot, ReportTarget(name="prod-aks", platform="aks", zone="default"))

    assert snapshot.unreachable is not None
    assert snapshot.unreachable.obstacle is Obstacle.EXPIRED
    assert snapshot.unreachable.message == (
        "AADSTS7000222: The provided client secret keys for app '33333333' are expired."
    )
    assert [item.code for item in report.findings] == ["AKS-109"]
    assert "an-old-secret" not in str(report)


def test_a_refused_sign_in_is_a_gap(
    target: Targets, read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an application that the tenant does not have, when the cluster is read, then its reason is told."""
    target()
    with authority(tmp_path, monkeypatch, refusing("AADSTS700016: Application was not found in the directory.")):
        snapshot = read()

    assert snapshot.unreachable is not None
    assert snapshot.unreachable.obstacle is Obstacle.REFUSED_SIGN_IN


def test_a_token_endpoint_that_hangs_is_told(
    target: Targets, read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a token endpoint without an answer, when the budget is spent, then the gap says what is waited for."""
    target()
    with authority(tmp_path, monkeypatch, lambda _handler: time.sleep(10)):
        began = time.monotonic()
        snapshot = read(seconds=2)

    assert time.monotonic() - began < 8
    assert snapshot.unreachable is not None
    assert snapshot.unreachable.obstacle is Obstacle.TIMEOUT
    assert snapshot.gaps[0].reason == "the token endpoint gives no answer in time"


def test_without_credentials_what_was_tried_is_told(
    target: Targets, read: Read, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Given nobody who signed in, when the cluster is read, then what was tried is a gap, and nothing is printed."""
    target()
    (tmp_path / "az").unlink()

    snapshot = read()

    assert snapshot.unreachable is not None
    assert snapshot.unreachable.obstacle is Obstacle.NO_CREDENTIALS
    assert snapshot.unreachable.message == "tried AzureCli (Azure CLI not found on path)"
    assert snapshot.gaps[0].reason == "nobody is signed in: tried AzureCli (Azure CLI not found on path)"
    assert snapshot.gaps[0].what == "Azure's side of the cluster"
    assert capsys.readouterr().err == ""


def test_a_wrong_environment_is_told(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an environment that names a credential that is none, when the cluster is read, then the gap says so."""
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "nonsense")

    snapshot = read()

    assert snapshot.unreachable is not None
    assert "AZURE_TOKEN_CREDENTIALS" in snapshot.unreachable.message


def test_az_is_asked_once(target: Targets, tmp_path: Path) -> None:
    """Given somebody who signed in with az, when the cluster is read, then az runs once for all calls."""
    made = target(user_credentials=True)
    az = tmp_path / "az"
    az.write_text(az.read_text().replace("\n", f"\necho asked >> {tmp_path}/asked\n", 1))

    collect(made, Request(), Budget(20.0), lambda _step: None)

    assert (tmp_path / "asked").read_text() == "asked\n"
