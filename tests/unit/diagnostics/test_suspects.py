"""Which change most likely caused a finding, how sure that is, and what tells it from the next."""

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from sickbay.diagnostics.events import Event, EventKind, Likelihood, Suspect
from sickbay.diagnostics.model import Confidence, Evidence, Kind, Remedy, ReportFinding, Severity, Subject
from sickbay.diagnostics.suspects import accused

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ONSET = NOW - timedelta(minutes=10)
API, SETTINGS, NODE, CLUSTER = (
    Subject("deployment", "shop/api"), Subject("configmap", "shop/settings"), Subject("node", "n1"),
    Subject("cluster", "lab"),
)  # fmt: skip
UPSTREAM: Mapping[Subject, frozenset[Subject]] = {
    API: frozenset({SETTINGS, NODE, CLUSTER}),
    NODE: frozenset({CLUSTER}),
    SETTINGS: frozenset({CLUSTER}),
    Subject("service", "shop/api"): frozenset({API, SETTINGS, NODE, CLUSTER}),
}


def finding(subject: Subject = API, code: str = "KUB-101", **differs: object) -> ReportFinding:
    made = ReportFinding(
        id=f"{code}@{subject}",
        code=code,
        title="Crash loop",
        severity=Severity.HIGH,
        kind=Kind.INCIDENT,
        subject=str(subject),
        summary="It is ill.",
        confidence=Confidence.OBSERVED,
        evidence=(),
        remedy=Remedy(text="Mend it."),
        first_seen=ONSET,
        last_seen=NOW,
        count=1,
        explains=(),
        explained_by=(),
    )
    return replace(made, **differs)


def change(
    kind: EventKind = EventKind.IMAGE, subject: Subject = API, *, before: float = 40, **differs: object
) -> Event:
    """Give a change so many seconds before the first symptom."""
    made = Event(at=ONSET - timedelta(seconds=before), source="watch", subject=str(subject), kind=kind)
    return replace(made, **differs)


def in_order(changes: Iterable[Event]) -> list[Event]:
    return sorted(changes, key=lambda change: change.at)


def suspect(*changes: Event, of: ReportFinding | None = None) -> Suspect | None:
    first, *_ = accused((of or finding(),), in_order(changes), UPSTREAM, now=NOW)
    return first.suspect


def best(*changes: Event, of: ReportFinding | None = None) -> Event | None:
    found = suspect(*changes, of=of)
    return found.change if found else None


def test_a_rollout_right_before_the_first_symptom_is_its_likely_cause() -> None:
    """Given a rollout 40 s before a crash loop began, then it is the likely cause, alone, and the onset is told."""
    rollout = change()

    assert suspect(rollout) == Suspect(change=rollout, likelihood=Likelihood.LIKELY, onset=ONSET)


def test_what_changed_after_the_first_symptom_did_not_cause_it() -> None:
    """Given a rollout six seconds after the first symptom, then nobody is accused; two seconds may be the clocks."""
    assert suspect(change(before=-6)) is None
    assert suspect(change(before=-2))


@pytest.mark.parametrize("subject", [SETTINGS, NODE, CLUSTER])
def test_what_the_failing_thing_depends_on_may_be_the_cause(subject: Subject) -> None:
    """Given a change of its config map, its node or its cluster, then that is the cause."""
    assert best(change(EventKind.CONFIG, subject))


def test_what_it_does_not_depend_on_is_not_accused() -> None:
    """Given a rollout of another workload at the same moment, then nobody is accused."""
    assert suspect(change(subject=Subject("deployment", "shop/web"))) is None


def test_the_closer_in_time_is_accused() -> None:
    """Given two rollouts before the onset, then the later is the cause."""
    late = change(before=30)

    assert best(change(before=3600), late) == late


def test_the_kind_of_change_counts() -> None:
    """Given a scaling a minute before and a new image two minutes before, then the image is accused."""
    image = change(before=120)

    assert best(change(EventKind.SCALE, before=60), image) == image


def test_a_first_tag_replaced_nothing() -> None:
    """Given an image that got a tag and, minutes earlier, one whose tag moved, then the one that moved is accused."""
    moved = change(EventKind.TAG, before=120, after="b")

    assert best(change(EventKind.TAG, after="c"), replace(moved, before="a")) == replace(moved, before="a")


def test_the_nearer_on_the_path_is_accused() -> None:
    """Given a change of the workload and the same of its cluster at the same moment, then the workload's is accused."""
    near = change(EventKind.TEMPLATE)

    assert best(change(EventKind.TEMPLATE, CLUSTER), near) == near


def test_what_depends_on_the_failing_thing_does_not_stand_between() -> None:
    """Given a namespace that depends on its workloads as they do on it, then a config map is next to its workload."""
    upstream = dict(UPSTREAM)
    namespace = Subject("namespace", "shop")
    upstream[API] |= {namespace}
    upstream[namespace] = frozenset({API, SETTINGS})

    (found,) = accused((finding(),), (change(EventKind.CONFIG, SETTINGS),), upstream, now=NOW)

    assert found.suspect
    assert found.suspect.likelihood is Likelihood.LIKELY


def test_a_finding_that_names_the_new_value_is_sure_of_it() -> None:
    """Given an old change to an image that the finding names, and a fresh one of settings, then the image did it."""
    image = change(before=1200, after="shop/api:brokn")
    named = finding(evidence=(Evidence(source="GET pod", value="cannot pull shop/api:brokn", at=NOW),))

    found = suspect(change(EventKind.CONFIG, SETTINGS, before=600), image, of=named)

    assert found
    assert (found.change, found.likelihood, found.runner_up) == (image, Likelihood.LIKELY, None)


@pytest.mark.parametrize(
    ("after", "summary"),
    [
        ("1", "1 of 1 is ill."),
        ("True", "Ready: True."),
        ("8080", "8080."),
        ("another value", "It wants another value."),
    ],
)
def test_a_short_value_a_word_or_a_number_is_named_by_chance(after: str, summary: str) -> None:
    """Given a change an hour before, to what many findings say, then it is no more than possible."""
    found = suspect(change(EventKind.TEMPLATE, before=3600, after=after), of=finding(summary=summary))

    assert found
    assert found.likelihood is Likelihood.POSSIBLE


def test_a_change_that_stands_in_the_evidence_as_one_is_named() -> None:
    """Given a scaling that the evidence tells, and another change nearer to what is ill, then the scaling did it."""
    scaling = change(EventKind.SCALE, before=20, field="spec.replicas", after="0")
    scaling = replace(scaling, before="3")
    named = finding(evidence=(Evidence(source="event", value="spec.replicas: 3 → 0", at=NOW),))

    found = suspect(change(EventKind.CREATED, before=10), scaling, of=named)

    assert found
    assert (found.change, found.likelihood) == (scaling, Likelihood.LIKELY)


def test_a_change_long_before_is_only_possible() -> None:
    """Given a rollout two hours before, then it is possible; a scaling two hours before is not even that."""
    found = suspect(change(before=7200))

    assert found
    assert found.likelihood is Likelihood.POSSIBLE
    assert suspect(change(EventKind.SCALE, before=7200 * 2)) is None


def test_a_finding_without_a_beginning_has_a_possible_cause() -> None:
    """Given a finding that does not know when it began, then the last change is possible, and no onset is told."""
    rollout = change()

    assert suspect(rollout, of=finding(first_seen=None)) == Suspect(change=rollout)


def test_the_first_symptom_is_what_counts() -> None:
    """Given a fault without a beginning that explains an outage, then only what came before the outage is accused."""
    symptom = finding(Subject("service", "shop/api"), "KUB-102", explained_by=("KUB-101@deployment/shop/api",))
    fault = finding(first_seen=None, explains=(symptom.id,))

    first, second = accused((fault, symptom), (change(before=60), change(before=-60)), UPSTREAM, now=NOW)

    assert first.suspect
    assert (first.suspect.change, first.suspect.onset) == (change(before=60), ONSET)
    assert second.suspect is None


def test_hygiene_that_explains_nothing_is_nobodys_fault() -> None:
    """Given a weakness that an audit asked for, then no change is accused of it."""
    assert suspect(change(), of=finding(kind=Kind.HYGIENE)) is None


def test_what_only_happened_has_no_place_among_the_accused() -> None:
    """Given no changes at all, then the findings are as they were."""
    assert accused((finding(),), (), UPSTREAM, now=NOW) == (finding(),)


def test_two_fields_of_one_rollout_are_one_change() -> None:
    """Given a rollout that changed image and command, and an edit of a config map, then the edit is the runner-up."""
    image, command = change(field="image"), change(EventKind.TEMPLATE, field="command")
    edit = change(EventKind.CONFIG, SETTINGS, before=200)

    found = suspect(image, command, edit)

    assert found
    assert (found.change, found.runner_up) == (image, edit)


def test_a_rollout_of_many_fields_hides_no_rival() -> None:
    """Given a rollout of a dozen fields, and a config map that was edited before it, then the edit is the runner-up."""
    fields = (change(EventKind.TEMPLATE, field=f"env[{number}]") for number in range(12))
    edit = change(EventKind.CONFIG, SETTINGS, before=120)

    found = suspect(*fields, edit)

    assert found
    assert found.runner_up == edit


def test_that_a_thing_was_made_is_no_rival_of_its_later_change() -> None:
    """Given a workload that was made and got a new image soon after, then there is nothing to tell apart."""
    found = suspect(change(), change(EventKind.CREATED, before=60))

    assert found
    assert found.runner_up is None


def test_what_it_was_made_with_is_no_rival_of_its_later_change() -> None:
    """Given a new image of a container, then the network it was made with is no rival; one that came later is."""
    network, made = change(EventKind.CREATED, NODE, before=61), change(EventKind.CREATED, before=60)

    found, other = suspect(network, made, change()), suspect(made, change(EventKind.CREATED, NODE, before=50), change())

    assert found
    assert found.runner_up is None
    assert other
    assert other.runner_up


def test_what_was_taken_back_before_is_no_rival() -> None:
    """Given a bad image that was rolled out, taken back and rolled out again, then only the last is the cause."""
    again = change(field="image", before=5, after="api:2")
    first, back = change(field="image", before=120, after="api:2"), change(field="image", before=60, after="api:1")

    assert suspect(first, back, again) == Suspect(change=again, likelihood=Likelihood.LIKELY, onset=ONSET)


def test_a_runner_up_far_behind_is_not_told() -> None:
    """Given a rollout and a node that joined an hour before, then there is no runner-up, and nothing to tell apart."""
    found = suspect(change(), change(EventKind.NODE_JOINED, NODE, before=3600))

    assert found
    assert (found.runner_up, found.tell_apart) == (None, "")


def test_two_changes_of_one_thing_are_told_apart_by_taking_one_back() -> None:
    """Given a new image and, a minute earlier, a new limit, then undoing the image alone tells which it was."""
    found = suspect(change(field="containers[api].image"), change(EventKind.TEMPLATE, before=100, field="limits"))

    assert found
    assert found.tell_apart == (
        "Take back `containers[api].image` of deployment/shop/api alone: if it stays ill, it was the other."
    )


def test_what_cannot_be_taken_back_is_told_apart_by_taking_back_the_other() -> None:
    """Given a node that fell silent and, a minute earlier, was cordoned, then nobody is asked to undo its silence."""
    lost = change(EventKind.NODE_LOST, NODE, before=0, field="conditions[Ready]")
    cordoned = change(EventKind.NODE_CHANGED, NODE, before=60, field="spec.unschedulable")

    found = suspect(lost, cordoned, of=finding(NODE))

    assert found
    assert found.tell_apart == "Take back `spec.unschedulable` of node/n1 alone: if it gets well, it was that."


@pytest.mark.parametrize(("own", "shared"), [(20, 100), (100, 20)])
def test_a_change_of_what_is_shared_is_told_apart_by_looking_at_the_others(own: float, shared: float) -> None:
    """Given a rollout and a change of its node, in either order, then others on the node tell which it was."""
    found = suspect(change(before=own), change(EventKind.NODE_LOST, NODE, before=shared))

    assert found
    assert found.runner_up
    assert found.tell_apart == ("If what else depends on node/n1 is ill too, it was that; if it is well, the other.")


def test_a_host_full_of_findings_and_changes_is_judged_quickly() -> None:
    """Given 1,000 findings and 20,000 changes, then finding the suspects takes a small part of the budget."""
    subjects = [Subject("deployment", f"shop/{number}") for number in range(1000)]
    upstream = {subject: frozenset({NODE, CLUSTER}) for subject in subjects} | {NODE: frozenset({CLUSTER})}
    changes = in_order(
        change(subject=CLUSTER if number % 2 else subjects[number % 1000], before=number) for number in range(20_000)
    )

    began = time.process_time()
    found = accused([finding(subject) for subject in subjects], changes, upstream, now=NOW)

    assert time.process_time() - began < 3
    assert all(item.suspect for item in found)
