"""Whether the workspace says truly that an app listens: who starts both waits for it before the first command."""

from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient

from sickbay.simulator import Workspace
from tests.integration.simulator.conftest import wait_until


def test_a_workspace_is_connected_only_once_a_socket_is_open() -> None:
    """Given a workspace, when an app has only asked for an address, then it is not connected; with its socket it is."""
    with Workspace() as workspace:
        client = SocketModeClient(
            workspace.app_token, web_client=WebClient(workspace.bot_token, base_url=workspace.api_url)
        )
        client.wss_uri = client.issue_new_wss_url()
        asked = workspace.connected

        client.connect()
        # The handshake ends at the client a moment before the workspace goes on.
        wait_until(lambda: workspace.connected)
        client.close()

    assert not asked
