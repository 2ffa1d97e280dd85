"""A muted finding is not told, but counted; what it alone explained goes with it, and what others explain stays."""

from datetime import timedelta

import msgspec

from handlers.blocks.card import headline
from handlers.blocks.findings import findings
from handlers.blocks.muted import shown
from handlers.blocks.offers import Offers
from sickbay.jobs.model import JobState, Mute
from tests.unit.command_line.reports import AT, CAUSE, SYMPTOM, finding, report
from tests.unit.handlers.blocks.payloads import text_of
from tests.unit.handlers.blocks.test_any_report import record_of

MUTE = Mute(code=CAUSE.code, subject=CAUSE.subject, until=AT + timedelta(days=1), by="U0BOB")


def test_a_muted_cause_goes_with_what_it_alone_explains() -> None:
    """Given a cause and its symptom, when the cause is muted, then neither is left, and the cause is counted."""
    seen = shown(report(CAUSE, SYMPTOM), (MUTE,))

    assert (seen.report.findings, seen.muted) == ((), (CAUSE,))


def test_what_another_cause_explains_stays() -> None:
    """Given a symptom of two causes, when one is muted, then the symptom stands under the other alone."""
    other = finding(id="other", code="DKR-E101", subject="engine/x", explains=(SYMPTOM.id,))
    symptom = finding(id=SYMPTOM.id, code="DKR-C102", explained_by=(CAUSE.id, "other"))

    seen = shown(report(CAUSE, other, symptom), (MUTE,))

    assert [(item.id, item.explained_by) for item in seen.report.findings] == [("other", ()), (SYMPTOM.id, ("other",))]


def test_an_answer_of_muted_findings_is_not_called_healthy() -> None:
    """Given a report whose only cause is muted, when told, then the card says so, and the reply names the finding."""
    record = record_of(report(CAUSE, SYMPTOM), state=JobState.DONE)
    record = msgspec.structs.replace(record, job=msgspec.structs.replace(record.job, mutes=(MUTE,)))
    (message,) = findings("default.abc", report(CAUSE, SYMPTOM), Offers(mutes=(MUTE,)))

    assert "what is muted here: 1 finding" in headline(record)
    assert CAUSE.code in text_of(message)
    assert "Muted in this channel" in text_of(message)
