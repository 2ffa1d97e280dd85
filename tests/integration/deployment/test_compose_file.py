"""The Compose file by itself: what docker-compose and the Compose specification say, and the rights that it gives."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).parents[3]
#: Where Debian's docker-compose keeps the specification's schema.
SPECIFICATION = Path("/usr/lib/python3/dist-packages/compose/config/compose_spec.json")
SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "POSTGRES_PASSWORD": "p@ss/word",
    "AUDIT_KEY": "0123456789abcdef0123456789abcdef",
}
#: What a worker must not have; PGPASSWORD is the database's.
NOT_FOR_WORKERS = ("SLACK_", "POSTGRES_", "PG", "DATABASE_", "AUDIT_")


def shipped() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return read


def configured(**environment: str) -> "subprocess.CompletedProcess[str]":
    """Ask docker-compose what it makes of the file."""
    if not shutil.which("docker-compose"):
        pytest.skip("docker-compose is not installed")
    taken = (*NOT_FOR_WORKERS, "REDIS_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(taken)}
    command = ["docker-compose", "-f", str(ROOT / "docker-compose.yml"), "config"]
    return subprocess.run(command, env={**inherited, **environment}, capture_output=True, text=True)


@pytest.mark.compose
def test_docker_compose_accepts_it() -> None:
    """Given all secrets, when docker-compose reads the file, then it accepts it and hands them to the bot alone."""
    done = configured(**SECRETS)

    assert done.returncode == 0, done.stderr
    services = yaml.safe_load(done.stdout)["services"]
    given = SECRETS | {"PGPASSWORD": SECRETS["POSTGRES_PASSWORD"]}
    del given["POSTGRES_PASSWORD"]
    assert services["bot"]["environment"].items() >= given.items()
    for near in ("worker", "recorder"):
        assert [name for name in services[near]["environment"] if name.startswith(NOT_FOR_WORKERS)] == []


@pytest.mark.compose
def test_the_bot_uses_the_database_beside_it_or_one_of_your_own() -> None:
    """Given an address of a database or none, when docker-compose reads the file, then the bot uses that or its own."""
    own = configured(**SECRETS)
    other = configured(**SECRETS, DATABASE_URL="postgresql://team:pw@db.example/sickbay")

    addresses = [yaml.safe_load(done.stdout)["services"]["bot"]["environment"]["DATABASE_URL"] for done in (own, other)]
    assert addresses == ["postgresql://sickbay@postgres/sickbay", "postgresql://team:pw@db.example/sickbay"]


@pytest.mark.compose
@pytest.mark.parametrize("missing", sorted(SECRETS))
def test_without_a_secret_it_says_which(missing: str) -> None:
    """Given all secrets but one, when docker-compose reads the file, then it refuses and names that one."""
    done = configured(**{name: value for name, value in SECRETS.items() if name != missing})

    assert done.returncode != 0
    assert missing in done.stderr


@pytest.mark.compose
def test_in_http_mode_a_signing_secret_takes_the_place_of_the_app_token() -> None:
    """Given a signing secret and an empty app token, when docker-compose reads the file, then the bot gets both."""
    secret = "8f742231b10e8888abcd99eee0a85a51"
    done = configured(**SECRETS | {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": secret})

    assert done.returncode == 0, done.stderr
    environment = yaml.safe_load(done.stdout)["services"]["bot"]["environment"]
    assert (environment["SLACK_APP_TOKEN"], environment["SLACK_SIGNING_SECRET"]) == ("", secret)


@pytest.mark.compose
def test_it_keeps_the_compose_specification() -> None:
    """Given the specification's JSON schema, when the file is validated, then nothing is wrong with it."""
    if not SPECIFICATION.exists():
        pytest.skip("Debian's docker-compose, which carries the specification, is not installed")
    schema = json.loads(SPECIFICATION.read_text())
    plain = {key: value for key, value in shipped().items() if not key.startswith("x-")}

    assert [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(plain)] == []


@pytest.mark.parametrize("name", ["valkey", "postgres", "bot", "worker", "recorder"])
def test_every_service_has_small_rights_and_a_health_check(name: str) -> None:
    """Given a service, when its rights are read, then it gains nothing and mounts no engine."""
    service = shipped()["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["healthcheck"]["test"]
    assert not {"privileged", "cap_add", "network_mode", "ports"} & set(service)
    assert "docker.sock" not in json.dumps(service)


def test_valkey_keeps_what_it_was_told() -> None:
    """Given Valkey, when its command is read, then it appends to a file on a volume and evicts nothing."""
    valkey = shipped()["services"]["valkey"]

    assert " ".join(valkey["command"]).startswith("valkey-server --appendonly yes --appendfsync everysec")
    assert "--maxmemory-policy noeviction" in " ".join(valkey["command"])
    assert valkey["volumes"] == ["valkey:/data"]
    assert valkey["user"] == "999:999"
