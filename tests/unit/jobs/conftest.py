"""The fixtures of the queue's tests."""

from tests.unit.jobs.house import client, clock, messages, queue, valkey_url

__all__ = ["client", "clock", "messages", "queue", "valkey_url"]
