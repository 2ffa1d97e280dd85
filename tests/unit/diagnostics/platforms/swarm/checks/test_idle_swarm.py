"""DKR-S113: a swarm runs nothing."""

from sickbay.diagnostics.model import Gap
from sickbay.diagnostics.platforms.swarm.checks.idle_swarm import idle_swarm
from tests.unit.diagnostics.platforms.swarm.swarms import findings, managers, service, swarm


def test_a_swarm_without_services() -> None:
    """Given nodes and no service, then that is told, of one node too."""
    (many,), (one,) = findings(idle_swarm, swarm()), findings(idle_swarm, swarm(nodes=managers(1)))

    assert many.summary == "prod has no services, while its 3 nodes listen for each other."
    assert one.summary == "prod has no services, while its node listens for others."


def test_services_that_are_there_or_could_not_be_read() -> None:
    """Given a service, one outside the scope, or a list that was not read, then nothing is found."""
    elsewhere, _ = service()

    assert findings(idle_swarm, swarm(service())) == []
    assert findings(idle_swarm, swarm(others=(elsewhere,), scope="node/m-1")) == []
    assert findings(idle_swarm, swarm(gaps=(Gap(what="GET /services", reason="no answer"),))) == []
