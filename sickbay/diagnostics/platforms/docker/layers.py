"""What an image's history gives away: secrets in the commands that made it, files for nothing, careless steps.

Commands are as the history has them: `/bin/sh -c …`, or `RUN /bin/sh -c … # buildkit`.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.docker.snapshot import Image
from sickbay.diagnostics.platforms.docker.weaknesses import Weakness
from sickbay.diagnostics.platforms.docker.wire.images import HistoryLayer

#: dive calls an image wasteful from here on (its `highestWastedBytes`).
_WASTE, _MEGABYTE = 20e6, 1e6
_OWNERS = re.compile(r"\bch(?:own|mod|grp)\b[^&;|]* (?:-\w*R|--recursive)\b")
_KNOWN = re.compile(r"\[redacted ([^\]]+)\]")
#: A variable or build argument (`|1 NAME=value /bin/sh -c …`) whose value the redactor hid because of its name.
_NAMED = re.compile(
    r"(\w*(?:PASS(?:WORD|WD|PHRASE)|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY)\w*)=\[redacted\]", re.IGNORECASE
)
_SETS = re.compile(r"(?:/bin/sh -c #\(nop\) +)?(?:ENV|ARG|LABEL) |(?:RUN )?\|\d+ ")
#: What Docker writes before a command that a shell ran, and after everything that BuildKit did.
_SHELL, _BUILDKIT = (
    re.compile(r"(?:RUN )?(?:\|\d+ .*?)?/bin/(?:ba)?sh (?:-[a-z]+ (?:pipefail )?)*?-[a-z]*c (?!#\(nop\))", re.DOTALL),
    "# buildkit",
)
_CLEANING = re.compile(
    r"(?:set -\w+|rm (?:-[a-zA-Z]{1,6} )*.*|(?:apt-get|apt) (?:-\S+ )*(?:auto)?clean.*|(?:yum|dnf) clean .*)$",
    re.DOTALL,
)
_TMP = re.compile(r"rm (?:-[a-zA-Z]{1,6} )*(?:/tmp|/var/tmp)\S*$")
#: Package managers: what installs, and what keeps its cache out of the layer.
_CACHES = {
    "apt": (re.compile(r"\bapt(?:-get)? (?:-\S+ )*install\b"), re.compile(r"/var/lib/apt/lists")),
    "apk": (re.compile(r"\bapk (?:-\S+ )*add\b"), re.compile(r"--no-cache|/var/cache/apk")),
    "yum": (re.compile(r"\b(?:yum|dnf|microdnf) (?:-\S+ )*install\b"), re.compile(r"\bclean all\b|/var/cache/")),
    "pip": (re.compile(r"\bpip3? (?:-\S+ )*install\b"), re.compile(r"--no-cache-dir|\.cache")),
}  # fmt: skip
_UPDATES = re.compile(r"\b(?:apt-get|apt|apk) (?:-\S+ )*update\b")
_INSTALLS = re.compile(r"\b(?:install|add|upgrade|dist-upgrade|full-upgrade|build-dep)\b")
_ADD = re.compile(r"(?:/bin/sh -c #\(nop\) +)?ADD ")
_UNCHECKED = re.compile(
    r"--(?:allow-unauthenticated|force-yes|allow-untrusted|nogpgcheck|no-gpg-checks?|trusted-host)\b"
    r"|\[trusted=yes\]|gpgcheck=0"
)
_REPLACE = (
    "Replace the secret where it is valid, then build without it: RUN --mount=type=secret, or give it at run time."
)


class Trace(Struct, frozen=True):
    """What a layer did, as the end of a sentence about its image, where that is read, its proof, and what to do."""

    what: str
    field: str
    line: str
    cure: str
    inferred: bool = True


def subject_of(image: Image) -> Subject:
    """Give the image as the subject of a finding: by its first tag, or the start of its id."""
    return Subject("image", next(iter(image.inspect.repo_tags), image.inspect.id.removeprefix("sha256:")[:12]))


def secrets(image: Image) -> Iterator[Trace]:
    """Yield the steps and variables that hold a secret, by its kind or by its name: its value was hidden."""
    told = set[str]()
    for layer in image.history:
        known = _KNOWN.search(layer.created_by)
        named = _NAMED.search(layer.created_by) if _SETS.match(layer.created_by) else None
        told.update(_NAMED.findall(layer.created_by))
        if found := known or named:
            yield Trace(f"has a secret in its history ({found[1]})", "history", layer.created_by, _REPLACE)
    for variable in image.inspect.config.env:
        found = _KNOWN.search(variable) or _NAMED.match(variable)
        if found and variable.partition("=")[0] not in told:
            yield Trace(f"has a secret in its environment ({found[1]})", "json Config.Env", variable, _REPLACE)


def wastes(image: Image) -> Iterator[Trace]:
    """Yield the layers that hold files for nothing: 20 MB or more, or what a later layer deletes."""
    for layer in image.history:
        yield from _copies(layer)
        yield from _caches(layer, image)
        yield from _deletes(layer)


def careless(image: Image) -> Iterator[Weakness]:
    """Yield the kinds of steps that one should not build with, each once."""
    commands = [_command(layer) for layer in image.history]
    updates = [text for text in commands if _UPDATES.search(text) and not _INSTALLS.search(text)]
    if updates:
        yield Weakness("package lists updated in a step of their own", "CreatedBy", _short(updates[0]), "4.7")
    adds = [layer.created_by for layer in image.history if _adds(layer)]
    if adds:
        yield Weakness("ADD", "CreatedBy", _short(adds[0]), "4.9")
    unchecked = [text for text in commands if _UNCHECKED.search(text)]
    if unchecked:
        yield Weakness("packages whose signatures were not checked", "CreatedBy", _short(unchecked[0]), "4.11")


def _copies(layer: HistoryLayer) -> Iterator[Trace]:
    if layer.size >= _WASTE and _OWNERS.search(layer.created_by):
        size = _megabytes(layer)
        cure = "Set owner and mode while copying: COPY --chown=… --chmod=…."
        what = f"copies {size} only to change owner or mode"
        yield Trace(what, "history", f"{size}: {layer.created_by}", cure, inferred=False)


def _caches(layer: HistoryLayer, image: Image) -> Iterator[Trace]:
    command = _command(layer) if layer.size >= _WASTE else ""
    pip_keeps_none = any(variable.startswith("PIP_NO_CACHE_DIR=") for variable in image.inspect.config.env)
    for manager, (installs, keeps_out) in _CACHES.items():
        if installs.search(command) and not keeps_out.search(command) and not (manager == "pip" and pip_keeps_none):
            what = f"keeps the cache of {manager} in a layer of {_megabytes(layer)}"
            cure = "Remove the cache in the RUN that fills it, or keep it out: RUN --mount=type=cache, --no-cache."
            yield Trace(what, "history", layer.created_by, cure)


def _deletes(layer: HistoryLayer) -> Iterator[Trace]:
    parts = [part.strip() for part in re.split(r"&&|;", _command(layer)) if part.strip()]
    if parts and all(_CLEANING.match(part) for part in parts) and not all(_TMP.match(part) for part in parts):
        cure = "Delete in the RUN that made the files, or build in a stage of its own and COPY what is needed."
        yield Trace("deletes in one layer what an earlier one still holds", "history", layer.created_by, cure)


def _command(layer: HistoryLayer) -> str:
    """Give what a shell ran for the layer, or nothing."""
    found = _SHELL.match(layer.created_by)
    return layer.created_by[found.end() :].removesuffix(_BUILDKIT).strip() if found else ""


def _adds(layer: HistoryLayer) -> bool:
    """Say whether the layer was made by ADD, other than a base's root file system, which goes to `/`."""
    return bool(_ADD.match(layer.created_by)) and layer.created_by.removesuffix(_BUILDKIT).split()[-1] != "/"


def _short(text: str) -> str:
    return " ".join(text.split())[:160]


def _megabytes(layer: HistoryLayer) -> str:
    return f"{layer.size / _MEGABYTE:.0f} MB"
