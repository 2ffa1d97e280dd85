"""Reports that come by themselves, in the database: when each is due, and its runs, each claimed once.

A run is written in the transaction that sets its schedule's next time, and a schedule has one run a due time: however
many bots look, each time is one run. After a time in which no bot ran, it is one too, of the newest time that passed.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfoNotFoundError

import msgspec
import structlog
from cronsim import CronSimError
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from sickbay.incidents.database import Database, insert_once
from sickbay.incidents.recurrence import Recurrence
from sickbay.incidents.schedule import NewSchedule, Run, Schedule, ScheduleError
from sickbay.incidents.tables import REPORT_RUNS, SCHEDULES

log = structlog.get_logger()

#: Runs of a schedule that are kept.
_KEPT = 100


class Schedules:
    """Keeps the schedules and their runs. Raises DatabaseUnavailableError, and ScheduleError for what cannot be."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._clock = clock
        #: When it was last looked for due ones: a clock that has been set back since is noticed.
        self._looked_at: datetime | None = None

    def add(self, new: NewSchedule) -> Schedule:
        """Add a schedule, or give the one that this request added."""
        now = self._clock()
        values = {
            "request_id": new.request_id,
            "created_at": now,
            "next_at": new.recurrence.following(now),
        }
        try:
            with self._database.begin() as connection:
                made = insert(SCHEDULES).values(values | _written(new)).returning(SCHEDULES)
                return _schedule(connection.execute(made).mappings().one())
        except IntegrityError:
            with self._database.read() as connection:
                return _listed(connection, SCHEDULES.c.request_id == new.request_id)[0]

    def get(self, number: int) -> Schedule:
        """Give a schedule. Raises ScheduleError where there is none of that number."""
        with self._database.read() as connection:
            return _one(connection, select(SCHEDULES).where(SCHEDULES.c.number == number), number)

    def listed(self, *, channel: str = "") -> tuple[Schedule, ...]:
        """Give the schedules, by their numbers; where a channel is named, only its own."""
        conditions = [SCHEDULES.c.channel == channel] if channel else []
        with self._database.read() as connection:
            return _listed(connection, *conditions)

    def change(self, number: int, make: Callable[[Schedule, datetime], Schedule]) -> Schedule:
        """Change a schedule while nobody else does. Raises ScheduleError as `make` does."""
        with self._database.begin() as connection:
            changed = make(_held(connection, number), self._clock())
            values = _written(changed) | {"next_at": changed.next_at}
            connection.execute(update(SCHEDULES).where(SCHEDULES.c.number == number).values(values))
        return changed

    def remove(self, number: int) -> Schedule:
        """Forget a schedule and its runs, and give what it was."""
        with self._database.begin() as connection:
            schedule = _held(connection, number)
            connection.execute(delete(REPORT_RUNS).where(REPORT_RUNS.c.schedule == number))
            connection.execute(delete(SCHEDULES).where(SCHEDULES.c.number == number))
        return schedule

    def run_now(self, number: int, request_id: str, *, by: str) -> Run:
        """Have a run at once, beside those that are due; the same request is one run."""
        now, key = self._clock(), f"now:{request_id}"
        with self._database.begin() as connection:
            schedule = _held(connection, number)
            connection.execute(insert_once(connection, REPORT_RUNS, _new_run(schedule, key, now, now, by)))
            return _runs(connection, REPORT_RUNS.c.schedule == number, REPORT_RUNS.c.key == key)[0]

    def claim_due(self, limit: int = 500) -> int:
        """Write the runs that are due and set their schedules' next times; give how many schedules were due.

        `open_runs` gives the runs. What another bot is claiming is left to it.
        """
        now = self._clock()
        if self._looked_at is None or now < self._looked_at:
            self._set_back(now)
        self._looked_at = now
        due = select(SCHEDULES).where(SCHEDULES.c.next_at <= now).order_by(SCHEDULES.c.next_at, SCHEDULES.c.number)
        with self._database.read() as connection:
            # Most looks find nothing, and keep nobody from writing.
            if connection.execute(due.limit(1)).first() is None:
                return 0
        with self._database.begin() as connection:
            held = due.limit(limit).with_for_update(skip_locked=True)
            schedules = [_schedule(row) for row in connection.execute(held).mappings()]
            if schedules:
                following = {schedule.number: _following(schedule, now) for schedule in schedules}
                runs = [_due_run(schedule, following[schedule.number], now) for schedule in schedules]
                connection.execute(insert_once(connection, REPORT_RUNS, runs))
                _set_next(connection, following)
        return len(schedules)

    def open_runs(self, *, submitted: bool | None = None, limit: int = 1_000) -> tuple[Run, ...]:
        """Give the runs for which something is left to do, the oldest first: all, those `submitted`, or the others."""
        conditions = [REPORT_RUNS.c.shown_at.is_(None)]
        if submitted is not None:
            conditions.append(REPORT_RUNS.c.submitted.is_(submitted))
        query = select(REPORT_RUNS).where(*conditions).order_by(REPORT_RUNS.c.id).limit(limit)
        with self._database.read() as connection:
            return tuple(_run(row) for row in connection.execute(query).mappings())

    def submitted(self, run: int, jobs: Sequence[str]) -> None:
        """Note that a run's jobs are in the queue: one a target, in their order, empty where a target has none."""
        self._note(run, jobs=_json(jobs), submitted=True)

    def shown(self, run: int, summary: str) -> None:
        """Note that nothing is left to do for a run, and what it found. Older runs are forgotten."""
        self._note(run, shown_at=self._clock(), summary=summary)
        with self._database.begin() as connection:
            schedule = select(REPORT_RUNS.c.schedule).where(REPORT_RUNS.c.id == run).scalar_subquery()
            old = (
                select(REPORT_RUNS.c.id)
                .where(REPORT_RUNS.c.schedule == schedule, REPORT_RUNS.c.shown_at.is_not(None))
                .order_by(REPORT_RUNS.c.id.desc())
                .offset(_KEPT)
            )
            connection.execute(delete(REPORT_RUNS).where(REPORT_RUNS.c.id.in_(old)))

    def runs(self, schedule: int, limit: int = 30) -> tuple[Run, ...]:
        """Give the runs of a schedule, the newest first, those that are under way too."""
        with self._database.read() as connection:
            return _runs(connection, REPORT_RUNS.c.schedule == schedule, limit=limit)

    def _note(self, run: int, **values: object) -> None:
        with self._database.begin() as connection:
            connection.execute(update(REPORT_RUNS).where(REPORT_RUNS.c.id == run).values(values))

    def _set_back(self, now: datetime) -> None:
        """Set anew what a clock that was ahead put off for longer than until its next time."""
        later = select(SCHEDULES).where(SCHEDULES.c.next_at > now).with_for_update(skip_locked=True)
        with self._database.begin() as connection:
            schedules = [_schedule(row) for row in connection.execute(later).mappings()]
            wanted = {schedule.number: _following(schedule, now) for schedule in schedules}
            wrong = {one.number: wanted[one.number] for one in schedules if wanted[one.number] != one.next_at}
            if wrong:
                _set_next(connection, wrong)


def _due_run(schedule: Schedule, following: datetime | None, now: datetime) -> Mapping[str, object]:
    """Give the run of the newest time that has come, where another follows."""
    due = schedule.next_at if following is None else schedule.recurrence.newest(now)
    due = max(due or now, schedule.next_at or now)
    return _new_run(schedule, due.isoformat(), due, now, schedule.created_by)


def _following(schedule: Schedule, now: datetime) -> datetime | None:
    """Give the next time; None, which pauses it, where there is none or its zone or cron line is not known any more."""
    try:
        return schedule.recurrence.following(now)
    except (CronSimError, ZoneInfoNotFoundError) as error:
        log.warning("a schedule cannot go on", schedule=schedule.number, error=str(error))
        return None


def _set_next(connection: Connection, following: Mapping[int, datetime | None]) -> None:
    """Set the next times of schedules, by their numbers."""
    one = update(SCHEDULES).where(SCHEDULES.c.number == bindparam("schedule")).values(next_at=bindparam("following"))
    connection.execute(one, [{"schedule": number, "following": at} for number, at in following.items()])


def _new_run(schedule: Schedule, key: str, due_at: datetime, now: datetime, by: str) -> Mapping[str, object]:
    return {
        "schedule": schedule.number,
        "key": key,
        "due_at": due_at,
        "claimed_at": now,
        "targets": _json(schedule.targets),
        "channel": schedule.channel,
        "asked_by": by,
        "jobs": "[]",
        "submitted": False,
        "summary": "{}",
    }


def _held(connection: Connection, number: int) -> Schedule:
    """Give a schedule, held until the transaction ends. Raises ScheduleError."""
    return _one(connection, select(SCHEDULES).where(SCHEDULES.c.number == number).with_for_update(), number)


def _one(connection: Connection, query: Select[tuple[object, ...]], number: int) -> Schedule:
    row = connection.execute(query).mappings().first()
    if row is None:
        raise ScheduleError(f"There is no report {number}. `/report list` shows those that there are.")
    return _schedule(row)


def _listed(connection: Connection, *conditions: ColumnElement[bool]) -> tuple[Schedule, ...]:
    query = select(SCHEDULES).where(*conditions).order_by(SCHEDULES.c.number)
    return tuple(_schedule(row) for row in connection.execute(query).mappings())


def _runs(connection: Connection, *conditions: ColumnElement[bool], limit: int = 1) -> tuple[Run, ...]:
    query = select(REPORT_RUNS).where(*conditions).order_by(REPORT_RUNS.c.id.desc()).limit(limit)
    return tuple(_run(row) for row in connection.execute(query).mappings())


def _written(schedule: NewSchedule | Schedule) -> dict[str, object]:
    return {
        "targets": _json(schedule.targets),
        "channel": schedule.channel,
        "cron": schedule.recurrence.cron,
        "time_zone": schedule.recurrence.time_zone,
        "words": schedule.words,
        "quiet": schedule.quiet,
        "created_by": schedule.created_by,
    }


def _json(names: Sequence[str]) -> str:
    return msgspec.json.encode(names).decode()


def _schedule(row: RowMapping) -> Schedule:
    fields = {name: row[name] for name in Schedule.__struct_fields__ if name != "recurrence"}
    fields |= {"recurrence": Recurrence(cron=row["cron"], time_zone=row["time_zone"])}
    return msgspec.convert(fields | {"targets": msgspec.json.decode(row["targets"])}, Schedule)


def _run(row: RowMapping) -> Run:
    fields = {name: row[name] for name in Run.__struct_fields__}
    lists = {name: msgspec.json.decode(row[name]) for name in ("targets", "jobs")}
    return msgspec.convert(fields | lists, Run)
