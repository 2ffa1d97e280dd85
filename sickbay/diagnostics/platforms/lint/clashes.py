"""What keeps the services of one Compose file from starting together."""

import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from ipaddress import ip_network

from sickbay.diagnostics.platforms.lint.compose import ComposeFile, Port, Service
from sickbay.diagnostics.platforms.lint.data import database
from sickbay.diagnostics.platforms.lint.findings import Fault

_PORTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")
#: Ports of one range, and services that have one port on different addresses, that are compared.
_MOST, _HOLDERS = 100, 20
#: Addresses of a subnet that no container gets: the network's, the gateway's, the broadcast's.
_RESERVED = 3


def clashes(file: ComposeFile) -> Iterator[Fault]:
    """Yield them."""
    yield from _ports(file)
    yield from _names(file)
    yield from _dependencies(file)
    yield from _circles(file)
    yield from _networks(file)


def _ports(file: ComposeFile) -> Iterator[Fault]:
    taken: dict[tuple[int, str], list[tuple[Service, Port]]] = {}
    for service in file.services:
        for port in service.ports:
            shown = f"{port.published}:{port.target}"
            numbers = _numbers(port.published)
            if service.replicas > len(numbers) > 0:
                what = f"gives {service.replicas} replicas of {service.name} the host port {port.published}"
                yield Fault(line=port.line, what=what, shown=shown)
            if clash := next(filter(None, (_holder(taken, number, service, port) for number in numbers)), None):
                number, holder, held = clash
                what = f"gives the host port {number} to {holder.name} and {service.name}"
                yield Fault(line=port.line, what=what, shown=f"{shown}, as line {held.line}")
            for number in numbers:
                taken.setdefault((number, port.protocol), []).append((service, port))


def _holder(
    taken: Mapping[tuple[int, str], list[tuple[Service, Port]]], number: int, service: Service, port: Port
) -> tuple[int, Service, Port] | None:
    for holder, held in taken.get((number, port.protocol), [])[:_HOLDERS]:
        if _same_place((holder, held), (service, port)):
            return number, holder, held
    return None


def _same_place(one: tuple[Service, Port], other: tuple[Service, Port]) -> bool:
    """Say whether both want the port on the same address, and may run at the same time."""
    (first, here), (second, there) = one, other
    apart = first.profiles and second.profiles and not set(first.profiles) & set(second.profiles)
    return not apart and (here.host_ip == there.host_ip or here.everywhere or there.everywhere)


def _numbers(published: str) -> range:
    match = _PORTS.fullmatch(published)
    if match is None:
        return range(0)
    first, last = int(match[1]), int(match[2] or match[1])
    return range(first, min(last, first + _MOST) + 1)


def _names(file: ComposeFile) -> Iterator[Fault]:
    named: dict[str, str] = {}
    for service in file.services:
        name = service.container_name
        if name is None:
            continue
        if service.replicas > 1:
            what = f"gives {service.replicas} replicas of {service.name} one container_name"
            yield Fault(line=name.line, what=what, shown=f"container_name: {name.text}")
        if name.text in named:
            what = f"gives {named[name.text]} and {service.name} the same container_name"
            yield Fault(line=name.line, what=what, shown=f"container_name: {name.text}")
        named.setdefault(name.text, service.name)


def _dependencies(file: ComposeFile) -> Iterator[Fault]:
    for service in file.services:
        for item in service.depends_on:
            needed = file.service(item.service)
            if needed is None and not file.partial:
                what = f"lets {service.name} wait for {item.service}, which is no service of it"
                yield Fault(line=item.line, what=what, shown=f"depends_on: {item.service}")
            elif needed and item.condition == "service_healthy" and database(needed) and not needed.healthcheck:
                what = f"lets {service.name} wait for the health of {needed.name}, which has no health check"
                yield Fault(
                    line=item.line, what=what, shown=f"depends_on: {item.service}: {item.condition}", inferred=True
                )


def _circles(file: ComposeFile) -> Iterator[Fault]:
    """Yield the first circle of services that wait for each other."""
    try:
        waits = {service.name: [item.service for item in service.depends_on] for service in file.services}
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        circle = set(error.args[1])
        first = next(service for service in file.services if service.name in circle)
        item = next(item for item in first.depends_on if item.service in circle)
        what = f"lets {', '.join(sorted(circle))} wait for each other"
        yield Fault(line=item.line, what=what, shown=f"depends_on: {item.service}")


def _networks(file: ComposeFile) -> Iterator[Fault]:
    for network in file.networks:
        try:
            addresses = ip_network(network.addresses, strict=False)
        except ValueError:
            continue
        free = addresses.num_addresses - (_RESERVED if network.subnet else 0)
        members = sum(service.replicas for service in file.services if network.name in service.networks)
        if members > free:
            what = f"has {members} containers in the network {network.name}, which has room for {max(0, free)}"
            yield Fault(line=network.line, what=what, shown=network.addresses)
