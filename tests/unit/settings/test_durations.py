"""Lengths of time: a number and a unit, and nothing else."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sickbay.settings.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("45s", timedelta(seconds=45)),
        ("30m", timedelta(minutes=30)),
        ("2h", timedelta(hours=2)),
        ("7d", timedelta(days=7)),
    ],
)
def test_each_unit_is_read(text: str, expected: timedelta) -> None:
    """Given each unit, when it is parsed, then it is that length."""
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    "text", ["", "30", "m", "1.5h", "-1h", "30 m", "1w", "0s", "٣m", "367d", "999999999d", 30, None]
)
def test_anything_else_is_refused(text: object) -> None:
    """Given no number, no unit, nothing or too much, when it is parsed, then it is refused with what is allowed."""
    with pytest.raises(ValueError, match="allowed is"):
        parse_duration(text)


@given(st.sampled_from("smhd"), st.integers(min_value=1, max_value=366))
def test_every_length_within_bounds_is_read(unit: str, number: int) -> None:
    """Given any number of any unit up to a year, when it is parsed, then it is that many of them."""
    assert parse_duration(f"{number}{unit}") == number * parse_duration(f"1{unit}")
