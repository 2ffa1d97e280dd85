"""What a test asks to go wrong goes wrong, as often as asked, and nothing else does."""

import asyncio
import json
from typing import Any

import pytest

from sickbay.simulator import Workspace
from tests.unit.simulator.asgi import call, request


def posted(workspace: Workspace) -> tuple[int, str | None, str | None]:
    headers = {"authorization": f"Bearer {workspace.bot_token}", "content-type": "application/json"}
    answer = request(workspace, "/api/chat.postMessage", b'{"channel": "C0OPS", "text": "x"}', headers=headers)
    return answer.status, answer.headers.get("retry-after"), answer.json.get("error")


def test_a_rate_limit_says_how_long_to_wait(fresh: Workspace) -> None:
    """Given two calls to be limited, when three are made, then two are told to wait and the third is answered."""
    fresh.faults.fail_next("chat.postMessage", status=429, count=2, retry_after=7)

    assert [posted(fresh) for _ in range(3)] == [
        (429, "7", "ratelimited"),
        (429, "7", "ratelimited"),
        (200, None, None),
    ]
    assert len(fresh.store.messages["C0OPS"]) == 1


def test_a_broken_server_says_nothing_of_waiting(fresh: Workspace) -> None:
    """Given a call to fail, when it is made, then it is a 500 without Retry-After, and is done the next time."""
    fresh.faults.fail_next("chat.postMessage", status=500)

    assert [posted(fresh) for _ in range(2)] == [(500, None, "internal_error"), (200, None, None)]


def test_a_fault_is_of_one_method(fresh: Workspace) -> None:
    """Given a fault of one method, when another is called, then that is answered."""
    fresh.faults.fail_next("chat.update", status=500)

    assert call(fresh, "auth.test")["ok"] is True


def test_nothing_is_limited_unless_asked(fresh: Workspace) -> None:
    """Given no fault, when far more is called than Slack's tiers allow, then all of it is answered."""
    assert {call(fresh, "auth.test")["ok"] for _ in range(200)} == {True}


def test_a_fault_may_be_of_any_method(fresh: Workspace) -> None:
    """Given a fault of whichever method comes next, when two are called, then the first fails."""
    fresh.faults.fail_next("*", status=500)

    assert [call(fresh, "auth.test")["ok"] for _ in range(2)] == [False, True]


def test_slacks_own_limits_hold_where_they_are_asked_for(fresh: Workspace) -> None:
    """Given limits that hold, when a channel is flooded, then the eleventh message is told to wait."""
    fresh.faults.rates.enforced = True

    answers = [posted(fresh) for _ in range(11)]

    assert [status for status, _, _ in answers] == [200] * 10 + [429]
    assert answers[-1] == (429, "5", "ratelimited")


def test_an_uninstalled_app_has_no_token_any_more(fresh: Workspace) -> None:
    """Given a workspace that uninstalled the app, when it calls a method, then its account is inactive."""
    fresh.faults.uninstalled = True

    assert call(fresh, "auth.test") == {"ok": False, "error": "account_inactive"}


def asked(workspace: Workspace, token: str = "", **body: Any) -> tuple[int, dict[str, Any]]:
    headers = {"x-workspace-token": token or workspace.token, "content-type": "application/json"}
    answer = request(workspace, "/workspace/faults", json.dumps(body).encode(), headers=headers)
    return answer.status, answer.json if answer.headers["content-type"] == "application/json" else {}


_WELL = {
    "refusals": [],
    "duplicates": 0,
    "latency": 0.0,
    "ack_seconds": 3.0,
    "missing_scopes": [],
    "rate_limits": False,
    "uninstalled": False,
}


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        (
            {"kind": "refuse", "method": "chat.update", "status": 429, "count": 2},
            {"refusals": [{"method": "chat.update", "status": 429, "count": 2}]},
        ),
        ({"kind": "refuse"}, {"refusals": [{"method": "*", "status": 500, "count": 1}]}),
        ({"kind": "duplicate"}, {"duplicates": 1}),
        ({"kind": "slow", "seconds": 2}, {"latency": 2.0}),
        ({"kind": "acks", "seconds": 0.5}, {"ack_seconds": 0.5}),
        ({"kind": "scopes", "missing": ["chat:write"]}, {"missing_scopes": ["chat:write"]}),
        ({"kind": "rate_limits", "on": True}, {"rate_limits": True}),
        ({"kind": "uninstall"}, {"uninstalled": True}),
        ({"kind": "drop"}, {}),
        ({"kind": "refresh"}, {}),
    ],
)
def test_a_fault_is_asked_for_and_taken_back(fresh: Workspace, body: dict[str, Any], changed: dict[str, Any]) -> None:
    """Given a fault, when it is asked for through the page's API, then the answer tells it, until it is cleared."""
    assert asked(fresh, **body) == (200, {"ok": True} | _WELL | changed)

    _, after = asked(fresh, kind="clear")
    assert after == {"ok": True} | _WELL | ({"rate_limits": True} if "rate_limits" in changed else {})


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "flood"},
        {"kind": []},
        {"kind": "refuse", "status": 200},
        {"kind": "refuse", "count": 1000},
        {"kind": "slow", "seconds": -1},
        {"kind": "slow", "seconds": "soon"},
    ],
)
def test_a_fault_that_is_none_is_refused(fresh: Workspace, body: dict[str, Any]) -> None:
    """Given nonsense, when it is asked for, then it is refused, and nothing goes wrong."""
    assert asked(fresh, **body)[1]["error"] == "invalid_arguments"
    assert fresh.faults.state() == _WELL


def test_faults_are_for_who_has_the_pages_token(fresh: Workspace) -> None:
    """Given another token, when a fault is asked for, then it is refused."""
    assert asked(fresh, token="guess", kind="duplicate")[0] == 403


def test_a_slow_network_takes_its_time(fresh: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a slow network, when a method is called, then it waits for as long first; no time passes here."""
    waited: list[float] = []
    fresh.faults.latency = 2.5

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)

    assert call(fresh, "auth.test")["ok"]
    assert waited == [2.5]
