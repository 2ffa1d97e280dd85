"""What Slack knows of a person."""

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError


def unfit(client: WebClient, user: str) -> str:
    """Give why somebody can have no role in an incident, or nothing. Who cannot be looked up may have one."""
    try:
        known = client.users_info(user=user)["user"]
    except SlackApiError as error:
        missing = error.response.get("error") in {"user_not_found", "users_not_found", "user_not_visible"}
        return f"There is nobody called <@{user}> here." if missing else ""
    if known.get("deleted"):
        return f"<@{user}> has left this workspace. Choose somebody who is here."
    if known.get("is_bot") or known.get("id") == "USLACKBOT":
        return f"<@{user}> is a bot. A role is for a person."
    return ""
