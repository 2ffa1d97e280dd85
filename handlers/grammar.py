"""The words after `/diagnose` and `@sickbay`: `TARGET [SCOPE] [--since 30m] [--audit] [--top cpu]`, `targets`, `help`,
`TARGET [SCOPE] changes [--since 2h]`, `logs [TARGET] NAME`, `explain CODE`, and in the thread of a diagnosis `again`,
`since 2h` and `changes`.

People type on phones and Slack rewrites what they type (smart quotes, dashes, links): the parser forgives that, and
says exactly what it does not understand.
"""

import re
from datetime import timedelta
from typing import Literal

import msgspec

from sickbay.diagnostics.redaction import redact
from sickbay.diagnostics.targets import TOPS, Request
from sickbay.settings.durations import parse_duration

USAGE = "TARGET [SCOPE] [changes] [--since 30m] [--audit] [--top cpu]"

#: How much of a word that is not understood the answer repeats.
_QUOTED = 60
#: Characters of the longest name: a namespace and an image by its digest have fewer.
LONGEST = 500
#: Behind a target and a scope it asks for what changed, alone.
_CHANGES = "changes"
_LINK = re.compile(r"<(?:https?://|mailto:)[^|<>]*\|([^<>]*)>|<(https?://[^|<>]*)>")
_REWRITTEN = str.maketrans(
    {
        "\u00a0": " ", "\u200b": "", "\u2060": "", "\ufeff": "",
        "\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\u2010": "-", "\u2011": "-",
    }
)  # fmt: skip


class GrammarError(Exception):
    """Raised for words that are not understood; the message says which, and what would be."""


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A diagnosis of `target`."""

    target: str
    request: Request


class Tell(msgspec.Struct, frozen=True):
    """A question about Sickbay itself."""

    topic: Literal["help", "targets"]


class Explain(msgspec.Struct, frozen=True):
    """A question what the check with this code means."""

    code: str


class Follow(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the last diagnosis of a thread: the same again, over another window, a log, or what changed."""

    window: timedelta | None = None
    log: str = ""
    changes: bool = False


def parse(text: str) -> Ask | Tell | Explain | Follow:
    """Understand the words. Raises GrammarError."""
    words = _words(text)
    if endless := next((word for word in words if len(word) > LONGEST and not word.startswith("-")), ""):
        raise GrammarError(f"Nothing has a name as long as {_quoted(endless)}.")
    match [word.lower() for word in words[:1]], words[1:]:
        case ([], _) | (["help"], []):
            return Tell("help")
        case ["targets"], []:
            return Tell("targets")
        case ["again"], []:
            return Follow()
        case ["since"], rest:
            return Follow(window=_window("".join(rest), "since"))
        case ["changes"], rest:
            return _changes(rest)
        case ["explain"], rest:
            return Explain(_one(rest, "`explain` wants the code of a check, such as `explain DKR-C102`"))
        case ["logs"], [target, scope]:
            return Ask(target=target, request=Request(scope=scope, logs=True))
        case ["logs"], rest:
            return Follow(log=_one(rest, "`logs` wants a target and a name; in a diagnosis' thread the name alone"))
    return _ask(words)


def _next(words: list[str]) -> str:
    return words.pop(0) if words else ""


def _one(words: list[str], wish: str) -> str:
    if len(words) != 1:
        raise GrammarError(f"{wish}.")
    return words[0]


def _changes(words: list[str]) -> Ask | Follow:
    """Understand what stands behind `changes`: a target, or how far to look back in a thread."""
    word = words[0].lower() if words else ""
    if word and word != "since" and not word.startswith("-"):
        return _ask([*words, _CHANGES])
    if word and not word.lstrip("-").startswith("since"):
        raise GrammarError(f"I do not know {_quoted(words[0])}.")
    written = word.partition("=")[2] or "".join(words[1:])
    return Follow(changes=True, window=_window(written, "since") if word else None)


def _ask(words: list[str]) -> Ask:
    names: list[str] = []
    request = Request()
    while words:
        word = words.pop(0)
        if not word.startswith("-"):
            names.append(word)
            continue
        flag, _, value = word.partition("=")
        if flag == "--audit" and not value:
            request = msgspec.structs.replace(request, audit=True)
        elif flag == "--since":
            request = msgspec.structs.replace(request, window=_window(value or _next(words), "--since"))
        elif flag == "--top":
            request = msgspec.structs.replace(request, top=_top(value or _next(words)))
        else:
            raise GrammarError(f"I do not know {_quoted(word)}.")
    if len(names) > 1 and names[-1].lower() == _CHANGES:
        names.pop()
        request = msgspec.structs.replace(request, changes=True)
    if not names:
        raise GrammarError("The target is missing.")
    if len(names) > 2:
        raise GrammarError(f"One target and one scope, please: {_quoted(names[2])} is one word too many.")
    return Ask(target=names[0], request=msgspec.structs.replace(request, scope="".join(names[1:])))


def _quoted(word: str) -> str:
    """Give the word as code, without secrets, cut where it is long; a backtick in it cannot end the code."""
    word = redact(word)
    return f"`{word[:_QUOTED].replace('`', chr(39))}{'…' if len(word) > _QUOTED else ''}`" if word else "nothing"


def _words(text: str) -> list[str]:
    plain = _LINK.sub(lambda match: match[1] or match[2] or "", text).translate(_REWRITTEN)
    plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    plain = re.sub(r"(?<!\S)[\u2013\u2014](?=\w)", "--", plain)
    return [word.strip("\"'`") for word in plain.split() if word.strip("\"'`")]


def _window(written: str, word: str) -> timedelta:
    try:
        return parse_duration(written)
    except ValueError as error:
        raise GrammarError(f"`{word}`: {error}, not {_quoted(written)}.") from error


def _top(written: str) -> str:
    if written.lower() not in TOPS:
        raise GrammarError(f"`--top` is by {', '.join(TOPS[:-1])} or {TOPS[-1]}, not {_quoted(written)}.")
    return written.lower()
