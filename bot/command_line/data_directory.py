"""The directory in which `sickbay up` keeps what must outlive it: one process tree at a time owns it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sickbay.jobs.embedded import DataDirectoryError


@contextmanager
def owned(directory: Path) -> Iterator[None]:
    """Own the directory, made for this user alone where it was not there. Raises DataDirectoryError.

    The lock is the kernel's, so it is free again however its owner ends.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (directory / "up.lock").open("w")
    except OSError as error:
        raise DataDirectoryError(
            f"{directory} cannot be used: {error.strerror}. Choose another data_directory."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            message = f"Another Sickbay uses {directory}. Stop it, or give this one its own data_directory."
            raise DataDirectoryError(message) from error
        yield
