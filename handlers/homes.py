"""What App Home shows of one person, gathered from the queue and the database."""

from collections.abc import Callable
from datetime import UTC, datetime

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from handlers.blocks.home import Home, home
from handlers.desk import Desk
from handlers.guard import Asker
from handlers.incidents import IncidentDesk
from handlers.reports import ReportDesk
from sickbay.diagnostics.redaction import redact
from sickbay.incidents.database import DatabaseUnavailableError
from sickbay.incidents.diagnoses import Diagnoses, PastDiagnosis
from sickbay.incidents.model import Incident
from sickbay.incidents.schedule import Schedule
from sickbay.jobs.errors import QueueUnavailableError
from sickbay.jobs.queue import Queue
from sickbay.settings.model import zones_of

#: Diagnoses that are listed; each costs one call to Slack for its link.
_RECENT = 5
#: Open incidents that are listed, at the same cost.
_OPEN = 5
#: Scheduled reports that are listed.
_REPORTS = 10
#: In place of a channel where none is known: App Home is as private as a direct message.
PRIVATE = "D0HOME"


class Homes:
    """Publishes App Home."""

    def __init__(
        self,
        desk: Desk,
        queue: Queue,
        diagnoses: Diagnoses,
        incidents: IncidentDesk,
        reports: ReportDesk,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._desk = desk
        self._queue = queue
        self._diagnoses = diagnoses
        self._incidents = incidents
        self._reports = reports
        self._clock = clock

    def publish(self, client: WebClient, user: str) -> None:
        """Show a person's Home as of now."""
        targets = self._desk.targets_for(Asker(user, PRIVATE))
        recent: list[PastDiagnosis] = []
        latest: dict[str, PastDiagnosis] = {}
        incidents: tuple[Incident, ...] = ()
        reports: tuple[Schedule, ...] = ()
        workers: dict[str, int] = {}
        ailments = []
        try:
            recent = list(self._diagnoses.recent(user, limit=_RECENT))
            latest = dict(self._diagnoses.latest_of_targets(targets))
            incidents = self._incidents.listed(Asker(user, PRIVATE))[:_OPEN]
            reports = self._reports.listed(Asker(user, PRIVATE))[:_REPORTS]
        except DatabaseUnavailableError as error:
            ailments.append(redact(str(error)))
        try:
            workers = {zone: self._queue.workers_alive(zone) for zone in zones_of(targets)}
        except QueueUnavailableError as error:
            ailments.append(redact(f"The queue does not answer: {error}"))
        shown = Home(
            recent=[(item, _link(client, item.channel, item.thread_ts)) for item in recent],
            incidents=[(item, _link(client, item.channel, item.thread_ts)) for item in incidents],
            reports=reports,
            may_report=bool(self._reports.offered(Asker(user, PRIVATE))),
            targets=targets,
            latest=latest,
            workers=workers,
            ailments=ailments,
            at=self._clock(),
        )
        client.views_publish(user_id=user, view=home(shown))


def _link(client: WebClient, channel: str, thread_ts: str) -> str:
    """Give the address of a thread; nothing where Slack does not know it, or not any more."""
    if not thread_ts:
        return ""
    try:
        answer = client.chat_getPermalink(channel=channel, message_ts=thread_ts)
    except SlackApiError:
        return ""
    return str(answer["permalink"])
