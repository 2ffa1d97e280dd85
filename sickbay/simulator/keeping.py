"""What outlives the process, in a directory that only its owner reads: tokens, messages, and each file's bytes."""

import contextlib
import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from sickbay.simulator.store import Store


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """The secrets of a workspace: its page's, and what its app is given."""

    page: str = msgspec.field(default_factory=lambda: secrets.token_urlsafe(24))
    bot: str = msgspec.field(default_factory=lambda: f"xoxb-local-{secrets.token_hex(12)}")
    app: str = msgspec.field(default_factory=lambda: f"xapp-local-{secrets.token_hex(12)}")
    signing: str = msgspec.field(default_factory=lambda: secrets.token_hex(16))


class Keeper:
    """Reads at the start and writes meanwhile, in a thread of its own: no caller waits for a disk."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._tokens = directory / "workspace-tokens.json"
        self._messages = directory / "workspace-messages.json"
        self._files = directory / "workspace-files"
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="keeper")
        self._written: set[str] = set()

    def tokens(self, fresh: Tokens) -> Tokens:
        """Give the tokens of the last run, so that an open page goes on after a restart, or keep these fresh ones."""
        with contextlib.suppress(OSError, msgspec.DecodeError):
            return msgspec.json.decode(self._tokens.read_bytes(), type=Tokens)
        _write_private(self._tokens, [msgspec.json.encode(fresh)])
        return fresh

    def load(self, store: Store) -> None:
        """Fill a store with what an earlier run kept, where there is something that can be read."""
        with contextlib.suppress(OSError, ValueError):
            store.load(self._messages.read_bytes())
        for file_id in store.files:
            with contextlib.suppress(OSError):
                store.contents[file_id] = (self._files / file_id).read_bytes()
        self._written = set(store.contents)

    def save(self, store: Store) -> None:
        """Write what has changed since; returns before it is written."""
        messages = store.dump()
        fresh = {file_id: content for file_id, content in store.contents.items() if file_id not in self._written}
        gone = self._written - store.contents.keys()
        self._written = set(store.contents)
        self._writer.submit(self._write, messages, fresh, gone)

    def close(self, store: Store) -> None:
        """Write the last, and return once it is written."""
        self.save(store)
        self._writer.shutdown()

    def _write(self, messages: list[bytes], fresh: dict[str, bytes], gone: set[str]) -> None:
        if fresh:
            self._files.mkdir(mode=0o700, exist_ok=True)
        for file_id, content in fresh.items():
            _write_private(self._files / file_id, [content])
        _write_private(self._messages, messages)
        for file_id in gone:
            (self._files / file_id).unlink(missing_ok=True)


def _write_private(path: Path, parts: list[bytes]) -> None:
    draft = path.with_suffix(".new")
    # One that an ended run or somebody else left would keep its own mode, or lead elsewhere.
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(parts)
    draft.replace(path)
