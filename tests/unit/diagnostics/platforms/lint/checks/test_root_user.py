"""LNT-104: the image starts as root, or in a folder that nobody named."""

import pytest

from sickbay.diagnostics.model import Confidence
from tests.unit.diagnostics.platforms.lint.linted import found, one


def test_an_image_without_a_user_is_inferred_to_run_as_root() -> None:
    """Given no USER anywhere, then that is told at the last FROM, inferred: the base's own user is not read."""
    finding = one("LNT-104", 'FROM debian:13 AS build\nFROM debian:13\nCMD ["a"]\n')

    assert "names no USER, so it runs as root (line 2)" in finding.summary
    assert finding.confidence is Confidence.INFERRED


@pytest.mark.parametrize(
    ("line", "says"),
    [("USER root", "last USER should not be root"), ("WORKDIR app\nUSER 10001", "use absolute WORKDIR")],
)
def test_what_hadolint_says_of_user_and_folder_is_told(line: str, says: str) -> None:
    """Given root by name, or a relative folder, then hadolint's words are told."""
    assert says in one("LNT-104", f"FROM debian:13\n{line}\n").summary


@pytest.mark.parametrize(
    "text",
    [
        "FROM debian:13\nUSER 10001\n",
        "FROM debian:13 AS base\nUSER 10001\nFROM base\nWORKDIR /app\n",
        "FROM gcr.io/distroless/static:nonroot\n",
        "FROM nginxinc/nginx-unprivileged:1.29\n",
        "FROM scratch\n",
        "ARG BASE\nFROM ${BASE}\n",
    ],
    ids=["a number", "the stage it stands on", "nonroot", "unprivileged", "scratch", "not known"],
)
def test_an_image_that_may_well_not_run_as_root_is_not_told(text: str) -> None:
    """Given a user here or in a stage below, or a base that names itself safe or is not known, then nothing is said."""
    assert found("LNT-104", text) == []
