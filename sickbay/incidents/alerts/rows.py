"""The rows of alerts: one for as long as an alert fires, and another when it fires anew."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from sickbay.diagnostics.redaction import redact, redact_variable
from sickbay.incidents.alerts.model import Alert
from sickbay.incidents.tables import ALERTS

#: Characters of a title and of a label that are kept, and labels of an alert.
_TITLE, _LABEL, _LABELS = 500, 500, 100
#: Fingerprints that are looked up at a time.
_AT_ONCE = 500


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an alert; `incident` is None where it belongs to none."""

    id: int
    firing: bool
    last_at: datetime
    incident: int | None

    def same(self, other: "Row") -> bool:
        """Say whether it is the same to its incident."""
        return (self.id, self.firing, self.incident) == (other.id, other.firing, other.incident)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where an alert belongs: what it is about, and, where a rule makes incidents of it, whose `grouped` that is."""

    target: str = ""
    scope: str = ""
    severity: str = ""
    grouped: str = ""


def newest(connection: Connection, source: str, fingerprints: Iterable[str]) -> dict[str, Row]:
    """Give the newest row of each alert that is known."""
    wanted = list(dict.fromkeys(fingerprints))
    return dict(
        pair
        for start in range(0, len(wanted), _AT_ONCE)
        for pair in _newest(connection, source, wanted[start : start + _AT_ONCE])
    )


def _newest(connection: Connection, source: str, fingerprints: list[str]) -> Iterator[tuple[str, Row]]:
    theirs = (ALERTS.c.source == source) & ALERTS.c.fingerprint.in_(fingerprints)
    last = select(func.max(ALERTS.c.id)).where(theirs).group_by(ALERTS.c.fingerprint)
    for row in connection.execute(select(ALERTS).where(ALERTS.c.id.in_(last))).mappings():
        yield row["fingerprint"], Row(**{name: row[name] for name in Row.__struct_fields__})


def write(connection: Connection, alert: Alert, place: Place, incident: int | None) -> Row:
    """Write an alert, `titled`, that was not known or that fires anew."""
    values = {
        "source": alert.source,
        "fingerprint": alert.fingerprint,
        "firing": alert.firing,
        "title": alert.title,
        "labels": msgspec.json.encode(_labels(alert)).decode(),
        "link": redact(alert.link),
        "started_at": alert.started_at,
        "ended_at": alert.ended_at,
        "last_at": alert.as_of,
        "times": 1,
        "incident": incident,
    }
    made = insert(ALERTS).values(values | msgspec.structs.asdict(place)).returning(ALERTS.c.id)
    number = connection.execute(made).scalar_one()
    return Row(id=number, firing=alert.firing, last_at=alert.as_of, incident=incident)


def repeat(connection: Connection, row: Row, at: datetime) -> Row:
    """Count that it was told again."""
    last_at = max(row.last_at, at)
    _change(connection, row.id, times=ALERTS.c.times + 1, last_at=last_at)
    return msgspec.structs.replace(row, last_at=last_at)


def end(connection: Connection, row: Row, alert: Alert) -> Row:
    """Note that it has ended."""
    _change(connection, row.id, times=ALERTS.c.times + 1, firing=False, ended_at=alert.ended_at, last_at=alert.as_of)
    return msgspec.structs.replace(row, firing=False, last_at=alert.as_of)


def join(connection: Connection, row: Row, place: Place, incident: int) -> Row:
    """Note to which incident it belongs, after all."""
    _change(connection, row.id, incident=incident, **msgspec.structs.asdict(place))
    return msgspec.structs.replace(row, incident=incident)


def newest_incident(connection: Connection, grouped: str) -> int | None:
    """Give the newest incident of a group of alerts."""
    of_group = (ALERTS.c.grouped == grouped) & ALERTS.c.incident.is_not(None)
    query = select(ALERTS.c.incident).where(of_group).order_by(ALERTS.c.id.desc()).limit(1)
    number: int | None = connection.execute(query).scalar()
    return number


def fires(connection: Connection, incident: int) -> bool:
    """Say whether any alert of an incident fires."""
    query = select(ALERTS.c.id).where(ALERTS.c.incident == incident, ALERTS.c.firing).limit(1)
    return connection.execute(query).first() is not None


def worst(connection: Connection, incident: int) -> str:
    """Give the worst severity that alerts gave an incident, so far."""
    query = select(func.min(ALERTS.c.severity)).where(ALERTS.c.incident == incident)
    return connection.execute(query).scalar() or ""


def titled(alert: Alert) -> Alert:
    """Give the alert with a title of one line, without secrets."""
    title = " ".join(redact(alert.title[: 2 * _TITLE]).split())[:_TITLE]
    return msgspec.structs.replace(alert, title=title or "An alert without a name")


def _labels(alert: Alert) -> dict[str, str]:
    """Give the labels that are kept. What is far longer is cut before it is cleaned, which takes its time."""
    hidden = (
        redact_variable(f"{name.replace('=', '_')[:_LABEL]}={value[: 2 * _LABEL]}").partition("=")
        for name, value in sorted(alert.labels.items())[:_LABELS]
    )
    return {name: value[:_LABEL] for name, _, value in hidden}


def _change(connection: Connection, number: int, **values: object) -> None:
    connection.execute(update(ALERTS).where(ALERTS.c.id == number).values(values))
