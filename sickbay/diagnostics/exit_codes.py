"""What an exit code tells, the same on every platform: who failed, and by which signal."""

import signal

_SIGNALLED = 128
#: Signals by which a program crashes by itself: SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV.
CRASHES = frozenset({4, 5, 6, 7, 8, 11})


def signal_of(code: int) -> int | None:
    """Give the signal that an exit code above 128 stands for."""
    number = code - _SIGNALLED
    return number if 0 < number < signal.NSIG else None


def signal_name(number: int) -> str:
    """Give `SIGKILL` for 9."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def meaning(code: int) -> str:
    """Give what the code says, as the end of a sentence. 137 is SIGKILL and no proof of an OOM."""
    match code:
        case 0:
            return "it ended as if its work were done"
        case 126:
            return "its command may not be executed"
        case 127:
            return "its command was not found"
    number = signal_of(code)
    if number is None:
        return "the application reported an error"
    return f"it was ended by {signal_name(number)}"
