"""Clean text that a target wrote before anything else sees it: secrets, escapes, marks that turn text around.

Cut texts before they are searched for secrets: that bounds the time it takes.
"""

import re

from sickbay.diagnostics.redaction import redact

#: Characters kept of one line of a log.
LONGEST_LINE = 10_000

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x9b[0-?]*[ -/]*[@-~]"  # colours, cursor
    r"|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?"  # titles, links and other strings
    r"|\x1b[ -/]*[0-~]?"  # two-character escapes
)
#: Control characters but tab, newline and the separator of words; marks of writing direction; line separators.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1e\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
#: A word so long that it is data, not text. What stands in it cannot be told, so it is not shown.
_BLOB = re.compile(r"[\w.-]{257,}")


def clean(text: str) -> str:
    """Give the text without escapes and control characters, and without secrets."""
    if "\x1b" in text or "\x9b" in text:
        text = _ESCAPES.sub("", text)
    text = CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _BLOB.sub(lambda blob: f"[{len(blob[0])} characters]", text)
    return redact(text)


def clean_log(text: str) -> str:
    """Give a log's text cleaned, each line cut to a length that can be read."""
    return clean("\n".join(line[:LONGEST_LINE] for line in text.split("\n")))
