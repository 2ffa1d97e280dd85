"""The post-mortem of an incident as a file in its thread, with people by their names."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import msgspec
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sickbay.incidents.database import Database
from sickbay.incidents.lifecycle import is_person
from sickbay.incidents.model import Incident
from sickbay.incidents.postmortem import Story, postmortem
from sickbay.incidents.stories import Stories

#: People whose names are asked of Slack, one call each, and the calls at a time: whoever asked waits for it.
_NAMED, _AT_A_TIME = 20, 10


def share(client: WebClient, database: Database, incident: Incident, may_see: Callable[[Incident], bool]) -> None:
    """Put it into the thread, with others that may be seen. Raises SlackApiError, and DatabaseUnavailableError."""
    story = Stories(database).story(incident.number, may_see)
    story = msgspec.structs.replace(story, names=_names(client, story))
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
    users = [*dict.fromkeys(filter(is_person, people))][:_NAMED]
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        return dict(zip(users, pool.map(partial(_name, client), users), strict=True))


def _name(client: WebClient, user: str) -> str:
    """Give somebody's name; the id of whom Slack does not know."""
    try:
        known = client.users_info(user=user)["user"]
    except SlackApiError:
        return user
    return str(known.get("real_name") or known.get("name") or user)
