"""How a registry is named in the configuration, and which images are its."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from sickbay.diagnostics.platforms.registry.target import RegistryTarget


def target(url: str, **fields: Any) -> RegistryTarget:
    return RegistryTarget(name="lan", url=url, **fields)


@pytest.mark.parametrize(
    ("url", "registry"),
    [
        ("https://registry.example.com", "registry.example.com"),
        ("https://registry.example.com/", "registry.example.com"),
        ("https://Registry.example.com:443", "registry.example.com"),
        ("https://registry.example.com:5000", "registry.example.com:5000"),
        ("http://registry.example.com:80", "registry.example.com"),
        ("https://[2001:db8::5]", "[2001:db8::5]"),
        ("https://[2001:db8::5]:443", "[2001:db8::5]"),
        ("https://registry-1.docker.io", "docker.io"),
    ],
)
def test_the_registry_as_images_name_it(url: str, registry: str) -> None:
    """Given an address, then the registry's name is what images of it begin with."""
    assert target(url).registry == registry
    assert target(url).serves(f"{registry}/shop/web:1")


@pytest.mark.parametrize(
    ("url", "image", "serves"),
    [
        ("https://registry-1.docker.io", "nginx", True),
        ("https://registry-1.docker.io", "docker.io/library/nginx:1", True),
        ("https://registry-1.docker.io", "ghcr.io/a/b", False),
        ("https://registry.example.com", "nginx", False),
        ("https://registry.example.com", "registry.example.com:5000/web", False),
        ("https://registry.example.com:443", "registry.example.com:443/web", True),
        ("http://127.0.0.1:5000", "localhost:5000/web", False),
    ],
)
def test_which_images_it_serves(url: str, image: str, *, serves: bool) -> None:
    """Given an image, then only the registry that its name begins with serves it; one without is Docker Hub's."""
    assert target(url).serves(image) is serves


@pytest.mark.parametrize(
    "url",
    ["registry.example.com", "ftp://registry.example.com", "https://user:pass@registry.example.com", "https://",
     "https://registry.example.com/v2", "https://registry.example.com:99999", "https://registry.example.com?x"],
)  # fmt: skip
def test_addresses_that_are_none(url: str) -> None:
    """Given what is no address of a registry, one with a path or with a secret in it, then it is refused."""
    with pytest.raises(ValidationError):
        target(url)


@pytest.mark.parametrize(
    "fields",
    [
        {"username": "ci"},
        {"password_file": Path("secret")},
        {"username": "ci", "password_file": Path("secret"), "docker_config": Path("config.json")},
        {"username": "ci", "password": "hunter2"},
    ],
)
def test_one_way_to_log_in(fields: dict[str, Any]) -> None:
    """Given half a login, two, or a secret in its place, then the target is refused."""
    with pytest.raises(ValidationError):
        target("https://registry.example.com", **fields)


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("http://localhost:5000", True), ("http://127.0.0.1:5000", True), ("https://[::1]:5000", True),
        ("https://registry.example.com", False), ("https://10.0.0.5", False), ("http://localhost.example.com", False),
    ],
)  # fmt: skip
def test_only_an_address_of_this_machine_leads_to_it(url: str, *, named: bool) -> None:
    """Given an address, then loopback may be connected to only where it names that itself."""
    assert target(url).names_loopback is named
