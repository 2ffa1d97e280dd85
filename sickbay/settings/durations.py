"""Lengths of time as people write them: `45s`, `30m`, `2h`, `7d`."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

#: A number and its unit; nine digits are more than thirty years of seconds.
PATTERN = r"^[0-9]{1,9}[smhd]$"
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
#: No window of a diagnosis and no budget is longer.
LONGEST = timedelta(days=366)


def parse_duration(text: object) -> timedelta:
    """Give the length of time. Raises ValueError with the form that is allowed."""
    if isinstance(text, timedelta):
        return text
    if not isinstance(text, str) or not re.fullmatch(PATTERN, text):
        raise ValueError("allowed is a number and its unit, such as 45s, 30m, 2h or 7d")
    number, unit = int(text[:-1]), _UNITS[text[-1]]
    if not 0 < number <= LONGEST / timedelta(**{unit: 1}):
        raise ValueError(f"allowed is more than 0s and at most {LONGEST.days}d")
    return timedelta(**{unit: number})


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": PATTERN, "examples": ["60s", "2m"]}),
]
