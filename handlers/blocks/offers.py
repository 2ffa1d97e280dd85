"""What a thread offers: the buttons of a finding and of a card, for those who may use them there.

A button's value names the job, and a finding by a digest of its id; who clicks is authorised anew.
"""

import hashlib

import msgspec

from handlers.blocks.text import Block, button
from handlers.blocks.view import option
from sickbay.diagnostics.asked_logs import log_scope
from sickbay.diagnostics.model import Judged, Judgement, Report, ReportFinding
from sickbay.jobs.model import JobRecord, Mute

DETAILS = "finding_details"
LOGS = "finding_logs"
EXPLAIN = "finding_explain"
MUTE = "finding_mute"
JUDGE = "finding_judge"
RUN_AGAIN = "diagnosis_run_again"
CANCEL = "diagnosis_cancel"
COMPARE = "diagnosis_compare"

#: Stands in a job's `may` where its findings can be judged, since its thread is an incident's.
JUDGING = "judge"
#: Stands in a job's `may` where there is an earlier run to compare with.
COMPARING = "compare"
_JUDGEMENTS = {
    "This is the cause": Judgement.CAUSE,
    "Only a symptom": Judgement.SYMPTOM,
    "Has nothing to do with it": Judgement.IRRELEVANT,
}


class Offers(msgspec.Struct, frozen=True, kw_only=True):
    """What the one who asked may do there besides reading the answer, and which findings are muted there.

    `judge` is to say of a finding what it is to the incident of the thread; `judged` is what people said of some.
    """

    logs: bool = False
    mute: bool = False
    judge: bool = False
    mutes: tuple[Mute, ...] = ()
    judged: tuple[Judged, ...] = ()


NOTHING = Offers()


def offers_of(record: JobRecord) -> Offers:
    """Give what the thread of a job offers."""
    may, judged = record.job.may, record.job.request.judged
    return Offers(logs="logs" in may, mute="mute" in may, judge=JUDGING in may, mutes=record.job.mutes, judged=judged)


def finding_buttons(job_id: str, report: Report, finding: ReportFinding, offers: Offers) -> Block:
    """Give the row of buttons below a finding."""
    value = f"{job_id} {digest(finding)}"
    buttons = [button("Details", DETAILS, value)]
    if offers.logs and log_scope(report.target.platform, finding.subject):
        buttons.append(button("Logs", LOGS, value))
    buttons.append(button("Explain", EXPLAIN, value))
    if offers.mute:
        buttons.append(button("Mute for a day", MUTE, value))
    if offers.judge:
        choices = [option(text, f"{value} {judgement}") for text, judgement in _JUDGEMENTS.items()]
        buttons.append({"type": "overflow", "action_id": JUDGE, "options": choices})
    return {"type": "actions", "elements": buttons}


def digest(finding: ReportFinding) -> str:
    """Give a name for a finding that is short, however long its subject's is."""
    return hashlib.sha256(finding.id.encode()).hexdigest()[:16]
