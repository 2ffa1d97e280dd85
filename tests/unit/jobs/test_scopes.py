"""What a target can be narrowed to is remembered for whoever types next."""

import redis

from sickbay.jobs.queue import KEEP, Queue


def test_scopes_are_remembered_of_each_target_of_each_zone(queue: Queue) -> None:
    """Given targets whose names hold every separator, when their scopes are remembered, then each has its own."""
    queue.remember_scopes("alpha", "ops@host:2", ("web-1", "db"))
    queue.remember_scopes("alpha", "team/host.2", ("payments/api",))
    queue.remember_scopes("beta", "ops@host:2", ("cache",))

    assert queue.scopes("alpha", "ops@host:2") == ("web-1", "db")
    assert queue.scopes("alpha", "team/host.2") == ("payments/api",)
    assert queue.scopes("beta", "ops@host:2") == ("cache",)
    assert queue.scopes("beta", "team/host.2") == ()


def test_the_last_look_counts(queue: Queue, client: redis.Redis) -> None:
    """Given scopes that were remembered, when the target is looked at anew, then only what is there now is given."""
    queue.remember_scopes("alpha", "host", ("web-1", "web-2"))
    queue.remember_scopes("alpha", "host", ("web-2",))

    assert queue.scopes("alpha", "host") == ("web-2",)
    assert client.ttl("sickbay:scopes:alpha:host") == int(KEEP.total_seconds())


def test_what_is_no_list_of_scopes_is_forgotten(queue: Queue, client: redis.Redis) -> None:
    """Given bytes that no worker wrote, when asked for scopes, then there are none."""
    client.set("sickbay:scopes:alpha:host", b"\xff")

    assert queue.scopes("alpha", "host") == ()
