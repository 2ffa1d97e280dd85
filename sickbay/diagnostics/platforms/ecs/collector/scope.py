"""What a scope names: a service, `SERVICE/TASK`, a task, or a container instance."""

import difflib
import re
from collections.abc import Iterable

from msgspec import Struct

from sickbay.diagnostics.errors import UnknownScopeError

_TASK = re.compile(r"^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$")
_INSTANCE = re.compile(r"^m?i-[0-9a-f]{8,17}$")
_KINDS = ("service", "task", "instance")


class Scope(Struct, frozen=True, kw_only=True):
    """What was asked for, as far as its form tells; `name` may be of any kind while `kind` is empty."""

    kind: str = ""
    name: str = ""
    task: str = ""

    @property
    def may_be_service(self) -> bool:
        """Say whether a service may have this name."""
        return bool(self.name) and self.kind in {"", "service"}


def parsed(text: str) -> Scope:
    """Give what the scope says: `service/NAME`, `task/ID`, `instance/ID`, or without its kind."""
    first, _, rest = text.partition("/")
    if first in _KINDS and rest:
        name, _, task = rest.partition("/")
        return Scope(kind=first, name=name, task=task)
    if _TASK.match(text):
        return Scope(kind="task", name=text)
    if _INSTANCE.match(text):
        return Scope(kind="instance", name=text)
    return Scope(name=first, task=rest)


def unknown(text: str, names: Iterable[str]) -> UnknownScopeError:
    """Give the error for a scope that names nothing, with the names most like it."""
    nearest = tuple(difflib.get_close_matches(text, sorted(set(names)), n=3, cutoff=0.5))
    hint = f" Did you mean {', '.join(nearest)}?" if nearest else ""
    return UnknownScopeError(f"No service, task or container instance here is named {text!r}.{hint}", nearest=nearest)
