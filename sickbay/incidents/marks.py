"""What people said of findings within an incident: the later runs in it are ranked by that."""

from datetime import datetime

from sqlalchemy import RowMapping, select

from sickbay.diagnostics.model import Judged, Judgement
from sickbay.incidents.database import Database, upsert
from sickbay.incidents.model import EntryKind, Mark
from sickbay.incidents.tables import MARKS
from sickbay.incidents.timeline import write_entry


class Marks:
    """Keeps the marks. Raises DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(self, incident: int, mark: Mark, at: datetime) -> None:
        """Say it of the finding, in place of what was said before, and write it into the timeline."""
        judged = mark.judged
        values = {
            "incident": incident,
            "code": judged.code,
            "subject": judged.subject,
            "judgement": judged.judgement,
            "marked_by": mark.by,
        }
        with self._database.begin() as connection:
            connection.execute(upsert(connection, MARKS, values))
            write_entry(
                connection,
                incident,
                at=at,
                kind=EntryKind.MARK,
                author=mark.by,
                text=f"{judged.code} {judged.subject}: {judged.judgement}",
                key=f"mark:{judged.code}:{judged.subject}:{at.isoformat()}",
            )

    def of(self, incident: int) -> tuple[Mark, ...]:
        """Give what was said within an incident."""
        query = select(MARKS).where(MARKS.c.incident == incident).order_by(MARKS.c.code, MARKS.c.subject)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(Mark(judged=_judged(row), by=row["marked_by"]) for row in rows)


def _judged(row: RowMapping) -> Judged:
    return Judged(code=row["code"], subject=row["subject"], judgement=Judgement(row["judgement"]))
