"""Render docs/checks.md, the page of all checks, and README's short list of them."""

from inspect import cleandoc
from pathlib import Path
from typing import Any

from docs.proof import links, live_tests, own_test
from sickbay.diagnostics.catalogue import load_checks
from sickbay.diagnostics.check import Check

_HEAD = """\
# The checks

Generated from the code by `make docs`. An incident fails now; hygiene is built to fail some day, and is shown only with
`--audit` or as the cause of an incident. A finding stands under the one that explains it where both concern subjects
that depend on each other. In a terminal, `sickbay checks explain CODE` prints the same.
"""


def render(root: Path) -> str:
    """Give the page."""
    return "\n".join([_HEAD, *(_section(root, check) for check in load_checks().values())])


def table() -> str:
    """Give README's list, a line a check."""
    rows = [f"| {_link(check.code, 'docs/checks.md')} | {check.title} | {_weight(check)} |" for check in _all()]
    return "\n".join(["| code | says | weight |", "|---|---|---|", *rows]) + "\n"


def _all() -> list[Check[Any]]:
    return list(load_checks().values())


def _section(root: Path, check: Check[Any]) -> str:
    explains = ", ".join(_link(code) for code in check.explains if code in load_checks())
    tested = [
        f"{where} ({links(root, paths)})"
        for where, paths in (
            ("on built snapshots", own_test(root, check)),
            ("on real engines", live_tests(root, check)),
        )
        if paths
    ]
    lines = [
        f"## {check.code}",
        f"**{check.title}** · {_weight(check)}",
        cleandoc(check.explanation),
        f"What to do: {check.remedy}",
        f"Explains: {explains}." if explains else "",
        f"Answers, of the [CIS Docker Benchmark](cis-coverage.md): {', '.join(check.benchmark)}."
        if check.benchmark
        else "",
        f"Tested {' and '.join(tested)}." if tested else "Not tested yet.",
    ]
    return "\n\n".join(line for line in lines if line) + "\n"


def _weight(check: Check[Any]) -> str:
    return f"{check.severity} {check.kind}"


def _link(code: str, page: str = "") -> str:
    return f"[{code}]({page}#{code.lower()})"
