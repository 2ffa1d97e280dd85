"""Why a diagnosis could not be made. The type decides whether trying again can help; the message says what to do next.

SDK exceptions stop at a platform's collector, which turns them into these, into a Gap, or into a fact of the snapshot.
"""


class DiagnosticsError(Exception):
    """Raised when a diagnosis could not be made."""


class PermanentError(DiagnosticsError):
    """Raised when trying again cannot help until a person changes something."""


class TemporaryError(DiagnosticsError):
    """Raised when trying again after `delay` seconds may help."""

    def __init__(self, message: str, *, delay: float) -> None:
        super().__init__(message)
        self.delay = delay


class UnknownScopeError(PermanentError):
    """Raised when the target holds nothing of the asked name; `nearest`, which the message tells, are most like it."""

    def __init__(self, message: str, *, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.nearest = nearest


class NoLogError(PermanentError):
    """Raised when there is no log to read, since nothing has run that could have written one."""


class UnknownRankingError(PermanentError):
    """Raised when a platform's things cannot be ranked by what was asked; the message tells by what they can."""


class SnapshotFormatError(PermanentError):
    """Raised when a file is not a snapshot that this version can replay."""


class CancelledError(PermanentError):
    """Raised when the person who asked no longer wants the answer."""
