"""A child process ends with its parent, however the parent ends: also when it was killed.

The parent holds the writing end of a pipe that nobody writes to, and its children the reading end. When the parent is
gone the kernel closes the pipe, on every system, and the children's read returns.
"""

import os
import signal
import threading
import time

#: Seconds that a child has to end by itself once its parent is gone.
GRACE_SECONDS = 8.0


def hold(descriptor: int) -> None:
    """End this process, as SIGTERM would, once the other end of the pipe is closed."""
    threading.Thread(target=_wait_and_end, args=(descriptor,), name="lifeline", daemon=True).start()


def _wait_and_end(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)
