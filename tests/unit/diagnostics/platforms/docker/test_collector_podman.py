"""Where Podman's Docker-compatible API differs from Docker's, it is asked in its own way."""

from tests.unit.diagnostics.platforms.docker.conftest import read
from tests.unit.diagnostics.platforms.docker.fake_engine import FakeEngine, inspection


def _as_podman(engine: FakeEngine) -> None:
    engine.json(
        "/version",
        {
            "Version": "4.3.1",
            "ApiVersion": "1.41",
            "MinAPIVersion": "1.24",
            "Components": [{"Name": "Podman Engine", "Version": "4.3.1"}],
        },
    )


def _asked(engine: FakeEngine, route: str) -> str:
    (asked,) = (path for path in engine.requests if route in path)
    return asked


def test_podman_ends_its_events_when_asked_to(engine: FakeEngine) -> None:
    """Podman loses events where `until` is given; Docker needs it, or its stream never ends."""
    read(engine)
    docker = _asked(engine, "/events")
    engine.requests.clear()
    _as_podman(engine)

    read(engine)

    podman = _asked(engine, "/events")
    assert "until=" in docker
    assert "stream" not in docker
    assert "until" not in podman
    assert "stream=false" in podman


def test_podman_runs_nothing_inside_a_container(engine: FakeEngine) -> None:
    """Podman would run ps inside the container for columns that it does not know: it is told those that it does."""
    _as_podman(engine)
    engine.containers(inspection("web"))

    read(engine)

    assert "ps_args=user%2Cpid%2Cppid" in _asked(engine, "/top")
