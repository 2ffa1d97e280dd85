"""How much of the corpus redaction hides, of secrets and of what only looks like one, and how long a log takes.

The log has 1 MB: requests and answers, one line in twenty of the corpus. The floor is one search for `password` in it,
in any case, as the cheapest of all redactions would make it. Both are processor time, so other work does not count.
"""

import argparse
import random
import re
import statistics
import time
from collections.abc import Callable

from bench.figures import tell
from sickbay.diagnostics.redaction import redact
from tests.fixtures.redaction.corpus import look_alikes, planted

_BYTES = 1_000_000
#: One line of the corpus in so many.
_ONE_IN = 20


def recall() -> dict[str, int]:
    secrets, harmless = planted(), look_alikes()
    return {
        "planted": len(secrets),
        "hidden": sum(not entry.shown_by(redact(entry.text)) for entry in secrets),
        "look_alikes": len(harmless),
        "hidden_falsely": sum(redact(text) != text for text in harmless),
    }


def log() -> str:
    """Give 1 MB of a log. Keys over several lines are left out: one that is cut off hides all that follows it."""
    made = random.Random(1)
    corpus = [text for entry in planted() if "\n" not in (text := entry.text) and "PRIVATE KEY" not in text]
    lines, size = list[str](), 0
    while size < _BYTES:
        number = len(lines)
        line = (
            made.choice(corpus)
            if number % _ONE_IN == 0
            else f'level=info msg="GET /api/items/{number} 200" trace_id={made.randbytes(16).hex()} user=u{number % 7}'
        )
        lines.append(f"2026-11-23T10:{number // 60 % 60:02}:{number % 60:02}.123456789Z {line}")
        size += len(lines[-1]) + 1
    return "\n".join(lines)


def milliseconds(work: Callable[[], object], times: int) -> float:
    """Give the median processor time of some work."""
    taken = []
    for _ in range(times):
        began = time.process_time()
        work()
        taken.append((time.process_time() - began) * 1000)
    return round(statistics.median(taken), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument("--times", type=int, default=5, help="how often the log is redacted")
    arguments = parser.parse_args()
    text, floor = log(), re.compile("password", re.IGNORECASE)
    log_ms = milliseconds(lambda: redact(text), arguments.times)
    figures: dict[str, float] = {
        **recall(),
        "log_ms": log_ms,
        "floor_ms": milliseconds(lambda: floor.sub("[redacted]", text), arguments.times),
        "mb_a_second": round(len(text) / 1000 / log_ms, 1),
    }
    tell(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
