"""Names of time zones as people type them: `Europe/London`, `London time`, `New York`, `UTC`."""

import difflib
import re
from collections.abc import Mapping
from functools import cache
from zoneinfo import available_timezones

#: Where nobody says which.
UTC = "UTC"
#: Regions whose zones are called by a city.
_REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
#: Letters that stand for a fixed offset, for half of the year, or for several places.
_LETTERS = re.compile("(?:[ecmp]|ak|ae|ac|nz)[sd]t|(?:[bijk]|hs|aws|sg)s?t|[cew]es?t|msk")
_WRITTEN = re.compile(r"[a-z_]{2,}/[a-z_]{2}[a-z0-9_+/-]*")


class TimeZoneError(Exception):
    """Raised for what looks like a time zone and is none; the message says what would be."""


def is_zone(name: str) -> bool:
    """Say whether this is the exact name of a time zone."""
    return name in _known().values()


def zone_at_end(words: list[str]) -> tuple[str, list[str]]:
    """Take the time zone off the end of the words; it is empty where there is none. Raises TimeZoneError."""
    if len(words) > 1 and words[-1].lower() == "time":
        words = words[:-1]
    for count in (3, 2, 1):
        name = "_".join(words[-count:]).lower()
        if len(words) >= count and name in _known():
            return _known()[name], words[:-count]
    last = words[-1].lower() if words else ""
    if _LETTERS.fullmatch(last):
        raise TimeZoneError(
            f"`{last.upper()}` is not the time of one place all year. Name a city, as in `Europe/London`."
        )
    if _WRITTEN.fullmatch(last):
        near = difflib.get_close_matches(last, _known(), n=1)
        hint = f" Did you mean `{_known()[near[0]]}`?" if near else " Write it as in `Europe/London`."
        raise TimeZoneError(f"There is no time zone `{words[-1][:60]}`.{hint}")
    return "", words


def one_zone(written: str) -> str:
    """Give the time zone that this names, and nothing for nothing. Raises TimeZoneError for anything else."""
    named, rest = zone_at_end(written.split())
    if rest:
        raise TimeZoneError(f"There is no time zone `{written[:60]}`. Write it as in `Europe/London`.")
    return named


@cache
def _known() -> Mapping[str, str]:
    """Give each zone by its name in small letters, and by that of its city where only one zone has that."""
    zones = {name.lower(): name for name in available_timezones() if "/" in name}
    cities: dict[str, list[str]] = {}
    for name in sorted(zones.values()):
        if name.startswith(_REGIONS):
            cities.setdefault(name.rpartition("/")[2].lower(), []).append(name)
    of_one = {city: names[0] for city, names in cities.items() if len(names) == 1}
    return of_one | zones | {"utc": UTC, "gmt": UTC}
