"""What varies in a line without meaning anything, such as ids, numbers and times, is replaced by a hole."""

import re

#: Stands for what was masked. No log holds it: control characters are taken out of them.
HOLE = "\0"
#: Characters of a line by which it is told from others.
LONGEST = 500
#: How a hole is told.
_TOLD = "<*>"

#: From a word's first digit on: numbers, times, addresses, versions, the rest of ids and of generated names. Of an HTTP
#: status the first digit stays, since it says how a request ended. It begins with one set of characters, for speed.
_VARIABLE = re.compile(
    r'[0-9](?<!HTTP/[0-9]\.[0-9]" [0-9])(?<!status[=:][0-9])(?<!status":[0-9])(?<!status": [0-9])'
    r"[0-9A-Za-z]*(?:-[0-9A-Za-z]+|[.:_+/][0-9][0-9A-Za-z]*)*"
)
#: The beginning of an id before its first digit.
_HEXADECIMAL = re.compile(r"(?<![0-9A-Za-z])[a-fA-F]{1,16}\0")
_QUOTED = re.compile(r"(?<!\w)'[^']{1,200}'(?!\w)")
_HOLES = re.compile(r"\0(?:[-.:_+]?\0)+")
#: The program's own time, before what it says.
_TIMES = re.compile(r"(?:[\[(]?\0[\])]?[\s,;|:]*)+")
#: What of a JSON line says what happened; all else is about the one time it did.
_FIELD = re.compile(
    r'"((?:log\.)?level|severity|msg|message|messagetemplate|@mt?|error|err|exception|event|status)"\s{0,4}:\s{0,4}'
    r'(?:"((?:[^"\\]|\\.)*)|(\d?\0))',
    re.IGNORECASE,
)
_LEVELS = frozenset({"level", "log.level", "severity"})


def masked(text: str) -> str:
    """Give the text with holes; each line stays a line."""
    return _VARIABLE.sub(HOLE, text)


def refined(line: str) -> str:
    """Give what of a masked line says something, as long as lines are compared, with holes for what is quoted too."""
    line = line[: 4 * LONGEST].strip()
    if line.startswith("{"):
        line = _of_json(line)
    line = _HOLES.sub(HOLE, _QUOTED.sub(HOLE, _HEXADECIMAL.sub(HOLE, line[:LONGEST])))
    return _TIMES.sub("", line, count=1) if line.startswith((HOLE, "[", "(")) and _says(line) else line


def told(template: str) -> str:
    """Give a template as people read it."""
    return template.replace(HOLE, _TOLD)


def _of_json(line: str) -> str:
    fields = [
        (name.lower(), text or f"{name} {number}")
        for name, text, number in _FIELD.findall(line)
        if text or (number and name.lower() not in _LEVELS)
    ]
    says = any(name not in _LEVELS | {"status"} for name, _ in fields)
    return " ".join(said for _, said in fields) if says else line


def _says(line: str) -> bool:
    """Say whether there is more in it than holes and signs."""
    return any(character.isalpha() for character in line)
