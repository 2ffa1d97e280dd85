"""The suite's own promise: a test that needs an engine is skipped without it, and in CI that is a failure."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"
LAB = "SICKBAY_LAB_KUBECONFIG"
TESTS = """
import pytest

@pytest.mark.docker
def test_with_an_engine():
    pass

@pytest.mark.docker
def test_without_its_engine():
    pytest.skip("no engine here")

@pytest.mark.kubernetes
def test_without_a_cluster():
    pytest.skip("no cluster here")

def test_skipped_for_another_reason():
    pytest.skip("not on this system")
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A small suite under the real conftest.py."""
    shutil.copy(CONFTEST, tmp_path / "conftest.py")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nmarkers =\n    docker: needs an engine\n    kubernetes: needs a cluster\n"
    )
    (tmp_path / "test_it.py").write_text(TESTS)
    return tmp_path


def run(suite: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    inherited = {name: value for name, value in os.environ.items() if name not in {"CI", LAB}}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(command, cwd=suite, env={**inherited, **environment}, capture_output=True, text=True)


def test_elsewhere_a_missing_engine_is_a_skip_and_counted(suite: Path) -> None:
    """Given a test whose engine is missing, when the suite runs, then it passes, and says how many did not run."""
    done = run(suite)

    assert done.returncode == 0, done.stdout
    assert "docker 1 passed, 1 not" in done.stdout
    assert "1 passed, 3 skipped" in done.stdout.splitlines()[-1]


def test_in_ci_a_missing_engine_is_a_failure(suite: Path) -> None:
    """Given a test whose engine is missing, when the suite runs in CI, then that test alone fails, and says why."""
    done = run(suite, CI="true")

    assert done.returncode == 1
    assert "in CI a test that needs docker must run" in done.stdout
    assert "1 failed, 1 passed, 2 skipped" in done.stdout.splitlines()[-1]


def test_in_ci_a_cluster_that_was_named_must_be_used(suite: Path) -> None:
    """Given the name of a cluster, when the suite runs in CI and skips a test that needs one, then that test fails."""
    done = run(suite, CI="true", SICKBAY_LAB_KUBECONFIG="kubeconfig")

    assert "in CI a test that needs kubernetes must run" in done.stdout
    assert "2 failed, 1 passed, 1 skipped" in done.stdout.splitlines()[-1]
