"""What Slack knows of a channel."""

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack_errors import code_of
from handlers.blocks.text import escape


def unwelcome(client: WebClient, channel: str) -> str:
    """Give why the bot can post nothing in a channel, and what to do; nothing where it can, or Slack does not tell."""
    if channel.startswith("D"):
        return ""
    where = f"<#{escape(channel)}>"
    invite = f"I am not in {where}, so nothing can come there. Type `/invite @sickbay` there, and then this again."
    try:
        known = client.conversations_info(channel=channel)["channel"]
    except SlackApiError as error:
        return invite if code_of(error) == "channel_not_found" else ""
    except OSError:
        return ""
    if known.get("is_archived"):
        return f"{where} is archived: nothing can come there. Choose another channel."
    return "" if known.get("is_member") else invite
