"""What may name a target and a zone, and what a request asks where nobody says more."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from sickbay.diagnostics.targets import DEFAULT_ZONE, RESERVED_NAMES, Request, Target


@pytest.mark.parametrize("name", ["a", "prod", "prod-eu.1", "team/prod", "ops@host:2", "x" * 63])
def test_a_name_that_can_be_typed_is_a_name(name: str) -> None:
    """Given a name of letters, digits and `._@:/-`, then a target may have it."""
    assert Target(name=name, platform="docker").name == name


@pytest.mark.parametrize("name", ["", "-x", "--audit", "a b", "ü", "a\n", "x" * 1_000, "<!channel>", "a`b"])
def test_a_name_that_cannot_be_typed_is_none(name: str) -> None:
    """Given a name that a command could not hold or that would look like a flag, then it is refused."""
    with pytest.raises(ValidationError):
        Target(name=name, platform="docker")


@pytest.mark.parametrize("zone", ["", "EU", "-eu", "a b", "x" * 33])
def test_a_zone_names_a_queue(zone: str) -> None:
    """Given a zone that no queue can be named after, then it is refused."""
    with pytest.raises(ValidationError):
        Target(name="prod", platform="docker", zone=zone)


def test_an_unknown_field_is_refused() -> None:
    """Given a field that no target has, then it is refused and not dropped."""
    with pytest.raises(ValidationError, match="hots"):
        Target.model_validate({"name": "prod", "platform": "docker", "hots": "x"})


def test_what_nobody_says() -> None:
    """Given no words, then the zone is the default one, the window a day, the scope everything, without hygiene."""
    assert Target(name="prod", platform="docker").zone == DEFAULT_ZONE
    assert Request() == Request(scope="", window=timedelta(hours=24), audit=False)
    assert {"help", "targets", "changes", "incidents", "logs", "again", "since", "explain"} == RESERVED_NAMES
