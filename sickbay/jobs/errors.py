"""What can go wrong between a process and Redis."""

from sickbay.diagnostics.errors import PermanentError, TemporaryError


class QueueUnavailableError(TemporaryError):
    """Raised when Redis does not answer. What was sent may have been written: a second try must be harmless."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Redis does not answer: {reason}", delay=1.0)


class UnreadableRecordError(PermanentError):
    """Raised when what stands in Redis is no job that this version can read."""

    def __init__(self, job_id: object, reason: str) -> None:
        super().__init__(f"The record of job {job_id!r} cannot be read: {reason}")


class NotRecorderError(TemporaryError):
    """Raised when another recorder holds the target: what was to be written is not."""

    def __init__(self, target: str) -> None:
        super().__init__(f"Another recorder watches {target}.", delay=3.0)
