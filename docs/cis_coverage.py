"""Render docs/cis-coverage.md: what the CIS Docker Benchmark asks, and the check that answers it or why none can.

The list is docs/cis.yaml. An item is answered by the checks that name its number; where none does, the list says why.
"""

from pathlib import Path
from typing import Any

import msgspec

from sickbay.diagnostics.catalogue import load_checks
from sickbay.diagnostics.check import Check

_HEAD = """\
# The CIS Docker Benchmark, as far as the Engine API can answer it

Generated from docs/cis.yaml and the code by `make docs`. The numbers are those of docker-bench-security 1.6, the words
our own. `/diagnose TARGET --audit` answers {answered} of {total}; of {hidden} the table says why no call tells. Else,
its chapters 1 and 3 (partitions, audit rules, owners and modes of files) need the host itself: run
docker-bench-security there.

| number | what it asks | answered by |
|---|---|---|
"""


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One recommendation; `hidden` is why the API does not tell."""

    number: str
    asks: str
    hidden: str = ""

    @property
    def name(self) -> str:
        """Give the number as checks write it."""
        return f"CIS {self.number}"


def items(root: Path) -> tuple[Item, ...]:
    """Read the list, in the benchmark's order."""
    return msgspec.yaml.decode((root / "docs" / "cis.yaml").read_bytes(), type=tuple[Item, ...])


def answering(item: Item) -> tuple[Check[Any], ...]:
    """Give the checks that name the item's number."""
    return tuple(check for check in load_checks().values() if item.name in check.benchmark)


def render(root: Path) -> str:
    """Give the whole document."""
    listed = items(root)
    head = _HEAD.format(
        answered=sum(1 for item in listed if answering(item)),
        total=len(listed),
        hidden=sum(1 for item in listed if item.hidden),
    )
    return head + "".join(f"| {item.number} | {item.asks} | {_answer(item)} |\n" for item in listed)


def _answer(item: Item) -> str:
    links = [f"[{check.code}](checks.md#{check.code.lower()})" for check in answering(item)]
    return ", ".join(links) or item.hidden or "not yet"
