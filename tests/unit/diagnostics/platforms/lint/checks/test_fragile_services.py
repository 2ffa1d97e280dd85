"""LNT-115: services start together by luck, lose their data, or are open to everybody."""

import pytest

from tests.unit.diagnostics.platforms.lint.linted import found, one

CHECKED = "healthcheck: {test: [CMD, pg_isready]}"
KEPT = "volumes: ['data:/var/lib/postgresql']"


@pytest.mark.parametrize(
    ("web", "db", "says"),
    [
        ("depends_on: [db]", KEPT, "lets web start before db answers (line 4)"),
        (
            "depends_on: {db: {condition: service_started}}",
            f"{KEPT}\n    {CHECKED}",
            "lets web start before db answers",
        ),
        ("restart: always", "restart: always", "keeps the data of db in its container (line 5)"),
        (
            "restart: always",
            f"{KEPT}\n    ports: ['5432:5432']",
            "publishes PostgreSQL on all the host's addresses (line 8)",
        ),
        ("restart: always", f"{KEPT}\n    ports: [{{target: 5432, published: 1}}]", "publishes PostgreSQL on all"),
    ],
)
def test_a_fragile_service_is_told(web: str, db: str, says: str) -> None:
    """Given a service that starts by luck, loses its data or is open, then the finding says so, with the line."""
    text = f"services:\n  web:\n    image: a:1\n    {web}\n  db:\n    image: postgres:18\n    {db}\n"

    assert says in one("LNT-115", text, "compose.yml").summary


@pytest.mark.parametrize(
    "services",
    [
        (
            "web: {image: 'a:1', depends_on: {db: {condition: service_healthy}}}\n"
            f"  db: {{image: 'postgres:18', {KEPT}, {CHECKED}}}"
        ),
        f"db: {{image: 'postgres:18', {KEPT}, ports: ['127.0.0.1:5432:5432']}}",
        "cache: {image: 'redis:8'}",
        "db: {image: 'mysql:9.4', tmpfs: /var/lib/mysql}",
        "web: {image: 'a:1', depends_on: [api]}\n  api: {image: 'b:1'}",
    ],
    ids=["waits for health", "on loopback", "a cache", "in memory on purpose", "nothing to wait for"],
)
def test_a_sound_service_is_not_told(services: str) -> None:
    """Given services that wait, keep and close what they should, then nothing is said."""
    assert found("LNT-115", f"services:\n  {services}\n", "compose.yml") == []


def test_a_cache_that_is_told_to_keep_its_data_needs_a_volume() -> None:
    """Given Redis with `--appendonly`, then its data counts."""
    text = "services:\n  cache: {image: 'redis:8', command: [redis-server, --appendonly, 'yes']}\n"

    assert "keeps the data of cache in its container" in one("LNT-115", text, "compose.yml").summary
