"""The tables, as the newest migration leaves them (a test compares the two).

Times are UTC. Every text that came from outside passes `storable` first, or the whole row is refused.
"""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Dialect, Index, Integer, MetaData, Table, Text
from sqlalchemy.types import TypeDecorator

METADATA = MetaData()


def storable(text: str) -> str:
    """Give the text without what a database refuses: NUL characters and halves of surrogate pairs."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


class Words(TypeDecorator[str]):
    """Text from people, from Slack or from targets."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        """Make the text storable."""
        return None if value is None else storable(value)


class Moment(TypeDecorator[datetime]):
    """A time with its zone. SQLite keeps none, so there it is written and read as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn it into UTC."""
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give it in UTC, whatever the zone of the connection."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


#: What was diagnosed: a row a job. `request`, `findings` and `figures` are JSON of the structs in diagnoses.py.
DIAGNOSES = Table(
    "diagnoses",
    METADATA,
    Column("id", Words, primary_key=True),
    Column("target", Words, nullable=False),
    Column("scope", Words, nullable=False),
    Column("request", Words, nullable=False),
    Column("asked_by", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("thread_ts", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("headline", Words, nullable=False),
    Column("severity", Words, nullable=False),
    Column("gaps", Integer, nullable=False),
    Column("submitted_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("findings", Words, nullable=False),
    Column("figures", Words, nullable=False, server_default="{}"),
    Index("diagnoses_by_asker", "asked_by", "submitted_at"),
    Index("diagnoses_by_target", "target", "ended_at"),
    Index("diagnoses_by_scope", "target", "scope", "submitted_at"),
    Index("diagnoses_by_thread", "channel", "thread_ts", "submitted_at"),
)

#: Findings of a target that a channel does not want to be told of for a while.
MUTES = Table(
    "mutes",
    METADATA,
    Column("target", Words, primary_key=True),
    Column("channel", Words, primary_key=True),
    Column("code", Words, primary_key=True),
    Column("subject", Words, primary_key=True),
    Column("until", Moment, nullable=False),
    Column("muted_by", Words, nullable=False),
)

#: Who asked for what and what was decided, chained: each `mac` covers its row and the row before. Times are text
#: (ISO 8601, UTC, microseconds), so that what was signed is read back letter by letter: `storable` before signing.
AUDIT = Table(
    "audit",
    METADATA,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("mac", Text, nullable=False),
)

#: The last row of the audit, sealed, so that rows cut off at the end are missed. Holds one row, with id 1, or none yet.
AUDIT_HEAD = Table(
    "audit_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("mac", Text, nullable=False),
    Column("seal", Text, nullable=False),
)

#: Incidents. `number` is what people call them by; `shown` is the `version` that Slack shows; once it is `placed`, its
#: card stands at `channel` and `thread_ts`, which until then are where it was opened.
INCIDENTS = Table(
    "incidents",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("request_id", Words, nullable=False, unique=True),
    *(Column(name, Words, nullable=False) for name in ("title", "severity", "state", "target", "scope", "channel")),
    Column("thread_ts", Words, nullable=False),
    Column("own_channel", Boolean, nullable=False),
    Column("opened_in", Words, nullable=False),
    Column("opened_by", Words, nullable=False),
    Column("opened_at", Moment, nullable=False),
    *(Column(name, Moment) for name in ("acknowledged_at", "mitigated_at", "resolved_at")),
    *(Column(name, Words, nullable=False) for name in ("commander", "communications", "scribe", "summary", "links")),
    Column("remind_every", Integer, nullable=False),
    Column("remind_at", Moment),
    Column("version", Integer, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("placed", Boolean, nullable=False),
    Index("incidents_by_state", "state", "opened_at"),
    Index("incidents_by_target", "target", "opened_at"),
    Index("incidents_by_thread", "channel", "thread_ts"),
    Index("incidents_by_reminder", "remind_at"),
)

#: What happened in an incident, in order. `key` makes an entry one, however often it is written.
TIMELINE = Table(
    "timeline",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("incident", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    *(Column(name, Words, nullable=False) for name in ("kind", "author", "text", "key")),
    Column("removed", Boolean, nullable=False),
    Index("timeline_by_incident", "incident", "at", "id"),
    Index("timeline_by_key", "incident", "key", unique=True),
    Index("timeline_of_a_message", "key"),
)

#: What people said of findings within an incident.
MARKS = Table(
    "marks",
    METADATA,
    Column("incident", Integer, primary_key=True),
    Column("code", Words, primary_key=True),
    Column("subject", Words, primary_key=True),
    Column("judgement", Words, nullable=False),
    Column("marked_by", Words, nullable=False),
)

#: Alerts as their senders tell of them; one row for as long as one fires, and again when it fires anew. `grouped` is
#: the same for those that belong into one incident, and empty where no rule makes one of them; `last_at` is the newest
#: that is known of it.
ALERTS = Table(
    "alerts",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("source", Words, nullable=False),
    Column("fingerprint", Words, nullable=False),
    Column("firing", Boolean, nullable=False),
    *(Column(name, Words, nullable=False) for name in ("title", "labels", "target", "scope", "severity", "link")),
    Column("grouped", Words, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("last_at", Moment, nullable=False),
    Column("times", Integer, nullable=False),
    Column("incident", Integer),
    Index("alerts_by_fingerprint", "source", "fingerprint", "id"),
    Index("alerts_by_incident", "incident", "firing"),
    Index("alerts_by_group", "grouped", "id"),
)

#: Diagnoses that a change of an incident asks for: written with that change, gone once its job is in the queue. The
#: job's id follows from `id`, so however often it is submitted, it runs once.
OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", Words, primary_key=True),
    Column("incident", Integer, nullable=False),
    *(Column(name, Words, nullable=False) for name in ("target", "scope", "asked_by")),
    Column("at", Moment, nullable=False),
    Index("outbox_by_time", "at"),
)

#: Reports that come by themselves. `number` is what people call them by. `targets` is a JSON list of names, empty for
#: the digest of incidents; `cron` is in the time zone `time_zone`, `words` is what was typed; `next_at` is None while
#: it is paused.
SCHEDULES = Table(
    "schedules",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("request_id", Words, nullable=False, unique=True),
    *(Column(name, Words, nullable=False) for name in ("targets", "channel", "cron", "words", "time_zone")),
    Column("quiet", Boolean, nullable=False),
    Column("created_by", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("next_at", Moment),
    Index("schedules_by_time", "next_at"),
    # The number of a removed one is not given to another.
    sqlite_autoincrement=True,
)

#: The runs of schedules: written when one is claimed, together with the schedule's next time. `jobs` is a JSON list of
#: job ids in the order of `targets`; `submitted` once they are in the queue; `shown_at` once nothing is left to do.
#: `summary` is JSON of what was found, for trends and for the next run to be compared with.
REPORT_RUNS = Table(
    "report_runs",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("schedule", Integer, nullable=False),
    Column("key", Words, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("claimed_at", Moment, nullable=False),
    *(Column(name, Words, nullable=False) for name in ("targets", "channel", "asked_by", "jobs")),
    Column("submitted", Boolean, nullable=False),
    Column("shown_at", Moment),
    Column("summary", Words, nullable=False),
    Index("report_runs_once", "schedule", "key", unique=True),
    Index("report_runs_by_schedule", "schedule", "id"),
    Index("report_runs_open", "shown_at", "id"),
    sqlite_autoincrement=True,
)
