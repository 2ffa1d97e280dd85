"""The role that is shipped grants what a diagnosis asks of Azure, neither less nor more."""

import json
import re
from pathlib import Path

import pytest
from azure.core.exceptions import AzureError

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.errors import PermanentError
from sickbay.diagnostics.platforms.aks.collector.connection import Connection
from sickbay.diagnostics.platforms.aks.rights import GRANTED, USER_CREDENTIALS
from tests.unit.diagnostics.platforms.aks.arm import CREDENTIAL, GATEWAYS, RESOURCES, Arm, Asked, listed, refusal
from tests.unit.diagnostics.platforms.aks.azure import GROUP, ID, SUBNET, error, pool_fields, refused
from tests.unit.diagnostics.platforms.aks.conftest import Behind, Judge, Read, Targets
from tests.unit.diagnostics.platforms.loopback import answer

ROLE = Path(__file__).parents[5] / "deploy" / "azure" / "role.json"
SERVICE = f"{GROUP}/providers/Microsoft.ContainerService/containerServices/old"


def action(asked: Asked) -> str:
    """Give the action that a request needs: the provider and its types, without the names between them."""
    if re.fullmatch(r"/subscriptions/[^/]+/resources", asked.path):
        return "Microsoft.Resources/subscriptions/resources/read"
    provider, *parts = asked.path.rpartition("/providers/")[2].split("/")
    if asked.method == "POST":
        return f"{provider}/{parts[0]}/{parts[2]}/action"
    if provider == "Microsoft.Insights" and parts[0] == "eventtypes":
        return "Microsoft.Insights/eventtypes/values/read"  # so documented; the path says eventtypes/management/values
    types = "/".join(parts[::2])
    return f"{provider}/{types}/read"


def test_the_role_grants_what_is_asked_for_and_no_more(arm: Arm, behind: Behind, judge: Judge) -> None:
    """Given a cluster that has all that is read further, when it is audited, then what was asked is what is granted."""
    lacking = error("QuotaExceeded", "exceeding approved quota")
    arm.cluster(networkProfile={"outboundType": "loadBalancer"}, identityProfile={"kubeletidentity": {"objectId": "o"}})
    arm.pools(pool_fields(provisioningState="Failed", status=lacking))
    arm.routes[RESOURCES] = listed({"id": SERVICE, "name": "old"})
    arm.routes[SERVICE] = answer({"id": SERVICE, "name": "old", "properties": {}})
    behind.serve(pods=[refused("shop.azurecr.io/api:1", "401 Unauthorized")])
    judge(audit=True)
    gateway = arm.gateway()
    arm.routes[GATEWAYS], arm.routes[SUBNET] = listed(gateway), answer({"properties": {"natGateway": gateway}})
    for outbound in ("userDefinedRouting", "managedNATGateway", "userAssignedNATGateway"):
        arm.cluster(networkProfile={"outboundType": outbound})
        judge()
    arm.routes[ID] = refusal(404, "ResourceNotFound", "The Resource was not found.")
    with pytest.raises(PermanentError):
        judge()

    role = json.loads(ROLE.read_text())

    assert {action(asked) for asked in arm.requests} == set(role["Actions"])
    assert {right.action for right in GRANTED} == set(role["Actions"])


def test_a_command_is_not_run_even_where_credentials_may_be_had(arm: Arm, target: Targets) -> None:
    """Given a connection that may post for credentials, when the SDK is told to run a command, then nothing is sent."""
    connection = Connection(target(user_credentials=True), Budget())

    with pytest.raises(AzureError, match="runCommand is no read: Sickbay does not send it"):
        connection.client.managed_clusters.begin_run_command("shop", "prod", {"command": "kubectl get pods"})

    connection.close()
    assert arm.requests == []


def test_the_role_only_reads() -> None:
    """Given the role, then each of its actions is a read, and none has a wildcard."""
    role = json.loads(ROLE.read_text())

    assert [one for one in role["Actions"] if not one.endswith("/read") or "*" in one] == []
    assert (role["NotActions"], role["DataActions"], role["NotDataActions"]) == ([], [], [])


def test_user_credentials_are_the_one_thing_that_is_posted_for(arm: Arm, read: Read) -> None:
    """Given a target that allows it, when it is read, then credentials are posted for, which takes another role."""
    arm.routes[CREDENTIAL] = answer({"kubeconfigs": []})

    read(user_credentials=True)

    posted = [asked for asked in arm.requests if asked.method != "GET"]
    assert [action(asked) for asked in posted] == [USER_CREDENTIALS.action]


def test_without_leave_nothing_but_get_is_sent(arm: Arm, read: Read) -> None:
    """Given a target that says nothing of user credentials, when it is read, then every request is a GET."""
    read(audit=True)

    assert {asked.method for asked in arm.requests} == {"GET"}
