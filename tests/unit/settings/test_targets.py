"""The engine of this machine, found by the environment: used where it can be, refused where it is named wrongly."""

import pytest

from sickbay.settings import SettingsError
from sickbay.settings.targets import discovered


def test_the_engine_that_the_environment_names_is_local() -> None:
    """Given DOCKER_HOST, when targets are discovered, then its engine is `local`."""
    assert discovered({"DOCKER_HOST": "tcp://lab:2375"})["local"].model_dump()["host"] == "tcp://lab:2375"


def test_an_address_that_is_none_is_refused() -> None:
    """Given a DOCKER_HOST that cannot be used, when targets are discovered, then it is refused by its name."""
    with pytest.raises(SettingsError, match=r'^DOCKER_HOST: found "npipe:////./pipe/docker" \(text\); allowed is what'):
        discovered({"DOCKER_HOST": "npipe:////./pipe/docker"})
