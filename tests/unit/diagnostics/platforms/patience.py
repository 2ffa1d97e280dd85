"""A watch's end, so that a test of one fails rather than that it hangs."""

from collections.abc import Iterator
from threading import Event as Signal
from threading import Timer

import pytest


@pytest.fixture
def stopping() -> Iterator[Signal]:
    """Give what ends the watch: the test, or a test's patience."""
    signal = Signal()
    patience = Timer(20, signal.set)
    patience.start()
    yield signal
    patience.cancel()
    signal.set()
