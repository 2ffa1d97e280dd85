"""What every shape of the Engine API has in common."""

from datetime import UTC, datetime

from msgspec import Struct

#: The API versions whose shapes are known. 1.52 tells the state of networks; 1.53 drops fields of `/system/df` that are
#: read here.
OLDEST_API, NEWEST_API = "1.24", "1.52"
#: Docker's way to write 'never' in a time.
NEVER = datetime(1, 1, 1, tzinfo=UTC)


class Wire(Struct, frozen=True, kw_only=True, rename="pascal", omit_defaults=True):
    """A part of an answer, under the API's own PascalCase names."""
