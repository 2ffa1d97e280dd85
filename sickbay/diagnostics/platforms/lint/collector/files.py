"""Find the files and read them, bounded in number, depth and size; tell a Dockerfile from a Compose file."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path

from msgspec import Struct

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.model import Gap
from sickbay.diagnostics.platforms.lint.dockerfile import KEYWORDS, parse
from sickbay.diagnostics.platforms.lint.target import Document

#: Bytes of one file; a hundred times what people write by hand.
LARGEST = 256 * 1024
#: Of one run: files that are read, entries of folders that are looked at, and levels below the folder that was named.
MOST_FILES, MOST_ENTRIES, DEEPEST = 200, 50_000, 8
#: Folders of other people's files.
LEFT_OUT = frozenset({".git", "node_modules", ".venv"})

_DOCKERFILE = re.compile(r"(?:docker|container)file(?:\..+)?|.+\.(?:docker|container)file", re.IGNORECASE)
#: What `Dockerfile.…` also names: programs about Dockerfiles, and templates of them.
_NO_DOCKERFILE = re.compile(
    r".+\.(?:dockerignore|template|py|go|js|ts|rs|rb|java|sh|md|txt|rst|html|json|ya?ml|toml|lock|j2|jinja2?|tmpl|tpl|erb|in|bak|orig"
    r"|swp|snap|patch|diff)",
    re.IGNORECASE,
)
_COMPOSE = re.compile(r"(?:docker-)?compose(?:[.-].+)?\.ya?ml", re.IGNORECASE)
_SERVICES = re.compile(r"^(?:services|version|include)[ \t]*:|^x-[\w-]+[ \t]*:", re.MULTILINE)


class Kind(Enum):
    """What a file is."""

    DOCKERFILE = "Dockerfile"
    COMPOSE = "Compose file"


class Readable(Struct, frozen=True, kw_only=True):
    """A file that was read: its text, or nothing where it is none, and where it lies where it was not sent."""

    path: str
    kind: Kind
    text: str | None
    local: Path | None = None


def read_documents(documents: Iterable[Document], gaps: list[Gap]) -> list[Readable]:
    """Give what was sent, as far as it is a Dockerfile or a Compose file."""
    return [file for item in documents if (file := _readable(item.path, item.content, None, gaps))]


def read_paths(paths: Iterable[Path], budget: Budget, gaps: list[Gap]) -> list[Readable]:
    """Give the files, and those found in the folders, each once."""
    files: dict[Path, Readable] = {}
    for path in paths:
        try:
            found = list(_found(path, budget, gaps)) if path.is_dir() else [path]
        except OSError as error:
            gaps.append(Gap(what=str(path), reason=error.strerror or str(error)))
            continue
        if not found:
            gaps.append(Gap(what=str(path), reason="holds no Dockerfile and no Compose file"))
        for item in found:
            known = item.resolve()
            if known not in files and (file := _read(item, gaps)):
                files[known] = file
    return list(files.values())


def _found(folder: Path, budget: Budget, gaps: list[Gap]) -> Iterator[Path]:
    """Yield the files beneath a folder whose names say what they are, in the order of their names."""
    seen = found = 0
    for directory, folders, names in os.walk(folder):
        budget.raise_if_cancelled()
        here = Path(directory)
        deep = len(here.relative_to(folder).parts) >= DEEPEST
        folders[:] = [] if deep else sorted(name for name in folders if name not in LEFT_OUT)
        seen += len(names) + len(folders)
        for name in sorted(names):
            if kind_of_name(name) and (here / name).is_file():
                found += 1
                if found > MOST_FILES:
                    gaps.append(Gap(what=f"more files in {folder}", reason=f"at most {MOST_FILES} are read: name them"))
                    return
                yield here / name
        if seen > MOST_ENTRIES or budget.spent:
            why = f"it holds more than {MOST_ENTRIES} entries" if seen > MOST_ENTRIES else "the time was up"
            gaps.append(Gap(what=f"the rest of {folder}", reason=f"{why}: name a folder in it"))
            return


def _read(path: Path, gaps: list[Gap]) -> Readable | None:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            gaps.append(Gap(what=str(path), reason="is no regular file"))
            return None
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        gaps.append(Gap(what=str(path), reason=error.strerror or str(error)))
        return None
    return _readable(str(path), content, path, gaps)


def _readable(path: str, content: bytes, local: Path | None, gaps: list[Gap]) -> Readable | None:
    if len(content) > LARGEST:
        gaps.append(Gap(what=path, reason=f"is larger than {LARGEST} bytes, so hardly written by hand; not read"))
        return None
    text = _text(content)
    kind = kind_of_name(path.rsplit("/", 1)[-1]) or (_kind_of_text(text) if text else None)
    if kind is None:
        gaps.append(Gap(what=path, reason="is neither a Dockerfile nor a Compose file"))
        return None
    return Readable(path=path, kind=kind, text=text, local=local)


def kind_of_name(name: str) -> Kind | None:
    """Say what the file's name, without its folder, makes it; None where it tells nothing."""
    if _COMPOSE.fullmatch(name):
        return Kind.COMPOSE
    if _DOCKERFILE.fullmatch(name) and not _NO_DOCKERFILE.fullmatch(name):
        return Kind.DOCKERFILE
    return None


def _kind_of_text(text: str) -> Kind | None:
    """Say what the content makes a file whose name tells nothing."""
    first = next(iter(parse(text[:10_000]).instructions), None)
    if first and first.keyword in KEYWORDS and first.value[:1] not in {"", ":", "="}:
        return Kind.DOCKERFILE
    return Kind.COMPOSE if _SERVICES.search(text) else None


def _text(content: bytes) -> str | None:
    """Give the text, without its mark of byte order; None for what is none."""
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
