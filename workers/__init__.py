"""The processes near the targets: a worker runs the engine, a recorder watches.

They hold the targets' credentials, never Slack's.
"""
