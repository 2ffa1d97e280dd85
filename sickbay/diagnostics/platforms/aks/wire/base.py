"""The base of all shapes, and what several of them have."""

from collections.abc import Iterator

from msgspec import Struct


class Wire(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A part of an answer."""


class ErrorDetail(Wire, frozen=True, kw_only=True):
    """An error as Resource Manager tells it: its `details` say more than it does itself."""

    code: str = ""
    message: str = ""
    details: tuple["ErrorDetail", ...] = ()

    @property
    def text(self) -> str:
        """Give code and message of the error and of all its details, in one line."""
        parts = (f"{item.code}: {item.message}" if item.code else item.message for item in self.all())
        return " ".join(" / ".join(parts).split())

    def all(self) -> Iterator["ErrorDetail"]:
        """Yield the error and its details."""
        yield self
        for detail in self.details:
            yield from detail.all()


class UsageName(Wire, frozen=True, kw_only=True):
    """What is counted."""

    value: str = ""
    localized_value: str = ""


class Usage(Wire, frozen=True, kw_only=True):
    """How much of a limit is used: of a VM family's cores in a region, or of a subnet's addresses (`id` names it)."""

    id: str = ""
    name: UsageName = UsageName()
    current_value: float = 0
    limit: float = 0
