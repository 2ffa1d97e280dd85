"""The findings that a team does not want to be told of for a while: each target's own."""

from datetime import datetime

from sqlalchemy import delete, select

from sickbay.incidents.database import Database, upsert
from sickbay.incidents.tables import MUTES
from sickbay.jobs.model import Mute


class Mutes:
    """Keeps the mutes. Raises DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mute(self, target: str, code: str, subject: str, until: datetime, by: str, channel: str) -> None:
        """Mute a finding of the target until then; who mutes it again sets the end anew."""
        values = {
            "target": target,
            "code": code,
            "subject": subject,
            "until": until,
            "muted_by": by,
            "channel": channel,
        }
        with self._database.begin() as connection:
            connection.execute(upsert(connection, MUTES, values))

    def active(self, target: str, now: datetime) -> tuple[Mute, ...]:
        """Give the mutes of the target that hold at that moment, the first to end first."""
        wanted = (
            select(MUTES.c.code, MUTES.c.subject, MUTES.c.until, MUTES.c.muted_by)
            .where(MUTES.c.target == target, MUTES.c.until > now)
            .order_by(MUTES.c.until, MUTES.c.code, MUTES.c.subject)
        )
        with self._database.read() as connection:
            return tuple(
                Mute(code=code, subject=subject, until=until, by=by)
                for code, subject, until, by in connection.execute(wanted)
            )

    def lift(self, target: str, code: str, subject: str) -> None:
        """End a mute now."""
        with self._database.begin() as connection:
            connection.execute(
                delete(MUTES).where(MUTES.c.target == target, MUTES.c.code == code, MUTES.c.subject == subject)
            )
