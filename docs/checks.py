"""Render docs/checks.md, the page of all checks, and README's short list of them."""

from inspect import cleandoc
from pathlib import Path
from typing import Any

from docs.proof import links, live_tests, own_test
from sickbay.diagnostics.catalogue import load_checks
from sickbay.diagnostics.check import Check

#: What the families of checks are about, by how their codes begin, in the order of README.
FAMILIES = {
    "DKR-C": "Docker: containers", "DKR-E": "Docker: engine", "DKR-I": "Docker: images", "DKR-N": "Docker: networks",
    "DKR-V": "Docker: volumes", "DKR-A": "Docker: audit", "DKR-S": "Swarm", "REG-": "Registries",
    "LNT-": "Dockerfiles, Compose files", "K8S-P": "Kubernetes: pods", "K8S-W": "Kubernetes: workloads",
    "K8S-S": "Kubernetes: services", "K8S-V": "Kubernetes: volumes", "K8S-N": "Kubernetes: nodes",
    "K8S-X": "Kubernetes: control plane", "AKS-": "Azure AKS", "ECS-T": "Amazon ECS: tasks",
    "ECS-S": "Amazon ECS: services", "ECS-L": "Amazon ECS: load balancers", "ECS-I": "Amazon ECS: instances",
    "ECS-R": "Amazon ECS: rights and resources", "ECS-X": "Amazon ECS: the API",
}  # fmt: skip

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
    """Give README's list, a line a family of checks. Raises KeyError for a family without a name."""
    families: dict[str, list[Check[Any]]] = {family: [] for family in FAMILIES}
    for check in load_checks().values():
        families[check.code.rstrip("0123456789")].append(check)
    rows = [f"| {FAMILIES[family]} | {_listed(found)} |" for family, found in families.items() if found]
    return "\n".join(["| about | checks |", "|---|---|", *rows]) + "\n"


def _listed(checks: list[Check[Any]]) -> str:
    return ", ".join(f"[{check.title}](docs/checks.md#{check.code.lower()})" for check in checks)


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


def _link(code: str) -> str:
    return f"[{code}](#{code.lower()})"
