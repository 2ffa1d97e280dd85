"""Drivers of volumes and networks that plugins bring: whether they are there, and what took the place of dead ones."""

import re

from sickbay.diagnostics.model import Remedy
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot

_UNKNOWN = re.compile(
    r"plugin \\*\"(?P<name>[^\"\\]+)\\*\" not found|/run/docker/plugins/(?P<socket>[\w.-]+?)\.sock"
    r"|volume plugin (?P<volume>[\w./:-]+?): |no such (?:volume|network) (?:driver|plugin):? \"?(?P<other>[\w./:-]+)",
    re.IGNORECASE,
)
_ABOUT_A_VOLUME = re.compile(r"volumedriver|(?:mounting|looking up) volume|volume plugin", re.IGNORECASE)
_ABOUT_A_NETWORK = re.compile(r"network|endpoint|sandbox|ipam", re.IGNORECASE)
#: Plugins of Docker that nobody keeps up any more, by a part of their name, and what does their work today.
_DEAD = {
    "flocker": "Flocker ended in 2016: use NFS through the local driver, or a cloud's own volume plugin",
    "convoy": "Convoy is no longer kept up (Longhorn followed it, on Kubernetes): use NFS through the local driver",
    "rexray": "REX-Ray is no longer kept up: use NFS through the local driver, or a cloud's own volume plugin",
    "weave": "Weave Net ended in 2024: use an overlay network of Swarm mode, or macvlan",
    "contiv": "Contiv is no longer kept up: use an overlay network of Swarm mode, or macvlan",
    "calico": "Calico no longer supports Docker's networks: use an overlay network of Swarm mode, or macvlan",
    "flannel": "Flannel is for Kubernetes: use an overlay network of Swarm mode, or macvlan",
    "ovs": "The Open vSwitch plugins are no longer kept up: use macvlan or an overlay network of Swarm mode",
}  # fmt: skip


def unknown_plugin(error: str) -> str:
    """Give the plugin that an error of the engine says is not there, or nothing."""
    found = _UNKNOWN.search(error)
    return next((name for name in found.groups() if name), "") if found else ""


def unknown_driver(container: Container, kind: str) -> str:
    """Give the driver of the kind (`volume`, `network`) for want of which the container could not start, or nothing."""
    error = "" if container.state.running else container.state.error
    about = "volume" if _ABOUT_A_VOLUME.search(error) else "network" if _ABOUT_A_NETWORK.search(error) else ""
    return unknown_plugin(error) if about == kind else ""


def disabled(host: Snapshot, driver: str, kind: str) -> str:
    """Give the name of the managed plugin behind this driver of the kind (`volume`, `network`) where it is disabled."""
    names = {driver, f"{driver}:latest"} if ":" not in driver else {driver}
    plugins = (plugin for plugin in host.plugins if plugin.name in names and plugin.provides(kind))
    return next((plugin.name for plugin in plugins if not plugin.enabled), "")


def successor(driver: str, owner: str | None) -> Remedy | None:
    """Give what to do about a plugin that nobody keeps up, or nothing for one that can be had."""
    text = next((text for name, text in _DEAD.items() if name in driver.lower()), "")
    return Remedy(text=f"{text}.", owner=owner) if text else None
