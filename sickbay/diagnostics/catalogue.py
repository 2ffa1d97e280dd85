"""Every platform and every check there is, found by walking the packages: adding one means adding its file.

Refuses at start what would mislead later: a duplicate code, a check without a remedy, explanation or title.
"""

import functools
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from sickbay.diagnostics import platforms
from sickbay.diagnostics.check import Check
from sickbay.diagnostics.platform import Platform

_CODE = re.compile(r"[A-Z0-9]{3}-[A-Z]?\d{3}")


class CatalogueError(Exception):
    """Raised at start when a check or a platform is not fit to be used; the message names its module."""


@functools.cache
def load_platforms() -> Mapping[str, Platform]:
    """Give the platforms by name. Raises CatalogueError."""
    found: dict[str, Platform] = {}
    for module in _modules(platforms):
        platform = getattr(module, "PLATFORM", None)
        if not isinstance(platform, Platform):
            raise CatalogueError(f"{module.__name__}: a platform needs its PLATFORM")
        if platform.name in found:
            raise CatalogueError(f"{module.__name__}: the platform {platform.name!r} is there already")
        found[platform.name] = platform
    return found


@functools.cache
def load_checks() -> Mapping[str, Check[Any]]:
    """Give the checks of all platforms by code, in the order of the codes. Raises CatalogueError."""
    return validated([item for platform in load_platforms() for item in checks_of(platform)])


@functools.cache
def checks_of(platform: str) -> tuple[Check[Any], ...]:
    """Give the checks of one platform, in the order of their codes. Raises CatalogueError."""
    package = importlib.import_module(load_platforms()[platform].checks)
    found = [value for module in _modules(package) for value in vars(module).values() if _declared_in(module, value)]
    return tuple(validated(found).values())


def validated(checks: list[Check[Any]]) -> Mapping[str, Check[Any]]:
    """Give the checks by code, or raise CatalogueError naming the module of the first that is not fit."""
    known: dict[str, Check[Any]] = {}
    for item in sorted(checks, key=lambda item: item.code):
        if not _CODE.fullmatch(item.code):
            raise CatalogueError(f"{item.module}: {item.code!r} is not a code like DKR-C101")
        if item.code in known:
            raise CatalogueError(f"{item.module}: {item.code} is taken by {known[item.code].module}")
        if not (item.title and item.explanation and item.remedy.endswith(".")):
            raise CatalogueError(
                f"{item.module}: {item.code} needs a title, a docstring and a remedy that is a sentence"
            )
        known[item.code] = item
    return known


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for entry in pkgutil.iter_modules(package.__path__):
        yield importlib.import_module(f"{package.__name__}.{entry.name}")


def _declared_in(module: ModuleType, value: object) -> bool:
    return isinstance(value, Check) and value.module == module.__name__
