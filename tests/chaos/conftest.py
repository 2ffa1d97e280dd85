"""A house of its own for each test that breaks it."""

from collections.abc import Iterator

import pytest

from tests.chaos.house import House


@pytest.fixture
def house() -> Iterator[House]:
    """A Valkey and no worker yet."""
    with House() as standing:
        yield standing
