"""LNT-110: a build sends far more than it needs."""

import msgspec
import pytest

from sickbay.diagnostics.platforms.lint.snapshot import Context, Snapshot
from tests.unit.diagnostics.platforms.lint.linted import judged, snapshot

SMALL = Context(path="/srv/app", size=1_000_000, files=10, more=False, ignore_file=True, largest=(("src", 1_000_000),))


def built_from(context: Context, text: str = "FROM debian:13\nCOPY src /app\n") -> Snapshot:
    read = snapshot(text, ask_hadolint=False)
    return msgspec.structs.replace(read, dockerfiles=(msgspec.structs.replace(read.dockerfiles[0], context=context),))


def said(read: Snapshot) -> list[str]:
    return [item.summary for item in judged(read).findings if item.code == "LNT-110"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"size": 250_000_000, "largest": (("data", 240_000_000),)}, "has 250 MB to build from"),
        ({"size": 250_000_000, "more": True}, "has at least 250 MB to build from"),
        ({"path": "/", "whole_disk": True}, "is built from the root of the disk"),
    ],
)
def test_a_context_that_is_too_large_is_told(changes: dict[str, object], says: str) -> None:
    """Given a folder of more than 100 MB, or the root of the disk, then the finding says so."""
    assert said(built_from(msgspec.structs.replace(SMALL, **changes))) == [f"Dockerfile: {says}."]


def test_a_whole_context_with_secrets_in_it_is_told() -> None:
    """Given `COPY . /app` and a .git and an .env that nothing leaves out, then both are named, with the line."""
    context = msgspec.structs.replace(SMALL, risky=(".env", ".git"))

    assert said(built_from(context, "FROM debian:13\nCOPY . /app\n")) == [
        "Dockerfile: copies the whole context, .env, .git too (line 2)."
    ]


@pytest.mark.parametrize("risky", [(), (".git",)])
def test_a_small_context_that_is_copied_in_parts_is_not_told(risky: tuple[str, ...]) -> None:
    """Given a small folder of which only a part is copied, then nothing is said, whatever else lies in it."""
    assert said(built_from(msgspec.structs.replace(SMALL, risky=risky))) == []
