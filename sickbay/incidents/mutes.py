"""The findings that a channel does not want to be told of for a while."""

from datetime import datetime

from sqlalchemy import select

from sickbay.incidents.database import Database, upsert
from sickbay.incidents.tables import MUTES
from sickbay.jobs.model import Mute


class Mutes:
    """Keeps the mutes. Raises DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mute(self, target: str, channel: str, mute: Mute) -> None:
        """Mute a finding of the target in the channel; who mutes it again sets the end anew."""
        values = {
            "target": target,
            "channel": channel,
            "code": mute.code,
            "subject": mute.subject,
            "until": mute.until,
            "muted_by": mute.by,
        }
        with self._database.begin() as connection:
            connection.execute(upsert(connection, MUTES, values))

    def active(self, target: str, channel: str, now: datetime) -> tuple[Mute, ...]:
        """Give the mutes of the target in the channel that hold at that moment, the first to end first."""
        wanted = (
            select(MUTES.c.code, MUTES.c.subject, MUTES.c.until, MUTES.c.muted_by)
            .where(MUTES.c.target == target, MUTES.c.channel == channel, MUTES.c.until > now)
            .order_by(MUTES.c.until, MUTES.c.code, MUTES.c.subject)
        )
        with self._database.read() as connection:
            return tuple(
                Mute(code=code, subject=subject, until=until, by=by)
                for code, subject, until, by in connection.execute(wanted)
            )
