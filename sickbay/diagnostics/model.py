"""The words of a diagnosis, as frozen values that cross processes: findings, gaps and the report they end in.

`Report` is the public format `sickbay.report/1`, documented in docs/report-format.md: fields are added, never renamed.
Times are timezone-aware UTC.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from sickbay.diagnostics.events import Coverage, Event, Suspect

REPORT_SCHEMA = "sickbay.report/1"

#: The most lines and bytes of one log that are read to be shown, and the most logs at once.
LOG_LINES, LOG_BYTES, MOST_LOGS = 1_000, 1_000_000, 10


class Severity(StrEnum):
    """How much a fault hurts while it lasts, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Kind(StrEnum):
    """Whether a finding says that something is failing now, or only that it is built to fail some day."""

    INCIDENT = "incident"
    HYGIENE = "hygiene"


class Confidence(StrEnum):
    """Whether the target said so itself, or Sickbay concluded it."""

    OBSERVED = "observed"
    INFERRED = "inferred"


class Judgement(StrEnum):
    """What a person says of a finding: it stands above what Sickbay concludes."""

    CAUSE = "cause"
    SYMPTOM = "symptom"
    IRRELEVANT = "irrelevant"


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A finding, by its code and its subject as reports carry it, and what a person said of it: `by`, where known."""

    code: str
    subject: str
    judgement: Judgement
    by: str = ""


class Subject(msgspec.Struct, frozen=True, order=True):
    """What a finding is about: one entity of a target, such as `container/web-1`."""

    kind: str
    name: str

    def __str__(self) -> str:
        """Give the entity as `kind/name`, the form that reports carry."""
        return f"{self.kind}/{self.name}"


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One fact that proves a finding: the call and field it was read from, its value, and when it was read."""

    source: str
    value: str
    at: datetime


class Remedy(msgspec.Struct, frozen=True, kw_only=True):
    """What to do about a finding: a sentence, a command to run where there is one, and who owns the thing to change."""

    text: str
    command: str | None = None
    owner: str | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a check yields: its subject, one sentence of fact, and the evidence.

    The engine adds all that the check declares. `remedy` replaces the check's default one where the class of fault
    decides what to do, which also makes the finding more specific in the ranking; `owner` is who owns the thing to
    change where the default one holds. `count` is how often the fault was seen between `first_seen` and `last_seen`.
    """

    subject: Subject
    summary: str
    evidence: tuple[Evidence, ...]
    confidence: Confidence = Confidence.OBSERVED
    remedy: Remedy | None = None
    owner: str | None = None
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    count: int = 1


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Something that could not be read, and why. A gap is never 'healthy'."""

    what: str
    reason: str


class ReportFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as the report carries it: judged, ranked and linked to the findings it explains or is explained by.

    `suspect` is the change before it that most likely caused it.
    """

    id: str
    code: str
    title: str
    severity: Severity
    kind: Kind
    subject: str
    summary: str
    confidence: Confidence
    evidence: tuple[Evidence, ...]
    remedy: Remedy
    first_seen: datetime | None
    last_seen: datetime | None
    count: int
    explains: tuple[str, ...]
    explained_by: tuple[str, ...]
    suspect: Suspect | None = None


class LogTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """Lines of logs that are alike but for numbers, ids and times: `template` has `<*>` in their place.

    `finding` is the id of that about whose subject the logs are. `names` are the logs it stands in, those of the unwell
    first, `sample` one of its lines. `new` where it is not in the time before that finding's trouble began;
    `only_unwell` where failing replicas have it and healthy ones do not.
    """

    finding: str = ""
    names: tuple[str, ...]
    template: str
    sample: str
    count: int
    first: datetime | None
    last: datetime | None
    new: bool = False
    only_unwell: bool = False


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A ranking or an answer that was asked for: a row a thing, the first on top; each cell is text for its column."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class ReportTarget(msgspec.Struct, frozen=True, kw_only=True):
    """The target as the report names it."""

    name: str
    platform: str
    zone: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for one target and scope: findings by score, gaps, and what was looked at (kind: how many).

    `tables` are the rankings and answers that were asked for beside it. `changes` are what changed in the window, the
    newest first, and `coverage` says how far that is all. `log_templates` are what the logs of the unwell say, the most
    telling first. `figures` are measures for trends, by name: `restarts`, `memory_share` (0 to 1, of the limit),
    `pull_failures`.
    """

    schema: str = REPORT_SCHEMA
    target: ReportTarget
    scope: str
    started_at: datetime
    duration_s: float
    findings: tuple[ReportFinding, ...]
    gaps: tuple[Gap, ...]
    looked_at: Mapping[str, int]
    changes: tuple[Event, ...] = ()
    coverage: Coverage | None = None
    timings: Mapping[str, float]
    tables: tuple[Table, ...] = ()
    log_templates: tuple[LogTemplate, ...] = ()
    figures: Mapping[str, float] = {}

    @property
    def causes(self) -> tuple[ReportFinding, ...]:
        """Give the findings that nothing else explains, most likely cause first."""
        return tuple(finding for finding in self.findings if not finding.explained_by)

    @property
    def blind(self) -> bool:
        """Say whether nothing at all could be looked at."""
        return not self.looked_at


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """The end of one log that was asked for: whose it is, and its text, redacted, the newest line last.

    Each line begins with the platform's time, where the platform gives one. Of logs that are compared, it is `unwell`
    where what wrote it is failing.
    """

    name: str
    text: Annotated[str, msgspec.Meta(max_length=LOG_BYTES)]
    unwell: bool = False
