"""`sickbay doctor`: each part is told with what to do where it is not well."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot.manifest import SCOPES
from sickbay.diagnostics import engine
from sickbay.diagnostics.errors import PermanentError
from sickbay.diagnostics.model import Report
from sickbay.diagnostics.targets import Target
from sickbay.incidents.database import newest_version
from tests.unit.command_line.conftest import Run
from tests.unit.command_line.reports import CAUSE, report


class Slack:
    """Answers each method as a test wants it."""

    def __init__(self) -> None:
        self.answers: dict[str, dict[str, object]] = {
            "auth.test": {"ok": True, "team": "Acme"},
            "apps.connections.open": {"ok": True, "url": "wss://nowhere"},
        }
        self.scopes: set[str] | None = set(SCOPES)


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch, run: Run) -> Iterator[Slack]:
    """A Slack on loopback that the environment names, with both tokens set."""
    slack = Slack()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            self.send_response(200)
            if slack.scopes is not None:
                self.send_header("X-OAuth-Scopes", ", ".join(sorted(slack.scopes)))
            self.end_headers()
            self.wfile.write(json.dumps(slack.answers[self.path.removeprefix("/api/")]).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature is http.server's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("SLACK_API_URL", f"http://127.0.0.1:{server.server_port}/api")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-s3cr3t")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-s3cr3t")
    yield slack
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def targets_are(monkeypatch: pytest.MonkeyPatch) -> dict[str, Report]:
    """What the engine says of each target; of those not named here, that nothing is wrong."""
    reports: dict[str, Report] = {}

    def diagnose(target: Target, *_rest: object, **_named: object) -> engine.Diagnosis:
        if target.name == "broken":
            raise PermanentError("It speaks no API.")
        return engine.Diagnosis(reports.get(target.name, report()), None)  # type: ignore[arg-type]  # not looked at

    monkeypatch.setattr(engine, "diagnose", diagnose)
    return reports


def test_all_is_well(run: Run, slack: Slack, tmp_path: Path) -> None:
    """Given tokens that work and a target that answers, when the doctor looks, then all is well and the code is 0."""
    result = run("doctor")

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "✓ Configuration: no file, built-in defaults",
        (
            "– Redis: REDIS_URL is not set; `sickbay up` brings a Valkey of its own, `sickbay bot` and "
            "`sickbay worker` need one"
        ),
        f"– Database: {tmp_path}/data/sickbay/sickbay.db, empty; the bot makes its tables when it starts",
        "✓ SLACK_BOT_TOKEN: works in Acme",
        f"✓ Scopes: all {len(SCOPES)} are granted",
        "✓ SLACK_APP_TOKEN: works, Socket Mode",
        "✓ Target local: Looked at 1 engine, 2 containers, 1 container stopped before the window. Took 1.2 s.",
    ]


def test_a_database_is_told_with_its_version(run: Run, slack: Slack) -> None:
    """Given a database that a bot has migrated, when the doctor looks, then its version is told."""
    run("db", "upgrade")

    assert f"sickbay.db, version {newest_version()}\n" in run("doctor").stdout


def test_a_database_that_does_not_answer(run: Run, slack: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given the address of no PostgreSQL, when the doctor looks, then it says so, what to do, and no password."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://sickbay:s3cr3t@127.0.0.1:1/team")

    result = run("doctor")

    assert result.exit_code == 1
    assert "✗ Database: PostgreSQL database team at 127.0.0.1 cannot be used: " in result.stdout
    assert "\n  Look whether it runs and whether DATABASE_URL is right.\n" in result.stdout
    assert "s3cr3t" not in result.stdout


def test_a_token_that_slack_refuses_is_told(run: Run, slack: Slack) -> None:
    """Given a token that Slack does not know, when the doctor looks, then Slack's word and what to do are told."""
    slack.answers["auth.test"] = {"ok": False, "error": "invalid_auth"}

    result = run("doctor")

    assert result.exit_code == 1
    assert "✗ SLACK_BOT_TOKEN: invalid_auth\n  Slack does not know this token." in result.stdout
    assert "✓ SLACK_APP_TOKEN" in result.stdout
    assert "s3cr3t" not in result.stdout


def test_each_scope_that_is_missing_is_told_with_what_stops_working(run: Run, slack: Slack) -> None:
    """Given an app that was installed with less, when the doctor looks, then each scope it lacks is named, and why."""
    slack.scopes = set(SCOPES) - {"files:read", "commands"}

    result = run("doctor")

    assert result.exit_code == 1
    assert "✗ Scope files:read: is not granted: attached files cannot be linted, and reports have no" in result.stdout
    assert "\n  Give the app the m" in result.stdout
    assert "✗ Scope commands: is not granted: there is neither /diagnose" in result.stdout
    assert result.stdout.count("✗") == 2


def test_scopes_that_slack_does_not_tell_are_not_called_well(run: Run, slack: Slack) -> None:
    """Given a Slack that does not tell the token's scopes, when the doctor looks, then that is neither well nor ill."""
    slack.scopes = None

    result = run("doctor")

    assert result.exit_code == 0
    assert "– Scopes: Slack does not say which the token has" in result.stdout


def test_http_mode_is_told_and_its_secret_not_called_well(
    run: Run, slack: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a signing secret, which nothing here can prove, when the doctor looks, then it tells the mode and that."""
    monkeypatch.delenv("SLACK_APP_TOKEN")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "s3cr3t" * 5)

    result = run("doctor")

    assert result.exit_code == 0
    assert "✓ SLACK_BOT_TOKEN: works in Acme" in result.stdout
    assert "– SLACK_SIGNING_SECRET: HTTP mode, on port 8080 of 127.0.0.1; only Slack's first request" in result.stdout
    assert "s3cr3t" not in result.stdout


def test_what_is_not_set_is_not_called_well(run: Run) -> None:
    """Given neither Slack nor Redis, when the doctor looks, then it says so without a tick, and nothing is ill."""
    result = run("doctor")

    assert result.exit_code == 0
    assert "– Redis: REDIS_URL is not set" in result.stdout
    assert "– Slack: no tokens are set" in result.stdout


def test_a_slack_that_is_not_reached_is_told(run: Run, slack: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an address where nobody answers, when the doctor looks, then it says to see to the way there."""
    monkeypatch.setenv("SLACK_API_URL", f"http://127.0.0.1:{_closed_port()}/api/")

    assert "See that this machine reaches http://127.0.0.1" in run("doctor").stdout


def test_a_redis_that_is_not_reached_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an address of Redis where nobody answers, when the doctor looks, then it says so without the password."""
    monkeypatch.setenv("REDIS_URL", f"redis://:s3cr3t@127.0.0.1:{_closed_port()}")

    result = run("doctor")

    assert result.exit_code == 1
    assert "✗ Redis: " in result.stdout
    assert "See that REDIS_URL is right" in result.stdout
    assert "s3cr3t" not in result.stdout


def test_a_target_that_cannot_be_read_is_told(run: Run, targets_are: dict[str, Report]) -> None:
    """Given a target that could not be looked at, when the doctor looks, then why and what to do are told."""
    targets_are["local"] = report(CAUSE, looked_at={})

    result = run("doctor")

    assert result.exit_code == 1
    assert "✗ Target local: db exited with code 3.\n  Read its log." in result.stdout


def test_a_target_that_fails_is_told(run: Run, targets: list[Target]) -> None:
    """Given a target whose diagnosis fails, when the doctor looks, then the others are told all the same."""
    targets.append(targets[0].model_copy(update={"name": "broken"}))

    result = run("doctor")

    assert result.exit_code == 1
    assert "✓ Target local" in result.stdout
    assert "✗ Target broken: It speaks no API.\n  `sickbay diagnose broken` says more." in result.stdout


def test_no_target_is_told(run: Run, targets: list[Target]) -> None:
    """Given no engine and no configuration, when the doctor looks, then it says how to get a target."""
    targets.clear()

    result = run("doctor")

    assert result.exit_code == 1
    assert "✗ Targets: There is no target" in result.stdout


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
