"""Render docs/book-coverage.md: each item of the source book with the check and the test that answer it today.

The list is docs/book.yaml. An item counts as covered when every code it names is a check that is there, or when the
explanation it points at really contains the phrase; otherwise the table says what is not yet there.
"""

from pathlib import Path

import msgspec

from sickbay.diagnostics import catalogue

_ROOT = Path(__file__).parents[1]
_HEAD = """\
# What the book troubleshoots, and what answers it here

Generated from docs/book.yaml and the code by `make docs`. The source book is 'Troubleshooting Docker'
(Packt, 2017); its items are told in our own words. {covered} of {total} are covered in full, {partly} in part; the rest
is not yet there.

| # | chapter | what the book treats | answered by | tested in |
|---|---|---|---|---|
"""


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item: the codes that answer it, or `help` (`CODE: phrase`), and why the book's own way is `obsolete`."""

    item: int
    chapter: str
    says: str
    codes: tuple[str, ...] = ()
    help: str = ""
    obsolete: str = ""


def items() -> tuple[Item, ...]:
    """Read the list, in the book's order."""
    return msgspec.yaml.decode((_ROOT / "docs" / "book.yaml").read_bytes(), type=tuple[Item, ...])


def render() -> str:
    """Give the whole document."""
    tests = {path: path.read_text() for path in sorted((_ROOT / "tests").rglob("test_*.py"))}
    rows, states = [], []
    for item in items():
        there, missing = _answers(item)
        states.append("covered" if there and not missing else "partly" if there else "not yet")
        answer = ", ".join(there) if there else "not yet"
        if there and missing:
            answer += f" (not yet: {', '.join(missing)})"
        says = f"{item.says} ({item.obsolete})" if item.obsolete else item.says
        proof = ", ".join(_tests_of(there, tests)) or "—"
        rows.append(f"| {item.item} | {item.chapter} | {says} | {answer} | {proof} |")
    head = _HEAD.format(covered=states.count("covered"), partly=states.count("partly"), total=len(states))
    return head + "\n".join(rows) + "\n"


def _answers(item: Item) -> tuple[list[str], list[str]]:
    """Give the codes that answer the item and those that do not exist yet."""
    checks = catalogue.load_checks()
    there = [code for code in item.codes if code in checks]
    missing = [code for code in item.codes if code not in checks]
    if item.help:
        code, _, phrase = item.help.partition(": ")
        told = code in checks and phrase in checks[code].explanation
        (there if told else missing).append(f"help text of {code}")
    return there, missing


def _tests_of(codes: list[str], tests: dict[Path, str]) -> list[str]:
    wanted = [code.removeprefix("help text of ") for code in codes]
    found = [path for path, text in tests.items() if any(code in text for code in wanted)]
    return [f"[{path.stem.removeprefix('test_')}](../{path.relative_to(_ROOT)})" for path in found[:4]]
