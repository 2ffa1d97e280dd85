"""The words after `/report`: `add TARGET[,TARGET…] WHEN [ZONE] [in #channel] [quiet]`, and a verb with a number."""

import re
from collections.abc import Collection, Mapping, Sequence

import msgspec

from handlers.grammar import GrammarError

USAGE = "add TARGET[,TARGET] every weekday at 09:00 [in #channel] [quiet] | list | show 3 | …"

#: In place of targets: the digest of incidents. No target can be called so.
DIGEST = "incidents"
#: Each verb with what it wants, as the help shows it.
VERBS: Mapping[str, str] = {
    "add": "add TARGET[,TARGET…]|incidents WHEN [ZONE] [in #channel] [quiet]",
    "list": "list",
    "show": "show N",
    "pause": "pause N",
    "resume": "resume N",
    "edit": "edit N [TARGET…] [WHEN] [ZONE] [in #channel] [quiet|loud]",
    "remove": "remove N",
    "now": "now N",
    "help": "help",
}
_OTHER_WORDS = {
    "new": "add", "create": "add", "ls": "list", "stop": "pause", "start": "resume", "continue": "resume",
    "change": "edit", "delete": "remove", "rm": "remove", "run": "now",
}  # fmt: skip
_NUMBER = re.compile(r"(?:report[ -]?)?#?(\d{1,9})", re.IGNORECASE)
_NAMED = re.compile(r"^\s*(?:report|number|no\.?)\s+", re.IGNORECASE)
_HERE = re.compile(r"(?:^|\s)(?:in\s+)?(?:here|this channel)(?=\s|$)", re.IGNORECASE)
#: Slack and phones turn quotation marks into others.
_QUOTES = "\"'`\u2018\u2019\u201c\u201d"
_CHANNEL = re.compile(r"(?:\b(?:in|to)\s+)?<#([CGD][A-Z0-9]+)(?:\|[^>]*)?>", re.IGNORECASE)
_UNKNOWN_CHANNEL = re.compile(r"(?:^|\s)(?:in|to)\s+(#\S+)", re.IGNORECASE)
_QUIET = re.compile(r"(?:^|\s)-*quiet(?:ly)?(?=\s|$)", re.IGNORECASE)
_LOUD = re.compile(r"(?:^|\s)-*(?:loud(?:ly)?|not quiet|always)(?=\s|$)", re.IGNORECASE)
#: Targets of one report.
_MOST = 50


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A verb, the number of the report where one was named, and the rest of the words."""

    verb: str
    number: int = 0
    rest: str = ""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a report shall be. None and nothing are what is left open; `targets` is empty for the digest of incidents.

    `time_zone` is the one in which `when` is meant, unless that names another.
    """

    targets: tuple[str, ...] | None = None
    when: str = ""
    time_zone: str = ""
    channel: str = ""
    quiet: bool | None = None


def parse_report(text: str, targets: Collection[str]) -> Said:
    """Understand the words; those that begin with a target add a report of it. Raises GrammarError."""
    first, rest = [*text.split(maxsplit=1), "", ""][:2]
    if number := _NUMBER.fullmatch(first):
        verb, _, rest = (rest or "show").partition(" ")
        return _numbered(_verb(verb), f"{number[1]} {rest}")
    if first and set(_names(first)) <= {*targets, DIGEST}:
        return Said(verb="add", rest=text.strip())
    verb = _verb(first or "help")
    return _numbered(verb, rest) if " N" in VERBS[verb] else Said(verb=verb, rest=rest.strip())


def _verb(word: str) -> str:
    verb = _OTHER_WORDS.get(word.lower(), word.lower())
    if verb not in VERBS:
        unknown = word[:30].replace("`", "'")
        raise GrammarError(f"I do not know `{unknown}`. A report is added by `/report add TARGET every day at 9`.")
    return verb


def _numbered(verb: str, rest: str) -> Said:
    """Give the verb with the number behind it."""
    if " N" not in VERBS[verb]:
        raise GrammarError(f"`{verb}` goes without a number: `/report {VERBS[verb]}`.")
    first, others = [*_NAMED.sub("", rest).split(maxsplit=1), "", ""][:2]
    number = _NUMBER.fullmatch(first)
    if not number:
        raise GrammarError(f"Which report? Say its number, as in `/report {verb} 3`; `/report list` shows them.")
    return Said(verb=verb, number=int(number[1]), rest=others.strip())


def wanted(rest: str, targets: Collection[str]) -> Wanted:
    """Understand what a new report shall be. Raises GrammarError."""
    words, channel = _words(rest)
    if not words:
        raise GrammarError("A report of what? Say `add TARGET WHEN`, such as `add prod every weekday at 09:00`.")
    count = max(1, _leading(words, targets))
    when, quiet = _quiet(" ".join(words[count:]))
    return Wanted(targets=_targets(words[:count]), when=when, channel=channel, quiet=bool(quiet))


def changes(rest: str, targets: Collection[str]) -> Wanted:
    """Understand what shall be otherwise with a report. Raises GrammarError."""
    words, channel = _words(rest)
    count = _leading(words, targets)
    when, quiet = _quiet(" ".join(words[count:]))
    return Wanted(targets=_targets(words[:count]) if count else None, when=when, channel=channel, quiet=quiet)


def _words(rest: str) -> tuple[list[str], str]:
    """Give the words without the channel, what is listed with commas as one of them, and the channel."""
    rest, channel = _channel(re.sub(" ?, ?", ",", " ".join(rest.split())))
    return rest.split(), channel


def _leading(words: Sequence[str], targets: Collection[str]) -> int:
    """Count the words that are names of targets, from the first on; `and` may stand between them."""
    known = {*targets, DIGEST}
    count = 0
    for place, word in enumerate(words):
        if set(_names(word)) <= known:
            count = place + 1
        elif not (place and word.lower() in {"and", "&"}):
            break
    return count


def _names(word: str) -> list[str]:
    return [name.strip(_QUOTES) for name in word.split(",") if name.strip(_QUOTES)]


def _channel(rest: str) -> tuple[str, str]:
    """Take the channel out of the words; Slack makes an id of one that it knows."""
    found = _CHANNEL.search(rest)
    if found:
        return f"{rest[: found.start()]} {rest[found.end() :]}", found[1]
    if unknown := _UNKNOWN_CHANNEL.search(rest):
        name = unknown[1][:60].replace("`", "'")
        raise GrammarError(f"I do not know the channel `{name}`. Choose it from the list that Slack shows as you type.")
    return _HERE.sub(" ", rest), ""


def _quiet(rest: str) -> tuple[str, bool | None]:
    if _LOUD.search(rest):
        return _LOUD.sub(" ", rest).strip(), False
    if _QUIET.search(rest):
        return _QUIET.sub(" ", rest).strip(), True
    return rest.strip(), None


def _targets(words: Sequence[str]) -> tuple[str, ...]:
    """Give the names, each once, in their order; none for the digest."""
    names = tuple(dict.fromkeys(name for word in words if word.lower() not in {"and", "&"} for name in _names(word)))
    if names == (DIGEST,):
        return ()
    if DIGEST in names:
        raise GrammarError(f"The digest of incidents is a report of its own: `add {DIGEST} mondays 9:00`.")
    if not names or len(names) > _MOST:
        raise GrammarError(f"A report is of 1 to {_MOST} targets.")
    return names
