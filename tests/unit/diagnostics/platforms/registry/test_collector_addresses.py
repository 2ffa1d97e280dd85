"""Where a registry may send Sickbay: not to what only this machine can reach."""

import socket
from typing import Any

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.registry.collector.addresses import ForbiddenAddressError, forbidden, resolve
from sickbay.diagnostics.platforms.registry.snapshot import Obstacle
from tests.unit.diagnostics.platforms.registry.conftest import read
from tests.unit.diagnostics.platforms.registry.fake_registry import FakeRegistry


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200", "192.0.0.192", "0.0.0.0", "0.1.2.3",
     "224.0.0.1", "255.255.255.255", "fe80::1", "fe80::1%eth0", "ff02::1", "::", "fd00:ec2::254", "fd20:ce::254",
     "::ffff:169.254.169.254", "::169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1",
     "2001:0:a9fe:a9fe::", "2001:0:4136:e378:8000:63bf:5601:5601"],
)  # fmt: skip
def test_addresses_that_are_always_refused(address: str) -> None:
    """Given link-local, metadata, multicast or no address, in whichever writing, then it is refused."""
    assert forbidden(address, loopback=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])
def test_loopback_is_refused_unless_it_is_named(address: str) -> None:
    """Given loopback, then it is refused, except where the target itself names it."""
    assert forbidden(address, loopback=False)
    assert not forbidden(address, loopback=True)


@pytest.mark.parametrize("address", ["10.0.0.5", "192.168.1.5", "172.16.0.1", "52.1.2.3", "fd12::5", "2600:1f18::1"])
def test_addresses_of_registries_are_allowed(address: str) -> None:
    """Given a public or a private address, then it is allowed: registries mostly stand in private networks."""
    assert not forbidden(address, loopback=False)


class Resolver:
    """Answers for names with one list after another; what is an address already stays what it is."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self._resolve = socket.getaddrinfo
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, *rest: Any, **named: Any) -> Any:
        if host[0].isdigit():
            return self._resolve(host, port, *rest, **named)
        self.asked.append(host)
        return [(2, 1, 6, "", (address, port)) for address in self._answers.pop(0)]


def test_a_name_that_leads_to_loopback_is_not_connected_to(fake: FakeRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a name that resolves to loopback, where a server listens, then nothing is sent to it."""
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(["127.0.0.1"]))

    snapshot = read(fake, url=f"http://registry.lan:{fake.port}")

    assert snapshot.unreachable
    assert snapshot.unreachable.obstacle is Obstacle.FORBIDDEN
    assert "registry.lan leads to 127.0.0.1, a loopback address" in snapshot.unreachable.message
    assert fake.seen == []


def test_of_several_addresses_only_the_allowed_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a name with a forbidden address among others, then the others remain."""
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(["169.254.169.254", "10.0.0.5", "10.0.0.6"]))

    assert resolve("registry.lan", 443, Budget(5), loopback=False) == ("10.0.0.5", "10.0.0.6")


def test_a_name_is_resolved_once_and_that_address_is_used(fake: FakeRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a name that would lead elsewhere when asked again, then all calls go to the address that was looked at."""
    resolver = Resolver(["127.0.0.1"], ["169.254.169.254"])
    connect, connected = socket.create_connection, list[str]()

    def noted(address: tuple[str, int], *rest: Any, **named: Any) -> socket.socket:
        connected.append(address[0])
        return connect(address, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    monkeypatch.setattr(socket, "create_connection", noted)
    fake.manifest("web", "1")

    snapshot = read(fake, "web:1", url=f"http://localhost:{fake.port}")

    assert snapshot.images[0].readable
    assert resolver.asked == ["localhost"]
    assert set(connected) == {"127.0.0.1"}
    assert {item.host for item in fake.seen} == {f"localhost:{fake.port}"}


def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch, fake: FakeRegistry) -> None:
    """Given a name that is not found, then that is the obstacle."""

    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    snapshot = read(fake, url="http://registry.lan:5000")

    assert snapshot.unreachable
    assert snapshot.unreachable.obstacle is Obstacle.NAME


def test_a_name_without_any_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a name that has no address, then it is refused in words."""
    monkeypatch.setattr(socket, "getaddrinfo", Resolver([]))

    with pytest.raises(ForbiddenAddressError, match="no address"):
        resolve("registry.lan", 443, Budget(5), loopback=False)
