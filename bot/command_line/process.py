"""How a long-running process of Sickbay begins, and is told to end."""

import logging
import signal
import threading

from bot.command_line.lifeline import hold
from sickbay.logs import set_up_logging


def begin(name: str, lifeline: int | None) -> threading.Event:
    """Set up logging and signals; give the event that is set when the process should end.

    That is on SIGINT, on SIGTERM, and for a child, whose `lifeline` is given, when its parent is gone.
    """
    # Where `sickbay up` tells a person what matters, its children only speak up when something is wrong.
    set_up_logging(process=name, level=logging.INFO if lifeline is None else logging.WARNING)
    if lifeline is not None:
        hold(lifeline)
    stopping = threading.Event()

    def stop(_signal: int, _frame: object) -> None:
        stopping.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    return stopping
