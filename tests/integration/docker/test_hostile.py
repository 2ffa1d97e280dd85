"""What a target says is text and never more: hostile names, logs and secrets, on a real engine."""

from pathlib import Path

import msgspec
import pytest

from sickbay.diagnostics import recordings
from sickbay.diagnostics.engine import Diagnosis
from tests.integration.docker.lab import Lab, finding, inspected, snapshot_of

pytestmark = pytest.mark.docker

_SECRETS = ("hunter2-hunter2", "AKIAIOSFODNN7EXAMPLE", "ghp_" + "a1B2c3D4" * 5, "correct-horse")


def _saved(diagnosis: Diagnosis, directory: Path) -> str:
    """Give all that leaves the process: the saved snapshot and the report."""
    path = directory / "snapshot.json"
    recordings.save(path, diagnosis.report.target, diagnosis.snapshot)
    return path.read_text() + msgspec.json.encode(diagnosis.report).decode()


def _log_of(diagnosis: Diagnosis) -> str:
    (container,) = snapshot_of(diagnosis).containers
    assert container.log is not None
    return container.log.text


def test_secrets_stay_where_they_are(lab: Lab, tmp_path: Path) -> None:
    """Given secrets in the environment, the command, labels, the health check and the log, then none is kept."""
    password, key, token, word = _SECRETS
    leaky = lab.run(
        "leaky", "sh", "-c", f"echo connecting to postgres://app:{password}@db/shop; echo token={token}; exit 2",
        "--password", word,
        environment={"DB_PASSWORD": password, "AWS_ACCESS_KEY_ID": key, "URL": f"https://u:{word}@host/", "PORT": "80"},
        labels={"api-token": token, "note": f"password={word}"},
        healthcheck={"test": ["CMD", "check", "--token", token], "interval": 3_600_000_000_000},
    )  # fmt: skip
    lab.until_exited(leaky)

    diagnosis = lab.diagnose(leaky.name, audit=True)

    kept = _saved(diagnosis, tmp_path)
    assert [secret for secret in _SECRETS if secret in kept] == []
    assert "PORT=80" in kept
    assert "postgres://app:[redacted" in finding(diagnosis.report, "DKR-C101").evidence[-1].value


def test_logs_that_are_not_text(lab: Lab) -> None:
    """Given a log with bytes that are no UTF-8, NULs and terminal escapes, then what is kept can be shown anywhere."""
    noisy = lab.run(
        "noisy", "sh", "-c",
        r"printf 'caf\351 \377\376\n\033[31mred\033[0m \033]0;title\007\033[2Jafter\nnul\0nul\r\n'; exit 1",
    )  # fmt: skip
    lab.until_exited(noisy)

    log = _log_of(lab.diagnose(noisy.name))

    assert [line.partition("Z ")[2] for line in log.splitlines()] == ["caf� ��", "red after", "nulnul"]


def test_log_of_a_terminal(lab: Lab) -> None:
    """Given a container with a terminal, whose log has no frames, then its lines are read as they are."""
    shell = lab.run("shell", "sh", "-c", "echo one; echo two >&2; exit 5", tty=True)
    lab.until_exited(shell)

    diagnosis = lab.diagnose(shell.name)

    assert [line.partition("Z ")[2] for line in _log_of(diagnosis).splitlines()] == ["one", "two"]
    assert 'its last line was "two"' in finding(diagnosis.report, "DKR-C101").summary


def test_lines_of_a_stack_trace_stay_together(lab: Lab) -> None:
    """Given a message of many lines, then they stay in order, with their indentation."""
    trace = r"Traceback (most recent call last):\n  File \"app.py\", line 3\n    raise KeyError(x)\n\nKeyError: 7\n"
    app = lab.run("app", "sh", "-c", f"printf '{trace}' >&2; exit 1")
    lab.until_exited(app)

    diagnosis = lab.diagnose(app.name)

    lines = [line.partition("Z ")[2] for line in _log_of(diagnosis).splitlines()]
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[2] == "    raise KeyError(x)"
    assert 'its last line was "KeyError: 7"' in finding(diagnosis.report, "DKR-C101").summary


def test_long_logs_keep_their_end(lab: Lab) -> None:
    """Given a log of far more than is kept, then its end is kept and nothing else."""
    app = lab.run("app", "sh", "-c", "seq 1 5000; exit 1")
    lab.until_exited(app)

    lines = _log_of(lab.diagnose(app.name)).splitlines()

    assert (len(lines), lines[0].split()[-1], lines[-1].split()[-1]) == (200, "4801", "5000")


def test_lines_that_are_too_long(lab: Lab) -> None:
    """Given lines of 60 kB each, which the engine itself cuts into pieces, then the very end is still read."""
    app = lab.run("app", "sh", "-c", "for i in 1 2 3 4 5 6 7 8; do seq -s' ' 1 12000; done; echo the end; exit 1")
    lab.until_exited(app)

    diagnosis = lab.diagnose(app.name)

    assert "the end" in finding(diagnosis.report, "DKR-C101").summary
    assert len(_log_of(diagnosis)) < 300_000


def test_names_that_are_markup(lab: Lab, tmp_path: Path) -> None:
    """Given markup, marks that turn text around and 10 kB in labels, then they are cut and kept as plain text."""
    hostile = "<!channel> `rm -rf` *bold* <@U123> \u202eevil\u2066"
    app = lab.run(
        "app", "sh", "-c", "echo '<!channel> `rm -rf /` <https://evil.example|ok>'; exit 1",
        labels={"com.docker.compose.project": hostile, "big": "x " * 5_000, hostile: "1"},
    )  # fmt: skip
    lab.until_exited(app)
    assert hostile in inspected(app)["Config"]["Labels"]

    diagnosis = lab.diagnose(app.name)

    (container,) = snapshot_of(diagnosis).containers
    assert container.project == "<!channel> `rm -rf` *bold* <@U123> evil"
    assert len(container.labels["big"]) == 1_000
    kept = _saved(diagnosis, tmp_path)
    assert "\u202e" not in kept
    assert "\u2066" not in kept
    assert "<!channel> `rm -rf /`" in finding(diagnosis.report, "DKR-C101").summary


def test_log_that_cannot_be_read(lab: Lab) -> None:
    """Given a log driver that keeps nothing, then that is a gap with the engine's own words, and the exit is told."""
    mute = lab.run("mute", "sh", "-c", "echo unheard; exit 3", log_config={"type": "none"})
    lab.until_exited(mute)

    report = lab.diagnose(mute.name).report

    assert "exited with code 3" in finding(report, "DKR-C101").summary
    (gap,) = report.gaps
    assert gap.what == f"not read: {mute.name} (1 of 1 logs)"
    assert "logging driver does not support reading" in gap.reason
