"""Socket Mode, with Slack's own builtin client: tickets, acknowledgements, pings, and coming back."""

import json
import threading
from contextlib import ExitStack
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from sickbay.simulator import Workspace
from tests.integration.simulator.conftest import Bolt, hang_up, wait_until


def opened(workspace: Workspace) -> str:
    client = WebClient(base_url=workspace.api_url)
    return str(client.apps_connections_open(app_token=workspace.app_token)["url"])


def envelopes(workspace: Workspace) -> list[dict[str, Any]]:
    return [entry for entry in workspace.log() if entry["kind"] == "envelope"]


def test_a_socket_says_hello(workspace: Workspace) -> None:
    """Given a ticket, when its socket is opened, then it says hello, how many there are, and whose."""
    with connect(opened(workspace)) as first, connect(opened(workspace)) as second:
        hellos = [json.loads(socket.recv(timeout=10)) for socket in (first, second)]

    assert [(hello["type"], hello["num_connections"]) for hello in hellos] == [("hello", 1), ("hello", 2)]
    assert hellos[0]["connection_info"] == {"app_id": "A0SICKBAY"}


def test_a_ticket_opens_one_socket(workspace: Workspace) -> None:
    """Given a ticket that was used, when it is used again, or one is made up, then no socket is opened."""
    url = opened(workspace)
    with connect(url):
        pass

    for used in (url, url.replace("ticket=", "ticket=x")):
        with pytest.raises(InvalidStatus, match="403"):
            connect(used)


def test_an_eleventh_socket_is_too_many(workspace: Workspace) -> None:
    """Given ten sockets, when another is asked for, then there are too many."""
    with ExitStack() as sockets:
        for _ in range(10):
            sockets.enter_context(connect(opened(workspace))).recv(timeout=10)

        with pytest.raises(SlackApiError, match="too_many_websockets"):
            opened(workspace)


def test_a_ping_comes_back_as_it_was_sent(workspace: Workspace) -> None:
    """Given Slack's client, when it pings as it does all the time, then it hears its own words and stays connected."""
    client = SocketModeClient(
        workspace.app_token,
        web_client=WebClient(workspace.bot_token, base_url=workspace.api_url),
        ping_interval=0.2,
    )
    client.connect()
    session = client.current_session
    assert session is not None

    wait_until(lambda: session.last_ping_pong_time)

    assert client.is_connected()
    hang_up(client, workspace)


def test_what_is_no_acknowledgement_is_passed_over(workspace: Workspace) -> None:
    """Given an app that sends nonsense, when it acknowledges after that, then the acknowledgement counts."""
    with connect(opened(workspace)) as socket:
        socket.recv(timeout=10)
        workspace.say(user="alice", channel="#ops", text="/diagnose local")
        envelope = json.loads(socket.recv(timeout=10))
        for nonsense in (
            "{",
            "[]",
            '"x"',
            "{}",
            '{"envelope_id": []}',
            '{"envelope_id": "x"}',
            "[" * 5000,
            b"\xff\x00",
        ):
            socket.send(nonsense)
        socket.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": {"text": "heard"}}))
        wait_until(lambda: workspace.ephemerals("alice"))

    assert workspace.ephemerals("alice")[0]["text"] == "heard"


def test_an_envelope_has_the_shape_of_slacks(workspace: Workspace) -> None:
    """Given a command and a message, when their envelopes come, then each has what Slack's has, and no more."""
    with connect(opened(workspace)) as socket:
        socket.recv(timeout=10)
        workspace.say(user="alice", channel="#ops", text="/diagnose local")
        command = json.loads(socket.recv(timeout=10))
        workspace.say(user="alice", channel="#ops", text="@sickbay hello")
        event = json.loads(socket.recv(timeout=10))

    assert (command.keys(), command["accepts_response_payload"]) == (
        {"envelope_id", "type", "payload", "accepts_response_payload"},
        True,
    )
    assert (event["type"], event["accepts_response_payload"], event["retry_attempt"], event["retry_reason"]) == (
        "events_api",
        False,
        0,
        "",
    )
    assert (event["payload"]["type"], event["payload"]["event"]["type"]) == ("event_callback", "app_mention")


def test_a_late_event_comes_again_and_says_why(workspace: Workspace) -> None:
    """Given an app that acknowledges nothing, when an event is late, then it comes again as a retry, once."""
    workspace.faults.expect_acks_within(0.2)
    with connect(opened(workspace)) as socket:
        socket.recv(timeout=10)
        workspace.say(user="alice", channel="#ops", text="@sickbay hello")
        first, second = (json.loads(socket.recv(timeout=10)) for _ in range(2))
        wait_until(lambda: [entry["verdict"] for entry in envelopes(workspace)] == ["unacked", "unacked"])

    assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    assert first["envelope_id"] != second["envelope_id"]


def test_three_seconds_are_given_unless_a_test_says_less(workspace: Workspace) -> None:
    """Given no word of a test, when acknowledgements are waited for, then as long as Slack waits."""
    assert workspace.faults.ack_seconds == 3.0


def test_an_app_that_is_asked_to_refresh_misses_nothing(bolt: Bolt, workspace: Workspace) -> None:
    """Given a connected app, when it is asked to open its socket anew, then commands before and after are heard."""

    def listen(ack: Any, command: dict[str, Any]) -> None:
        ack(f"heard {command['text']}")

    bolt.app.command("/diagnose")(listen)
    hellos = len([entry for entry in workspace.log() if entry["name"] == "apps.connections.open"])

    workspace.refresh_sockets()
    wait_until(
        lambda: (
            len([e for e in workspace.log() if e["name"] == "apps.connections.open"]) > hellos
            and workspace._sockets._sockets
            and not workspace._sockets._leaving
        )
    )
    workspace.say(user="alice", channel="#ops", text="/diagnose after")
    wait_until(lambda: workspace.ephemerals("alice"))

    assert [message["text"] for message in workspace.ephemerals("alice")] == ["heard after"]


def test_each_envelope_goes_to_one_of_several_sockets(workspace: Workspace) -> None:
    """Given two sockets of an app, when four commands are typed, then each socket is sent two, and no command twice."""
    with connect(opened(workspace)) as first, connect(opened(workspace)) as second:
        sockets = (first, second)
        assert [json.loads(socket.recv(timeout=10))["num_connections"] for socket in sockets] == [1, 2]
        for number in range(4):
            workspace.say(user="alice", channel="#ops", text=f"/diagnose {number}")

        came = [[json.loads(socket.recv(timeout=10))["payload"]["text"] for _ in range(2)] for socket in sockets]

    assert sorted(came[0] + came[1]) == ["0", "1", "2", "3"]


def test_a_leaving_socket_is_sent_nothing_more(workspace: Workspace) -> None:
    """Given a socket that was asked to refresh, when another is open, then envelopes go to that one alone."""
    with connect(opened(workspace)) as leaving:
        leaving.recv(timeout=10)
        workspace.refresh_sockets()
        goodbye = json.loads(leaving.recv(timeout=10))
        with connect(opened(workspace)) as staying:
            staying.recv(timeout=10)
            for _ in range(4):
                workspace.say(user="alice", channel="#ops", text="/diagnose local")
            came = [json.loads(staying.recv(timeout=10))["type"] for _ in range(4)]
            with pytest.raises(TimeoutError):
                leaving.recv(timeout=0.1)

    assert (goodbye["type"], goodbye["reason"]) == ("disconnect", "refresh_requested")
    assert came == ["slash_commands"] * 4


def test_a_dropped_app_comes_back_by_itself(workspace: Workspace) -> None:
    """Given Slack's client, when its socket is cut without a word, then it opens another and hears again."""
    heard = threading.Event()
    client = SocketModeClient(
        workspace.app_token,
        web_client=WebClient(workspace.bot_token, base_url=workspace.api_url),
        ping_interval=0.2,
    )

    def listen(client: Any, request: SocketModeRequest) -> None:
        client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
        heard.set()

    client.socket_mode_request_listeners.append(listen)
    client.connect()
    first = workspace._sockets._sockets[0]
    workspace.drop_sockets()
    wait_until(lambda: workspace._sockets._sockets and workspace._sockets._sockets[0] is not first)

    workspace.say(user="alice", channel="#ops", text="/diagnose local")

    assert heard.wait(20)
    hang_up(client, workspace)


def test_an_event_may_come_twice(bolt: Bolt, workspace: Workspace) -> None:
    """Given a duplicate that a test asked for, when an event is sent, then the app hears the same one twice."""
    bolt.app.event("app_mention")(bolt.hear)
    workspace.faults.duplicate_next_event()

    workspace.say(user="alice", channel="#ops", text="@sickbay hello")
    bolt.heard.wait(2)

    assert len({body["event_id"] for body in bolt.heard.all}) == 1


def test_a_stopped_workspace_lets_its_app_go(workspace: Workspace) -> None:
    """Given a connected socket, when the workspace stops, then the socket ends."""
    with connect(opened(workspace)) as socket:
        socket.recv(timeout=10)

        workspace.stop()

        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=10)
