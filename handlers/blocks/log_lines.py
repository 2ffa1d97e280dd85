"""What the logs of the unwell say: a line each, with how often and when, and what sets it apart."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta

from handlers.blocks.text import Block, bullets, date_element, emoji, plain, rich, section
from sickbay.diagnostics.model import LogTemplate, Report

#: Characters of a line of a log, names of logs that one has, and characters of each.
_SAMPLE, _NAMES, _NAME = 250, 3, 60
#: Two moments as near as this are told as one.
_NEAR = timedelta(minutes=1)


def of(report: Report, findings: Collection[str]) -> tuple[LogTemplate, ...]:
    """Give what the logs say of these findings, by their ids, the most telling first."""
    return tuple(said for said in report.log_templates if said.finding in findings)


def facts(said: LogTemplate, moment: Callable[[datetime], str]) -> str:
    """Give in words how often and when it was said, and what sets it apart."""
    first, last = (moment(at) if at else "" for at in (said.first, said.last))
    when = f"from {first} to {last}" if first != last else f"at {last}" if last else ""
    return ", ".join(filter(None, (_often(said), when, _apart(said))))


def lines(report: Report, findings: Collection[str]) -> Iterator[Block]:
    """Yield the block that tells what the logs of these findings say; none where they say nothing."""
    if told := of(report, findings):
        title = section(emoji("page_facing_up"), plain(" What the logs say", bold=True))
        yield rich(title, bullets(list(map(_line, told))))


def _line(said: LogTemplate) -> list[Block]:
    parts = [plain(said.sample, mono=True, most=_SAMPLE), plain(f"  {_often(said)}", italic=True)]
    if said.first and said.last and said.last - said.first >= _NEAR:
        parts += [plain(", ", italic=True), date_element(said.first), plain(" to ", italic=True)]
    elif said.last:
        parts.append(plain(", ", italic=True))
    if said.last:
        parts.append(date_element(said.last))
    return [*parts, plain(f", {_apart(said)}", italic=True)]


def _often(said: LogTemplate) -> str:
    return "once" if said.count == 1 else f"{said.count:,} times"


def _apart(said: LogTemplate) -> str:
    names = ", ".join(plain(name, most=_NAME)["text"] for name in said.names[:_NAMES])
    more = f" and {len(said.names) - _NAMES} more" if len(said.names) > _NAMES else ""
    return f"{'new, ' if said.new else ''}{'only in' if said.only_unwell else 'in'} {names}{more}"
