"""DKR-S108: a manager that starts anew needs no key."""

from sickbay.diagnostics.platforms.swarm.checks.managers_not_locked import managers_not_locked
from tests.unit.diagnostics.platforms.swarm.swarms import findings, membership, swarm


def test_a_swarm_without_auto_lock() -> None:
    """Given a swarm that does not lock its managers, then that is told; with auto-lock nothing is."""
    (found,) = findings(managers_not_locked, swarm(info=membership(locks=False)))

    assert found.summary == "prod does not lock its managers: their disks hold the keys to its secrets."
    assert findings(managers_not_locked, swarm()) == []
