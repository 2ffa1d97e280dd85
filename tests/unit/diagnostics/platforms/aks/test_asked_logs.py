"""Logs that a person asked for, of the Kubernetes part: by a kubeconfig, by what Azure hands out, or not at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import diagnose, read_logs
from sickbay.diagnostics.errors import PermanentError
from sickbay.diagnostics.model import Log
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.aks.arm import CREDENTIAL, Arm, refusal
from tests.unit.diagnostics.platforms.aks.conftest import Behind, Targets
from tests.unit.diagnostics.platforms.aks.test_behind import handed_out
from tests.unit.diagnostics.platforms.kubernetes.fake_api import answer, kubeconfig, raw
from tests.unit.diagnostics.platforms.kubernetes.fake_api import refusal as refused
from tests.unit.diagnostics.platforms.kubernetes.test_collector_asked_logs import SHOP, objects, pod

Ask = Callable[..., tuple[Log, ...]]


@pytest.fixture
def ask(target: Targets, behind: Behind) -> Ask:
    """Ask for the log of the pod `shop/api`: `ask(kubeconfig=…)`."""
    behind.routes.update(dict.fromkeys(objects("api"), refused(404, "not found")))
    behind.routes[f"{SHOP}/pods/api"] = answer(pod("api"))
    behind.routes[f"{SHOP}/pods/api/log"] = raw(b"2026-11-24T02:58:00Z listening\n")

    def asking(**more: Any) -> tuple[Log, ...]:
        return read_logs(target(**more), Request(scope="shop/api", logs=True), budget=Budget(20))

    return asking


def test_the_log_by_a_kubeconfig(ask: Ask, behind: Behind, tmp_path: Path) -> None:
    """Given a target with a kubeconfig, when a pod's log is asked for, then it comes, and Azure is not asked."""
    assert ask(kubeconfig=kubeconfig(tmp_path, behind.url)) == (Log(name="api", text="2026-11-24T02:58:00Z listening"),)


def test_the_log_by_what_azure_hands_out(arm: Arm, ask: Ask, behind: Behind) -> None:
    """Given a target that allows it, when a pod's log is asked for, then it comes by what Azure hands out."""
    arm.routes[CREDENTIAL] = handed_out(behind.url, {"token": "of-the-user"})

    assert [log.name for log in ask(user_credentials=True)] == ["api"]


def test_without_a_way_in_the_sentence_says_what_to_give(ask: Ask) -> None:
    """Given a target with neither kubeconfig nor leave, when a log is asked for, then the sentence names both."""
    with pytest.raises(PermanentError, match=r"^prod-aks names neither kubeconfig nor user_credentials"):
        ask()


def test_credentials_that_azure_denies_are_told(arm: Arm, ask: Ask) -> None:
    """Given an identity that may not list credentials, or an answer that is none, then a sentence says so."""
    arm.routes[CREDENTIAL] = refusal(403, "AuthorizationFailed", "The client does not have authorization.")
    with pytest.raises(PermanentError, match=r"^prod-aks cannot be reached: .*listClusterUserCredential"):
        ask(user_credentials=True)

    arm.routes[CREDENTIAL] = answer({"kubeconfigs": []})
    with pytest.raises(PermanentError, match=r"cannot be reached: Azure handed out no kubeconfig that can be read\.$"):
        ask(user_credentials=True)


def test_scopes_are_those_of_its_kubernetes_part(target: Targets, behind: Behind, tmp_path: Path) -> None:
    """Given a cluster whose Kubernetes part can be read, when diagnosed, then what is in it can be typed."""
    file = kubeconfig(tmp_path, behind.url)

    (scopes,) = diagnose(target(kubeconfig=file), Request(), budget=Budget(20)).scopes.values()

    assert "node/aks-system-1-vmss000000" in scopes
    assert diagnose(target(), Request(), budget=Budget(20)).scopes == {}
