"""A diagnostic job from the command to its outcome, as frozen values that cross Redis.

A job holds all that a worker needs of the team's side; workers never see the database or Slack. Times are UTC.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from sickbay.diagnostics.model import Log, Report
from sickbay.diagnostics.targets import Request

#: The zone of the jobs that the bot does itself, since they need Slack; no zone of the configuration can be named so.
BOT_ZONE = "_bot"

#: How long a recorder's events are kept where the configuration says nothing.
KEEP_EVENTS = timedelta(days=7)
#: How many changes of a target are kept at most, and how many other events, likewise.
MOST_EVENTS = 200_000

#: A moment with its time zone: without one it cannot be compared with others.
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class JobState(StrEnum):
    """Where a job stands. The last three are final: a job that reached one never leaves it."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Say whether nothing more will happen to the job."""
        return self in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """Where in Slack the answer belongs: a channel, and the thread where the question stood in one."""

    channel: str
    thread_ts: str | None = None
    #: Slack's one-time address to reach the asker with (5 uses in 30 minutes), for when the channel refuses the bot.
    response_url: str | None = None


class Mute(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that the team does not want to be told of until a moment: its code, its subject, and who said so."""

    code: str
    subject: str
    until: Moment
    by: str


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One diagnosis that a person asked for. `id` is what `queue.job_id` gives; by `deadline_at` it must be final.

    `message_ts` names the message in the destination's thread that is linted. What stands in it may hold secrets: it is
    read from Slack by the one who lints it, and stored nowhere.
    `mutes` are those of the target that hold when the job is submitted.
    `report_run` is the run of a scheduled report that it belongs to: it has no thread of its own, and nobody waits.
    `may` names what its thread offers: what else the asker may do there with this target, or, where nobody asked, what
    some may. `reads_logs` says whether what the logs of the unwell say may be read, and told there, to all.
    """

    id: str
    target: str
    platform: str
    zone: str
    request: Request
    asked_by: str
    destination: Destination
    submitted_at: Moment
    deadline_at: Moment
    budget_s: Annotated[float, msgspec.Meta(gt=0)]
    message_ts: str | None = None
    report_run: int | None = None
    may: tuple[str, ...] = ()
    reads_logs: bool = False
    mutes: tuple[Mute, ...] = ()


class JobRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What Redis knows of a job. `step` is the running one of `steps`; `attempt` counts from 1 once a worker took it.

    `report` is there when `state` is done, or `logs` where those were asked for; `failure`, a sentence that says what
    to do next, when it failed.
    """

    job: Job
    state: JobState = JobState.QUEUED
    steps: tuple[str, ...] = ()
    step: str = ""
    attempt: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    report: Report | None = None
    logs: tuple[Log, ...] = ()
    failure: str = ""
