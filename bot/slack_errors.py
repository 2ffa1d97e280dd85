"""What a person does about Slack's refusals of a token."""

from slack_sdk.errors import SlackApiError

_TOKENS = "Take the tokens of the app's pages 'OAuth & Permissions' (xoxb-) and 'Basic Information' (xapp-)."

#: By Slack's error code: refusals that no second try changes.
ADVICE = {
    "invalid_auth": f"Slack does not know this token. {_TOKENS}",
    "not_authed": f"Slack got no token. {_TOKENS}",
    "not_allowed_token_type": f"This token is of the wrong kind. {_TOKENS}",
    "account_inactive": "The app was removed from the workspace. Install it again.",
    "token_revoked": "The token was revoked. Install the app again and take its new token.",
    "missing_scope": (
        "The token lacks a scope: the app-level token needs connections:write, the bot's what `sickbay doctor` says."
    ),
}


def code_of(error: BaseException) -> str:
    """Give Slack's error code of a refusal, or of the one that Bolt wraps; nothing where Slack gave none."""
    refusal = error if isinstance(error, SlackApiError) else error.__context__
    data = refusal.response.data if isinstance(refusal, SlackApiError) else None
    return str(data.get("error", "")) if isinstance(data, dict) else ""
