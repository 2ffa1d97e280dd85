"""How little it takes: the time of `sickbay --help`, and the memory of an idle `sickbay up`, all processes together.

The floor of the first is the start of bare Python. Memory is PSS where the system tells it (Linux), so that what
processes share counts once; the sum of RSS counts it once for each.
"""

import argparse
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from bench.figures import tell

_MEGABYTE = 1024 * 1024
_SICKBAY = Path(sys.executable).with_name("sickbay")
_URL = re.compile(r"http://127\.0\.0\.1:\d+/\?token=\S+")


def milliseconds(*command: str, times: int) -> float:
    """Give the median wall time of a command."""
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken.append((time.perf_counter() - begin) * 1000)
    return round(statistics.median(taken), 1)


def idle_memory(settle: float) -> dict[str, float]:
    """Start `sickbay up` with no configuration, let it settle, and give its processes' memory in MB, then end it."""
    with tempfile.TemporaryDirectory(prefix="sickbay-") as directory:
        up = subprocess.Popen(
            [_SICKBAY, "up"],
            cwd=directory,
            env={**os.environ, "XDG_DATA_HOME": directory},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert up.stdout
        try:
            next(line for line in up.stdout if _URL.search(line))
            time.sleep(settle)
            processes = [psutil.Process(up.pid), *psutil.Process(up.pid).children(recursive=True)]
            memory = [process.memory_full_info() for process in processes]
        finally:
            up.send_signal(signal.SIGINT)
            up.wait(timeout=30)
    return {
        "up_processes": len(memory),
        "up_pss_mb": round(sum(getattr(item, "pss", item.rss) for item in memory) / _MEGABYTE, 1),
        "up_rss_mb": round(sum(item.rss for item in memory) / _MEGABYTE, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument("--times", type=int, default=20, help="how often `sickbay --help` is run")
    parser.add_argument(
        "--settle", type=float, default=10.0, help="seconds from the start of `sickbay up` to the measurement"
    )
    arguments = parser.parse_args()
    figures = {
        "python_ms": milliseconds(sys.executable, "-c", "", times=arguments.times),
        "help_ms": milliseconds(str(_SICKBAY), "--help", times=arguments.times),
        **idle_memory(arguments.settle),
    }
    tell(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
