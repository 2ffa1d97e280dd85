"""The timeline of an incident: what was written when and by whom, each thing once, in the order of its time."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, select, update

from sickbay.diagnostics.redaction import redact
from sickbay.incidents.database import Database, insert_once
from sickbay.incidents.model import EntryKind, TimelineEntry
from sickbay.incidents.tables import TIMELINE

#: Characters of an entry.
TEXT = 4_000


class Timeline:
    """Reads and writes the timelines. Raises DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, incident: int, entry: TimelineEntry) -> bool:
        """Write an entry, unless it is there; says whether it was new."""
        with self._database.begin() as connection:
            return write_entry(
                connection, incident, at=entry.at, kind=entry.kind, author=entry.author, text=entry.text, key=entry.key
            )

    def entries(
        self, incident: int, *, limit: int = 1_000, kinds: Iterable[EntryKind] = ()
    ) -> tuple[TimelineEntry, ...]:
        """Give the last entries, the oldest first, without those whose message was deleted."""
        query = select(TIMELINE).where(TIMELINE.c.incident == incident, TIMELINE.c.removed.is_(False))
        if wanted := tuple(kinds):
            query = query.where(TIMELINE.c.kind.in_(wanted))
        newest = query.order_by(TIMELINE.c.at.desc(), TIMELINE.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(newest).mappings().all()
        return tuple(_entry(row) for row in reversed(rows))

    def holding(self, key: str) -> tuple[int, ...]:
        """Give the incidents in whose timelines it stands."""
        query = select(TIMELINE.c.incident).where(TIMELINE.c.key == key, TIMELINE.c.removed.is_(False))
        with self._database.read() as connection:
            return tuple(connection.execute(query).scalars())

    def edited(self, key: str, text: str) -> tuple[int, ...]:
        """Follow an edit of what an entry tells of; gives the incidents whose timeline changed."""
        return self._follow(TIMELINE.c.key == key, {"text": redact(text)[:TEXT]})

    def deleted(self, key: str) -> tuple[int, ...]:
        """Follow a deletion; gives the incidents whose timeline changed."""
        return self._follow(TIMELINE.c.key == key, {"removed": True})

    def remove(self, incident: int, key: str) -> None:
        """Take an entry out of one timeline."""
        self._follow((TIMELINE.c.key == key) & (TIMELINE.c.incident == incident), {"removed": True})

    def _follow(self, entries: ColumnElement[bool], values: dict[str, object]) -> tuple[int, ...]:
        # Most of what is edited in Slack stands in no timeline, and must not wait for its turn to write.
        with self._database.read() as connection:
            if connection.execute(select(TIMELINE.c.id).where(entries).limit(1)).first() is None:
                return ()
        with self._database.begin() as connection:
            changed = update(TIMELINE).where(entries).values(values).returning(TIMELINE.c.incident)
            return tuple(connection.execute(changed).scalars())


def write_entry(
    connection: Connection, incident: int, *, at: datetime, kind: EntryKind, author: str, text: str, key: str
) -> bool:
    """Write an entry within a transaction, unless its key is there already; says whether it was new.

    One that was removed is put back.
    """
    values = {
        "incident": incident,
        "at": at,
        "kind": kind,
        "author": author,
        "text": redact(text)[:TEXT],
        "key": key,
        "removed": False,
    }
    written = insert_once(connection, TIMELINE, values).returning(TIMELINE.c.id)
    if connection.execute(written).first() is not None:
        return True
    removed = (TIMELINE.c.incident == incident) & (TIMELINE.c.key == key) & TIMELINE.c.removed
    back = update(TIMELINE).where(removed).values(removed=False, text=redact(text)[:TEXT]).returning(TIMELINE.c.id)
    return connection.execute(back).first() is not None


def _entry(row: RowMapping) -> TimelineEntry:
    return msgspec.convert({name: row[name] for name in TimelineEntry.__struct_fields__}, TimelineEntry)
