"""How a bot leaves its socket: whoever waits for an acknowledgement gets it first."""

import threading

from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.manifest import manifest
from bot.process import hang_up
from bot.slack import web_client
from sickbay.simulator import Workspace

SECONDS = 30.0


def test_who_waits_is_acknowledged_before_the_socket_is_closed() -> None:
    """Given a command that is being handled, when the bot hangs up, then it is acknowledged all the same."""
    begun, released = threading.Event(), threading.Event()
    with Workspace(manifest=manifest()) as workspace:
        workspace.faults.expect_acks_within(SECONDS)
        app = App(client=web_client(workspace.bot_token, workspace.api_url))

        def on_command(ack: Ack) -> None:
            begun.set()
            released.wait(SECONDS)
            ack("done")

        app.command("/diagnose")(on_command)
        handler = SocketModeHandler(app, workspace.app_token)
        handler.connect()  # type: ignore[no-untyped-call]  # the handler carries no types here
        workspace.wait_for(lambda now: now.connected)
        workspace.say(user="alice", channel="#ops", text="/diagnose local")
        assert begun.wait(SECONDS)

        leaving = threading.Thread(target=hang_up, args=(handler,))
        leaving.start()
        released.set()
        leaving.join(SECONDS)

        (told,) = workspace.wait_for(lambda now: now.ephemerals("alice"))
    assert told["text"] == "done"
    assert not handler.client.is_connected()
