"""What Slack knows of a channel."""

from functools import partial

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.promptly import promptly
from bot.slack_errors import code_of
from handlers.blocks.text import escape
from handlers.guard import Asker

_PRIVATE = "That channel is private, so a report comes there only if it is asked for there: type `/report` in it."


def unwelcome(client: WebClient, channel: str, asker: Asker) -> str:
    """Give why nothing shall be posted in a channel for who asks, and what to do; nothing where all is well.

    A private one may be named only from within it: who is outside could have the bot speak where they are not; and so
    may one of which Slack does not tell, or not in time. Within such a one nothing is said: who made the report is told
    when it cannot come.
    """
    outside = channel != asker.channel
    if channel.startswith("D"):
        return _PRIVATE if outside else ""
    where = f"<#{escape(channel)}>"
    untold = f"Slack does not tell me now what {where} is: type `/report` in it, or try again." if outside else ""
    invite = f"I am not in {where}, so nothing can come there. Type `/invite @sickbay` there, and then this again."
    try:
        known = promptly(partial(client.conversations_info, channel=channel))["channel"]
    except SlackApiError as error:
        return invite if code_of(error) == "channel_not_found" else untold
    except OSError:
        return untold
    if outside and known.get("is_private"):
        return _PRIVATE
    if known.get("is_archived"):
        return f"{where} is archived: nothing can come there. Choose another channel."
    return "" if known.get("is_member") else invite
