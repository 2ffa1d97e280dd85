"""The Bolt app with every listener there is."""

from concurrent.futures import ThreadPoolExecutor

from slack_bolt import App
from slack_sdk import WebClient

from handlers.actions import cancel, run_again
from handlers.commands import diagnose
from handlers.desk import Desk
from handlers.events import direct_message, mention
from handlers.shortcuts import lint

#: Threads for listeners. Bolt's own five let a burst of commands miss Slack's three seconds.
LISTENERS = 32


def create_app(client: WebClient, desk: Desk) -> App:
    """Make the app. Each request is acknowledged after its listener, so nothing is accepted and then lost."""
    app = App(
        client=client,
        process_before_response=True,
        listener_executor=ThreadPoolExecutor(LISTENERS, thread_name_prefix="listener"),
        raise_error_for_unhandled_request=False,
    )
    for interaction in (diagnose, mention, direct_message, lint, run_again, cancel):
        interaction.register(app, desk)
    return app
