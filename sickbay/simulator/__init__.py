"""A local Slack workspace: real enough that unmodified slack-bolt and slack-sdk cannot tell, and a page to look at it.

It imports nothing else of the product. It listens on loopback only, and its page needs the token in its URL.
"""

from sickbay.simulator.workspace import Workspace

__all__ = ["Workspace"]
