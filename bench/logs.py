"""How long it takes to tell 100 MB of logs in templates, of 50 containers, and how much memory.

Each container writes as one kind of program does: JSON lines, logfmt, nginx's access log, Java with stack traces,
Python with tracebacks, Go with panics, PostgreSQL; with ids, hashes, addresses and names of people, as real ones do.
Ten of them are unwell, and write something that no other does. The floor is one search for numbers. Both are processor
time, so other work does not count.
"""

import argparse
import random
import re
import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench.figures import tell
from sickbay.diagnostics.log_templates import templates
from sickbay.diagnostics.model import Log

CONTAINERS, BYTES = 50, 2_000_000
UNWELL = 10
_START = datetime(2026, 11, 23, 10, tzinfo=UTC)
_ONSET = _START + timedelta(minutes=30)
_FIRST = ("ada", "alan", "grace", "linus", "margaret", "edsger", "barbara", "ken")
_LAST = ("lovelace", "turing", "hopper", "hamilton", "dijkstra", "liskov", "thompson", "ritchie")
_PEOPLE = [f"{first}.{last}" for first in _FIRST for last in _LAST]
_PATHS = ("items", "orders", "users", "carts", "search", "login", "healthz", "invoices", "shipments", "reviews")
_AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "kube-probe/1.34",
    "python-requests/2.32.3",
)

#: Gives the next entry of a program's log, of one line or several.
Program = Callable[[random.Random, int], str]


def _json(made: random.Random, number: int) -> str:
    person, path = made.choice(_PEOPLE), made.choice(_PATHS)
    return (
        f'{{"level":"info","ts":"2026-11-23T10:00:{number % 60:02}.{number % 1000:03}Z","caller":"server/main.go:88",'
        f'"msg":"request done","trace_id":"{made.randbytes(16).hex()}","user":"{person}","path":"/api/{path}/{number}",'
        f'"status":{made.choice((200, 200, 200, 404))},"duration_ms":{made.random() * 100:.3f}}}'
    )


def _logfmt(made: random.Random, number: int) -> str:
    return (
        f'time=2026-11-23T10:00:{number % 60:02}Z level=info msg="cache refreshed" key=cart:{made.randbytes(8).hex()} '
        f"user={made.choice(_PEOPLE)} took={made.randint(1, 900)}ms peer={_peer(made)}"
    )


def _peer(made: random.Random) -> str:
    return f"10.0.{made.randint(0, 9)}.{made.randint(1, 250)}:{made.randint(1024, 65000)}"


def _nginx(made: random.Random, number: int) -> str:
    return (
        f"10.0.{made.randint(0, 250)}.{made.randint(1, 250)} - - [23/Nov/2026:10:00:{number % 60:02} +0000] "
        f'"GET /api/{made.choice(_PATHS)}/{made.randint(1, 99999)}?page={made.randint(1, 9)} HTTP/1.1" '
        f'{made.choice((200, 200, 304, 404))} {made.randint(100, 99999)} "-" "{made.choice(_AGENTS)}"'
    )


def _java(made: random.Random, number: int) -> str:
    stamp = f"2026-11-23 10:00:{number % 60:02}.{number % 1000:03}"
    if number % 50:
        order, person = made.randbytes(4).hex(), made.choice(_PEOPLE)
        return f"{stamp}  INFO 1 --- [nio-8080-exec-{number % 9}] c.a.shop.Orders  : order {order} of {person} stored"
    frames = "\n".join(f"\tat com.acme.shop.Layer{depth}.call(Layer{depth}.java:{40 + depth})" for depth in range(25))
    return (
        f"{stamp} ERROR 1 --- [nio-8080-exec-{number % 9}] c.a.shop.OrderService  : order {number} failed\n"
        f"java.lang.IllegalStateException: no stock for order {number}\n{frames}\n"
        f"Caused by: java.sql.SQLTimeoutException: after {made.randint(1000, 9000)} ms\n{frames}\n\t... 12 more"
    )


def _python(made: random.Random, number: int) -> str:
    if number % 50:
        return f'INFO:     {_peer(made)} - "POST /api/{made.choice(_PATHS)} HTTP/1.1" 201 Created'
    return (
        "Traceback (most recent call last):\n"
        '  File "/app/main.py", line 71, in handle\n    return store(order)\n           ^^^^^^^^^^^^\n'
        f'  File "/app/store.py", line 12, in store\n    return rows["{made.choice(_PEOPLE)}"]\n'
        f"KeyError: '{made.choice(_PEOPLE)}'"
    )


def _go(made: random.Random, number: int) -> str:
    if number % 200:
        name = f"{made.choice(_PATHS)}-{made.randbytes(5).hex()[:9]}"
        return f'I1123 10:00:{number % 60:02}.{number % 1000:06}       1 reconciler.go:212] synced "shop/{name}"'
    return (
        f"panic: runtime error: index out of range [{made.randint(5, 90)}] with length 5\n\n"
        f"goroutine {made.randint(1, 500)} [running]:\nmain.pick(0xc0000{made.randbytes(3).hex()}, 0x7)\n"
        "\t/src/main.go:31 +0x1d\nmain.main()\n\t/src/main.go:12 +0x85\nexit status 2"
    )


def _postgres(made: random.Random, number: int) -> str:
    return (
        f"2026-11-23 10:00:{number % 60:02}.{number % 1000:03} UTC [{made.randint(30, 900)}] app@shop LOG:  duration: "
        f"{made.random() * 900:.3f} ms  statement: SELECT * FROM {made.choice(_PATHS)} "
        f"WHERE owner = '{made.choice(_PEOPLE)}' AND id = {number}"
    )


_PROGRAMS: tuple[Program, ...] = (_json, _logfmt, _nginx, _java, _python, _go, _postgres)


def log(number: int) -> Log:
    """Give the log of one container; those that are unwell write of a lost database from the onset on."""
    made, program, unwell = random.Random(number), _PROGRAMS[number % len(_PROGRAMS)], number < UNWELL
    lines, size, entry = list[str](), 0, 0
    while size < BYTES:
        at = _START + timedelta(seconds=3600 * size / BYTES)
        said = program(made, entry)
        if unwell and at >= _ONSET and entry % 20 == 0:
            said = f"FATAL could not reach database db-{entry}.internal:5432: connection refused"
        for line in said.split("\n"):
            lines.append(f"{at:%Y-%m-%dT%H:%M:%S.%f}000Z {line}")
            size += len(lines[-1]) + 1
        entry += 1
    return Log(name=f"web-{number}", text="\n".join(lines), unwell=unwell)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    arguments = parser.parse_args()
    logs = [log(number) for number in range(CONTAINERS)]
    began = time.process_time()
    digits = sum(len(re.findall("[0-9]+", log.text)) for log in logs)
    floor = time.process_time() - began
    assert digits
    began = time.process_time()
    found = templates(logs, onset=_ONSET)
    taken = time.process_time() - began
    assert found[0].template.startswith("FATAL could not reach database"), found[0]
    assert len(found[0].names) == UNWELL, found[0]
    assert found[0].new, found[0]
    assert found[0].only_unwell, found[0]
    figures = {
        "containers": CONTAINERS,
        "mb": round(sum(len(log.text) for log in logs) / 1e6, 1),
        "seconds": round(taken, 2),
        "floor_seconds": round(floor, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "templates": len(found),
    }
    tell(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
