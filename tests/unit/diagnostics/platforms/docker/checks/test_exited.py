"""DKR-C101: a container ended by itself with an error."""

import pytest

from sickbay.diagnostics.model import Confidence, Finding
from sickbay.diagnostics.platforms.docker.checks.exited import exited
from sickbay.diagnostics.platforms.docker.snapshot import Container
from tests.unit.diagnostics.platforms.docker.hosts import ago, container, event, findings, host, log

BEFORE = event("start", "x", at=ago(hours=9))


def found(one: Container, *events: object) -> Finding:
    (finding,) = findings(exited, host(one, events=(BEFORE, *events)))
    return finding


def test_an_error_is_told_with_its_last_line() -> None:
    """Given a container that exited with 3 five minutes ago and said why, then code, time and line are told."""
    finding = found(container(status="exited", exit_code=3, log=log("starting", "ledger is sealed")))

    assert finding.summary == (
        "web-1 exited with code 3 at 02:55 UTC: the application reported an error; "
        'its last line was "ledger is sealed".'
    )
    assert finding.evidence[-1].source == "GET /containers/web-1/logs"
    assert (finding.first_seen, finding.last_seen) == (ago(minutes=5), ago(minutes=5))
    assert finding.confidence is Confidence.OBSERVED
    assert finding.remedy is None


def test_an_error_before_the_last_line_is_quoted() -> None:
    """Given an error that another line follows, as where two streams are joined, then the error is quoted."""
    finding = found(container(status="exited", exit_code=3, log=log("up", "FATAL: no such file", "starting")))

    assert finding.summary.endswith('; its log says "FATAL: no such file".')


def test_a_long_last_line_is_cut() -> None:
    """Given a last line of 1,000 characters, then the summary quotes its beginning."""
    assert len(found(container(status="exited", exit_code=3, log=log("x" * 1_000))).summary) < 250


@pytest.mark.parametrize(
    ("code", "says", "cure"),
    [
        (1, "the application reported an error", None),
        (124, "the application reported an error", None),
        (125, "the engine itself could not run it", "engine's own log"),
        (126, "the command `/usr/bin/serve --port 8080` may not be executed", "chmod +x"),
        (127, "the command `/usr/bin/serve --port 8080` was not found", "full path"),
        (128, "the application reported an error", None),
        (133, "it was ended by SIGTRAP, which Docker was not asked to send", "crashed"),
        (134, "it was ended by SIGABRT, which Docker was not asked to send", "crashed"),
        (139, "it was ended by SIGSEGV, which Docker was not asked to send", "crashed"),
        (137, "it was ended by SIGKILL, which Docker was not asked to send", "Something besides Docker"),
        (143, "it was ended by SIGTERM, which Docker was not asked to send", "Something besides Docker"),
        (255, "the application reported an error", None),
    ],
)
def test_the_code_decides_what_is_said(code: int, says: str, cure: str | None) -> None:
    """Given an exit code, then the finding says what it means, and what to do where the code decides that."""
    finding = found(container(status="exited", exit_code=code))

    assert f": {says}." in finding.summary
    assert (cure in finding.remedy.text) if finding.remedy and cure else (finding.remedy, cure) == (None, None)


def test_137_alone_is_never_called_out_of_memory() -> None:
    """Given exit code 137 and no word of the engine about memory, then the finding says SIGKILL and no more."""
    finding = found(container(status="exited", exit_code=137))

    assert "SIGKILL" in finding.summary
    assert "memory" not in finding.summary


def test_a_refused_command_was_not_run_at_any_time() -> None:
    """Given a command that the runtime refused, then the finding says that it could not be started, without a time."""
    refused = container(status="created", exit_code=127, error='exec: "serve": executable file not found in $PATH')

    assert found(refused).summary == (
        "web-1 could not be started: the command `/usr/bin/serve --port 8080` was not found."
    )


def test_a_container_that_runs_again_is_said_to() -> None:
    """Given a container that crashed and was restarted, then the finding says that it runs again."""
    one = container(restart_count=1)

    assert found(one, event("die", one, exitCode="1")).summary.endswith("; it was restarted and runs again.")


@pytest.mark.parametrize("code", ["15", "9", "2"])
def test_an_end_that_was_asked_for_is_none(code: str) -> None:
    """Given `docker stop` or `docker kill` just before the end, then nothing is found, whatever the code."""
    one = container(status="exited", exit_code=1)

    assert findings(exited, host(one, events=(BEFORE, event("kill", one, signal=code)))) == []


def test_a_reload_is_no_request_to_end() -> None:
    """Given SIGHUP just before the end, then the crash is found."""
    one = container(status="exited", exit_code=1)

    assert found(one, event("kill", one, signal="1")).subject == one.subject


def test_code_0_is_no_error() -> None:
    """Given a container that did its work, then nothing is found."""
    assert findings(exited, host(container(status="exited", exit_code=0))) == []


def test_out_of_memory_is_another_checks_word() -> None:
    """Given the engine's word that memory ended it, then this check says nothing."""
    flagged = container(status="exited", exit_code=137, oom_killed=True)
    noted = container(status="exited", exit_code=137)

    assert findings(exited, host(flagged, events=(BEFORE,))) == []
    assert findings(exited, host(noted, events=(BEFORE, event("oom", noted)))) == []


def test_an_old_lack_of_memory_does_not_hide_a_new_crash() -> None:
    """Given an `oom` event ten hours ago and an error now, then the error is found."""
    one = container(status="exited", exit_code=3)

    assert found(one, event("oom", one, at=ago(hours=8))).subject == one.subject


@pytest.mark.parametrize("code", [130, 143])
def test_an_orderly_end_that_nobody_remembers_is_left_alone(code: int) -> None:
    """Given SIGINT's or SIGTERM's code and an engine that forgot what was before, then it may have been asked for."""
    assert findings(exited, host(container(status="exited", exit_code=code))) == []


def test_a_kill_that_nobody_remembers_is_inferred() -> None:
    """Given 137 and an engine that forgot what was before it, then the finding claims nothing of who asked."""
    (finding,) = findings(exited, host(container(status="exited", exit_code=137)))

    assert "Docker no longer knows who asked for it" in finding.summary
    assert finding.confidence is Confidence.INFERRED
    assert finding.remedy is not None
    assert finding.remedy.text.startswith("Ask whether somebody stopped it")
