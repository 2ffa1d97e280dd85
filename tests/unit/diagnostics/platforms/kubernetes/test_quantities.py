"""Quantities, as the API server writes them and as people do."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sickbay.diagnostics.platforms.kubernetes.quantities import amount, readable


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("500m", "0.5"),
        ("128Mi", 128 * 1024**2),
        ("2Gi", 2 * 1024**3),
        ("1e3", 1000),
        ("1E3", 1000),
        ("1E", 10**18),
        ("1Ei", 1024**6),
        ("1.5k", 1500),
        (".5", "0.5"),
        ("12e-1", "1.2"),
        ("100n", "1e-7"),
        ("250u", "0.00025"),
        ("-1", -1),
        (" 4 ", 4),
        (4, 4),
        (0.5, "0.5"),
    ],
)
def test_a_quantity_is_its_number(written: str | float, value: str | int) -> None:
    """Given a quantity in one of the documented forms, when read, then it is that number exactly."""
    assert amount(written) == Decimal(value)


@pytest.mark.parametrize("written", ["", "Mi", "1 Gi", "1gi", "1ki", "1K i", "1e", "0x10", "1,5", "abc", "1m m", "٣x"])
def test_what_is_no_quantity_is_none(written: str) -> None:
    """Given what is no quantity, when read, then the answer is nothing instead of a guess."""
    assert amount(written) is None


@given(
    number=st.decimals(min_value=-(10**9), max_value=10**9, places=3),
    suffix=st.sampled_from(["", "m", "k", "Ki", "Gi"]),
)
def test_a_suffix_is_a_factor(number: Decimal, suffix: str) -> None:
    """Given any number, when written with a suffix, then it is read as that number times the suffix's own worth."""
    worth = amount(f"1{suffix}")

    assert worth is not None
    assert amount(f"{number:f}{suffix}") == number * worth


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(written: str) -> None:
    """Given any text at all, when read, then the answer is a finite number or nothing."""
    value = amount(written)

    assert value is None or value.is_finite()


@pytest.mark.parametrize(
    ("resource", "written", "said"),
    [
        ("memory", "1536Mi", "1.5 GiB"),
        ("requests.memory", "2Gi", "2.0 GiB"),
        ("requests.storage", "10Gi", "10.0 GiB"),
        ("cpu", "3500m", "3.5"),
        ("pods", "110", "110"),
    ],
)
def test_an_amount_is_said_as_people_say_it(resource: str, written: str, said: str) -> None:
    """Given an amount of a resource, when it is shown, then bytes are GiB and all else is plain."""
    value = amount(written)

    assert value is not None
    assert readable(resource, value) == said
