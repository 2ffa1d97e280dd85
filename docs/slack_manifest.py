"""deploy/slack: the app's manifest for both ways in which Slack can reach the bot."""

from collections.abc import Mapping

from bot.manifest import as_yaml

#: Stands for the bot's own address: a name that nobody can own (RFC 2606).
_PLACE = "https://sickbay.example.com"
_SOCKET = "# Create an app from this at api.slack.com/apps. It asks for no more than the code uses.\n"
_HTTP = (
    f"# As manifest.yaml, for HTTP mode: put your bot's address in place of {_PLACE},\n"
    "# or let `sickbay manifest --url https://…` print it.\n"
)


def render() -> Mapping[str, str]:
    """Give what each file says, by its name."""
    return {"manifest.yaml": _SOCKET + as_yaml(), "manifest-http.yaml": _HTTP + as_yaml(_PLACE)}
