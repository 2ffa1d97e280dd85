"""What is told of an incident besides its card: whatever people write, Slack takes it, and nothing in it is markup."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.blocks import incident_news
from handlers.blocks.incident_news import for_stakeholders, moved_to, news, no_channel, no_way_in, reminder, topic
from sickbay.incidents.model import EntryKind, Incident, IncidentSeverity, IncidentState, TimelineEntry
from tests.unit.handlers.blocks.payloads import TEXT, assert_slack_takes, parts, text_of
from tests.unit.handlers.incidents import INCIDENT, NOW

#: Characters that Slack takes of a channel's topic.
TOPIC = 250


def entry(kind: EntryKind, text: str, author: str = "U0BOB") -> TimelineEntry:
    return TimelineEntry(at=NOW, kind=kind, author=author, text=text, key="move:2")


@given(
    kind=st.sampled_from(sorted(incident_news.TOLD)),
    text=TEXT,
    title=TEXT,
    author=st.sampled_from(["U0BOB", "alertmanager", "<!channel>"]),
    severity=st.sampled_from(IncidentSeverity),
)
def test_any_news_are_messages_that_slack_takes(
    kind: EntryKind, text: str, title: str, author: str, severity: IncidentSeverity
) -> None:
    """Given an incident and an entry with any words, when told of, then Slack takes all, and nothing is markup."""
    incident: Incident = msgspec.structs.replace(
        INCIDENT, title=title, severity=severity, commander="U0BOB", remind_every=30, remind_at=NOW
    )
    told = entry(kind, text, author)

    for message in (
        news(incident, told), for_stakeholders(incident, told), reminder(incident), moved_to(incident, "C0OWN"),
        no_channel(incident, text),
    ):  # fmt: skip
        assert_slack_takes(message)
    assert len(topic(incident)) <= TOPIC
    assert "<!channel>" not in topic(incident)


@pytest.mark.parametrize(
    ("kind", "text", "icon"),
    [
        (EntryKind.STATE, "investigating → identified", "mag_right"),
        (EntryKind.STATE, "monitoring → resolved", "white_check_mark"),
        (EntryKind.STATE, "reopened", "mag"),
        (EntryKind.SEVERITY, "sev2 → sev1", "red_circle"),
        (EntryKind.UPDATE, "looking", "mega"),
        (EntryKind.ROLE, "<@U0BOB> is commander", "bust_in_silhouette"),
    ],
)
def test_news_begin_with_the_sign_of_what_they_lead_to(kind: EntryKind, text: str, icon: str) -> None:
    """Given an entry, when told of, then its line begins with the sign of what it leads to."""
    (first, *_) = [part for part in parts(news(INCIDENT, entry(kind, text)).blocks) if part.get("type") == "emoji"]

    assert first["name"] == icon


def test_who_a_change_of_roles_names_is_shown_as_a_person() -> None:
    """Given a role that is handed over, when told of, then both people and who did it are named as such."""
    message = news(INCIDENT, entry(EntryKind.ROLE, "<@U0BOB> is commander, handed over by <@U0ALICE>", "U0CAROL"))

    people = [part["user_id"] for part in parts(message.blocks) if part.get("type") == "user"]
    assert people == ["U0BOB", "U0ALICE", "U0CAROL"]
    assert "somebody is commander, handed over by somebody" in message.text


def test_who_takes_a_role_is_named_once() -> None:
    """Given somebody who takes the lead, when told of, then they are named once."""
    message = news(INCIDENT, entry(EntryKind.ROLE, "<@U0BOB> is commander"))

    assert [part["user_id"] for part in parts(message.blocks) if part.get("type") == "user"] == ["U0BOB"]


def test_a_mention_in_an_update_pings_nobody() -> None:
    """Given an update in which somebody is named, when told of, then the name is text, in the fallback too."""
    message = news(INCIDENT, entry(EntryKind.UPDATE, "<!channel> ask <@U0CAROL>"))

    assert [part["user_id"] for part in parts(message.blocks) if part.get("type") == "user"] == ["U0BOB"]
    assert "<!" not in message.text


def test_each_reminder_is_a_message_of_its_own() -> None:
    """Given two reminders, when compared, then their keys differ: the second is no repeat of the first."""
    first = msgspec.structs.replace(INCIDENT, remind_every=30, remind_at=NOW)
    second = msgspec.structs.replace(first, remind_at=NOW + timedelta(minutes=30))

    assert reminder(first).key != reminder(second).key
    assert "Again in 60 min" in text_of(reminder(first))
    assert "Never" in text_of(reminder(first))


def test_the_topic_says_how_it_stands_and_who_leads() -> None:
    """Given a resolved incident with a lead, when its topic is made, then it says so."""
    resolved = msgspec.structs.replace(INCIDENT, state=IncidentState.RESOLVED, commander="U0BOB")

    assert topic(resolved) == "SEV2 | Resolved | checkout answers 5xx | lead <@U0BOB>"


@pytest.mark.parametrize(
    ("reason", "advice"), [("not_in_channel", "/invite @sickbay"), ("is_archived", "open it elsewhere")]
)
def test_who_opened_it_is_told_what_to_do(reason: str, advice: str) -> None:
    """Given a channel that keeps the bot out, when the opener is told, then the sentence says what helps."""
    assert advice in no_way_in(INCIDENT, reason)
