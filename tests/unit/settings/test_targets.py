"""The engine of this machine, found by the environment: used where it can be, refused where it is named wrongly."""

from pathlib import Path

import pytest

from sickbay.settings import SettingsError
from sickbay.settings.targets import discovered, recorded


def test_the_engine_that_the_environment_names_is_local() -> None:
    """Given DOCKER_HOST, when targets are discovered, then its engine is `local`."""
    assert discovered({"DOCKER_HOST": "tcp://lab:2375"})["local"].model_dump()["host"] == "tcp://lab:2375"


def test_an_address_that_is_none_is_refused() -> None:
    """Given a DOCKER_HOST that cannot be used, when targets are discovered, then it is refused by its name."""
    with pytest.raises(SettingsError, match=r'^DOCKER_HOST: found "npipe:////./pipe/docker" \(text\); allowed is what'):
        discovered({"DOCKER_HOST": "npipe:////./pipe/docker"})


@pytest.mark.parametrize("host", ["tcp://h:99999", "tcp://h:0", "tcp://[::1:2376", "ssh://ci@h:port"])
def test_an_address_without_a_port_that_there_is_is_refused(host: str) -> None:
    """Given a port that no machine has, or none that is a number, when targets are discovered, then it is refused."""
    with pytest.raises(SettingsError, match=r"^DOCKER_HOST: found .* and a port of 1 to 65535$"):
        discovered({"DOCKER_HOST": host})


def test_the_contexts_of_a_kubeconfig_are_targets_under_their_own_names(tmp_path: Path) -> None:
    """Given a KUBECONFIG of two contexts and DOCKER_HOST, when targets are discovered, then all three are there."""
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text("contexts: [{name: prod, context: {}}, {name: 'arn:aws:eks:eu-1:1:cluster/x', context: {}}]")

    targets = discovered({"DOCKER_HOST": "tcp://lab:2375", "KUBECONFIG": str(kubeconfig)})

    assert {name: target.platform for name, target in targets.items()} == {
        "prod": "kubernetes",
        "arn:aws:eks:eu-1:1:cluster/x": "kubernetes",
        "local": "docker",
    }


@pytest.mark.parametrize("content", ["contexts: 3", "- x", "contexts: [{}, 7, {name: help}]", "\t: {", "\x00"])
def test_a_kubeconfig_that_says_nothing_of_use_gives_no_target(tmp_path: Path, content: str) -> None:
    """Given a KUBECONFIG that is broken or names no context, when targets are discovered, then none comes from it."""
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text(content)

    assert discovered({"DOCKER_HOST": "tcp://lab:2375", "KUBECONFIG": str(kubeconfig)}).keys() == {"local"}


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [("current-context: prod", {"prod", "local"}), ("", {"local"}), ("current-context: 7", {"local"})],
)
def test_of_what_was_discovered_the_context_in_use_is_recorded(tmp_path: Path, chosen: str, expected: set[str]) -> None:
    """Given contexts of a KUBECONFIG, when a recorder is to watch, then the one that kubectl uses, and the engine."""
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text(f"contexts: [{{name: prod, context: {{}}}}, {{name: test, context: {{}}}}]\n{chosen}\n")
    environ = {"DOCKER_HOST": "tcp://lab:2375", "KUBECONFIG": str(kubeconfig)}

    assert recorded(discovered(environ), environ).keys() == expected
