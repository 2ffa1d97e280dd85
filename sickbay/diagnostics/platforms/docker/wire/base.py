"""What every shape of the Engine API has in common."""

from datetime import UTC, datetime

from msgspec import Struct

#: Docker's way to write 'never' in a time.
NEVER = datetime(1, 1, 1, tzinfo=UTC)


class Wire(Struct, frozen=True, kw_only=True, rename="pascal", omit_defaults=True):
    """A part of an answer, under the API's own PascalCase names."""
