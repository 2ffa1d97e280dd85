"""Registries of images: any that speaks the OCI distribution protocol, Docker Hub, and those of clouds."""

from sickbay.diagnostics.platform import Platform
from sickbay.diagnostics.platforms.registry.snapshot import Snapshot
from sickbay.diagnostics.platforms.registry.target import RegistryTarget

PLATFORM = Platform(
    name="registry",
    title="Registry",
    target=RegistryTarget,
    snapshot=Snapshot,
    collector="sickbay.diagnostics.platforms.registry.collector:collect",
    checks="sickbay.diagnostics.platforms.registry.checks",
    steps=("Connection", "Images"),
    changing="sickbay.diagnostics.platforms.registry.changing:changes",
    measuring="sickbay.diagnostics.platforms.registry.measuring:figures",
    watching="sickbay.diagnostics.platforms.registry.collector.watching:watch",
    answering="sickbay.diagnostics.platforms.registry.answers:answers",
    scoping="sickbay.diagnostics.platforms.registry.scopes:choices",
)
