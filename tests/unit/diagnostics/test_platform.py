"""A platform's collector is loaded when a target is read, and not before."""

import sys
from pathlib import Path

import msgspec
import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.errors import UnknownRankingError
from sickbay.diagnostics.platform import Platform
from sickbay.diagnostics.targets import Request, Target

TARGET = Target(name="prod", platform="toy")


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Platform:
    (tmp_path / "toy_collector.py").write_text("def collect(*given):\n    return given\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "toy_collector", raising=False)
    return Platform(
        name="toy",
        title="Toy",
        target=Target,
        snapshot=dict,
        collector="toy_collector:collect",
        checks="",
        steps=(),
    )


def test_the_collector_is_loaded_when_it_is_needed(platform: Platform) -> None:
    """Given a platform's manifest, then its collector is not imported until a target is read, and gets all it needs."""
    assert "toy_collector" not in sys.modules
    budget, steps, request = Budget(), [], Request(scope="web")  # type: ignore[var-annotated]

    collected = platform.collect(TARGET, request, budget, steps.append)

    assert collected == (TARGET, request, budget, steps.append)


def test_a_ranking_that_the_platform_has_not_is_refused(platform: Platform) -> None:
    """Given a platform that cannot rank, when a ranking is asked for, then a sentence says so and nothing is read."""
    with pytest.raises(UnknownRankingError, match=r"^--top cpu is for Docker hosts; prod \(Toy\) cannot be ranked\.$"):
        platform.collect(TARGET, Request(top="cpu"), Budget(), lambda _step: None)

    assert "toy_collector" not in sys.modules


def test_logs_and_scopes_are_loaded_when_they_are_needed(platform: Platform) -> None:
    """Given a platform with logs and scopes, then what gives them is not imported until it is asked for."""
    toy = msgspec.structs.replace(platform, logs="toy_collector:collect", scoping="toy_collector:collect")
    request, budget = Request(scope="web", logs=True), Budget()

    assert "toy_collector" not in sys.modules
    assert toy.read_logs(TARGET, request, budget) == (TARGET, request, budget)  # type: ignore[comparison-overlap]  # what it is given
    assert toy.scopes({}) == ({},)  # type: ignore[arg-type,comparison-overlap]  # what it is given


def test_a_platform_without_scopes_has_none(platform: Platform) -> None:
    """Given a platform that tells no scopes, then there are none to choose from."""
    assert tuple(platform.scopes({})) == ()  # type: ignore[arg-type]  # a toy's snapshot
