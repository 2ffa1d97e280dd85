"""A watch of a registry, by asking it now and then."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sickbay.diagnostics.events import Event
from sickbay.diagnostics.platforms.registry.collector import watching
from sickbay.diagnostics.platforms.registry.collector.watching import watch
from sickbay.diagnostics.platforms.registry.snapshot import Component, Obstacle, Snapshot
from sickbay.diagnostics.platforms.registry.target import RegistryTarget
from tests.unit.diagnostics.platforms.registry.fake_registry import FakeRegistry
from tests.unit.diagnostics.platforms.registry.registries import NOW, behind, certificate, registry


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be waited for longer than a test needs."""
    monkeypatch.setattr(watching, "LOOK", 0.01)


def _watched(monkeypatch: pytest.MonkeyPatch, *seen: Snapshot) -> list[tuple[Event, ...]]:
    """Give what each look after the first tells, where the looks see these."""
    looks, stopping = list(seen), threading.Event()
    monkeypatch.setattr(watching, "_look", lambda *_: looks.pop(0))
    batches = watch(RegistryTarget(name="lan", url="https://registry.lan"), "", stopping)
    return [next(batches).events for _ in seen][1:]


def test_a_certificate_that_is_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given another certificate than before, then it is told with both of their ends, from when the new one holds."""
    renewed = certificate(not_before=NOW - timedelta(minutes=1), not_after=NOW + timedelta(days=90))

    ((told,), same) = _watched(monkeypatch, registry(), registry(certificate=renewed), registry(certificate=renewed))

    assert (told.kind, told.subject, told.at) == ("certificate", "registry/registry.lan", NOW - timedelta(minutes=1))
    assert (told.before[:16], told.after[:16]) == ("until 2027-01-23", "until 2027-02-22")
    assert same == ()


def test_a_registry_that_goes_and_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a registry that is not reached for a while, then that it went and that it came back is told, once each."""
    away = behind(Obstacle.REFUSED, "connection refused", certificate=None)

    told = _watched(monkeypatch, registry(), away, away, registry())

    assert [[(one.kind, one.after) for one in events] for events in told] == [
        [("unhealthy", "connection refused: connection refused")],
        [],
        [("healthy", "")],
    ]


def test_a_part_that_is_ill(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a health page on which a part falls ill, then that part is told."""
    ill = Component(name="database", well=False, says="down")

    ((told,),) = _watched(monkeypatch, registry(), registry(components=(ill,)))

    assert (told.kind, told.field, told.after) == ("unhealthy", "database", "down")


def test_what_is_pushed_is_said_to_be_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a registry in which nothing is seen to happen, then it is never said that nothing has."""
    monkeypatch.setattr(watching, "_look", lambda *_: registry())

    batches = watch(RegistryTarget(name="lan", url="https://registry.lan"), "", threading.Event())

    assert ["which images are pushed" in next(batches).lost for _ in range(2)] == [True, True]


def test_nobody_is_logged_in(fake: FakeRegistry, tmp_path: Path) -> None:
    """Given a target with credentials, then a watch asks without them: it has nothing to ask that needs them."""
    (tmp_path / "password").write_text("hunter2hunter2")
    login: dict[str, Any] = {"username": "ci", "password_file": tmp_path / "password"}
    stopping = threading.Event()
    batches = watch(RegistryTarget(name="lan", url=fake.url, **login), "", stopping)

    assert next(batches).events == ()
    stopping.set()

    assert list(batches) == []
    assert fake.seen
    assert {seen.authorization for seen in fake.seen} == {""}
