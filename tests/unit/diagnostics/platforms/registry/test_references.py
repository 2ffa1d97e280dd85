"""Names of images are understood as docker understands them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sickbay.diagnostics.platforms.registry.references import parse

HEX = "ab" * 32


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("nginx:1.25", "docker.io/library/nginx:1.25"),
        ("grafana/loki", "docker.io/grafana/loki:latest"),
        ("index.docker.io/nginx", "docker.io/library/nginx:latest"),
        ("registry-1.docker.io/library/nginx", "docker.io/library/nginx:latest"),
        ("ghcr.io/a/b/c:2", "ghcr.io/a/b/c:2"),
        ("localhost/web", "localhost/web:latest"),
        ("10.0.0.5:5000/web:1", "10.0.0.5:5000/web:1"),
        ("[::1]:5000/web", "[::1]:5000/web:latest"),
        (f"lan.example/web@sha256:{HEX}", f"lan.example/web@sha256:{HEX}"),
        (f"lan.example/web:1@sha256:{HEX}", f"lan.example/web:1@sha256:{HEX}"),
    ],
)
def test_names_that_are_some(name: str, full: str) -> None:
    """Given a name, when it is understood, then what it leaves out is added, and it is valid."""
    reference = parse(name)

    assert (str(reference), reference.invalid) == (full, "")


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("Shop/web", "the repository has capitals in it"),
        ("shop//web", "that is no valid repository"),
        ("shop/../web", "that is no valid repository"),
        ("lan.example/", "that is no valid repository"),
        ("web:", "that is no valid tag"),
        ("web:" + "a" * 129, "that is no valid tag"),
        ("web:ä", "that is no valid tag"),
        ("web@sha256:abc", "that is no valid digest"),
        ("web@", "that is no valid digest"),
        ("lan.example/" + "a" * 256, "the repository is longer than 255 characters"),
        ("", "that is no valid repository"),
    ],
)
def test_names_that_are_none(name: str, fault: str) -> None:
    """Given what no registry takes as a name, then it is said why."""
    assert parse(name).invalid == fault


def test_a_name_without_a_registry_belongs_to_the_one_that_is_asked() -> None:
    """Given a name without a registry and the registry that was asked, then it is of that one, and nothing is added."""
    assert str(parse("web:1", home="lan.example")) == "lan.example/web:1"


@given(st.text(max_size=300))
def test_any_text_is_understood_or_refused(name: str) -> None:
    """Given any text, then it is understood or refused in words, and what is valid stays itself when read again."""
    reference = parse(name)

    if not reference.invalid:
        assert parse(str(reference)) == reference
        assert not set(reference.repository) & set("?#% \n\\")
