"""The Kubernetes part of an AKS cluster: by a kubeconfig, by the credentials that Azure hands out, or not at all."""

import base64
import json
from typing import Any

from tests.unit.diagnostics.platforms.aks.arm import CREDENTIAL, Arm, refusal
from tests.unit.diagnostics.platforms.aks.azure import node
from tests.unit.diagnostics.platforms.aks.conftest import Behind, Judge, Read, Targets
from tests.unit.diagnostics.platforms.kubernetes.clusters import node as any_node
from tests.unit.diagnostics.platforms.loopback import answer

KUBERNETES = "the Kubernetes part of the cluster"


def handed_out(url: str, user: dict[str, Any]) -> Any:
    """Answer with a kubeconfig as Azure hands it out."""
    document = {
        "clusters": [{"name": "prod", "cluster": {"server": url, "certificate-authority": "/etc/passwd"}}],
        "users": [{"name": "u", "user": user}],
        "contexts": [{"name": "prod", "context": {"cluster": "prod", "user": "u"}}],
        "current-context": "prod",
    }
    value = base64.b64encode(json.dumps(document).encode()).decode()
    return answer({"kubeconfigs": [{"name": "clusterUser", "value": value}]})


def test_the_handed_out_credentials_open_kubernetes(arm: Arm, behind: Behind, read: Read) -> None:
    """Given a target that allows it, when it is read, then the Kubernetes part is read by what Azure hands out."""
    arm.routes[CREDENTIAL] = handed_out(behind.url, {"token": "of-the-user"})

    snapshot = read(user_credentials=True)

    assert snapshot.kubernetes is not None
    assert len(snapshot.kubernetes.nodes) == 2
    assert [gap.what for gap in snapshot.gaps] == []


def test_commands_in_a_kubeconfig_from_the_network_are_not_run(
    arm: Arm, behind: Behind, read: Read, target: Targets, tmp_path: Any
) -> None:
    """Given a kubeconfig that names a command for its token, when read, then Azure's own token is used."""
    target()
    spoiled = tmp_path / "spoiled"
    command = {
        "command": "/bin/sh",
        "args": ["-c", f"echo > {spoiled}"],
        "apiVersion": "client.authentication.k8s.io/v1",
    }
    arm.routes[CREDENTIAL] = handed_out(behind.url, {"exec": command})

    snapshot = read(user_credentials=True)

    assert not spoiled.exists()
    assert snapshot.kubernetes is not None
    assert snapshot.kubernetes.unreachable is None


def test_denied_credentials_are_a_gap_with_the_role_that_has_them(arm: Arm, read: Read) -> None:
    """Given an identity that may not list credentials, when it is read, then the gap names action and role."""
    arm.routes[CREDENTIAL] = refusal(403, "AuthorizationFailed", "The client does not have authorization.")

    (gap,) = read(user_credentials=True).gaps

    assert gap.what == KUBERNETES
    assert (
        "listClusterUserCredential/action, which the role Azure Kubernetes Service Cluster User Role has" in gap.reason
    )


def test_what_is_no_kubeconfig_is_a_gap(arm: Arm, read: Read) -> None:
    """Given an answer without a kubeconfig, when it is read, then that is a gap."""
    arm.routes[CREDENTIAL] = answer({"kubeconfigs": [{"name": "u", "value": base64.b64encode(b"[1]").decode()}]})

    (gap,) = read(user_credentials=True).gaps

    assert gap.reason == "Azure handed out no kubeconfig that can be read"


def test_the_kubeconfig_of_another_cluster_is_not_judged(behind: Behind, judge: Judge) -> None:
    """Given a kubeconfig that leads elsewhere, when diagnosed, then nothing of it is told, and the gap says why."""
    elsewhere = "azure:///subscriptions/x/resourceGroups/mc_other/providers/Microsoft.Compute/virtualMachines/a"
    gone = {"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown", "message": "silence"}
    behind.serve(nodes=[any_node(spec={"providerID": elsewhere}, conditions=[gone])])

    report = judge()

    assert report.findings == ()
    assert [gap.reason for gap in report.gaps if gap.what == KUBERNETES] == [
        "the kubeconfig leads to another cluster: its nodes lie in mc_other."
    ]


def test_nodes_without_a_provider_id_are_taken_as_they_are(behind: Behind, judge: Judge) -> None:
    """Given nodes that do not say where they lie, when diagnosed, then they are judged."""
    behind.serve(nodes=[any_node("a"), node()])

    assert judge().looked_at["nodes"] == 2


def test_without_a_way_in_the_gap_says_what_to_give(read: Read) -> None:
    """Given a target with neither kubeconfig nor leave, when a scope is asked for, then the gap names both."""
    (gap,) = read("payments/api").gaps

    assert gap.reason == (
        "the target names neither kubeconfig nor user_credentials, so payments/api was not looked for."
    )
