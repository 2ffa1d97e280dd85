"""What all tests share: a test that needs an engine is skipped without it, except in CI, where that is a failure.

A cluster is not to be had on every machine: in CI its tests must run where SICKBAY_LAB_KUBECONFIG names one.

A last line says how many tests of each engine ran, so that nobody has to trust a green run that ran nothing.
"""

import os
from collections import Counter
from collections.abc import Generator

import pytest

#: Engines of which there is one, with its containers, for all tests: their tests run one after another.
SHARED = ("docker", "podman", "kubernetes", "compose")
ENGINES = ("docker", "podman", "kubernetes", "sshd", "browser", "compose", "registry")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


@pytest.fixture(autouse=True)
def _loopback_without_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's socket client sends even loopback through a proxy, whatever NO_PROXY says."""
    for name in _PROXIES:
        monkeypatch.delenv(name, raising=False)


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in its own
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run side by side, keep a file's together, and all that use a shared engine, which take longest."""

    def uses_shared_engine(item: pytest.Item) -> bool:
        return any(item.get_closest_marker(engine) for engine in SHARED)

    for item in items:
        item.add_marker(pytest.mark.xdist_group("engines" if uses_shared_engine(item) else str(item.path)))
    items.sort(key=lambda item: not uses_shared_engine(item))


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
