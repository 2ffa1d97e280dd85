"""The fixtures that the tests of the worker share with those of the queue."""

from tests.unit.jobs.house import client, clock, messages, queue, valkey_url

__all__ = ["client", "clock", "messages", "queue", "valkey_url"]
