"""What a person is told when a request fails, or asks for what is not there any more. A trace is in the log alone."""

from typing import Any
from uuid import uuid4

import msgspec
import structlog
from slack_bolt import App, BoltRequest, BoltResponse, Respond
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.request.payload_utils import is_event, is_options, is_slash_command, is_view_submission
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack import understood
from bot.slack_errors import code_of
from sickbay.diagnostics.errors import PermanentError

log = structlog.get_logger()

OUTDATED = "Sickbay does not know this any more: it was made by an older version. Ask again with `/diagnose`."
_OK = 200


def register(app: App) -> None:
    """Let what the app's listeners raise, and what none of them listens to, end here."""
    app.error(tell)


def tell(error: Exception, request: BoltRequest, client: WebClient, respond: Respond) -> BoltResponse | None:
    """Tell the person and the log; gives what Slack is answered, or None for an event that Slack should send again."""
    event = is_event(request.body)
    # What a form carries along is read by msgspec: an older version wrote other words into it.
    if isinstance(error, BoltUnhandledRequestError | msgspec.DecodeError):
        log.info("a request is of another version", type=request.body.get("type"))
        return BoltResponse(status=_OK) if event else _answer(OUTDATED, request, client, respond)
    if isinstance(error, SlackApiError) and isinstance(
        refusal := understood("a listener's call", error), PermanentError
    ):
        log.warning("Slack refuses what a listener asks for", error=str(refusal))
        sentence = f"Slack does not let Sickbay do that ({code_of(error)})."
        return BoltResponse(status=_OK) if event else _answer(sentence, request, client, respond)
    failure = uuid4().hex[:8]
    log.error("a request failed", failure=failure, exc_info=error)
    sentence = f"That failed, and the fault is Sickbay's own. Its log says more under {failure}."
    if not event:
        return _answer(sentence, request, client, respond)
    # Slack sends the event again, up to three times: that is told once.
    if request.headers.get("x-slack-retry-num", ["0"])[0] == "0":
        _say(sentence, request.body, client, respond)
    return None


def _answer(sentence: str, request: BoltRequest, client: WebClient, respond: Respond) -> BoltResponse:
    """Say it in the acknowledgement where Slack shows that, else beside it."""
    body = request.body
    if is_slash_command(body):
        return BoltResponse(status=_OK, body={"response_type": "ephemeral", "text": sentence})
    if is_view_submission(body):
        return BoltResponse(status=_OK, body={"response_action": "update", "view": _form_that_says(sentence)})
    if is_options(body):
        return BoltResponse(status=_OK, body={"options": []})
    _say(sentence, body, client, respond)
    return BoltResponse(status=_OK)


def _say(sentence: str, body: dict[str, Any], client: WebClient, respond: Respond) -> None:
    """Say it to the person alone: by the one-time address, where they said it, or directly."""
    try:
        if body.get("response_url"):
            respond(sentence, response_type="ephemeral", replace_original=False)
        elif is_event(body):
            event = body["event"]
            thread = {"thread_ts": event["thread_ts"]} if "thread_ts" in event else {}
            client.chat_postEphemeral(channel=event["channel"], user=event["user"], text=sentence, **thread)
        else:
            client.chat_postMessage(channel=body["user"]["id"], text=sentence)
    except Exception as error:
        # Whatever it is, it must not hide the failure that was to be told.
        log.warning("who asked could not be told", error=repr(error))


def _form_that_says(sentence: str) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Sickbay"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [{"type": "section", "text": {"type": "plain_text", "text": sentence}}],
    }
