"""Lines of a log that belong together: a stack trace is one entry, told by its error, its place and its cause."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from sickbay.diagnostics.log_templates.masking import HOLE, masked

#: What kind of line a masked one is; the first that fits. All others are `H`: they stand alone, or begin an entry.
_KINDS = re.compile(
    r"""
      (?P<B>\s*\Z)                         # blank
    | (?P<L>\s+File\ ")                    # a place in Python
    | (?P<A>\s+at\ )                       # a place in Java, JavaScript, .NET
    | (?P<E>\s+[\w.]+(?:Exception|Error):)  # an error below what was being done
    | (?P<T>.*Traceback\ \(most\ recent\ call\ last\))
    | (?P<C>\s|\.\.\.\ \0\ )              # goes on
    | (?P<R>thread\ '.*'\ panicked\ at\ )  # Rust, whose next line says why
    | (?P<K>Caused\ by:\ |Suppressed:\ )
    | (?P<P>panic:\ |fatal\ error:\ )      # Go
    | (?P<G>goroutine\ \0\ \[|\[signal\ )
    | (?P<D>During\ handling\ of\ the\ above\ exception|The\ above\ exception\ was)
    | (?P<X>exit\ status\ \0)
    | (?P<F>created\ by\ |[\w./*$()\0-]+\(.*\)\Z)  # a place in Go
    """,
    re.VERBOSE,
)
#: Python's tracebacks with those that led to them; Go's panics and Rust's; whatever is followed by lines that go on.
_BLOCKS = re.compile(
    r"T[CLAE]*[^BTPRCLAE]?(?:B*DB*T[CLAE]*[^BTPRCLAE]?)*|P[BGFCLA]*X?|R[^BTPR]|[^BCLAETPR]?[CLAE][CLAEK]*"
)
_JOINT = " · "
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\S+")


class Entry(msgspec.Struct, frozen=True):
    """An entry that a log has `count` times, masked; `first` and `last` are the platform's times, empty without."""

    masked: str
    count: int
    first: str
    last: str
    sample: str


def entries(text: str) -> Iterator[Entry]:
    """Yield the distinct entries of a log whose lines begin with the platform's time."""
    lines = text.split("\n")
    keys: list[str] = [
        line[2:] if line.startswith("\0 ") else "" if line == HOLE else line for line in masked(text).split("\n")
    ]
    blocks = _merge(keys)
    numbers = range(len(keys))
    counts, last = Counter(keys), dict(zip(keys, numbers, strict=True))
    first = dict(zip(reversed(keys), reversed(numbers), strict=True))
    del counts[""]
    for key, count in counts.items():
        sample = _JOINT.join(_untimed(lines[number]) for number in blocks.get(key, (first[key],)))
        yield Entry(key, count, _time(lines[first[key]]), _time(lines[last[key]]), sample)


def _merge(keys: list[str]) -> dict[str, Sequence[int]]:
    """Put in place of each block's first line what tells the block, and nothing in that of its others.

    Give, by what was put, the lines that tell the first such block.
    """
    kinds = {key: _kind(key) for key in set(keys)}
    codes = "".join(map(kinds.__getitem__, keys))
    blocks = dict[str, Sequence[int]]()
    for found in _BLOCKS.finditer(codes):
        start, end = found.span()
        if end - start > 1:
            telling = _telling(codes, start, end)
            key = _JOINT.join(keys[number].strip() for number in telling)
            keys[start:end] = [key, *[""] * (end - start - 1)]
            blocks.setdefault(key, telling)
    return blocks


def _telling(codes: str, start: int, end: int) -> Sequence[int]:
    """Give the lines of a block that tell what happened, where, and why."""
    last = (codes[start] == "T" and codes[end - 1] not in "CLAE") or codes[start] == "R"
    error = end - 1 if last else start
    places = (codes.rfind("L", start, end), *(codes.find(kind, start, end) for kind in "AFR"))
    place = next((at for at in places if at >= 0), -1)
    below = -1 if last else codes.find("E", start, end)
    cause = codes.rfind("K", start, end)
    return [error, *(at for at in (below, place, cause) if at >= 0 and at != error)]


def _kind(key: str) -> str:
    found = _KINDS.match(key)
    return (found and found.lastgroup) or "H"


def _time(line: str) -> str:
    found = _TIME.match(line)
    return found[0] if found else ""


def _untimed(line: str) -> str:
    return line[len(_time(line)) :].strip()
