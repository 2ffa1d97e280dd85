"""What changed as a person on call reads it: one line that says what, when, by whom and how sure, and never twenty."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from handlers.blocks.card import card, headline
from handlers.blocks.changes import ALONE, BESIDE, changes, in_words, span, verdict, watched
from handlers.blocks.details import details
from handlers.blocks.findings import findings, moment
from handlers.blocks.message import Message
from handlers.blocks.offers import COMPARE
from sickbay.diagnostics.events import Coverage, Event, EventKind, Hole, Likelihood, Suspect
from sickbay.diagnostics.model import Report
from sickbay.diagnostics.targets import Request
from sickbay.jobs.model import JobRecord, JobState
from tests.unit.command_line.reports import AT, CAUSE, GAP, SYMPTOM, finding, report
from tests.unit.handlers.blocks.payloads import assert_slack_takes, parts, text_of
from tests.unit.handlers.blocks.test_any_report import record_of

ROLLOUT = Event(
    at=AT - timedelta(seconds=40),
    source="ReplicaSet shop/api-7d9f",
    subject="deployment/shop/api",
    kind=EventKind.IMAGE,
    field="containers[api].image",
    before="api:1",
    after="api:2",
    actor="kubectl-set",
)
EDIT = Event(at=AT - timedelta(minutes=9), source="watch", subject="configmap/shop/env", kind=EventKind.CONFIG)
SUSPECT = Suspect(change=ROLLOUT, likelihood=Likelihood.LIKELY, onset=AT)
WATCHED = Coverage(since=AT - timedelta(hours=2), until=AT, sources=("recorder", "12 ReplicaSets"))
HOLE = Hole(since=AT - timedelta(minutes=31), until=AT - timedelta(minutes=27), reason="Redis was away")


def at(event: Event) -> dict[str, object]:
    """Give the event's moment as Slack shows it, in the reader's own time zone."""
    return {"timestamp": int(event.at.timestamp()), "type": "date"}


def dates(message: Message) -> list[dict[str, object]]:
    return [
        {"timestamp": part["timestamp"], "type": "date"}
        for part in parts([*message.blocks, *message.barred])
        if part.get("type") == "date"
    ]


def shown(given_report: Report, **request: object) -> Message:
    return card(done(given_report, **request), now=AT, workers=1)


def done(given_report: Report, **request: object) -> JobRecord:
    record = record_of(given_report, state=JobState.DONE, ended_at=AT)
    return replace(record, job=replace(record.job, may=("compare",), request=Request(**request)))  # type: ignore[arg-type]  # a test's


def thread(given_report: Report) -> str:
    return "".join(text_of(message) for message in findings("default.abc", given_report))


def alone(given_report: Report) -> str:
    return "".join(text_of(message) for message in changes("default.abc", given_report, moment))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, "deployment/shop/api: containers[api].image api:1 → api:2, by kubectl-set"),
        ({"before": ""}, "deployment/shop/api: containers[api].image, now api:2, by kubectl-set"),
        ({"after": "", "actor": ""}, "deployment/shop/api: containers[api].image, was api:1"),
        ({"field": "", "actor": ""}, "deployment/shop/api: new image api:1 → api:2"),
        ({"kind": EventKind.SCALE, "field": "replicas", "before": "3", "after": "0", "actor": ""},
         "deployment/shop/api: replicas 3 → 0"),
        ({"kind": EventKind.CONFIG, "field": "data[URL]", "before": "", "after": ""},
         "deployment/shop/api: data[URL] changed, by kubectl-set"),
        ({"field": "command", "before": f"sh -c {'a' * 60} fast", "after": f"sh -c {'a' * 60} slow", "actor": ""},
         "deployment/shop/api: command …aaaaaaaaa fast → …aaaaaaaaa slow"),
        ({"kind": EventKind.RESTART, "field": "annotations[kubectl.kubernetes.io/restartedAt]", "before": "",
          "after": "2026-11-30T07:52:42Z"}, "deployment/shop/api: restarted, by kubectl-set"),
        ({"kind": EventKind.RESTART, "field": "by a new deployment", "before": "", "after": "", "actor": ""},
         "deployment/shop/api: restarted by a new deployment"),
        ({"kind": EventKind.CONFIG, "field": "", "before": "", "after": "", "actor": ""},
         "deployment/shop/api: changed"),
        ({"kind": EventKind.NODE_LOST, "subject": "node/n1", "field": "", "before": "", "after": "", "actor": ""},
         "node/n1: lost"),
        ({"kind": EventKind.NODE_JOINED, "subject": "node/n1", "field": "version", "before": "", "after": "v1.20",
          "actor": ""}, "node/n1: joined with version v1.20"),
        ({"kind": EventKind.CREATED, "field": "", "before": "", "after": "api:1", "actor": ""},
         "deployment/shop/api: created with api:1"),
        ({"kind": EventKind.CREATED, "field": "", "before": "", "after": "", "actor": "ana"},
         "deployment/shop/api: created, by ana"),
        ({"kind": EventKind.CERTIFICATE, "field": "certificate of the API server", "before": "", "after": "until 2027",
          "actor": ""}, "deployment/shop/api: certificate of the API server, now until 2027"),
        ({"kind": EventKind.TAG, "subject": "image/api:1", "field": "Id", "before": "aa", "after": "bb"},
         "image/api:1: tag moved aa → bb, by kubectl-set"),
        ({"kind": EventKind.TAG, "subject": "image/api:1", "field": "Id", "before": "", "after": "bb", "actor": ""},
         "image/api:1: tagged bb"),
        ({"kind": EventKind.ENGINE, "subject": "host/web-1", "field": "engine", "before": "", "after": "started",
          "actor": ""}, "host/web-1: engine started"),
        ({"kind": EventKind.ENGINE, "subject": "host/web-1", "field": "version", "before": "27.1", "after": "28.0",
          "actor": ""}, "host/web-1: engine version 27.1 → 28.0"),
    ],
)  # fmt: skip
def test_a_change_in_words(changed: dict[str, object], told: str) -> None:
    """Given a change of each form, when told, then what, its field, from what to what, and by whom stand there."""
    assert in_words(replace(ROLLOUT, **changed)) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0 s"), (40, "40 s"), (99, "99 s"), (120, "2 min"), (5_999, "100 min"), (7_200, "2 h"), (172_800, "2 d")],
)
def test_a_time_as_people_say_it(seconds: int, told: str) -> None:
    """Given a time, when told, then it has one unit that a person can do something with."""
    assert span(timedelta(seconds=seconds)) == told


def test_the_card_names_the_likely_cause_its_field_time_and_actor() -> None:
    """Given a cause whose suspect is a rollout, when the card is shown, then one line says what, when, and how sure."""
    message = shown(report(replace(CAUSE, suspect=SUSPECT), SYMPTOM, coverage=WATCHED, changes=(ROLLOUT,)))

    assert (
        "Likely cause: deployment/shop/api: containers[api].image api:1 → api:2, by kubectl-set, , 40 s before it began"
    ) in text_of(message)
    assert dates(message) == [at(ROLLOUT)]
    assert "Likely cause: deployment/shop/api: containers[api].image api:1 → api:2" in message.payload()["text"]
    assert_slack_takes(message)


def test_what_is_not_sure_is_called_possible() -> None:
    """Given a suspect that only may be the cause, of a finding without a beginning, then nothing more is said."""
    text = text_of(shown(report(replace(CAUSE, suspect=Suspect(change=ROLLOUT)))))

    assert "Possible cause: deployment/shop/api" in text
    assert "before it began" not in text


def test_what_came_as_it_began_says_so() -> None:
    """Given a change in the second of the first symptom, then it is no `0 s before`."""
    assert ", as it began" in text_of(shown(report(replace(CAUSE, suspect=replace(SUSPECT, onset=ROLLOUT.at)))))


def test_the_thread_names_the_runner_up_and_what_tells_them_apart() -> None:
    """Given two changes that may have done it, then the thread names the second and the check between them."""
    suspect = replace(SUSPECT, runner_up=EDIT, tell_apart="Set `containers[api].image` back alone.")

    told = thread(report(replace(CAUSE, suspect=suspect)))

    assert "Or: configmap/shop/env: changed, . Set containers[api].image back alone." in told
    assert told.index("Likely cause") < told.index("Or: ") < told.index("Fix:")


def test_what_changed_with_the_suspect_is_counted() -> None:
    """Given a rollout of two fields, then the card and the thread say that there was more than the one they name."""
    with_it = replace(ROLLOUT, kind=EventKind.TEMPLATE, field="env[URL]")
    given_report = report(replace(CAUSE, suspect=SUSPECT), coverage=WATCHED, changes=(with_it, ROLLOUT, EDIT))

    for told in (text_of(shown(given_report)), thread(given_report)):
        assert (
            "Likely cause: deployment/shop/api: containers[api].image api:1 → api:2 and 1 more field, by kubectl-set"
            in told
        )


def test_one_change_behind_many_findings_is_told_once() -> None:
    """Given two findings that one rollout caused, then the second only points to it."""
    second = finding(id="second", code="DKR-C109", subject="container/web", suspect=SUSPECT)

    told = thread(report(replace(CAUSE, suspect=SUSPECT, explains=()), second))

    assert told.count("containers[api].image") == 1
    assert "Likely cause: the same change of deployment/shop/api as above" in told


def test_a_headline_stays_one_line() -> None:
    """Given a suspect, then the headline that lists and timelines carry is as before."""
    record = record_of(report(replace(CAUSE, suspect=SUSPECT)), state=JobState.DONE, ended_at=AT)

    assert headline(record) == "High: db exited with code 3."


def test_the_thread_lists_few_changes() -> None:
    """Given many changes beside a finding, then the newest few are told, and how many more there are."""
    many = tuple(replace(EDIT, subject=f"configmap/shop/env-{number}") for number in range(BESIDE + 4))

    told = thread(report(CAUSE, coverage=WATCHED, changes=(ROLLOUT, *many)))

    assert told.count("configmap/") == BESIDE - 1
    assert "and 5 older ones" in told
    assert "Watched: recorder, 12 ReplicaSets." in told


def test_what_was_removed_and_made_anew_takes_two_lines() -> None:
    """Given a workload that was removed and made anew at once, then both are told."""
    gone, made = (replace(ROLLOUT, kind=kind, field="", before="", after="", actor="") for kind in
                  (EventKind.REMOVED, EventKind.CREATED))  # fmt: skip

    told = thread(report(CAUSE, coverage=WATCHED, changes=(made, gone)))

    assert "deployment/shop/api: removed" in told
    assert "deployment/shop/api: created" in told


def test_the_fields_of_one_rollout_take_one_line() -> None:
    """Given a rollout of three fields, newest first, then its image is named, and that two more came with it."""
    others = tuple(replace(ROLLOUT, kind=EventKind.TEMPLATE, field=field) for field in ("command", "env[URL]"))

    told = thread(report(CAUSE, coverage=WATCHED, changes=(*others, ROLLOUT)))

    assert "containers[api].image api:1 → api:2 and 2 more fields, by kubectl-set" in told
    assert "env[URL]" not in told
    assert verdict(report(coverage=WATCHED, changes=(*others, ROLLOUT)), moment) == "1 change since 23 Nov 18:41 UTC"


@pytest.mark.parametrize(
    ("coverage", "told"),
    [
        (WATCHED, "Nothing changed since 23 Nov 18:41 UTC. Watched: recorder, 12 ReplicaSets."),
        (
            replace(WATCHED, holes=(HOLE,)),
            (
                "No change was seen since 23 Nov 18:41 UTC. Watched: recorder, 12 ReplicaSets. "
                "Not seen from 23 Nov 20:10 UTC to 23 Nov 20:14 UTC: Redis was away."
            ),
        ),
        (
            replace(WATCHED, sources=(), holes=(Hole(since=WATCHED.since, until=AT, reason="no recorder"),)),
            "Whether anything changed since 23 Nov 18:41 UTC is not known. Nobody watched. No recorder.",
        ),
    ],
)
def test_nothing_changed_is_said_with_what_was_watched_and_when_nobody_did(coverage: Coverage, told: str) -> None:
    """Given no changes, then the answer is as sure as the watch was, in the thread and where it alone was asked for."""
    assert told in thread(report(CAUSE, coverage=coverage))
    assert told in alone(report(coverage=coverage))


def test_a_brief_hole_is_told_by_its_length() -> None:
    """Given a hole within one minute, then how long it was is told, and not twice the same minute."""
    brief = replace(HOLE, until=HOLE.since + timedelta(seconds=6))

    assert "Not seen for 6 s at 23 Nov 20:10 UTC: Redis was away." in watched(replace(WATCHED, holes=(brief,)), moment)


def test_many_holes_are_counted() -> None:
    """Given a watch that was cut again and again, then the first times are told, and how many more there are."""
    told = watched(replace(WATCHED, holes=(HOLE,) * 9), moment)

    assert told.count("Redis was away") == 3
    assert told.endswith("And 6 more times in which nobody watched.")


def test_a_healthy_target_says_what_changed_last() -> None:
    """Given nothing wrong, then the card alone says it all, with how much changed and what the last of it was."""
    well = report(coverage=WATCHED, changes=(ROLLOUT, EDIT))

    assert (
        "2 changes since 23 Nov 18:41 UTC, the last on 23 Nov 20:40 UTC: "
        "deployment/shop/api: containers[api].image api:1 → api:2, by kubectl-set"
    ) in text_of(shown(well))
    assert "Nothing changed since 23 Nov 18:41 UTC" in text_of(shown(report(coverage=WATCHED)))
    assert findings("default.abc", well) == ()


def test_files_that_are_linted_have_no_changes() -> None:
    """Given a report without coverage, then nobody speaks of changes."""
    assert "hange" not in text_of(shown(report())) + thread(report(CAUSE))


def test_changes_alone_are_a_card_and_a_list() -> None:
    """Given a request for changes, then the card counts them and judges nothing, and the list has the newest 20."""
    many = tuple(replace(EDIT, subject=f"configmap/shop/env-{number}") for number in range(ALONE + 4))
    given_report = report(coverage=WATCHED, changes=(ROLLOUT, *many), gaps=(GAP,))

    message = shown(given_report, changes=True)
    told = alone(given_report)

    assert "Changes of local" in text_of(message)
    assert (
        "25 changes since 23 Nov 18:41 UTC, the last on 23 Nov 20:40 UTC: deployment/shop/api: containers[api].image"
    ) in text_of(message)
    assert "wrong" not in text_of(message)
    assert COMPARE not in str(message.barred)
    assert told.count("configmap/") == ALONE - 1
    assert "and 5 older ones" in told
    assert "Could not be read: disk usage: no answer within 10 s" in told


def test_changes_alone_tell_each_field() -> None:
    """Given a rollout of several fields, when changes alone are asked for, then the further ones are told, too."""
    others = tuple(replace(ROLLOUT, kind=EventKind.TEMPLATE, field=f"args[{number}]") for number in range(14))

    told = alone(report(coverage=WATCHED, changes=(*others[:2], ROLLOUT)))
    many = alone(report(coverage=WATCHED, changes=(*others, ROLLOUT)))

    assert "image api:1 → api:2; args[0] api:1 → api:2; args[1] api:1 → api:2, by kubectl-set" in told
    assert "args[11] api:1 → api:2 and 2 more fields, by kubectl-set" in many


def test_names_as_long_as_they_can_be_fit() -> None:
    """Given as many changes as are listed, each as long as one can be, then Slack takes the message."""
    long = dict.fromkeys(("source", "subject", "field", "before", "after", "actor"), "<" * 500)
    many = tuple(replace(ROLLOUT, **long | {"subject": f"{number % 40}/{'&' * 490}"}) for number in range(200))
    holes = (replace(HOLE, reason="`" * 500),) * 9

    coverage = replace(WATCHED, sources=("*" * 500,) * 20, holes=holes)
    given_report = report(
        finding(suspect=Suspect(change=many[0], runner_up=many[1], tell_apart="`" * 9000)),
        coverage=coverage,
        changes=many,
    )

    for message in (
        *changes("default.abc", given_report, moment), *findings("default.abc", given_report), shown(given_report)
    ):  # fmt: skip
        assert_slack_takes(message)


def test_the_details_of_a_finding_name_its_suspects() -> None:
    """Given a finding that two changes may have caused, then its details name both, and what tells them apart."""
    suspect = replace(SUSPECT, runner_up=EDIT, tell_apart="Take back the image alone.")
    ill = replace(CAUSE, suspect=suspect)

    told = "".join(str(part.get("text", "")) for part in parts(details(report(ill), ill)) if part.get("type") == "text")

    assert "Likely cause: deployment/shop/api: containers[api].image" in told
    assert "Or: configmap/shop/env: changed, . Take back the image alone." in told
