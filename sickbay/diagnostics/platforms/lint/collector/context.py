"""How much a build would send: the folder of the Dockerfile, without what its .dockerignore leaves out.

A build may name another folder as its context; that stands in no Dockerfile. The walk is bounded; each folder is walked
once.
"""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.lint.snapshot import Context

#: Entries that a walk looks at, and the seconds that it may take.
MOST_ENTRIES, SECONDS = 20_000, 3.0
_LARGEST = 3
#: What a build seldom needs and an image should not hold.
_RISKY = frozenset({".git", ".env", ".aws", ".ssh", ".netrc", ".npmrc", ".pypirc", "node_modules", ".venv", "id_rsa"})


class Contexts:
    """The folders of one run, each walked once."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._known: dict[tuple[Path, Path | None], Context] = {}

    def of(self, dockerfile: Path) -> Context | None:
        """Give the context of the Dockerfile; None where its folder cannot be read. Raises CancelledError."""
        try:
            folder = dockerfile.resolve().parent
            ignore = _ignore_file(folder, dockerfile)
            if (folder, ignore) not in self._known:
                rules = _rules(ignore.read_text(encoding="utf-8", errors="replace")) if ignore else ()
                self._known[folder, ignore] = self._walked(folder, rules, ignore_file=ignore is not None)
        except OSError:
            return None
        return self._known[folder, ignore]

    def _walked(self, folder: Path, rules: "Sequence[_Rule]", *, ignore_file: bool) -> Context:
        budget = self._budget.part(SECONDS)
        sizes: dict[str, int] = {}
        files, more = 0, False
        for seen, (place, size) in enumerate(_files(str(folder), rules)):
            budget.raise_if_cancelled()
            if seen >= MOST_ENTRIES or budget.spent:
                more = True
                break
            if size is not None:
                files += 1
                top = place.split("/", 1)[0]
                sizes[top] = sizes.get(top, 0) + size
        largest = sorted(sizes.items(), key=lambda item: (-item[1], item[0]))[:_LARGEST]
        risky = sorted(name for name in _RISKY if (folder / name).exists() and not _ignored(name, rules))
        return Context(
            path=str(folder),
            size=sum(sizes.values()),
            files=files,
            more=more,
            ignore_file=ignore_file,
            largest=tuple(largest),
            risky=tuple(risky),
            whole_disk=folder == Path(folder.anchor),
        )


class _Rule:
    """One line of .dockerignore: what it matches, and whether it takes that back in."""

    def __init__(self, line: str) -> None:
        self.back = line.startswith("!")
        cleaned = os.path.normpath(line.lstrip("!").strip()).strip("/")
        self.pattern = re.compile(_regex(cleaned))


def _ignore_file(folder: Path, dockerfile: Path) -> Path | None:
    own = folder / f"{dockerfile.name}.dockerignore"
    return next((file for file in (own, folder / ".dockerignore") if file.is_file()), None)


def _rules(text: str) -> tuple[_Rule, ...]:
    lines = (line.strip() for line in text.removeprefix("\ufeff").splitlines()[:1000])
    return tuple(_Rule(line) for line in lines if line.strip("! ") and not line.startswith("#") and len(line) < 500)


def _regex(pattern: str) -> str:
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.sub(r"\*\*/|\*\*|\*|\?|.", lambda found: parts.get(found[0]) or re.escape(found[0]), pattern)


def _ignored(place: str, rules: Sequence[_Rule]) -> bool:
    """Say whether the path, or a folder above it, is left out: of all rules that match, the last counts."""
    parts = place.split("/")
    above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    for rule in reversed(rules):
        if any(rule.pattern.fullmatch(item) for item in above):
            return not rule.back
    return False


def _files(root: str, rules: Sequence[_Rule]) -> Iterator[tuple[str, int | None]]:
    """Yield what is not left out by its path from the root: files with their bytes, all else without."""
    taken_back = any(rule.back for rule in rules)
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        try:
            entries = list(os.scandir(os.path.join(root, folder)))  # noqa: PTH118 - paths made in bulk
        except OSError:
            continue
        for entry in entries:
            place = f"{folder}/{entry.name}" if folder else entry.name
            left_out = _ignored(place, rules)
            try:
                is_folder = entry.is_dir(follow_symlinks=False)
                size = entry.stat(follow_symlinks=False).st_size if not (is_folder or left_out) else None
            except OSError:
                continue
            yield place, size
            if is_folder and (not left_out or taken_back):
                waiting.append(place)
