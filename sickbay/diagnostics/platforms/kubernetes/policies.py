"""Whom the network policies of a namespace admit to a pod, and the services whose pods they shut off."""

from collections.abc import Iterable, Mapping

from sickbay.diagnostics.platforms.kubernetes.services import one_alive, sees
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.network import IngressPolicyRule, NetworkPolicy, Peer, Service


class Policies:
    """The network policies that limit what comes in, by namespace, and which of them admit somebody who is there."""

    def __init__(self, cluster: Snapshot) -> None:
        self._cluster = cluster
        self._admitting: dict[str, bool] = {}
        self._by_namespace: dict[str, list[NetworkPolicy]] = {}
        for policy in cluster.networkpolicies:
            if policy.spec.limits_ingress:
                self._by_namespace.setdefault(policy.metadata.namespace, []).append(policy)

    def __bool__(self) -> bool:
        """Say whether there are any."""
        return bool(self._by_namespace)

    def selecting(self, namespace: str, labels: Mapping[str, str]) -> tuple[NetworkPolicy, ...]:
        """Give the policies that shut off pods with these labels."""
        near = self._by_namespace.get(namespace, ())
        return tuple(policy for policy in near if policy.spec.pod_selector.matches(labels))

    def admits(self, policy: NetworkPolicy) -> bool:
        """Say whether the policy lets anybody in who is there; where that is not known, it does."""
        if policy.name not in self._admitting:
            self._admitting[policy.name] = any(self._lets_in(policy, rule) for rule in policy.spec.ingress)
        return self._admitting[policy.name]

    def _lets_in(self, policy: NetworkPolicy, rule: IngressPolicyRule) -> bool:
        return not rule.peers or any(self._is_there(policy, peer) for peer in rule.peers)

    def _is_there(self, policy: NetworkPolicy, peer: Peer) -> bool:
        """Say whether a peer is anybody: an address may always be; a selector must pick one."""
        cluster, home = self._cluster, policy.metadata.namespace
        if peer.ip_block is not None:
            return True
        if peer.namespace_selector is None:
            places = [home]
            if not sees(cluster, home, "pods"):
                return True
        else:
            if cluster.request.scope or not cluster.knows("namespaces", "pods"):
                return True
            chosen = peer.namespace_selector
            places = [item.name for item in cluster.namespaces if chosen.matches(item.metadata.labels)]
        pods = peer.pod_selector
        if pods is None:
            return bool(places)
        return any(pods.matches(pod.metadata.labels) for at in places for pod in cluster.pods_by_namespace.get(at, ()))


def shut_off(cluster: Snapshot) -> Iterable[tuple[NetworkPolicy, list[Service]]]:
    """Give the services whose pods nobody may reach, by the first of the policies that select those pods."""
    # A scope of one name reads all policies of its namespace and keeps those that pick its pods.
    if not cluster.knows("networkpolicies") and "/" not in cluster.request.scope:
        return ()
    policies = Policies(cluster)
    if not policies:
        return ()
    shut: dict[str, tuple[NetworkPolicy, list[Service]]] = {}
    for service in cluster.services:
        pod = one_alive(cluster, service)
        if pod is None or pod.spec.host_network:
            continue
        chosen = policies.selecting(service.metadata.namespace, pod.metadata.labels)
        if chosen and not any(policies.admits(policy) for policy in chosen):
            shut.setdefault(chosen[0].name, (chosen[0], []))[1].append(service)
    return shut.values()
