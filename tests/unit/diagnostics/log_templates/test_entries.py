"""Lines that belong together are one entry, told by its error, its place and its cause."""

import pytest

from sickbay.diagnostics.log_templates.entries import Entry, entries

PYTHON = """\
Traceback (most recent call last):
  File "/app/main.py", line 71, in handle
    return store(order)
           ^^^^^^^^^^^^
  File "/app/store.py", line 12, in store
    return rows[name]
KeyError: 'ada'"""
CHAINED = f"""\
{PYTHON}

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/main.py", line 80, in run
    handle()
RuntimeError: order 7 is lost"""
JAVA = """\
java.lang.IllegalStateException: no stock for order 7
\tat com.acme.shop.Orders.store(Orders.java:40)
\tat com.acme.shop.Main.main(Main.java:12)
Caused by: java.sql.SQLTimeoutException: after 5000 ms
\tat com.acme.shop.Pool.get(Pool.java:7)
\t... 12 more"""
GO = """\
panic: runtime error: index out of range [5] with length 3

goroutine 1 [running]:
main.pick(0xc00001c0a8, 0x7)
\t/src/main.go:31 +0x1d
main.main()
\t/src/main.go:12 +0x85
exit status 2"""
NODE = """\
TypeError: Cannot read properties of undefined (reading 'id')
    at store (/app/store.js:12:9)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)"""

DOTNET = """\
fail: Kestrel[1]
      An unhandled exception was thrown by the application.
      System.InvalidOperationException: nothing
         at Shop.Get() in /src/S.cs:line 4"""
RUST = """\
thread 'main' panicked at src/main.rs:12:5:
index out of bounds: the len is 3 but the index is 7"""


def log(*parts: str) -> str:
    """Give a log of these parts, a line a second from ten o'clock on."""
    lines = "\n".join(parts).split("\n")
    return "\n".join(f"2026-11-23T10:00:{number:02}.5Z {line}" for number, line in enumerate(lines))


def samples(text: str) -> list[str]:
    return [entry.sample for entry in entries(text)]


@pytest.mark.parametrize(
    ("trace", "expected"),
    [
        (PYTHON, "KeyError: 'ada' · File \"/app/store.py\", line 12, in store"),
        (CHAINED, 'RuntimeError: order 7 is lost · File "/app/main.py", line 80, in run'),
        (
            JAVA,
            (
                "java.lang.IllegalStateException: no stock for order 7 · at com.acme.shop.Orders.store(Orders.java:40)"
                " · Caused by: java.sql.SQLTimeoutException: after 5000 ms"
            ),
        ),
        (GO, "panic: runtime error: index out of range [5] with length 3 · main.pick(0xc00001c0a8, 0x7)"),
        (
            NODE,
            "TypeError: Cannot read properties of undefined (reading 'id') · at store (/app/store.js:12:9)",
        ),
        (DOTNET, "fail: Kestrel[1] · System.InvalidOperationException: nothing · at Shop.Get() in /src/S.cs:line 4"),
        (RUST, "index out of bounds: the len is 3 but the index is 7 · thread 'main' panicked at src/main.rs:12:5:"),
        ("usage: app [flags]\n  -h  help\n  -v  version", "usage: app [flags]"),
    ],
    ids=["python", "python, chained", "java", "go", "node", ".net", "rust", "what goes on"],
)  # fmt: skip
def test_a_trace_is_one_entry(trace: str, expected: str) -> None:
    """Given a stack trace between two lines, then it is one entry with its error, its place and its cause."""
    assert samples(log("starting", trace, "goodbye")) == ["starting", expected, "goodbye"]


def test_equal_entries_are_counted() -> None:
    """Given lines that differ in a number, then they are one entry with a count and its first and last time."""
    (entry,) = entries(log("order 1 done", "order 2 done", "order 3 done"))

    assert entry == Entry(
        "order \0 done", 3, "2026-11-23T10:00:00.5Z", "2026-11-23T10:00:02.5Z", "order 1 done"
    )  # fmt: skip


def test_equal_traces_are_counted() -> None:
    """Given a trace twice, then it is one entry that was seen twice, each time from its first line on."""
    (entry,) = entries(log(NODE, NODE))

    assert (entry.count, entry.first, entry.last) == (2, "2026-11-23T10:00:00.5Z", "2026-11-23T10:00:03.5Z")


def test_a_log_without_times_has_none() -> None:
    """Given lines without a platform's time, then entries have none, and are told all the same."""
    (entry,) = entries("listening on port 80")

    assert (entry.first, entry.sample) == ("", "listening on port 80")


def test_a_log_that_begins_within_a_trace_is_told() -> None:
    """Given a log whose first lines go on from what was cut off, then these are one entry."""
    assert samples(log("\tat a.B.c(B.java:1)\n\tat a.B.d(B.java:2)", "next")) == ["at a.B.c(B.java:1)", "next"]


@pytest.mark.parametrize("text", ["", "\n\n", "2026-11-23T10:00:00.5Z \n2026-11-23T10:00:00.5Z"])
def test_nothing_said_is_no_entry(text: str) -> None:
    """Given a log of blank lines, then it has no entries."""
    assert samples(text) == []
