"""The key of the audit log where the environment names none: a file in the data directory, its owner's alone."""

import os
import secrets
from pathlib import Path
from tempfile import NamedTemporaryFile

#: Characters: who has fewer can be guessed.
SHORTEST_KEY = 32
FILE_NAME = "audit.key"
#: Bytes of a key that is made here; it is written as hex.
_BYTES = 32


class AuditKeyError(Exception):
    """Raised when the key cannot be read or made; the message says what to do."""


def key_in(directory: Path) -> bytes:
    """Give the key of the data directory, made where there is none yet. Raises AuditKeyError.

    Two processes that start at once get the same one.
    """
    file = directory / FILE_NAME
    try:
        if not file.exists():
            _make(file)
        key = file.read_bytes().strip()
    except OSError as error:
        raise AuditKeyError(f"{file} cannot be used: {error.strerror}. Choose another data_directory.") from error
    if len(key) < SHORTEST_KEY:
        raise AuditKeyError(f"{file} holds no key. Put it back from a backup: the audit log is proven with it alone.")
    return key


def _make(file: Path) -> None:
    """Make the file, whole or not at all, unless another process was quicker."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with NamedTemporaryFile(dir=file.parent, prefix=FILE_NAME) as made:  # made with mode 0600
        made.write(secrets.token_hex(_BYTES).encode())
        made.flush()
        os.fsync(made.fileno())
        try:
            os.link(made.name, file)
        except FileExistsError:
            return
