"""Registries that fail as such: not one image of them is at fault, but all who want one wait."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from sickbay.diagnostics.platforms.kubernetes.dependencies import registry_of
from sickbay.diagnostics.platforms.kubernetes.grouping import Group
from sickbay.diagnostics.platforms.kubernetes.pulls import Pull
from sickbay.diagnostics.pulls import PullFault


class Outage(Struct, frozen=True):
    """A registry's fault, and the pulls of several workloads that fail for it."""

    registry: str
    fault: PullFault
    groups: tuple[Group[str, Pull], ...]

    @property
    def pods(self) -> int:
        """Give how many pods wait."""
        return sum(len(group.members) for group in self.groups)


def outages(groups: Sequence[Group[str, Pull]]) -> Iterator[Outage]:
    """Yield the registries that fail for two workloads or more: one is as likely to have its own trouble."""
    by_registry: dict[str, dict[PullFault, list[Group[str, Pull]]]] = {}
    for group in groups:
        pull = group.first[1]
        if (fault := pull.fault) and fault.of_registry:
            by_registry.setdefault(registry_of(pull.image), {}).setdefault(fault, []).append(group)
    for registry, by_fault in by_registry.items():
        fault = max(by_fault, key=lambda fault: len(by_fault[fault]))
        if len(by_fault[fault]) > 1:
            yield Outage(registry, fault, tuple(by_fault[fault]))
