"""What the API server says of its own readiness reaches the snapshot whole, above all when it is not ready."""

from tests.unit.diagnostics.platforms.kubernetes.conftest import Read
from tests.unit.diagnostics.platforms.kubernetes.fake_api import FakeApi, raw

PASSED = "".join(f"[+]poststarthook/start-something-{number} ok\n" for number in range(40))
LAST = "[-]poststarthook/rbac/bootstrap-roles failed: reason withheld\n"


def test_a_server_that_is_not_ready_is_heard_to_the_end(api: FakeApi, read: Read) -> None:
    """Given a readiness answer of status 500 whose last check fails, when read, then that check is in the snapshot."""
    api.routes["/readyz"] = raw(f"{PASSED}{LAST}readyz check failed\n".encode(), 500)

    snapshot = read()

    assert LAST in snapshot.health
    assert not [gap for gap in snapshot.gaps if "readyz" in gap.what]


def test_an_answer_without_end_is_cut(api: FakeApi, read: Read) -> None:
    """Given a readiness answer of a megabyte, when read, then only its beginning is kept."""
    api.routes["/readyz"] = raw(b"[+]ping ok\n" * 100_000, 500)

    assert len(read().health) == 10_000
