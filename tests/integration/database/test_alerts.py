"""Alerts on both databases: each once while it fires, those of one outage in one incident, whose state follows them."""

import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import select

from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.incidents import lifecycle
from sickbay.incidents.alerts.generic import read_generic
from sickbay.incidents.alerts.intake import Alerts
from sickbay.incidents.alerts.model import Alert
from sickbay.incidents.alerts.rules import AlertSettings
from sickbay.incidents.database import Database, DatabaseUnavailableError
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.model import (
    AlertCounts,
    EntryKind,
    Incident,
    IncidentSeverity,
    IncidentState,
    Link,
    Opening,
)
from sickbay.incidents.tables import ALERTS
from sickbay.incidents.timeline import Timeline
from tests.integration.database.clock import Clock
from tests.integration.database.test_incidents import AT
from tests.unit.incidents.alert_payloads import generic

SETTINGS = AlertSettings.model_validate(
    {
        "targets": [{"match": {"cluster": "prod*"}, "target": "prod", "scope": "{namespace}/{deployment}"}],
        "incidents": [
            {"match": {"severity": "page"}, "severity": "sev1", "channel": "C0OPS"},
            {"match": {"severity": "critical"}, "severity": "sev2", "channel": "C0OPS"},
            {"match": {"severity": "warning"}, "severity": "sev3", "channel": "C0OPS", "own_channel": True},
        ],
    }
)
TARGETS = {"prod": DockerTarget(name="prod", host="unix:///nowhere", labels={"runbook": "https://example.com/of-prod"})}
LABELS = {"cluster": "prod-1", "namespace": "shop", "deployment": "web", "severity": "critical"}


def alert(
    fingerprint: str = "f1", labels: Mapping[str, str] | None = None, *,
    at: datetime = AT, ended: bool = False, began: datetime = AT,
) -> Alert:  # fmt: skip
    """Give an alert as it is at that time, with these labels besides the usual."""
    return Alert(
        source="alertmanager", fingerprint=fingerprint, title=f"{fingerprint} restarts",
        labels=LABELS | dict(labels or {}), group="{}", started_at=began, ended_at=at if ended else None, as_of=at, link="https://example.com/alert",
    )  # fmt: skip


@pytest.fixture
def clock() -> Clock:
    return Clock(AT)


class House:
    """What takes alerts, and what became of them."""

    def __init__(self, database: Database, clock: Clock, settings: AlertSettings = SETTINGS) -> None:
        self.database = database
        self.clock = clock
        self.alerts = Alerts(database, settings, TARGETS, remind_every=30, clock=clock)
        self.incidents = Incidents(database, clock=clock)
        self.timeline = Timeline(database)

    def take(self, *alerts: Alert) -> None:
        self.alerts.take(alerts)

    def later(self, *alerts: Alert) -> None:
        """Take alerts a minute later."""
        self.clock.now += timedelta(minutes=1)
        self.take(*alerts)

    def rows(self) -> Sequence[Mapping[str, object]]:
        with self.database.read() as connection:
            return [dict(row) for row in connection.execute(select(ALERTS).order_by(ALERTS.c.id)).mappings()]

    def told(self, number: int, *kinds: EntryKind) -> list[str]:
        return [entry.text for entry in self.timeline.entries(number, kinds=kinds)]

    def state(self) -> IncidentState:
        (incident,) = self.incidents.listed(only_open=False)
        return incident.state


@pytest.fixture
def house(database: Database, clock: Clock) -> House:
    return House(database, clock)


def minute(number: int) -> datetime:
    return AT + timedelta(minutes=number)


def test_an_alert_opens_an_incident_that_is_diagnosed(house: House) -> None:
    """Given an alert that a rule is about, when it is taken, then its incident is opened as the rule says."""
    house.take(alert())

    (incident,) = house.incidents.listed()
    assert (incident.title, incident.severity, incident.channel) == ("f1 restarts", IncidentSeverity.SEV2, "C0OPS")
    assert (incident.target, incident.scope, incident.opened_by) == ("prod", "shop/web", "alertmanager")
    assert (incident.acknowledged_at, incident.remind_every, incident.own_channel) == (None, 30, False)
    assert incident.links == (
        Link("Runbook", "https://example.com/of-prod"),
        Link("Alert", "https://example.com/alert"),
    )
    (wanted,) = house.incidents.wanted()
    assert (wanted.target, wanted.scope, wanted.asked_by) == ("prod", "shop/web", "alertmanager")
    assert house.told(incident.number, EntryKind.ALERT) == ["f1 restarts (shop/web)"]


def test_an_alert_is_one_for_as_long_as_it_fires(house: House) -> None:
    """Given an alert that is told again and again, when it ends and fires anew, then it was one, and is a second."""
    house.take(alert())
    house.later(alert(at=minute(1)))
    house.later(alert(at=minute(2)), alert(at=minute(2)))
    house.later(alert(at=minute(3), ended=True))
    house.later(alert(at=minute(4), ended=True))
    house.later(alert(at=minute(5), began=minute(5)))

    first, second = house.rows()
    assert (first["firing"], first["times"], first["ended_at"]) == (False, 6, minute(3))
    assert (second["firing"], second["times"], second["incident"]) == (True, 1, first["incident"])
    assert len(house.told(1, EntryKind.ALERT)) == 2


def test_five_hundred_alerts_make_one_incident(house: House) -> None:
    """Given an outage with 500 alerts, in many requests, when all are taken, then one incident is open."""
    for start in range(0, 500, 50):
        house.take(*(alert(f"f{number}", {"deployment": f"d{number}"}) for number in range(start, start + 50)))

    (incident,) = house.incidents.listed(only_open=False)
    assert len(house.told(incident.number, EntryKind.ALERT)) == 500
    assert len(house.incidents.wanted()) == 1


def test_two_bots_open_one_incident(database: Database, house: House) -> None:
    """Given two bots that are sent the same and other alerts of one outage at once, then one incident is open."""
    other = House(
        Database(database._engine.url.render_as_string(hide_password=False).replace("+psycopg", "", 1)), Clock(AT)
    )

    def send(bot: House, start: int) -> None:
        for number in range(start, start + 10):
            bot.take(alert(f"f{number}"))

    bots = [threading.Thread(target=send, args=pair) for pair in ((house, 0), (other, 5), (house, 10), (other, 0))]
    for bot in bots:
        bot.start()
    for bot in bots:
        bot.join()
    other.database.close()

    (incident,) = house.incidents.listed(only_open=False)
    rows = house.rows()
    assert {row["fingerprint"] for row in rows} == {f"f{number}" for number in range(20)}
    assert len(rows) == 20
    assert len(house.told(incident.number, EntryKind.ALERT)) == 20


def by_alice(house: House, request_id: str = "1.2.a", **changes: str) -> Incident:
    """Have Alice open an incident on the shop of prod."""
    opening = Opening(
        request_id=request_id, title="checkout is down", severity=IncidentSeverity.SEV3, by="U0ALICE",
        channel="C0WARROOM", target="prod", scope="shop",
    )  # fmt: skip
    return house.incidents.open(msgspec.structs.replace(opening, **changes))


@pytest.mark.parametrize("scope", ["shop/web", "shop", ""])
def test_an_alert_joins_what_people_opened_about_it(house: House, scope: str) -> None:
    """Given an incident that Alice opened on what an alert is about, or around it, then the alert is one of it."""
    incident = by_alice(house, scope=scope)

    house.take(alert("f1"), alert("f2"))

    assert [item.number for item in house.incidents.listed(only_open=False)] == [incident.number]
    assert house.told(incident.number, EntryKind.ALERT) == ["f1 restarts (shop/web)", "f2 restarts (shop/web)"]
    assert house.incidents.get(incident.number).severity is IncidentSeverity.SEV2


@pytest.mark.parametrize(
    "changes", [{"scope": "shop/web/pod-1"}, {"scope": "shop/we"}, {"target": "staging"}, {"target": ""}]
)
def test_an_alert_joins_nothing_that_is_about_something_else(house: House, changes: dict[str, str]) -> None:
    """Given an incident of Alice on another target or a part of it, when an alert is taken, then it opens its own."""
    by_alice(house, **changes)

    house.take(alert())

    assert len(house.incidents.listed()) == 2


def test_an_alert_joins_the_narrowest_that_is_open(house: House) -> None:
    """Given three incidents of Alice, of which the narrowest is over, when an alert is taken, then the next has it."""
    whole, shop, web = (by_alice(house, scope or "all", scope=scope) for scope in ("", "shop", "shop/web"))
    house.incidents.move(
        web.number, lambda incident, now: lifecycle.to_state(incident, IncidentState.RESOLVED, now), by="U0ALICE"
    )

    house.take(alert())

    counts = [house.incidents.alerts(incident.number).all for incident in (whole, shop, web)]
    assert counts == [0, 1, 0]


def test_an_alert_stays_with_its_group(house: House) -> None:
    """Given an incident that an alert opened, when Alice opens one on the same, then the group's next stays there."""
    house.take(alert("f1"))
    by_alice(house)

    house.later(alert("f2"))

    assert [house.incidents.alerts(number).all for number in (1, 2)] == [2, 0]


def test_two_bots_join_what_people_opened(database: Database, house: House) -> None:
    """Given an incident of Alice and two bots that are sent alerts at once, when taken, then it stays the only one."""
    incident = by_alice(house)
    other = House(
        Database(database._engine.url.render_as_string(hide_password=False).replace("+psycopg", "", 1)), Clock(AT)
    )

    def send(bot: House, start: int) -> None:
        for number in range(start, start + 5):
            bot.take(alert(f"f{number}"))

    bots = [threading.Thread(target=send, args=pair) for pair in ((house, 0), (other, 3), (house, 5))]
    for bot in bots:
        bot.start()
    for bot in bots:
        bot.join()
    other.database.close()

    assert [item.number for item in house.incidents.listed(only_open=False)] == [incident.number]
    assert house.incidents.alerts(incident.number) == AlertCounts(all=10, firing=10)


def test_the_alerts_of_an_incident_are_counted(house: House) -> None:
    """Given three alerts, when one ends and another ends and fires anew, then three are known, of which two fire."""
    house.take(*(alert(f"f{number}") for number in range(3)))
    house.later(*(alert(f"f{number}", at=minute(1), ended=True) for number in range(2)))
    house.later(alert("f0", at=minute(2), began=minute(2)))

    assert house.incidents.alerts(1) == AlertCounts(all=3, firing=2)
    assert house.incidents.alerts(2) == AlertCounts()


def test_slack_shows_an_incident_anew_only_where_its_alerts_changed(house: House) -> None:
    """Given an incident that is shown, when an alert of it is told again and when it ends, then only that is news."""
    house.take(alert("f1"), alert("f2"))
    house.incidents.shown(1, house.incidents.get(1).version)

    house.later(alert("f1", at=minute(1)))
    told_again = house.incidents.unshown()
    house.later(alert("f1", at=minute(2), ended=True))

    assert told_again == ()
    assert [incident.number for incident in house.incidents.unshown()] == [1]


@pytest.mark.parametrize(
    ("otherwise", "incidents"),
    [
        ({"deployment": "api"}, 1),
        ({"severity": "warning"}, 1),
        ({"namespace": "billing"}, 2),
        ({"cluster": "staging"}, 2),
        ({"severity": "info"}, 1),
    ],
)
def test_what_belongs_together(house: House, otherwise: dict[str, str], incidents: int) -> None:
    """Given a second alert, when it is about the same part of the same target, then it is of the same incident."""
    house.take(alert())
    house.take(alert("f2", otherwise))

    assert len(house.incidents.listed()) == incidents
    assert len(house.rows()) == 2


def test_an_alert_about_no_target_is_grouped_as_its_sender_does(house: House) -> None:
    """Given alerts about no target, when they are taken, then those that the sender groups are of one incident."""
    house.take(alert("f1", {"cluster": "x"}), alert("f2", {"cluster": "x"}))

    (incident,) = house.incidents.listed()
    assert (incident.target, incident.scope) == ("", "")
    assert house.incidents.wanted() == ()


def test_without_a_rule_an_alert_is_remembered(house: House) -> None:
    """Given an alert that no rule is about, when it is taken, then it is stored, and nobody is woken."""
    house.take(alert("f1", {"severity": "info"}))

    (row,) = house.rows()
    assert (row["firing"], row["incident"], row["target"], row["scope"]) == (True, None, "prod", "shop/web")
    assert house.incidents.listed() == ()


def test_a_rule_that_was_written_meanwhile_counts(house: House, database: Database, clock: Clock) -> None:
    """Given an alert from before its rule was written, when it is told again, then its incident is opened."""
    before = House(database, clock, AlertSettings())
    before.take(alert())
    house.later(alert(at=minute(1)))
    house.later(alert(at=minute(2)))

    (row,) = house.rows()
    (incident,) = house.incidents.listed()
    assert (row["incident"], row["target"], row["times"]) == (incident.number, "prod", 3)
    assert house.told(incident.number, EntryKind.ALERT) == ["f1 restarts (shop/web)"]


def test_an_incident_is_watched_once_all_its_alerts_have_ended(house: House) -> None:
    """Given two alerts of an incident, when both have ended, then it is monitored by itself, and says why."""
    house.take(alert("f1"), alert("f2"))
    house.later(alert("f1", at=minute(1), ended=True))
    assert house.state() is IncidentState.INVESTIGATING

    house.later(alert("f2", at=minute(2), ended=True))

    assert house.state() is IncidentState.MONITORING
    assert house.told(1, EntryKind.STATE) == ["All its alerts have ended: investigating → monitoring"]
    assert house.incidents.get(1).mitigated_at == minute(2)


def test_an_incident_is_taken_up_again_when_an_alert_fires_again(house: House) -> None:
    """Given an incident that is only watched, when an alert of it fires again, then it is investigated again."""
    house.take(alert())
    house.later(alert(at=minute(1), ended=True))
    house.later(alert(at=minute(2), began=minute(2)))

    assert house.state() is IncidentState.INVESTIGATING
    assert house.told(1, EntryKind.STATE)[-1] == "An alert fires again: monitoring → investigating"


def test_what_people_watch_is_not_taken_up_while_alerts_fire(house: House) -> None:
    """Given that people only watch while alerts still fire, when one more does, then that stays as they said."""
    house.take(alert())
    house.incidents.move(
        1, lambda incident, now: lifecycle.to_state(incident, IncidentState.MONITORING, now), by="U0ALICE"
    )
    house.later(alert("f2"))
    house.later(alert("f1", at=minute(2), ended=True), alert("f2", at=minute(2), ended=True))

    assert house.state() is IncidentState.MONITORING
    assert len(house.told(1, EntryKind.STATE)) == 1


def test_an_alert_that_outlives_its_incident_opens_no_other(house: House) -> None:
    """Given that people resolved while an alert fires, when it is told again, then only a new alert opens another."""
    house.take(alert())
    house.incidents.move(
        1, lambda incident, now: lifecycle.to_state(incident, IncidentState.RESOLVED, now), by="U0ALICE"
    )
    house.later(alert(at=minute(1)))
    assert house.incidents.listed() == ()

    house.later(alert("f2"))
    house.later(alert("f1", at=minute(3), ended=True))

    (incident,) = house.incidents.listed()
    assert (incident.number, incident.state) == (2, IncidentState.INVESTIGATING)


def test_a_worse_alert_makes_it_worse(house: House) -> None:
    """Given an incident, when a worse alert joins it, then it is as bad; what people said holds against no worse."""
    house.take(alert("f1", {"severity": "warning"}))
    house.later(alert("f2", {"severity": "critical"}))
    assert house.incidents.get(1).severity is IncidentSeverity.SEV2

    house.incidents.move(1, lambda incident, _now: lifecycle.to_severity(incident, IncidentSeverity.SEV4), by="U0ALICE")
    house.later(alert("f3", {"severity": "critical"}), alert("f4", {"severity": "warning"}))
    assert house.incidents.get(1).severity is IncidentSeverity.SEV4

    house.later(alert("f5", {"severity": "page"}))
    assert house.incidents.get(1).severity is IncidentSeverity.SEV1


def test_of_two_that_cross_the_later_one_holds(house: House) -> None:
    """Given a beginning that arrives after its end, and an end from before it fired anew, then neither counts."""
    house.take(alert(at=minute(1), ended=True), alert(at=minute(0)))
    assert [row["firing"] for row in house.rows()] == [False]
    assert house.incidents.listed() == ()

    house.later(alert(at=minute(3), began=minute(3)), alert(at=minute(2), ended=True))
    assert [row["firing"] for row in house.rows()] == [False, True]


def test_an_alert_that_is_told_without_its_beginning_is_stored(house: House) -> None:
    """Given an end of what was not known, when it is taken, then it is stored, and nobody is woken."""
    house.take(alert(ended=True))

    assert [row["firing"] for row in house.rows()] == [False]
    assert house.incidents.listed() == ()


def test_nothing_secret_and_nothing_endless_is_stored(house: House) -> None:
    """Given secrets in an alert, and 10,000 labels with markup, when it is taken, then it is kept short and clean."""
    token = "xoxb-" + "1" * 12 + "-" + "a" * 24
    labels = {f"label{number}": "<!channel>" * 200 for number in range(10_000)}
    made = alert(labels={"a0": token, "a1_password": "hunter2hunter2"} | labels)
    house.take(msgspec.structs.replace(made, title=f"{token} \0<@U1>" * 999))

    (row,) = house.rows()
    (incident,) = house.incidents.listed()
    stored = f"{row} {incident} {house.told(incident.number)}"
    assert token not in stored
    assert "hunter2" not in stored
    assert len(stored) < 80_000
    assert len(incident.title) <= lifecycle.TITLE


def test_nothing_is_stored_of_what_failed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a database that fails at the second of two alerts, when they are taken, then neither is stored."""
    taken = house.alerts._place

    def fails(taking: Alert) -> object:
        if taking.fingerprint == "f2":
            raise DatabaseUnavailableError("gone")
        return taken(taking)

    monkeypatch.setattr(house.alerts, "_place", fails)
    with pytest.raises(DatabaseUnavailableError):
        house.take(alert("f1"), alert("f2"))

    assert house.rows() == []
    assert house.incidents.listed(only_open=False) == ()


def test_an_id_that_no_database_keeps_is_still_one(house: House) -> None:
    """Given an id with characters that a database refuses, when its alert is told twice, then it is one."""
    for _ in range(2):
        house.take(*read_generic(generic(id="disk\0\u202e"), AT))

    assert [row["times"] for row in house.rows()] == [2]


def test_no_alerts_are_nothing(house: House) -> None:
    """Given a request that tells of no alert, when it is taken, then nothing happens."""
    house.take()

    assert house.rows() == []
    assert house.clock.now == AT.astimezone(UTC)
