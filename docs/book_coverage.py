"""Render docs/book-coverage.md: each item of the source book with the check and the test that answer it today.

The list is docs/book.yaml. An item counts as covered when every code it names is a check that is there, or when the
explanation it points at really contains the phrase; otherwise the table says what is not yet there.
"""

from pathlib import Path
from typing import Any

import msgspec

from docs.proof import links, live_tests, own_test
from sickbay.diagnostics.catalogue import load_checks, load_platforms
from sickbay.diagnostics.check import Check

_RANKING_TEST = Path("tests/unit/diagnostics/platforms/docker/test_top.py")
_HEAD = """\
# What the book troubleshoots, and what answers it here

Generated from docs/book.yaml and the code by `make docs`. The source book is 'Troubleshooting Docker'
(Packt, 2017); its items are told in our own words. {covered} of {total} are covered in full, {partly} in part; the rest
is not yet there.

| # | chapter | what the book treats | answered by | tested in |
|---|---|---|---|---|
"""


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item: the codes, `help` (`CODE: phrase`) or ranking that answers, and why the book's way is `obsolete`."""

    item: int
    chapter: str
    says: str
    codes: tuple[str, ...] = ()
    help: str = ""
    top: str = ""
    obsolete: str = ""


class Answer(msgspec.Struct, frozen=True):
    """What answers an item today: its checks, the check whose help text carries it, a ranking, and what is missing."""

    checks: tuple[Check[Any], ...]
    told_by: tuple[Check[Any], ...]
    missing: tuple[str, ...]
    top: str = ""

    @property
    def state(self) -> str:
        """Say how far the item is covered."""
        if not (self.checks or self.told_by or self.top):
            return "not yet"
        return "partly" if self.missing else "covered"


def items(root: Path) -> tuple[Item, ...]:
    """Read the list, in the book's order."""
    return msgspec.yaml.decode((root / "docs" / "book.yaml").read_bytes(), type=tuple[Item, ...])


def answer(item: Item) -> Answer:
    """Find what answers the item."""
    known = load_checks()
    missing = [code for code in item.codes if code not in known]
    told_by: tuple[Check[Any], ...] = ()
    if item.help:
        code, _, phrase = item.help.partition(": ")
        if code in known and phrase in " ".join(known[code].explanation.split()):
            told_by = (known[code],)
        else:
            missing.append(f"help text of {code}")
    top = item.top if item.top in load_platforms()["docker"].ranks else ""
    return Answer(tuple(known[code] for code in item.codes if code in known), told_by, tuple(missing), top)


def render(root: Path) -> str:
    """Give the whole document."""
    rows, states = [], []
    for item in items(root):
        found = answer(item)
        states.append(found.state)
        says = f"{item.says} ({item.obsolete})" if item.obsolete else item.says
        rows.append(f"| {item.item} | {item.chapter} | {says} | {_answered(found)} | {_tested(root, found) or '—'} |")
    head = _HEAD.format(covered=states.count("covered"), partly=states.count("partly"), total=len(states))
    return head + "\n".join(rows) + "\n"


def _answered(found: Answer) -> str:
    there = [f"[{check.code}](checks.md#{check.code.lower()})" for check in found.checks]
    there += [f"help text of [{check.code}](checks.md#{check.code.lower()})" for check in found.told_by]
    there += [f"`--top {found.top}`"] if found.top else []
    if not there:
        return "not yet"
    return ", ".join(there) + (f" (not yet: {', '.join(found.missing)})" if found.missing else "")


def _tested(root: Path, found: Answer) -> str:
    """Link each check's own test, and the first on a real engine."""
    tests = [path for check in found.checks for path in (*own_test(root, check), *live_tests(root, check)[:1])]
    tests += [root / _RANKING_TEST] if found.top else []
    return links(root, dict.fromkeys(tests))
