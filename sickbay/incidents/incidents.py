"""Incidents in the database: opened once, changed one move at a time, and what Slack has yet to show of them.

Every change is one transaction that holds the incident's row, so two people, or two bots, never decide on the same
state. It writes the timeline with it, and the diagnosis that it asks for.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, delete, distinct, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from sickbay.diagnostics.redaction import redact
from sickbay.incidents.database import Database
from sickbay.incidents.lifecycle import TITLE, IncidentError, Move, acknowledged, is_person
from sickbay.incidents.model import AlertCounts, EntryKind, Incident, IncidentState, Link, Opening
from sickbay.incidents.tables import ALERTS, INCIDENTS, OUTBOX, TIMELINE
from sickbay.incidents.timeline import write_entry


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A diagnosis that an incident asks for; its job's id follows from `id`."""

    id: str
    incident: int
    target: str
    scope: str
    asked_by: str


class Incidents:
    """Keeps the incidents. Raises DatabaseUnavailableError, and IncidentError for what cannot be."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._clock = clock

    def open(self, opening: Opening) -> Incident:
        """Open an incident and ask for the diagnosis of its target, or give the one that this request opened."""
        try:
            with self._database.begin() as connection:
                return self.open_within(connection, opening)
        except IntegrityError:
            return self._one(INCIDENTS.c.request_id == opening.request_id)

    def get(self, number: int) -> Incident:
        """Give an incident. Raises IncidentError where there is none of that number."""
        try:
            return self._one(INCIDENTS.c.number == number)
        except LookupError as error:
            raise IncidentError(
                f"There is no incident {number}. `/incident list` shows those that are open."
            ) from error

    def in_thread(self, channel: str, thread_ts: str) -> Incident | None:
        """Give the incident of a thread, or of a channel that it has for itself; the newest where there are several.

        `thread_ts` is empty for what stands in the channel itself.
        """
        here = INCIDENTS.c.own_channel & INCIDENTS.c.placed
        if thread_ts:
            here |= INCIDENTS.c.thread_ts == thread_ts
        with self._database.read() as connection:
            found = _newest(connection, 1, INCIDENTS.c.channel == channel, here)
        return found[0] if found else None

    def of_channel(self, channel: str) -> Incident | None:
        """Give the incident that has this channel for itself."""
        return self.in_thread(channel, "")

    def listed(self, *, only_open: bool = True, channel: str = "", limit: int = 50) -> tuple[Incident, ...]:
        """Give incidents, the newest first; where a channel is named, only those that stand there."""
        conditions = [INCIDENTS.c.state != IncidentState.RESOLVED] if only_open else []
        if channel:
            conditions.append(INCIDENTS.c.channel == channel)
        with self._database.read() as connection:
            return _newest(connection, limit, *conditions)

    def since(self, at: datetime, *, limit: int = 10_000) -> tuple[Incident, ...]:
        """Give the incidents that were opened since then, and all that are open, the newest first."""
        with self._database.read() as connection:
            open_or_new = (INCIDENTS.c.opened_at > at) | (INCIDENTS.c.state != IncidentState.RESOLVED)
            return _newest(connection, limit, open_or_new)

    def of_target(self, target: str, *, limit: int = 50) -> tuple[Incident, ...]:
        """Give the incidents of a target, the newest first."""
        with self._database.read() as connection:
            return _newest(connection, limit, INCIDENTS.c.target == target)

    def alerts(self, number: int) -> AlertCounts:
        """Count the alerts of an incident."""
        each = func.count(distinct(ALERTS.c.source + " " + ALERTS.c.fingerprint))
        query = select(each, each.filter(ALERTS.c.firing)).where(ALERTS.c.incident == number)
        with self._database.read() as connection:
            all_of_them, firing = connection.execute(query).one()
        return AlertCounts(all=all_of_them, firing=firing)

    def move(
        self, number: int, make: Callable[[Incident, datetime], Move], *, by: str, request_id: str = ""
    ) -> Incident:
        """Make a move and write it into the timeline; the same request is one move. Raises IncidentError as `make`."""
        with self._database.begin() as connection:
            return self.move_within(connection, number, make, by=by, request_id=request_id)

    def change(self, number: int, make: Callable[[Incident, datetime], Incident]) -> Incident:
        """Change what the timeline does not tell of, such as the reminder."""
        with self._database.begin() as connection:
            before = self.held(connection, number)
            changed = msgspec.structs.replace(make(before, self._clock()), version=before.version + 1)
            _save(connection, changed)
        return changed

    def touch(self, number: int) -> None:
        """Have Slack show the incident anew, since something beside it changed."""
        with self._database.begin() as connection:
            self.touch_within(connection, number)

    def touch_within(self, connection: Connection, number: int) -> None:
        """Have Slack show the incident anew, within a transaction."""
        changed = update(INCIDENTS).where(INCIDENTS.c.number == number)
        connection.execute(changed.values(version=INCIDENTS.c.version + 1))

    def wanted(self, limit: int = 50) -> tuple[Wanted, ...]:
        """Give the diagnoses that are asked for and not in the queue yet, the oldest first."""
        query = select(OUTBOX).order_by(OUTBOX.c.at).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        names = Wanted.__struct_fields__
        return tuple(Wanted(**{name: row[name] for name in names}) for row in rows)

    def submitted(self, wanted: str) -> None:
        """Forget a diagnosis that is in the queue now."""
        with self._database.begin() as connection:
            connection.execute(delete(OUTBOX).where(OUTBOX.c.id == wanted))

    def unshown(self, limit: int = 50) -> tuple[Incident, ...]:
        """Give the incidents that changed since Slack showed them, the oldest first."""
        query = select(INCIDENTS).where(INCIDENTS.c.version != INCIDENTS.c.shown).order_by(INCIDENTS.c.number)
        with self._database.read() as connection:
            return tuple(_incident(row) for row in connection.execute(query.limit(limit)).mappings())

    def place(self, number: int, *, channel: str, thread_ts: str, own_channel: bool) -> None:
        """Note where its card stands, and whether that channel is its own."""
        self._note(number, channel=channel, thread_ts=thread_ts, own_channel=own_channel, placed=True)

    def shown(self, number: int, version: int) -> None:
        """Note that Slack shows this version."""
        self._note(number, shown=version)

    def due(self, limit: int = 50) -> tuple[Incident, ...]:
        """Give the incidents whose people are to be reminded now."""
        query = select(INCIDENTS).where(INCIDENTS.c.remind_at <= self._clock()).order_by(INCIDENTS.c.remind_at)
        with self._database.read() as connection:
            return tuple(_incident(row) for row in connection.execute(query.limit(limit)).mappings())

    def claim_reminder(self, incident: Incident) -> bool:
        """Take a reminder that is due; false where another bot took it.

        The next one comes after as long as nobody has told anything: a forgotten incident is reminded of ever later.
        """
        now = self._clock()
        last = select(func.max(TIMELINE.c.at)).where(
            TIMELINE.c.incident == incident.number, TIMELINE.c.kind.in_([EntryKind.UPDATE, EntryKind.STATE])
        )
        with self._database.begin() as connection:
            told = connection.execute(last).scalar_one_or_none() or incident.opened_at
            wait = max(timedelta(minutes=incident.remind_every), now - told)
            taken = (
                update(INCIDENTS)
                .where(INCIDENTS.c.number == incident.number, INCIDENTS.c.remind_at == incident.remind_at)
                .values(remind_at=now + wait if incident.remind_every else None)
            )
            return connection.execute(taken).rowcount == 1

    def open_within(self, connection: Connection, opening: Opening) -> Incident:
        """Open an incident within a transaction; fails with IntegrityError where its request opened one before."""
        title = redact(" ".join(opening.title.split()))
        if not title or len(title) > TITLE:
            raise IncidentError(f"An incident needs a title of at most {TITLE} characters: `/incident open TITLE`.")
        now = self._clock()
        values = msgspec.structs.asdict(opening) | {
            "title": title,
            "links": _written(opening.links),
            "state": IncidentState.INVESTIGATING,
            "opened_in": opening.channel,
            "opened_by": opening.by,
            "opened_at": now,
            "acknowledged_at": now if is_person(opening.by) else None,
            "commander": "",
            "communications": "",
            "scribe": "",
            "summary": "",
            "remind_at": now + timedelta(minutes=opening.remind_every) if opening.remind_every else None,
            "version": 1,
            "shown": 0,
            "placed": False,
        }
        del values["by"]
        number = connection.execute(insert(INCIDENTS).values(values).returning(INCIDENTS.c.number)).scalar_one()
        write_entry(connection, number, at=now, kind=EntryKind.OPENED, author=opening.by, text=title, key="opened")
        incident = self.held(connection, number)
        if incident.target:
            _ask(connection, incident, now)
        return incident

    def move_within(
        self,
        connection: Connection,
        number: int,
        make: Callable[[Incident, datetime], Move],
        *,
        by: str,
        request_id: str = "",
    ) -> Incident:
        """Make a move within a transaction, unless its request made it before. Raises IncidentError as `make` does."""
        now = self._clock()
        before = self.held(connection, number)
        if request_id and _moved(connection, number, request_id):
            return before
        move = make(before, now)
        changed = acknowledged(move.incident, by, now)
        changed = msgspec.structs.replace(changed, version=before.version + 1)
        _save(connection, changed)
        key = f"move:{changed.version}:{request_id}" if request_id else f"move:{changed.version}"
        write_entry(connection, number, at=now, kind=move.kind, author=by, text=move.text, key=key)
        return changed

    def _note(self, number: int, **values: object) -> None:
        with self._database.begin() as connection:
            connection.execute(update(INCIDENTS).where(INCIDENTS.c.number == number).values(values))

    def held(self, connection: Connection, number: int) -> Incident:
        """Give the incident, held until the transaction ends. Raises IncidentError."""
        query = select(INCIDENTS).where(INCIDENTS.c.number == number).with_for_update()
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise IncidentError(f"There is no incident {number}. `/incident list` shows those that are open.")
        return _incident(row)

    def held_about(self, connection: Connection, target: str, scope: str) -> Incident | None:
        """Give the open incident that people opened about this, held until the transaction ends.

        It is about the same scope of the target, or about one that contains it; of several the narrowest, the newest.
        """
        parts = scope.split("/") if scope else []
        around = ["/".join(parts[:count]) for count in range(len(parts) + 1)]
        about = (INCIDENTS.c.target == target) & INCIDENTS.c.scope.in_(around)
        query = select(INCIDENTS).where(about, INCIDENTS.c.state != IncidentState.RESOLVED)
        narrowest = query.order_by(func.length(INCIDENTS.c.scope).desc(), INCIDENTS.c.number.desc()).with_for_update()
        found = map(_incident, connection.execute(narrowest).mappings())
        return next((incident for incident in found if is_person(incident.opened_by)), None)

    def _one(self, condition: ColumnElement[bool]) -> Incident:
        with self._database.read() as connection:
            row = connection.execute(select(INCIDENTS).where(condition)).mappings().one_or_none()
        if row is None:
            raise LookupError
        return _incident(row)


def _moved(connection: Connection, number: int, request_id: str) -> bool:
    key = TIMELINE.c.key
    of_request = key.startswith("move:") & key.endswith(f":{request_id}", autoescape=True)
    query = select(TIMELINE.c.id).where(TIMELINE.c.incident == number, of_request).limit(1)
    return connection.execute(query).first() is not None


def _ask(connection: Connection, incident: Incident, at: datetime) -> None:
    """Ask for the diagnosis of an incident that was opened."""
    values = {
        "id": f"incident:{incident.number}:opened",
        "incident": incident.number,
        "target": incident.target,
        "scope": incident.scope,
        "asked_by": incident.opened_by,
        "at": at,
    }
    connection.execute(insert(OUTBOX).values(values))


def _save(connection: Connection, incident: Incident) -> None:
    values = msgspec.structs.asdict(incident) | {"links": _written(incident.links)}
    for name in ("number", "shown"):
        del values[name]
    connection.execute(update(INCIDENTS).where(INCIDENTS.c.number == incident.number).values(values))


def _newest(connection: Connection, limit: int, *conditions: ColumnElement[bool]) -> tuple[Incident, ...]:
    query = select(INCIDENTS).where(*conditions).order_by(INCIDENTS.c.opened_at.desc(), INCIDENTS.c.number.desc())
    return tuple(_incident(row) for row in connection.execute(query.limit(limit)).mappings())


def _written(links: Sequence[Link]) -> str:
    return msgspec.json.encode(links).decode()


def _incident(row: RowMapping) -> Incident:
    fields = {name: row[name] for name in Incident.__struct_fields__}
    return msgspec.convert(fields | {"links": msgspec.json.decode(row["links"])}, Incident)
