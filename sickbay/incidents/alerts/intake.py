"""Takes alerts into the database: each once for as long as it fires, and into its incident by rule.

One transaction takes all that a sender sent at once, and one at a time runs, whichever bot it runs in: 500 alerts of
one outage make one incident, however many bots there are.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Connection, text

from sickbay.diagnostics.targets import Target
from sickbay.incidents.alerts import rows
from sickbay.incidents.alerts.model import Alert, fingerprint
from sickbay.incidents.alerts.rows import Place, Row, titled
from sickbay.incidents.alerts.rules import AlertSettings, IncidentRule
from sickbay.incidents.database import Database
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.lifecycle import TITLE, Move, to_severity, to_state
from sickbay.incidents.model import EntryKind, Incident, IncidentState, Link, Opening
from sickbay.incidents.timeline import write_entry

#: Names the lock under which one bot at a time takes alerts into a PostgreSQL database.
_LOCK = 0x5349_434C
#: Where people have to look into it, or found what it is: it can calm down from there.
_WORKED_ON = frozenset({IncidentState.INVESTIGATING, IncidentState.IDENTIFIED})


class Alerts:
    """Takes alerts. `remind_every` is that of the incidents that they open."""

    def __init__(
        self,
        database: Database,
        settings: AlertSettings,
        targets: Mapping[str, Target],
        *,
        remind_every: int = 0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._settings = settings
        self._targets = targets
        self._remind_every = remind_every
        self._incidents = Incidents(database, clock=clock)

    def take(self, alerts: Sequence[Alert]) -> None:
        """Store alerts of one source, and open, join and calm incidents: all of it or, where it raises, nothing.

        Raises DatabaseUnavailableError.
        """
        if not alerts:
            return
        with self._database.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            known = rows.newest(connection, alerts[0].source, (alert.fingerprint for alert in alerts))
            told, ended = set[int](), set[int]()
            for alert in map(titled, alerts):
                before = known.get(alert.fingerprint)
                row = known[alert.fingerprint] = self._take(connection, alert, before)
                if row.incident and not (before and before.same(row)):
                    told.add(row.incident)
                if before and before.firing and not row.firing and row.incident:
                    ended.add(row.incident)
            for number in sorted(ended):
                self._calm(connection, number, alerts[0].source)
            for number in sorted(told):
                self._incidents.touch_within(connection, number)

    def _take(self, connection: Connection, alert: Alert, row: Row | None) -> Row:
        if row and alert.as_of < row.last_at:
            return rows.repeat(connection, row, alert.as_of)
        if row and row.firing and not alert.firing:
            return rows.end(connection, row, alert)
        if row and row.firing == alert.firing:
            row = rows.repeat(connection, row, alert.as_of)
            # A rule may have been written since it began.
            return row if row.incident or not row.firing else self._joined_late(connection, alert, row)
        place, rule = self._place(alert)
        incident = self._incident(connection, alert, place, rule) if rule and alert.firing else None
        row = rows.write(connection, alert, place, incident)
        if incident:
            _tell(connection, incident, alert, place, row)
        return row

    def _joined_late(self, connection: Connection, alert: Alert, row: Row) -> Row:
        place, rule = self._place(alert)
        if rule is None:
            return row
        incident = self._incident(connection, alert, place, rule)
        row = rows.join(connection, row, place, incident)
        _tell(connection, incident, alert, place, row)
        return row

    def _place(self, alert: Alert) -> tuple[Place, IncidentRule | None]:
        """Say where an alert belongs: an outage of a target is one, whoever tells of it, however bad they call it."""
        target, scope = self._settings.about(alert.labels)
        rule = self._settings.incident(alert.labels)
        if rule is None:
            return Place(target=target, scope=scope), None
        same = (target, scope.partition("/")[0]) if target else (alert.source, alert.group, "")
        grouped = fingerprint(rule.channel, *same)
        return Place(target=target, scope=scope, severity=rule.severity, grouped=grouped), rule

    def _incident(self, connection: Connection, alert: Alert, place: Place, rule: IncidentRule) -> int:
        """Give the open incident of its group, or that of people which is about this, or open one."""
        number = rows.newest_incident(connection, place.grouped)
        incident = self._incidents.held(connection, number) if number else None
        if incident is None or not incident.open:
            incident = self._incidents.held_about(connection, place.target, place.scope) if place.target else None
        if incident:
            self._stir(connection, incident, rule, alert.source)
            return incident.number
        opening = Opening(
            request_id=f"alert:{uuid.uuid4()}",
            title=alert.title[:TITLE],
            severity=rule.severity,
            by=alert.source,
            channel=rule.channel,
            own_channel=rule.own_channel,
            target=place.target,
            scope=place.scope,
            links=self._links(alert, place.target),
            remind_every=self._remind_every,
        )
        return self._incidents.open_within(connection, opening).number

    def _links(self, alert: Alert, target: str) -> tuple[Link, ...]:
        known = self._targets.get(target)
        runbook = alert.runbook or (known.labels.get("runbook", "") if known else "")
        links = (Link("Runbook", runbook), Link("Alert", alert.link))
        return tuple(link for link in links if link.url.startswith(("https://", "http://")))

    def _stir(self, connection: Connection, incident: Incident, rule: IncidentRule, source: str) -> None:
        """Take up again what was only watched since nothing fired, and call it as bad as the worst of its alerts."""
        before = rows.worst(connection, incident.number)
        if incident.state is IncidentState.MONITORING and not rows.fires(connection, incident.number):
            why = "An alert fires again" if before else "An alert fires"
            self._to(connection, incident.number, IncidentState.INVESTIGATING, why, source)
        if rule.severity < incident.severity and rule.severity < (before or incident.severity):
            self._incidents.move_within(
                connection, incident.number, lambda current, _now: to_severity(current, rule.severity), by=source
            )

    def _calm(self, connection: Connection, number: int, source: str) -> None:
        """Only watch an incident of which nothing fires any more."""
        if rows.fires(connection, number) or self._incidents.held(connection, number).state not in _WORKED_ON:
            return
        self._to(connection, number, IncidentState.MONITORING, "All its alerts have ended", source)

    def _to(self, connection: Connection, number: int, state: IncidentState, why: str, source: str) -> None:
        def make(incident: Incident, now: datetime) -> Move:
            move = to_state(incident, state, now)
            return msgspec.structs.replace(move, text=f"{why}: {move.text}")

        self._incidents.move_within(connection, number, make, by=source)


def _tell(connection: Connection, incident: int, alert: Alert, place: Place, row: Row) -> None:
    """Write the alert into the timeline, at the time when it began."""
    about = f" ({place.scope})" if place.scope else ""
    write_entry(
        connection, incident, at=alert.started_at, kind=EntryKind.ALERT, author=alert.source,
        text=f"{alert.title}{about}", key=f"alert:{row.id}",
    )  # fmt: skip
