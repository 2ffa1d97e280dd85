"""What an image's history gives away: secrets in the commands that made it, and layers that repeat whole files."""

import re
from collections.abc import Iterator

from msgspec import Struct

from sickbay.diagnostics.platforms.docker.snapshot import Image

#: dive calls an image wasteful from here on (its `highestWastedBytes`).
_WASTE, _MEGABYTE = 20e6, 1e6
_OWNERS = re.compile(r"\bch(?:own|mod|grp)\b[^&;|]* (?:-\w*R|--recursive)\b")
_KNOWN = re.compile(r"\[redacted ([^\]]+)\]")
#: A variable or build argument (`|1 NAME=value /bin/sh -c …`) whose value the redactor hid because of its name.
_NAMED = re.compile(
    r"(\w*(?:PASS(?:WORD|WD|PHRASE)|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY)\w*)=\[redacted\]", re.IGNORECASE
)
_SETS = re.compile(r"(?:/bin/sh -c #\(nop\) +)?(?:ENV|ARG|LABEL) |(?:RUN )?\|\d+ ")


class Trace(Struct, frozen=True):
    """What a layer did, as the end of a sentence about its image, and the line of the history that shows it."""

    what: str
    line: str


def secrets(image: Image) -> Iterator[Trace]:
    """Yield the layers whose command holds a secret, by its kind or by its name: its value was hidden."""
    for layer in image.history:
        known = _KNOWN.search(layer.created_by)
        named = _NAMED.search(layer.created_by) if _SETS.match(layer.created_by) else None
        if found := known or named:
            yield Trace(f"has a secret in its history ({found[1]})", layer.created_by)


def copies(image: Image) -> Iterator[Trace]:
    """Yield the layers that copy 20 MB or more of files only to change their owner or mode."""
    for layer in image.history:
        if layer.size >= _WASTE and _OWNERS.search(layer.created_by):
            size = f"{layer.size / _MEGABYTE:.0f} MB"
            yield Trace(f"copies {size} only to change owner or mode", f"{size}: {layer.created_by}")
