"""`/healthz` and `/metrics`: over real HTTP, since what is tested is that somebody answers there."""

import socket
import urllib.error
import urllib.request

import pytest
from prometheus_client import Counter

from sickbay.health import AddressError, HealthServer

COUNTED = Counter("sickbay_test_health", "What this test counts.")


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    return int(free)


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_well_process_says_so(port: int) -> None:
    """Given a process that nothing ails, when asked, then it answers 200."""
    with HealthServer("127.0.0.1", port, lambda: ""):
        assert get(port, "/healthz") == (200, "ok")


def test_an_ill_process_says_why_and_recovers(port: int) -> None:
    """Given a process that is ill for a while, when asked, then it answers 503 with the reason, and then 200."""
    ailments = ["Redis does not answer: gone", ""]
    with HealthServer("127.0.0.1", port, lambda: ailments.pop(0)):
        assert get(port, "/healthz") == (503, "Redis does not answer: gone")
        assert get(port, "/healthz") == (200, "ok")


def test_what_is_counted_is_exposed(port: int) -> None:
    """Given a counter of this process, when the metrics are read, then it is among them."""
    COUNTED.inc(3)
    with HealthServer("127.0.0.1", port, lambda: ""):
        status, text = get(port, "/metrics")

    assert status == 200
    assert "sickbay_test_health_total 3.0" in text


def test_a_taken_port_is_said_at_once(port: int) -> None:
    """Given a port that somebody listens on, when the server starts, then that is an error that names it."""
    with (
        HealthServer("127.0.0.1", port, lambda: ""),
        pytest.raises(AddressError, match=f"127.0.0.1:{port} .*in use.* http.port"),
        HealthServer("127.0.0.1", port, lambda: ""),
    ):
        pytest.fail("both listen")


def test_an_address_of_another_machine_is_said_at_once() -> None:
    """Given an address that is not this machine's, when the server starts, then that is an error that names it."""
    with (
        pytest.raises(AddressError, match=r"192\.0\.2\.1:8080"),
        HealthServer("192.0.2.1", 8080, lambda: ""),
    ):
        pytest.fail("listens")


def test_the_port_is_free_again_afterwards(port: int) -> None:
    """Given a server that has ended, when another starts there, then it answers."""
    for _ in range(2):
        with HealthServer("127.0.0.1", port, lambda: ""):
            assert get(port, "/healthz")[0] == 200
