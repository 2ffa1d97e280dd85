"""What can go wrong between a process and Redis."""

from sickbay.diagnostics.errors import TemporaryError


class QueueUnavailableError(TemporaryError):
    """Raised when Redis does not answer. What was sent may have been written: a second try must be harmless."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Redis does not answer: {reason}", delay=1.0)
