"""DKR-S109: a service gets a secret as a variable of its environment."""

from sickbay.diagnostics.platforms.swarm.checks.secrets_in_environment import secrets_in_environment
from tests.unit.diagnostics.platforms.swarm.swarms import findings, service, swarm


def test_variables_that_hold_secrets_are_named() -> None:
    """Given variables whose values were taken out, then their names are told, and who owns the service."""
    env = ("DB_PASSWORD=[redacted]", "LOG_LEVEL=info", "URL=https://a:[redacted password]@b/")

    (found,) = findings(secrets_in_environment, swarm(service(env=env, stack="shop")))

    assert found.summary == (
        "web gets DB_PASSWORD, URL in its environment, where whoever reads the API sees the value."
    )
    assert (found.count, found.owner) == (2, "Stack shop (docker stack deploy)")


def test_a_variable_that_names_a_file_is_well() -> None:
    """Given a variable that only names where a secret lies, then nothing is found."""
    assert findings(secrets_in_environment, swarm(service(env=("DB_PASSWORD_FILE=/run/secrets/db",)))) == []
