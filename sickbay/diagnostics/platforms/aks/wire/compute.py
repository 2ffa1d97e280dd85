"""Shapes of the machines of node pools."""

from collections.abc import Mapping

from sickbay.diagnostics.platforms.aks.wire.base import Wire


class InstanceStatus(Wire, frozen=True, kw_only=True):
    """One status of a scale set's machines or extensions, with how many have it."""

    code: str = ""
    count: int = 0


class ExtensionSummary(Wire, frozen=True, kw_only=True):
    """How an extension fares on the machines of a scale set."""

    name: str = ""
    statuses_summary: tuple[InstanceStatus, ...] = ()


class MachineSummary(Wire, frozen=True, kw_only=True):
    """How the machines of a scale set are."""

    statuses_summary: tuple[InstanceStatus, ...] = ()


class InstanceView(Wire, frozen=True, kw_only=True):
    """`GET …/virtualMachineScaleSets/{name}/instanceView`."""

    virtual_machine: MachineSummary = MachineSummary()
    extensions: tuple[ExtensionSummary, ...] = ()


class ScaleSet(Wire, frozen=True, kw_only=True):
    """`GET …/virtualMachineScaleSets`: the machines of a node pool, which its tags name."""

    id: str = ""
    name: str = ""
    tags: Mapping[str, str] = {}

    @property
    def pool(self) -> str:
        """Give the node pool that the machines are of."""
        return self.tags.get("aks-managed-poolName") or self.tags.get("poolName", "")


class Machine(Wire, frozen=True, kw_only=True):
    """`GET …/agentPools/{name}/machines`: one machine of a node pool."""

    name: str = ""
