"""App Home: what a person asked lately, how the targets they may see are, and how Sickbay itself is."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from handlers.blocks.findings import SEVERITY, moment
from handlers.blocks.incident import SEVERITIES, STATES, name_of
from handlers.blocks.report_forms import OPEN as OPEN_REPORT
from handlers.blocks.text import Block, bullets, button, context, emoji, plain, rich, section, to_channel
from handlers.blocks.view import header
from sickbay.diagnostics.model import Severity
from sickbay.diagnostics.targets import Target
from sickbay.incidents.diagnoses import PastDiagnosis
from sickbay.incidents.model import Incident
from sickbay.incidents.schedule import Schedule
from sickbay.jobs.model import JobState

OPEN_FORM = "home_diagnose"
REFRESH = "home_refresh"
#: Targets that are listed.
_LISTED = 40
_STATES = {
    JobState.QUEUED: "hourglass_flowing_sand",
    JobState.RUNNING: "stethoscope",
    JobState.FAILED: "warning",
    JobState.CANCELLED: "no_entry_sign",
}


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown: the person's diagnoses and the open incidents with links to their threads, targets, zones.

    `reports` are those that come by themselves, and `may_report` says whether they may add one where nobody else reads.
    `latest` is the last diagnosis of each target; `ailments` are sentences on what of Sickbay does not work.
    """

    recent: Sequence[tuple[PastDiagnosis, str]]
    incidents: Sequence[tuple[Incident, str]]
    targets: Mapping[str, Target]
    latest: Mapping[str, PastDiagnosis]
    workers: Mapping[str, int]
    ailments: Sequence[str]
    at: datetime
    reports: Sequence[Schedule] = ()
    may_report: bool = False


def home(shown: Home) -> Block:
    """Give the view."""
    buttons = [
        button("Diagnose…", OPEN_FORM, "home") | {"style": "primary"},
        *([button("Report…", OPEN_REPORT, "home")] if shown.may_report else []),
        button("Refresh", REFRESH, "home"),
    ]
    blocks = [
        header("Your diagnoses"),
        *_recent(shown),
        {"type": "actions", "elements": buttons},
        *_incidents(shown),
        *_reports(shown),
        {"type": "divider"},
        header("Targets"),
        *_targets(shown),
        {"type": "divider"},
        header("Sickbay itself"),
        rich(bullets([*_health(shown)])),
        context(f"As of {moment(shown.at)}"),
    ]
    return {"type": "home", "blocks": blocks}


def _recent(shown: Home) -> Iterator[Block]:
    if not shown.recent:
        yield rich(
            section(
                plain("None yet. Type "),
                plain("/diagnose", mono=True),
                plain(" where I am, or press the button."),
            )
        )
        return
    yield rich(bullets([_asked(diagnosis, link) for diagnosis, link in shown.recent]))


def _incidents(shown: Home) -> Iterator[Block]:
    """Yield the open incidents, where there are any."""
    if shown.incidents:
        yield {"type": "divider"}
        yield header("Open incidents")
        yield rich(bullets([_open(incident, link) for incident, link in shown.incidents]))


def _open(incident: Incident, link: str) -> list[Block]:
    return [
        emoji(SEVERITIES[incident.severity][0]),
        plain(" "),
        _linked(name_of(incident), link),
        plain(f" {STATES[incident.state][1]}  "),
        plain(moment(incident.opened_at), italic=True),
    ]


def _reports(shown: Home) -> Iterator[Block]:
    """Yield the reports that come by themselves, where there are any."""
    if shown.reports:
        yield {"type": "divider"}
        yield header("Reports")
        yield rich(bullets([_report(schedule) for schedule in shown.reports]))


def _report(schedule: Schedule) -> list[Block]:
    where = [] if schedule.channel.startswith("D") else [plain(" in "), to_channel(schedule.channel)]
    return [
        emoji("calendar" if schedule.next_at else "double_vertical_bar"),
        plain(f" Report {schedule.number}", bold=True),
        plain(f" {', '.join(schedule.targets) or 'the digest of incidents'}: {schedule.words}", most=200),
        *where,
        plain(f"  {f'next {moment(schedule.next_at)}' if schedule.next_at else 'paused'}", italic=True),
    ]


def _linked(text: str, link: str) -> Block:
    name = plain(text, bold=True, most=160)
    return name | {"type": "link", "url": link} if link else name


def _asked(diagnosis: PastDiagnosis, link: str) -> list[Block]:
    what = f"{diagnosis.target} › {diagnosis.scope}" if diagnosis.scope else diagnosis.target
    return [
        emoji(_icon(diagnosis)),
        plain(" "),
        _linked(what, link),
        plain(f" {diagnosis.headline}", most=200),
        plain(f"  {moment(diagnosis.submitted_at)}", italic=True),
    ]


def _targets(shown: Home) -> Iterator[Block]:
    if not shown.targets:
        yield rich(section(plain("There is none that you may diagnose.")))
        return
    names = list(shown.targets)
    lines = [_target(shown.targets[name], shown.latest.get(name)) for name in names[:_LISTED]]
    if rest := len(names) - len(lines):
        lines.append([plain(f"and {rest} more")])
    yield rich(bullets(lines))


def _target(target: Target, last: PastDiagnosis | None) -> list[Block]:
    start = [plain(target.name, bold=True, most=120), plain(f" {target.platform}")]
    if last is None:
        return [emoji("white_small_square"), plain(" "), *start, plain("  not diagnosed yet", italic=True)]
    scope = f"{last.scope}: " if last.scope else ""
    told = [plain(f"  {scope}{last.headline}", most=200), plain(f"  {moment(last.submitted_at)}", italic=True)]
    return [emoji(_icon(last)), plain(" "), *start, *told]


def _health(shown: Home) -> Iterator[list[Block]]:
    for zone, workers in shown.workers.items():
        icon = "white_check_mark" if workers else "warning"
        word = f"{workers} worker{'' if workers == 1 else 's'}" if workers else "no worker; its diagnoses wait for one"
        yield [emoji(icon), plain(f" Zone {zone}: {word}")]
    for ailment in shown.ailments:
        yield [emoji("warning"), plain(f" {ailment}", most=300)]
    if not shown.ailments:
        yield [emoji("white_check_mark"), plain(" Queue and database answer")]


def _icon(diagnosis: PastDiagnosis) -> str:
    if diagnosis.state is not JobState.DONE:
        return _STATES[diagnosis.state]
    if diagnosis.severity:
        return SEVERITY[Severity(diagnosis.severity)][0]
    return "grey_question" if diagnosis.gaps else "white_check_mark"
