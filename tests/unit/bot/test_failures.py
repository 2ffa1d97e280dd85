"""What fails is told to the person alone, by an id; the trace is in the log, and Slack sends again what it should."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse
from structlog.testing import capture_logs

from bot.dispatch import CarefulApp
from tests.unit.bot.house import FakeSlack, Wire, app_for, click, command, envelope, mention, search, submission

FAILED = "That failed, and the fault is Sickbay's own. Its log says more under "
OUTDATED = "Sickbay does not know this any more: it was made by an older version."


class Fault:
    """What the listeners raise."""

    def __init__(self) -> None:
        self.error: Exception = RuntimeError("s3cr3t: /srv/app/handler.py line 7")

    def __call__(self, _request_id: str) -> None:
        raise self.error


@pytest.fixture
def fault() -> Fault:
    return Fault()


@pytest.fixture
def app(slack: FakeSlack, empty_redis: redis.Redis, fault: Fault) -> CarefulApp:
    return app_for(slack, empty_redis, fault)


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    with capture_logs() as entries:
        yield entries


def refusal(code: str) -> SlackApiError:
    """Give what the SDK raises when Slack refuses a call."""
    data = {"ok": False, "error": code}
    response = SlackResponse(
        client=None, http_verb="POST", api_url="", req_args={}, data=data, headers={}, status_code=200
    )
    return SlackApiError("refused", response)  # type: ignore[no-untyped-call]  # the SDK carries no types here


def said_at_a_command(app: CarefulApp, _slack: FakeSlack) -> str:
    """Fail at a command, and give what the acknowledgement says."""
    response = app.dispatch(envelope(command()))
    answer: Wire = json.loads(response.body)
    assert response.status == 200
    assert answer["response_type"] == "ephemeral"
    return str(answer["text"])


def said_at_a_form(app: CarefulApp, _slack: FakeSlack) -> str:
    """Fail at a form, and give what stands in its place."""
    response = app.dispatch(envelope(submission()))
    answer: Wire = json.loads(response.body)
    assert response.status == 200
    assert answer["response_action"] == "update"
    return str(answer["view"]["blocks"][0]["text"]["text"])


def said_at_a_click(app: CarefulApp, slack: FakeSlack) -> str:
    """Fail at a button of a message, and give what the person is told by the one-time address."""
    assert app.dispatch(envelope(click(response_url=f"{slack.url}respond"))).status == 200
    ((method, arguments),) = slack.told()
    assert (method, arguments["response_type"], arguments["replace_original"]) == ("respond", "ephemeral", False)
    return str(arguments["text"])


def said_at_a_click_without_a_message(app: CarefulApp, slack: FakeSlack) -> str:
    """Fail at a button in App Home, and give what the person is told directly."""
    assert app.dispatch(envelope(click())).status == 200
    ((method, arguments),) = slack.told()
    assert (method, arguments["channel"]) == ("chat.postMessage", "U0ALICE")
    return str(arguments["text"])


def said_at_a_mention(app: CarefulApp, slack: FakeSlack) -> str:
    """Fail at a mention in a thread, and give what the person is told there alone."""
    assert app.dispatch(envelope(mention(thread_ts="1.0"))).status == 500
    ((method, arguments),) = slack.told()
    assert method == "chat.postEphemeral"
    assert (arguments["channel"], arguments["user"], arguments["thread_ts"]) == ("C0OPS", "U0ALICE", "1.0")
    return str(arguments["text"])


WAYS = [said_at_a_command, said_at_a_form, said_at_a_click, said_at_a_click_without_a_message, said_at_a_mention]


@pytest.mark.parametrize("way", WAYS)
def test_a_failure_is_told_by_its_id(
    app: CarefulApp, slack: FakeSlack, logged: list[Any], way: Callable[[CarefulApp, FakeSlack], str]
) -> None:
    """Given a listener that raises, when it is called, then the person is told an id under which the log has it all."""
    told = way(app, slack)

    (entry,) = [item for item in logged if item["event"] == "a request failed"]
    assert told == f"{FAILED}{entry['failure']}."
    assert isinstance(entry["exc_info"], RuntimeError)
    assert "s3cr3t" not in json.dumps(slack.told())


def test_an_event_is_sent_again_and_told_once(app: CarefulApp, slack: FakeSlack) -> None:
    """Given an event that fails each time, when Slack has sent it four times, then the person was told once."""
    assert [app.dispatch(envelope(mention(), retry=retry)).status for retry in range(4)] == [500] * 4
    assert [method for method, _ in slack.told()] == ["chat.postEphemeral"]


def test_a_search_that_fails_finds_nothing(app: CarefulApp, slack: FakeSlack) -> None:
    """Given a menu whose search fails, when somebody types, then it is empty."""
    response = app.dispatch(envelope(search()))

    assert (response.status, json.loads(response.body)) == (200, {"options": []})
    assert slack.told() == []


@pytest.mark.parametrize("code", ["is_archived", "user_not_in_channel", "user_not_found", "channel_not_found"])
def test_where_slack_lets_nothing_be_written_is_logged(
    app: CarefulApp, slack: FakeSlack, fault: Fault, logged: list[Any], code: str
) -> None:
    """Given a channel that was archived or a person who left, when an event comes, then it is over with."""
    fault.error = refusal(code)

    assert app.dispatch(envelope(mention())).status == 200
    assert slack.told() == []
    (entry,) = [item for item in logged if item["event"] == "Slack refuses what a listener asks for"]
    assert entry["error"] == f"a listener's call: {code}"
    assert "exc_info" not in entry


@pytest.mark.parametrize("code", ["account_inactive", "token_revoked"])
def test_an_app_that_was_removed_is_logged_with_what_to_do(
    app: CarefulApp, fault: Fault, logged: list[Any], code: str
) -> None:
    """Given a workspace that removed the app, when a listener calls Slack, then the log says to install it again."""
    fault.error = refusal(code)

    assert app.dispatch(envelope(mention())).status == 200
    (entry,) = [item for item in logged if item["event"] == "Slack refuses what a listener asks for"]
    assert "nstall" in entry["error"]


def test_who_clicked_is_told_what_slack_refuses(app: CarefulApp, slack: FakeSlack, fault: Fault) -> None:
    """Given a button whose call Slack refuses, when it is clicked, then the person is told Slack's word for it."""
    fault.error = refusal("is_archived")

    assert said_at_a_click(app, slack) == "Slack does not let Sickbay do that (is_archived)."


def test_slack_that_is_ill_is_a_failure_to_be_repeated(app: CarefulApp, fault: Fault) -> None:
    """Given that Slack itself fails, when an event cannot be answered, then Slack sends it again."""
    fault.error = refusal("internal_error")

    assert app.dispatch(envelope(mention())).status == 500


def test_a_button_of_an_older_version_says_so(app: CarefulApp, slack: FakeSlack) -> None:
    """Given a button that nothing listens to any more, when it is clicked, then the person is told to ask again."""
    assert app.dispatch(envelope(click("removed_long_ago", response_url=f"{slack.url}respond"))).status == 200
    ((_, arguments),) = slack.told()
    assert arguments["text"].startswith(OUTDATED)


def test_a_command_of_an_older_version_says_so(app: CarefulApp) -> None:
    """Given a command that nothing listens to, when it is typed, then the answer says so."""
    response = app.dispatch(envelope(command(command="/removed")))

    assert json.loads(response.body)["text"].startswith(OUTDATED)


def test_an_event_that_nobody_listens_to_is_not_sent_again(app: CarefulApp, slack: FakeSlack) -> None:
    """Given an event that the app does not listen to, when it comes, then it is acknowledged and nobody is told."""
    assert app.dispatch(envelope(mention(type="pin_added"))).status == 200
    assert slack.told() == []


def test_who_cannot_be_told_changes_nothing(app: CarefulApp, slack: FakeSlack, logged: list[Any]) -> None:
    """Given that the person cannot be told either, when a listener fails, then the log has both."""
    slack.answers["chat.postEphemeral"] = {"ok": False, "error": "is_archived"}

    assert app.dispatch(envelope(mention())).status == 500
    events = [item["event"] for item in logged]
    assert "a request failed" in events
    assert "who asked could not be told" in events
