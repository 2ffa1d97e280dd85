"""How a swarm is reached: by the engine of one of its managers, as a Docker host is."""

from typing import Literal

from sickbay.diagnostics.platforms.docker.target import EngineTarget


class SwarmTarget(EngineTarget):
    """A swarm, by the engine of a manager: workers tell nothing of services."""

    platform: Literal["swarm"] = "swarm"
