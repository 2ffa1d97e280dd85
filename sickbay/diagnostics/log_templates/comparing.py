"""Compare what logs say: what is new since the trouble began, and what the unwell alone say."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from sickbay.diagnostics.log_templates.entries import Entry, entries
from sickbay.diagnostics.log_templates.masking import HOLE, refined, told
from sickbay.diagnostics.log_templates.mining import mined, telling
from sickbay.diagnostics.model import Log, LogTemplate

#: Templates that are told, how many of them may say nothing of trouble, and characters of one and of its sample.
MOST, UNTELLING, LONGEST = 8, 3, 300
#: A program may tell of its trouble so long before it is seen to fail; its log tells what is new where it begins
#: earlier than that, by as much again.
BEFORE = timedelta(minutes=1)
#: Distinct entries of one log; of what is beyond, only the first word counts.
_EACH = 500


class _Said(msgspec.Struct):
    """What is known of one entry or template. Times are the platform's, empty where there are none."""

    sample: str
    count: int = 0
    first: str = ""
    last: str = ""
    names: dict[str, bool] = {}

    def add(self, other: "Entry | _Said") -> None:
        self.count += other.count
        self.first = min(filter(None, (self.first, other.first)), default="")
        self.last = max(self.last, other.last)
        if isinstance(other, _Said):
            self.names |= other.names


def templates(logs: Iterable[Log], *, onset: datetime | None = None, most: int = MOST) -> tuple[LogTemplate, ...]:
    """Give what the logs of the unwell say, the most telling first: what they alone say, or only since the `onset`.

    After these comes what else tells of trouble; where nothing does, what was said last. Where no log is marked, all
    are those of the unwell. Each log is let go of before the next is asked for.
    """
    since = onset - BEFORE if onset else None
    heard, unwell, covered, healthy = dict[str, _Said](), set[str](), False, False
    for log in logs:
        said = _heard(log)
        for key, entry in said.items():
            heard.setdefault(key, _Said(entry.sample)).add(entry)
        if log.unwell:
            unwell.add(log.name)
            began = _moment(min((entry.first for entry in said.values() if entry.first), default=""))
            covered |= bool(since and began and began + BEFORE <= since)
        else:
            healthy |= bool(said)
    return _told(_merged(heard), since if covered else None, compared=bool(unwell and healthy), most=most)


def _told(found: Mapping[str, _Said], since: datetime | None, *, compared: bool, most: int) -> tuple[LogTemplate, ...]:
    known = sorted(_known(found, since, compared=compared), key=_order)
    shown = _worth_telling(known)[:most]
    return tuple(msgspec.structs.replace(item, template=_short(told(item.template))) for item in shown)


def _known(found: Mapping[str, _Said], since: datetime | None, *, compared: bool) -> Iterator[LogTemplate]:
    """Yield the templates, still masked, that stand in the log of somebody unwell."""
    for template, said in found.items():
        unwell = [name for name, ails in said.names.items() if ails or not compared]
        first = _moment(said.first)
        if unwell:
            yield LogTemplate(
                names=tuple(sorted(said.names, key=lambda name: (name not in unwell, name))),
                template=template,
                sample=_short(said.sample),
                count=said.count,
                first=first,
                last=_moment(said.last),
                new=bool(since and first and first >= since),
                only_unwell=compared and len(unwell) == len(said.names),
            )


def _order(template: LogTemplate) -> tuple[bool, bool, float, int, str]:
    last = template.last.timestamp() if template.last else 0.0
    return not _apart(template), not telling(template.template), -last, -template.count, template.template


def _worth_telling(known: list[LogTemplate]) -> list[LogTemplate]:
    """Leave out what says nothing of trouble, but for a few that tell the unwell apart; else for what was said last."""
    troubles = [template for template in known if telling(template.template)]
    others = [template for template in known if template not in troubles and (_apart(template) or not troubles)]
    return sorted([*troubles, *others[:UNTELLING]], key=_order)


def _apart(template: LogTemplate) -> bool:
    return template.new or template.only_unwell


def _heard(log: Log) -> dict[str, _Said]:
    """Give what one log says, by its refined entries; where there are too many, those that tell of trouble stay."""
    said = dict[str, _Said]()
    for entry in entries(log.text):
        if key := refined(entry.masked):
            said.setdefault(key, _Said(entry.sample, names={log.name: log.unwell})).add(entry)
    if len(said) > _EACH:
        ranked = sorted(said, key=lambda key: (not telling(key), -said[key].count, key))
        for key in ranked[_EACH:]:
            rare = said.pop(key)
            beginning = f"{key.partition(' ')[0]} {HOLE}"
            kept = beginning if beginning in said or len(said) < 2 * _EACH else HOLE
            said.setdefault(kept, _Said(rare.sample)).add(rare)
    return said


def _merged(heard: Mapping[str, _Said]) -> Mapping[str, _Said]:
    found = dict[str, _Said]()
    for key, template in mined({key: said.count for key, said in heard.items()}).items():
        found.setdefault(template, _Said(heard[key].sample)).add(heard[key])
    return found


def _moment(written: str) -> datetime | None:
    """Give the platform's time of a line; what is no time is none."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
