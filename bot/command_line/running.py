"""Where the running local workspace is: a file in the data directory, written by `sickbay up`, for its owner alone."""

import os
from pathlib import Path

import msgspec

_NAME = "workspace.json"


class RunningWorkspace(msgspec.Struct, frozen=True, kw_only=True):
    """The address of the page's API, `http://127.0.0.1:8025`, and the token it asks for."""

    address: str
    token: str


def remember(directory: Path, workspace: RunningWorkspace) -> None:
    """Write the file, all at once, so that nobody reads half of it. Raises OSError."""
    draft = directory / f"{_NAME}.new"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.encode(workspace))
    draft.replace(directory / _NAME)


def forget(directory: Path) -> None:
    """Remove the file."""
    (directory / _NAME).unlink(missing_ok=True)


def running(directory: Path) -> RunningWorkspace | None:
    """Give the workspace that runs, or ran until it was killed; None where there is no sign of one."""
    try:
        return msgspec.json.decode((directory / _NAME).read_bytes(), type=RunningWorkspace)
    except (OSError, msgspec.DecodeError):
        return None
