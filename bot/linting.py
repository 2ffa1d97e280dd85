"""Lint in the bot's own process, since workers never meet Slack: the jobs of one zone that no worker can serve.

Like any other job it stands in Redis without what it reads, comes back when its process dies, and ends in its thread.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial

import msgspec

from bot.attached import read_attached
from bot.slack import Slack
from sickbay.diagnostics import engine
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.errors import PermanentError
from sickbay.diagnostics.events import History
from sickbay.diagnostics.platform import Progress
from sickbay.diagnostics.platforms.lint.target import DocumentsTarget
from sickbay.diagnostics.redaction import redact_report
from sickbay.diagnostics.targets import Request, Target
from sickbay.jobs.model import BOT_ZONE, Job
from workers.diagnose import Diagnosing
from workers.process import run_worker

#: Messages that are linted at a time.
_THREADS = 2


class MessageTarget(Target):
    """A message of Slack whose files and code are linted."""

    channel: str
    thread_ts: str
    ts: str


class Linting(Diagnosing):
    """Runs such jobs."""

    def target_of(self, job: Job) -> Target | None:
        """Give the message that the job names."""
        place = job.destination
        if job.message_ts is None:
            return None
        thread_ts = place.thread_ts or job.message_ts
        return MessageTarget(
            name=job.target, platform="lint", channel=place.channel, thread_ts=thread_ts, ts=job.message_ts
        )


def lint(
    slack: Slack,
    target: Target,
    _request: Request,
    *,
    budget: Budget,
    progress: Progress,
    others: Iterable[Target] = (),
    history: Callable[[], History] | None = None,
    logs: bool = False,
) -> engine.Diagnosis:
    """Read the documents of a message and judge them. Raises a DiagnosticsError where there is nothing to judge."""
    if not isinstance(target, MessageTarget):
        raise PermanentError("Sickbay's bot lints messages, and diagnoses nothing else.")
    attached = read_attached(slack, target.channel, target.thread_ts, target.ts, budget)
    documents = DocumentsTarget(name=target.name, documents=attached.documents)
    diagnosis = engine.diagnose(
        documents, Request(audit=True), budget=budget, progress=progress, others=others, history=history, logs=logs
    )
    report = msgspec.structs.replace(diagnosis.report, gaps=(*diagnosis.report.gaps, *attached.gaps))
    return msgspec.structs.replace(diagnosis, report=redact_report(report))


@contextmanager
def linting(redis_url: str, slack: Slack, *, longest_budget_s: float) -> Iterator[None]:
    """Take such jobs in threads of their own."""
    ended = threading.Event()
    thread = threading.Thread(
        target=run_worker,
        name="linting",
        kwargs={
            "redis_url": redis_url,
            "zones": (BOT_ZONE,),
            "targets": {},
            "threads": _THREADS,
            "longest_budget_s": longest_budget_s,
            "stopping": ended,
            "make": partial(Linting, diagnose=partial(lint, slack)),
        },
    )
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
