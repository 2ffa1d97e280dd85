"""What of a Slack message can be linted: files that may be Dockerfiles or Compose files, and blocks of code like them.

Told from what Slack says of a message, before any file is read; whether a text is what its name says, the linter finds.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

#: Bytes of one file, and documents of one message.
LARGEST, MOST = 1_000_000, 10

_NAMED = re.compile(
    r"(?:dockerfile|containerfile|(?:docker-)?compose)\b.*|[^.]*|.*\.(?:\w*file|ya?ml|txt)", re.IGNORECASE
)
_FENCED = re.compile(r"```(.+?)```", re.DOTALL)
_LINK = re.compile(r"<[^\s<>|]+\|([^<>|]*)>|<((?:https?://|mailto:)[^\s<>|]+)>")
#: A word that some put behind the fence to name the language; its line still counts.
_LANGUAGE = re.compile(r"\A(?:docker(?:file)?|ya?ml|compose)[ \t]*(?=\n)", re.IGNORECASE)
#: No part of a line that may repeat matches the end of a line: else a few dozen empty lines would take for ever.
_DOCKERFILE = re.compile(r"\A(?:[^\S\n]*(?:#.*|ARG[^\S\n].*)?\n)*[^\S\n]*FROM\s+\S", re.IGNORECASE)
_COMPOSE = re.compile(r"^(?:services|include)[ \t]*:", re.MULTILINE)


class File(msgspec.Struct, frozen=True):
    """A file as a message tells of it; `url_private` is missing where Slack wants to be asked for it."""

    id: str
    name: str | None = None
    title: str | None = None
    mimetype: str = ""
    mode: str = ""
    size: int = 0
    url_private: str = ""

    @property
    def label(self) -> str:
        """Give the name by which people know it."""
        return self.name or self.title or self.id

    @property
    def fits(self) -> bool:
        """Say whether it may be a Dockerfile or a Compose file."""
        textual = self.mode == "snippet" or self.mimetype.startswith("text/") or "yaml" in self.mimetype
        return self.mode != "tombstone" and (textual or not self.mimetype) and bool(_NAMED.fullmatch(self.label))


class Documents(msgspec.Struct, frozen=True):
    """What there is: `files` that fit, `code` by a name of its own, and `others` that do not fit."""

    files: tuple[File, ...] = ()
    code: tuple[tuple[str, str], ...] = ()
    others: tuple[File, ...] = ()

    @property
    def count(self) -> int:
        """Give how many can be linted."""
        return len(self.files) + len(self.code)


def documents_of(message: Mapping[str, Any]) -> Documents:
    """Give what can be linted of a message in Slack's shape."""
    files = tuple(msgspec.convert(file, File, strict=False) for file in message.get("files") or ())
    return Documents(
        files=tuple(file for file in files if file.fits),
        code=tuple(_named(_code_blocks(message.get("text") or ""))),
        others=tuple(file for file in files if not file.fits),
    )


def _code_blocks(text: str) -> list[str]:
    """Give the blocks of code as they were typed: Slack makes links of addresses even there, and entities of signs."""
    blocks = []
    for block in _FENCED.findall(text):
        plain = _LINK.sub(lambda match: match[1] or (match[2] or "").removeprefix("mailto:"), block.removeprefix("\n"))
        plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        blocks.append(_LANGUAGE.sub("", plain))
    return blocks


def _named(blocks: list[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for block in blocks:
        more = f".{len(found) + 1}" if found else ""
        if _DOCKERFILE.match(block):
            found.append((f"Dockerfile{more}", block))
        elif _COMPOSE.search(block):
            found.append((f"compose{more}.yaml", block))
    return found
