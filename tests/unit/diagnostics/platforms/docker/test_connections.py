"""Connections that could not be made, as programs tell of them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.docker.connections import Failure, Trouble, failure_of, failures
from tests.unit.diagnostics.platforms.docker.hosts import NOW, ago, container, health, host, log

NAME, DNS, REFUSED, SILENCE, STALL = Trouble


def _read(line: str) -> Failure | None:
    return failure_of(line, Evidence(source="log", value=line, at=NOW))


@pytest.mark.parametrize(
    ("line", "trouble", "peer", "port"),
    [
        ("dial tcp: lookup db on 127.0.0.11:53: no such host", NAME, "db", ""),
        ("lookup api.x.io on 10.0.0.2:53: read udp 172.18.0.2:4312->10.0.0.2:53: i/o timeout", DNS, "api.x.io", ""),
        ("dial tcp 172.18.0.3:5432: connect: connection refused", REFUSED, "172.18.0.3", "5432"),
        ("dial tcp 10.0.0.1:443: i/o timeout", SILENCE, "10.0.0.1", "443"),
        ("curl: (6) Could not resolve host: db", NAME, "db", ""),
        ("curl: (7) Failed to connect to db port 5432 after 3 ms: Couldn't connect to server", REFUSED, "db", "5432"),
        (
            "curl: (28) Failed to connect to 172.17.0.3 port 80 after 9 ms: Connection timed out",
            SILENCE,
            "172.17.0.3",
            "80",
        ),
        ("curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to api.x.io:443", STALL, "api.x.io", "443"),
        ("wget: bad address 'db:80'", NAME, "db", "80"),
        ("wget: can't connect to remote host (172.18.0.2): Connection refused", REFUSED, "172.18.0.2", ""),
        ("nc: 172.18.0.2 (172.18.0.2:80): Connection refused", REFUSED, "172.18.0.2", "80"),
        ('could not translate host name "db" to address: Name or service not known', NAME, "db", ""),
        ('connection to server at "db" (172.18.0.3), port 5432 failed: Connection refused', REFUSED, "db", "5432"),
        ("Failed to resolve 'api.x.io' ([Errno -3] Temporary failure in name resolution)", DNS, "api.x.io", ""),
        ("HTTPConnectionPool(host='api', port=80): x [Errno 111] Connection refused", REFUSED, "api", "80"),
        ("Error: getaddrinfo ENOTFOUND db", NAME, "db", ""),
        ("Error: getaddrinfo EAI_AGAIN db", DNS, "db", ""),
        ("Error: connect ECONNREFUSED 172.18.0.3:5432", REFUSED, "172.18.0.3", "5432"),
        ("java.net.UnknownHostException: db: Name or service not known", NAME, "db", ""),
        ("AnnotatedConnectException: Connection refused: db/172.18.0.3:5432", REFUSED, "db", "5432"),
        ("Unknown MySQL server host 'db' (-2)", NAME, "db", ""),
        ("ERROR 2003 (HY000): Can't connect to MySQL server on 'db:3306' (111)", REFUSED, "db", "3306"),
        ('[emerg] host not found in upstream "app" in /etc/nginx/conf.d/default.conf:3', NAME, "app", ""),
        (
            'upstream timed out (110: x), client: 1.1.1.1, upstream: "http://172.18.0.3:8080/"',
            SILENCE,
            "172.18.0.3",
            "8080",
        ),
        ("Error -2 connecting to redis:6379. Name or service not known.", NAME, "redis", "6379"),
        ("ssh: connect to host 172.17.0.3 port 22: Connection timed out", SILENCE, "172.17.0.3", "22"),
        ('Get "https://r.x.io/v2/": net/http: TLS handshake timeout', STALL, "r.x.io", ""),
        (
            'could not connect to server: Connection refused; running on host "db" (172.18.0.2), port 5432?',
            REFUSED,
            "db",
            "5432",
        ),
        ("ping: db: Name or service not known", NAME, "db", ""),
        ("Error: connect ETIMEDOUT 1.2.3.4:443", SILENCE, "1.2.3.4", "443"),
        ("Error: connect EHOSTUNREACH 172.18.0.9:80", SILENCE, "172.18.0.9", "80"),
    ],
)
def test_forms(line: str, trouble: Trouble, peer: str, port: str) -> None:
    """Given what a program of this kind says, then trouble, peer and port are read from it."""
    (found,) = failures(host(), container(log=log(line)))

    assert (found.trouble, found.host, found.port) == (trouble, peer, port)


@pytest.mark.parametrize(
    "line",
    ["ready", "request timed out", "user login timed out for bob at 10:32:11 today", "connection refused by policy",
     "net/http: TLS handshake timeout", "listening on 0.0.0.0:80"],
)  # fmt: skip
def test_what_names_no_peer_is_none(line: str) -> None:
    """Given a line that tells of no failed connection, or not to whom, then nothing is read from it."""
    assert _read(line) is None


@given(st.text(max_size=300))
def test_any_line_can_be_read(line: str) -> None:
    """Given any text, with the words of a failure behind it, then reading ends, and a peer has a name."""
    found = _read(f"{line} connection refused")

    assert found is None or found.host


def test_a_hostile_line_costs_little() -> None:
    """Given lines made to be hard to read, then a thousand of them are read within two seconds of the processor."""
    words = ("a" * 5000, "a." * 2000, "1:" * 2000, "lookup " * 700, "(" * 3000, 'running on host "a"' * 200)
    began = time.process_time()

    for number in range(1000):
        _read(f"{number} {words[number % len(words)]} connection refused"[:999])

    assert time.process_time() - began < 2


def test_lines_of_the_last_minutes_count() -> None:
    """Given lines of a container that runs, then those of the last ten minutes count, each peer once."""
    lines = [f"lookup {name}: no such host" for name in ("db", "db", "cache")]

    assert [item.host for item in failures(host(), container(log=log(*lines)))] == ["db", "cache"]
    assert failures(host(), container(log=log(*lines, at=ago(minutes=11)))) == ()


def test_the_last_minutes_of_one_that_ended() -> None:
    """Given a container that ended hours ago, then its last ten minutes count."""
    said = log("lookup db: no such host", at=ago(hours=3))

    assert failures(host(), container(status="exited", finished_at=ago(hours=3), log=said))
    assert failures(host(), container(status="exited", finished_at=ago(hours=2), log=said)) == ()


def test_a_health_check_counts_while_it_fails() -> None:
    """Given a health check that failed, then what it says counts while it keeps failing."""
    failing, over = health("bad address 'db'"), health("bad address 'db'", failing_streak=0, status="healthy")

    assert [item.host for item in failures(host(), container(health=failing))] == ["db"]
    assert failures(host(), container(health=over)) == ()
