"""What a recorder wrote down and what snapshots tell become one history, each change once."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from sickbay.diagnostics import what_changed
from sickbay.diagnostics.events import Coverage, Event, EventKind, History, Hole, Told
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.targets import Request
from sickbay.diagnostics.what_changed import MOST_CHANGES, UNWATCHED

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SINCE = NOW - timedelta(hours=2)
API, SETTINGS, NODE = "deployment/shop/api", "configmap/shop/settings", "node/n1"
ROLLOUT = Event(
    at=NOW - timedelta(minutes=10),
    source="ReplicaSet shop/api-7d9f",
    subject=API,
    kind=EventKind.IMAGE,
    field="containers[api].image",
    before="api:1",
    after="api:2",
)
WATCHED = Coverage(since=SINCE, until=NOW, sources=("recorder",))


def recorded(*changes: Event, **coverage: object) -> History:
    return History(changes=changes, coverage=replace(WATCHED, **coverage))


def merged(history: History, *told: Told) -> History:
    return what_changed.merged(told, history, since=SINCE, until=NOW)


def test_a_change_that_both_tell_of_is_one_with_all_that_is_known() -> None:
    """Given a rollout that a recorder saw with its actor, and a snapshot with the value before, then it is one."""
    seen = replace(ROLLOUT, at=ROLLOUT.at + timedelta(seconds=30), source="watch", before="", actor="kubectl")

    history = merged(recorded(seen), Told(changes=(ROLLOUT,)))

    assert history.changes == (replace(ROLLOUT, actor="kubectl"),)


def test_a_snapshot_that_does_not_know_what_exactly_changed_adds_nothing() -> None:
    """Given a recorded edit of a key, and a snapshot that knows only of an edit, then it is one, with the key."""
    edit = Event(at=NOW, source="watch", subject=SETTINGS, kind=EventKind.CONFIG, field="data[URL]")

    history = merged(recorded(edit), Told(changes=(replace(edit, source="managedFields", field="", actor="ana"),)))

    assert history.changes == (replace(edit, actor="ana"),)


def test_a_snapshot_that_knows_in_what_something_changed_adds_nothing() -> None:
    """Given a recorded edit of one label of a selector, and a snapshot that knows of the selector, then it is one."""
    known = Event(
        at=NOW, source="managedFields", subject="service/shop/api", kind=EventKind.NETWORK, field="spec.selector",
        actor="kubectl-patch",
    )  # fmt: skip
    edit = replace(known, source="watch", field="spec.selector.app", before="api", after="web", actor="")

    assert merged(recorded(edit), Told(changes=(known,))).changes == (replace(edit, actor="kubectl-patch"),)


@pytest.mark.parametrize(
    "other",
    [
        replace(ROLLOUT, subject="deployment/shop/web"),
        replace(ROLLOUT, after="api:3"),
        replace(ROLLOUT, field="containers[sidecar].image"),
        replace(ROLLOUT, at=ROLLOUT.at - timedelta(minutes=5)),
    ],
)
def test_other_changes_stay_apart(other: Event) -> None:
    """Given a recorded change, and one of another thing, value, field or time, then both are told."""
    assert len(merged(recorded(ROLLOUT), Told(changes=(other,))).changes) == 2


def test_what_was_made_anew_is_told_by_what_is_new_of_it() -> None:
    """Given a container that a recorder saw made anew, and a snapshot that knows it as made, then the field is told."""
    made = replace(ROLLOUT, at=ROLLOUT.at + timedelta(seconds=1), kind=EventKind.CREATED, field="", before="")
    first = replace(made, at=made.at - timedelta(minutes=1))

    assert merged(recorded(ROLLOUT), Told(changes=(first, made))).changes == (first, ROLLOUT)


def test_what_was_removed_and_made_again_is_told_as_both() -> None:
    """Given a container that was removed and made again as it was, then both are told."""
    removed = replace(ROLLOUT, kind=EventKind.REMOVED)
    made = replace(ROLLOUT, at=ROLLOUT.at + timedelta(seconds=1), kind=EventKind.CREATED)

    assert merged(recorded(removed, made)).changes == (removed, made)


def test_two_recorded_changes_are_never_one() -> None:
    """Given an image that was set twice within a minute, then both times are told."""
    again = replace(ROLLOUT, at=ROLLOUT.at + timedelta(seconds=50))

    assert merged(recorded(ROLLOUT, again)).changes == (ROLLOUT, again)


def test_changes_come_in_order_and_only_those_of_the_window() -> None:
    """Given changes from before the window and out of order, then those within it are told, the oldest first."""
    late, old = replace(ROLLOUT, at=NOW), replace(ROLLOUT, at=SINCE - timedelta(seconds=1))

    history = merged(History(), Told(changes=(late, old, ROLLOUT)))

    assert history.changes == (ROLLOUT, late)


def test_what_only_happened_is_no_change() -> None:
    """Given a container that died, then that is not among the changes."""
    died = replace(ROLLOUT, kind=EventKind.DIED)

    assert merged(recorded(died), Told(changes=(died,))).changes == ()


def test_the_coverage_names_all_that_was_watched_and_read() -> None:
    """Given a recorder and two snapshots, then each source is named once, and the recorder's hole within the window."""
    cut = Hole(since=SINCE - timedelta(hours=1), until=SINCE + timedelta(minutes=5), reason="Redis was away")
    gone = Hole(since=SINCE - timedelta(hours=3), until=SINCE - timedelta(hours=2), reason="long ago")

    history = merged(recorded(holes=(gone, cut)), Told(sources=("12 ReplicaSets",)), Told(sources=("12 ReplicaSets",)))

    assert history.coverage == replace(
        WATCHED, sources=("recorder", "12 ReplicaSets"), holes=(replace(cut, since=SINCE),)
    )


@pytest.mark.parametrize("history", [History(), recorded(sources=())])
def test_a_target_that_nobody_watches_says_so(history: History) -> None:
    """Given no recorder, or one that never wrote of this target, then the whole time is one hole."""
    coverage = merged(history, Told(sources=("3 containers",))).coverage

    assert coverage
    assert coverage.sources == ("3 containers",)
    assert coverage.holes == (Hole(since=SINCE, until=NOW, reason=UNWATCHED),)


def test_only_the_newest_changes_are_carried_and_the_rest_is_counted() -> None:
    """Given more changes than a report carries, then the newest come first and a hole says how many are left out."""
    many = tuple(replace(ROLLOUT, at=SINCE + timedelta(seconds=number)) for number in range(MOST_CHANGES + 7))

    changes, coverage = what_changed.newest(merged(recorded(*many)))

    assert changes == many[:6:-1]
    assert coverage
    assert coverage.holes == (Hole(since=SINCE, until=many[7].at, reason="7 older changes are left out"),)


def test_a_scope_has_its_own_changes_and_those_of_what_it_needs() -> None:
    """Given changes all over a cluster, when a workload is asked for, then its own and its node's stay."""
    others = ("deployment/shop/api-v2", "deployment/pay/api", "node/n2")
    subjects = (API, SETTINGS, NODE, *others)
    history = History(changes=tuple(replace(ROLLOUT, subject=subject) for subject in subjects))
    own = Subject("deployment", "shop/api")
    upstream = {own: frozenset({Subject("configmap", "shop/settings"), Subject("node", "n1")})}

    kept = what_changed.concerning(history, "shop/api", {own}, upstream)

    assert [change.subject for change in kept.changes] == [API, SETTINGS, NODE]


@pytest.mark.parametrize("scope", ["shop", "shop/api", "shop/deployment/api", "deployment/shop/api"])
def test_a_scope_names_things_in_several_ways(scope: str) -> None:
    """Given changes in two namespaces, when one is asked for or what lies in it, then that stays."""
    history = History(changes=(ROLLOUT, replace(ROLLOUT, subject="deployment/shopping/api")))

    assert what_changed.concerning(history, scope, (), {}).changes == (ROLLOUT,)


def test_a_diagnosis_looks_back_further_than_its_window() -> None:
    """Given a window of an hour, then a diagnosis hears of changes an hour before it, a list of changes does not."""
    asked = Request(window=timedelta(hours=1))

    assert what_changed.since(asked, NOW) == NOW - timedelta(hours=2)
    assert what_changed.since(replace(asked, changes=True), NOW) == NOW - timedelta(hours=1)


def test_a_thing_that_changes_all_day_is_merged_quickly() -> None:
    """Given 20,000 recorded changes of one thing and 5,000 that a snapshot tells, then they are joined quickly."""
    many = tuple(replace(ROLLOUT, at=SINCE + timedelta(seconds=number * 0.3)) for number in range(20_000))
    changed = tuple(replace(change, after=f"api:{number}") for number, change in enumerate(many))

    began = time.process_time()
    history = merged(recorded(*changed), Told(changes=changed[::4]))

    assert time.process_time() - began < 3
    assert len(history.changes) == 20_000


def test_a_time_before_all_time_is_no_change_of_now() -> None:
    """Given what was made in the year 1, as images are that are built to be the same each time, then it is left out."""
    old = replace(ROLLOUT, at=datetime.min.replace(tzinfo=UTC))

    assert merged(recorded(ROLLOUT), Told(changes=(old,))).changes == (ROLLOUT,)
