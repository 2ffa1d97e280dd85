"""Shapes of volumes and of the plugins that bring drivers."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from msgspec import field

from sickbay.diagnostics.platforms.docker.wire.base import Wire


class Volume(Wire, frozen=True, kw_only=True):
    """One of `GET /volumes`."""

    name: str = ""
    driver: str = ""
    mountpoint: str = ""
    scope: str = ""
    created_at: str = ""
    options: Mapping[str, str] = {}
    labels: Mapping[str, str] = {}

    @property
    def created(self) -> datetime | None:
        """Give when the volume was made, or nothing where its driver does not say."""
        with suppress(ValueError):
            told = datetime.fromisoformat(self.created_at)
            return told if told.tzinfo else None
        return None


class VolumeList(Wire, frozen=True, kw_only=True):
    """`GET /volumes`; `warnings` tell which drivers gave no answer."""

    volumes: tuple[Volume, ...] = ()
    warnings: tuple[str, ...] = ()


class PluginInterface(Wire, frozen=True, kw_only=True):
    """What a plugin is for, as `docker.volumedriver/1.0`."""

    types: tuple[str, ...] = ()


class PluginConfig(Wire, frozen=True, kw_only=True):
    """What a plugin was made to be."""

    interface: PluginInterface = PluginInterface()


class Plugin(Wire, frozen=True, kw_only=True):
    """One of `GET /plugins`: the managed ones only, not those that merely have a socket."""

    id: str = ""
    name: str = ""
    enabled: bool = False
    config: PluginConfig = field(default=PluginConfig())

    def provides(self, kind: str) -> bool:
        """Say whether it is a driver of this kind: `volume`, `network`."""
        return any(written.startswith(f"docker.{kind}driver/") for written in self.config.interface.types)
