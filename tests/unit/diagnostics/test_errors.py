"""Errors decide by their type whether trying again can help."""

from sickbay.diagnostics.errors import (
    CancelledError,
    DiagnosticsError,
    PermanentError,
    SnapshotFormatError,
    TemporaryError,
    UnknownScopeError,
)


def test_every_error_is_either_permanent_or_temporary() -> None:
    """Given all errors of a diagnosis, then each is of exactly one of the two kinds."""
    assert all(issubclass(kind, PermanentError) for kind in (CancelledError, SnapshotFormatError, UnknownScopeError))
    assert issubclass(TemporaryError, DiagnosticsError)
    assert not issubclass(TemporaryError, PermanentError)


def test_errors_carry_what_is_needed_to_go_on() -> None:
    """Given an error, then it has its message, and its delay or the nearest names."""
    assert (str(TemporaryError("Busy.", delay=5)), TemporaryError("Busy.", delay=5).delay) == ("Busy.", 5)
    assert UnknownScopeError("No web.", nearest=("web-1",)).nearest == ("web-1",)
    assert UnknownScopeError("No web.").nearest == ()
