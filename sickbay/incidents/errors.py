"""What can go wrong between the bot and its database."""

from sickbay.diagnostics.errors import PermanentError, TemporaryError


class DatabaseUnavailableError(TemporaryError):
    """Raised when the database cannot be reached, read or written. What was written may stand: repeat harmlessly."""

    def __init__(self, message: str) -> None:
        super().__init__(message, delay=5.0)


class DatabaseVersionError(PermanentError):
    """Raised when the database is not of a version that this Sickbay can migrate, which a newer one leaves behind."""
