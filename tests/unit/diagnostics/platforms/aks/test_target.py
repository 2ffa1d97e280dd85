"""How a configuration names an AKS cluster, and what it costs those who have none."""

import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from sickbay.diagnostics.platforms.aks.target import AksTarget
from tests.unit.diagnostics.platforms.aks.azure import SUBSCRIPTION

FIELDS = {"name": "prod", "subscription": SUBSCRIPTION, "resource_group": "shop", "cluster": "prod"}


def test_three_names_are_enough() -> None:
    """Given subscription, group and cluster, then the rest has defaults: the public cloud, and no credentials."""
    target = AksTarget.model_validate(FIELDS)

    assert (target.cloud, target.user_credentials, target.kubeconfig) == ("AzureCloud", False, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"subscription": "mine"},
        {"resource_group": "a/b"},
        {"cluster": "../other"},
        {"cloud": "AzureGermanCloud"},
        {"resource_manager": "http://management.example.com"},
        {"resource_manager": "https://user@management.example.com"},
        {"resource_manager": "http://127.0.0.1.example.com"},
        {"user_credentials": True, "kubeconfig": "a"},
        {"user_credentials": True, "context": "a"},
    ],
)
def test_what_leads_nowhere_or_to_two_places_is_refused(wrong: dict[str, Any]) -> None:
    """Given a value that is none, or credentials that would be sent in the clear, then the target is refused."""
    with pytest.raises(ValidationError):
        AksTarget.model_validate(FIELDS | wrong)


@pytest.mark.parametrize("address", ["https://management.local.azurestack.external", "http://127.0.0.1:8080"])
def test_another_resource_manager_is_reached_by_tls_or_on_this_machine(address: str) -> None:
    """Given an address over TLS or of this machine, then it is taken."""
    assert AksTarget.model_validate(FIELDS | {"resource_manager": address}).resource_manager == address


def test_a_worker_for_docker_loads_no_clouds_sdk() -> None:
    """Given a fresh process, when it loads what a worker for Docker hosts needs, then no cloud's SDK is among it."""
    program = (
        "import sys, workers.diagnose, sickbay.diagnostics.platforms.docker.collector;"
        "from sickbay.settings import load_settings;"
        "print([name for name in sys.modules if name.partition('.')[0] in ('azure', 'msal', 'boto3', 'botocore')])"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout.strip() == "[]"
