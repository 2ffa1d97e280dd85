"""A clock that a test moves."""

from datetime import datetime


class Clock:
    """Tells the moment that the test set: `clock.now = …`."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now
