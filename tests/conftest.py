"""What all tests share: a test that needs an engine is skipped without it, except in CI, where that is a failure.

A cluster is not to be had on every machine: in CI its tests must run where SICKBAY_LAB_KUBECONFIG names one.

A last line says how many tests of each engine ran, so that nobody has to trust a green run that ran nothing.
"""

import os
from collections import Counter
from collections.abc import Generator

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

# How long an example takes is the machine's affair: it may be busy with other tests.
settings.register_profile("sickbay", deadline=None)
settings.load_profile("sickbay")

#: Where tests use engines of which there is one for all, with its containers: they run one after another.
SHARED = tuple(f"tests/{folder}/" for folder in (
    "acceptance", "integration/command_line", "integration/deployment", "integration/docker", "integration/kubernetes",
    "integration/registry", "integration/swarm",
))  # fmt: skip
ENGINES = ("docker", "podman", "kubernetes", "sshd", "browser", "compose", "registry", "postgres")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


@pytest.fixture(autouse=True)
def _loopback_without_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's socket client sends even loopback through a proxy, whatever NO_PROXY says."""
    for name in _PROXIES:
        monkeypatch.delenv(name, raising=False)


class _Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """Deals out the tests file by file, but those of shared engines all to one process."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "engines" if file.startswith(SHARED) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """Say how tests are dealt out where they run side by side (pytest-xdist)."""
    return _Scheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a test of a shared engine that stands where others may run beside it."""
    for item in items:
        shared = any(map(item.get_closest_marker, ("docker", "podman", "kubernetes", "compose")))
        if shared and item.nodeid.startswith("tests/"):
            assert item.nodeid.startswith(SHARED), f"{item.nodeid} uses a shared engine: it belongs into {SHARED}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI, turn the skip of a test that needs an engine into a failure."""
    report = yield
    engines = [engine for engine in ENGINES if item.get_closest_marker(engine)]
    report.user_properties += [("engine", engine) for engine in engines]
    must_run = [engine for engine in engines if engine != "kubernetes" or os.environ.get("SICKBAY_LAB_KUBECONFIG")]
    if report.skipped and must_run and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"in CI a test that needs {', '.join(must_run)} must run; it was skipped: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests of each engine ran."""
    passed: Counter[str] = Counter()
    other: Counter[str] = Counter()
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in terminalreporter.stats.get(outcome, []):
            if isinstance(report, pytest.TestReport):
                engines = {str(value) for name, value in report.user_properties if name == "engine"}
                (passed if outcome == "passed" else other).update(engines)
    terminalreporter.write_line(
        "engine-marked tests: "
        + "; ".join(f"{engine} {passed[engine]} passed, {other[engine]} not" for engine in ENGINES)
    )
