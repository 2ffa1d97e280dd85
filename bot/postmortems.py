"""The post-mortem of an incident as a file in its thread, with people by their names."""

from contextlib import suppress

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sickbay.incidents.database import Database
from sickbay.incidents.model import Incident
from sickbay.incidents.postmortem import Story, postmortem
from sickbay.incidents.stories import Stories

#: People whose names are asked of Slack, one call each.
_NAMED = 20


def share(client: WebClient, database: Database, incident: Incident) -> None:
    """Put it into the thread. Raises SlackApiError, and DatabaseUnavailableError."""
    stories = Stories(database)
    story = stories.story(incident.number)
    story = stories.story(incident.number, _names(client, story))
    client.files_upload_v2(
        channel=incident.channel,
        thread_ts=incident.thread_ts,
        content=postmortem(story),
        filename=f"inc-{incident.number}.md",
        title=f"Post-mortem of INC-{incident.number}",
    )


def _names(client: WebClient, story: Story) -> dict[str, str]:
    incident = story.incident
    people = [incident.opened_by, incident.commander, incident.communications, incident.scribe]
    people += [entry.author for entry in story.entries]
    names: dict[str, str] = {}
    for user in [*dict.fromkeys(person for person in people if person.startswith(("U", "W")))][:_NAMED]:
        with suppress(SlackApiError):
            known = client.users_info(user=user)["user"]
            names[user] = known.get("real_name") or known.get("name") or user
    return names
