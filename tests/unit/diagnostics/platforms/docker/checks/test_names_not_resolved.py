"""DKR-N110: names outside that do not resolve."""

from functools import partial

import pytest

from sickbay.diagnostics.model import Confidence
from sickbay.diagnostics.platforms.docker.checks.names_not_resolved import names_not_resolved
from tests.unit.diagnostics.platforms.docker.hosts import ago, at, container, findings, host, log

_log = partial(log, at=ago(minutes=1))
TIMEOUT = "lookup api.example.com on 10.0.0.2:53: read udp 172.18.0.2:41->10.0.0.2:53: i/o timeout"
INTERNAL = "curl: (6) Could not resolve host: git.corp"


def test_a_server_that_does_not_answer() -> None:
    """Given a program that names the DNS server that gave no answer, then that server is told."""
    (finding,) = findings(names_not_resolved, host(container("web", log=_log(TIMEOUT))))

    assert finding.summary == "web cannot resolve api.example.com: its DNS server 10.0.0.2 gives no answer."


def test_docker_own_resolver_is_not_the_one() -> None:
    """Given Docker's own resolver in the error, then the server behind it is named where it was set, else none."""
    line = "lookup api.example.com on 127.0.0.11:53: server misbehaving"

    (unset,) = findings(names_not_resolved, host(container("web", log=_log(line))))
    (known,) = findings(names_not_resolved, host(container("web", log=_log(line), dns=("10.0.0.2",))))

    assert unset.summary.endswith("its DNS server gives no answer.")
    assert known.summary.endswith("its DNS server 10.0.0.2 gives no answer.")


@pytest.mark.parametrize(
    ("dns", "told"), [(("8.8.8.8",), "8.8.8.8 is public"), ((), "no server of its own was set (--dns)")]
)
def test_an_internal_name(dns: tuple[str, ...], told: str) -> None:
    """Given an internal name and a public server, or none of its own, then it is inferred that it cannot know."""
    (finding,) = findings(names_not_resolved, host(container("web", log=_log(INTERNAL), dns=dns)))

    assert finding.summary == f"web cannot resolve git.corp: the name is internal, and {told}."
    assert finding.confidence is Confidence.INFERRED


@pytest.mark.parametrize(
    ("line", "dns"),
    [
        (INTERNAL, ("10.0.0.2",)),
        ("Could not resolve host: api.exmaple.com", ("8.8.8.8",)),
        ("lookup db on 127.0.0.11:53: server misbehaving", ()),
    ],
)
def test_what_is_another_matter(line: str, dns: tuple[str, ...]) -> None:
    """Given an internal server, a public name that may be mistyped, or a peer's name, then this check is silent."""
    db = container("db", networks=at("172.18.0.3"))

    assert findings(names_not_resolved, host(container("web", log=_log(line), dns=dns), db)) == []


def test_an_answer_that_was_missing_some_minutes_ago() -> None:
    """Given a DNS server that gave no answer five minutes ago, and no complaint since, then that is over."""
    said = log(TIMEOUT, at=ago(minutes=5))

    assert findings(names_not_resolved, host(container("web", log=said))) == []
