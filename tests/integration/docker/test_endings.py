"""How containers end, on a real engine: each ending is told apart, and says why."""

import pytest

from tests.integration.docker.lab import Lab, finding, inspected

pytestmark = pytest.mark.docker


def test_exit_3_with_its_log_line(lab: Lab) -> None:
    """Given an application that says what is wrong and ends with 3, then its own words are the evidence."""
    job = lab.run(
        "job", "sh", "-c", "exec >&2; echo 'reading the ledger'; echo 'out of luck: ledger is sealed'; exit 3"
    )
    lab.until_exited(job)

    diagnosis = lab.diagnose(job.name)

    found = finding(diagnosis.report, "DKR-C101")
    assert "exited with code 3" in found.summary
    assert 'its last line was "out of luck: ledger is sealed"' in found.summary
    log = next(item for item in found.evidence if item.source.endswith("/logs"))
    assert "reading the ledger" in log.value
    assert len(diagnosis.report.findings) == 1


def test_exit_127_of_a_shell(lab: Lab) -> None:
    """Given a shell that does not find its command, then the finding says so and shows the shell's words."""
    job = lab.run("job", "sh", "-c", "serve --port 80")
    lab.until_exited(job)

    found = finding(lab.diagnose(job.name).report, "DKR-C101")

    assert "exited with code 127" in found.summary
    assert "was not found" in found.summary
    assert "serve: not found" in found.summary


def test_exit_127_of_the_exec_form(lab: Lab) -> None:
    """Given a command that the engine itself cannot find, then it is the same fault, though nothing has ever run."""
    job = lab.fail("job", "no-such-program", "--port", "80")

    report = lab.diagnose(job.name).report

    assert [item.code for item in report.findings] == ["DKR-C101"]
    assert "the command `no-such-program --port 80` was not found" in report.findings[0].summary


def test_exit_126_of_a_shell(lab: Lab) -> None:
    """Given a file that is no program, when a shell runs it, then it may not be executed."""
    job = lab.run("job", "sh", "-c", "/etc/not-a-program")
    lab.until_exited(job)

    found = finding(lab.diagnose(job.name).report, "DKR-C101")

    assert "exited with code 126" in found.summary
    assert "may not be executed" in found.summary
    assert "chmod +x" in found.remedy.text


def test_exit_126_of_the_exec_form(lab: Lab) -> None:
    """Given a file that is no program, when the engine runs it, then it is the same fault."""
    job = lab.fail("job", "/etc/not-a-program")

    report = lab.diagnose(job.name).report

    assert [item.code for item in report.findings] == ["DKR-C101"]
    assert "the command `/etc/not-a-program` may not be executed" in report.findings[0].summary


def test_out_of_memory(lab: Lab) -> None:
    """Given a container that needs more memory than it may use, then the engine's own word proves it."""
    hungry = lab.run("hungry", "tail", "/dev/zero", mem_limit="16m", memswap_limit="16m")
    lab.until_exited(hungry)

    diagnosis = lab.diagnose(hungry.name)

    found = finding(diagnosis.report, "DKR-C102")
    assert "more than its limit of 16 MiB" in found.summary
    assert ("GET /containers/" in found.evidence[0].source, found.evidence[0].value) == (True, "true")
    assert any("oom" in item.value for item in found.evidence if item.source == "GET /events")
    assert [item.code for item in diagnosis.report.findings] == ["DKR-C102"]


def test_killed_after_ignoring_stop(lab: Lab) -> None:
    """Given a process that ignores SIGTERM, when it is stopped, then it was killed for it, and not for memory."""
    stubborn = lab.run("stubborn", "sh", "-c", "trap '' TERM; while :; do sleep 1; done")
    stubborn.stop(timeout=1)

    diagnosis = lab.diagnose(stubborn.name)

    found = finding(diagnosis.report, "DKR-C103")
    assert "ignored SIGTERM for 1 s" in found.summary
    (signals,) = (item.value for item in found.evidence if item.source == "GET /events")
    assert signals.index("SIGTERM") < signals.index("SIGKILL")
    assert [item.code for item in diagnosis.report.findings] == ["DKR-C103"]


def test_killed_by_hand_is_no_fault(lab: Lab) -> None:
    """Given a container that a person killed, then exit code 137 is no finding."""
    victim = lab.run("victim", "sleep", "3600")
    victim.kill()
    lab.until_exited(victim)

    assert lab.diagnose(victim.name).report.findings == ()


def test_stopped_in_time_is_no_fault(lab: Lab) -> None:
    """Given a process that heeds SIGTERM with code 143, when it is stopped, then nothing is wrong."""
    polite = lab.run("polite", "sh", "-c", "trap 'exit 143' TERM; echo ready; while :; do sleep 0.1; done")
    lab.until(polite, lambda _seen: b"ready" in polite.logs())
    polite.stop(timeout=10)
    assert inspected(polite)["State"]["ExitCode"] == 143

    assert lab.diagnose(polite.name).report.findings == ()


def test_restart_loop(lab: Lab) -> None:
    """Given a container that the engine starts again and again, then the loop is named and its end explains it."""
    looping = lab.run(
        "looping", "sh", "-c", "echo 'no license' >&2; exit 4", restart_policy={"Name": "always"}, stop_signal="SIGKILL"
    )
    lab.until(looping, lambda seen: seen["RestartCount"] >= 4)

    report = lab.diagnose(looping.name).report

    loop, ended = finding(report, "DKR-C104"), finding(report, "DKR-C101")
    assert loop.count >= 4
    assert loop.explained_by == (ended.id,)
    assert "no license" in ended.summary
    assert [item.id for item in report.causes] == [ended.id]
