"""Which tests prove a check: its own on built snapshots, and those in which a real engine makes it speak."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sickbay.diagnostics.check import Check

#: Where tests stand that run against real engines.
_LIVE = ("integration", "acceptance")
_CODE = re.compile(r"\b[A-Z0-9]{3}-[A-Z]?\d{3}\b")


def own_test(root: Path, check: Check[Any]) -> list[Path]:
    """Give the test of the check's own module, which stands in tests/unit as the module does in the source."""
    *folders, module = check.module.split(".")[1:]
    path = (root / "tests" / "unit").joinpath(*folders, f"test_{module}.py")
    return [path] if path.exists() else []


def live_tests(root: Path, check: Check[Any]) -> list[Path]:
    """Give the tests on real engines that name the check's code."""
    return _live_tests(root).get(check.code, [])


@cache
def _live_tests(root: Path) -> Mapping[str, list[Path]]:
    """Give the tests on real engines by the codes they name: read once, since every check asks."""
    found: dict[str, list[Path]] = {}
    for path in (path for kind in _LIVE for path in sorted((root / "tests" / kind).rglob("test_*.py"))):
        for code in sorted(set(_CODE.findall(path.read_text()))):
            found.setdefault(code, []).append(path)
    return found


def links(root: Path, paths: Iterable[Path]) -> str:
    """Give Markdown links to the tests, for a document in docs/."""
    return ", ".join(f"[{path.stem.removeprefix('test_')}](../{path.relative_to(root)})" for path in paths)
