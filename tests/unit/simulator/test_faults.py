"""What a test asks to go wrong goes wrong, as often as asked, and nothing else does: there is no other rate limit."""

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
