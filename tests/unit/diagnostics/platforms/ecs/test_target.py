"""How an ECS cluster is named in the configuration, and what is refused there."""

from typing import Any

import pytest
from pydantic import ValidationError

from sickbay.diagnostics.platforms.ecs.target import EcsTarget

ROLE = "arn:aws:iam::123456789012:role/team/sickbay"


def test_region_and_cluster_are_enough() -> None:
    """Given a region alone, then the cluster is ECS's own default one."""
    assert EcsTarget(name="prod", region="us-gov-west-1").cluster == "default"


@pytest.mark.parametrize(
    "wrong",
    [
        {"region": "Ireland"},
        {"region": "eu-west-1", "cluster": "a/b"},
        {"region": "eu-west-1", "role": "sickbay"},
        {"region": "eu-west-1", "external_id": "x-1"},
        {"region": "eu-west-1", "role": ROLE, "external_id": "a b"},
        {"region": "eu-west-1", "endpoint_url": "http://10.0.0.1:4566"},
        {"region": "eu-west-1", "endpoint_url": "https://user@example.com"},
        {"region": "eu-west-1", "secret_access_key": "x"},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    """Given a field that is no region, name, role or safe address, or one that is not known, then it is refused."""
    with pytest.raises(ValidationError):
        EcsTarget(name="prod", **wrong)


def test_a_role_in_another_account_goes_with_its_external_id() -> None:
    """Given both, then the target holds them."""
    assert EcsTarget(name="prod", region="eu-west-1", role=ROLE, external_id="of-us").role == ROLE
