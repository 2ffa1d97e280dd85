"""Registries as a collector would have read them, healthy until told otherwise."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sickbay.diagnostics import engine
from sickbay.diagnostics.check import Check
from sickbay.diagnostics.model import Finding, Report, ReportTarget, Subject
from sickbay.diagnostics.platforms.registry.references import parse
from sickbay.diagnostics.platforms.registry.snapshot import (
    Access,
    Certificate,
    Credentials,
    Image,
    Obstacle,
    Snapshot,
    Told,
    Unreachable,
)
from sickbay.diagnostics.pulls import Pull
from sickbay.diagnostics.targets import Request

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
DIGEST, OTHER = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"
TARGET = ReportTarget(name="lan", platform="registry", zone="default")
WEB = Subject("container", "web-1")


def told(status: int = 200, code: str = "", message: str = "", call: str = "GET /v2/x", **more: Any) -> Told:
    return Told(call=call, status=status, code=code, message=message, **more)


def access(status: int = 200, code: str = "", by: str = "anonymous", **more: Any) -> Access:
    return Access(by=by, told=told(status, code), **more)


def image(name: str = "registry.lan/shop/web:1.0", *accesses: Access, **facts: Any) -> Image:
    """Give an image, readable by anonymous unless `accesses` say otherwise."""
    facts.setdefault("digest", DIGEST)
    return Image(reference=parse(name), accesses=accesses or (access(),), **facts)


def pull(**facts: Any) -> Pull:
    facts.setdefault("subject", WEB)
    return Pull(image="registry.lan/shop/web:1.0", **facts)


def certificate(**facts: Any) -> Certificate:
    facts.setdefault("not_before", NOW - timedelta(days=30))
    facts.setdefault("not_after", NOW + timedelta(days=60))
    facts.setdefault("self_signed", False)
    return Certificate(**{"names": ("registry.lan",), "issuer": "CN=lan authority", **facts})


def credentials(**facts: Any) -> Credentials:
    return Credentials(**{"source": "docker_config", "username": "ci", **facts})


def registry(*images: Image, **facts: Any) -> Snapshot:
    """Give a registry that answers."""
    base: dict[str, Any] = {
        "request": Request(),
        "taken_at": NOW,
        "registry": "registry.lan",
        "address": "https://registry.lan",
        "connected_to": "10.0.0.5",
        "certificate": certificate(),
        "ping": told(call="GET /v2/"),
    }
    return Snapshot(**{**base, **facts}, images=images)


def behind(obstacle: Obstacle, message: str = "as the system says it", **facts: Any) -> Snapshot:
    """Give a registry that is not reached."""
    return registry(**{"ping": None, **facts}, unreachable=Unreachable(obstacle=obstacle, message=message))


def findings(check: Check[Any], snapshot: Snapshot) -> list[Finding]:
    return list(check.judge(snapshot))


def report(snapshot: Snapshot) -> Report:
    return engine.judge(snapshot, TARGET)
