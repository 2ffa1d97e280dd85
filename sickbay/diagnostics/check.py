"""What a check is: a pure function from a snapshot to findings, with all that is true of every finding it makes."""

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

import msgspec

from sickbay.diagnostics.model import Finding, Kind, Severity

S = TypeVar("S")


class Check(msgspec.Struct, Generic[S], frozen=True, kw_only=True):
    """One check of a platform.

    `code` is stable for ever (`DKR-C102`). `explains` names the codes of the symptoms this fault causes; an edge
    holds only between related subjects, see ranking.py. `explanation` is the long text of `sickbay checks explain`.
    `benchmark` names what it answers of the CIS Docker Benchmark, as docker-bench-security numbers it (`CIS 5.4`).
    """

    code: str
    title: str
    severity: Severity
    kind: Kind
    remedy: str
    explains: tuple[str, ...]
    benchmark: tuple[str, ...]
    explanation: str
    module: str
    judge: Callable[[S], Iterable[Finding]]


def check(
    code: str,
    *,
    title: str,
    severity: Severity,
    remedy: str,
    kind: Kind = Kind.INCIDENT,
    explains: tuple[str, ...] = (),
    benchmark: tuple[str, ...] = (),
) -> Callable[[Callable[[S], Iterator[Finding]]], Check[S]]:
    """Declare the decorated generator as the check `code`; its docstring is the explanation that people read."""

    def declare(judge: Callable[[S], Iterator[Finding]]) -> Check[S]:
        return Check(
            code=code,
            title=title,
            severity=severity,
            kind=kind,
            remedy=remedy,
            explains=explains,
            benchmark=benchmark,
            explanation=(judge.__doc__ or "").strip(),
            module=judge.__module__,
            judge=judge,
        )

    return declare
