"""Make text from elsewhere harmless for a terminal: shown as it is, but unable to move the cursor or to deceive."""

import re

#: Control characters but the line end and the tab, and what turns the direction of writing or shows nothing.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def printable(text: str) -> str:
    r"""Give the text with everything unprintable written out, such as `\x1b`; line ends stay."""
    text = text.replace("\r\n", "\n").replace("\t", "    ")
    return _UNPRINTABLE.sub(lambda match: ascii(match[0])[1:-1], text)


def one_line(text: str) -> str:
    """Give the text, printable, on one line."""
    return " ".join(printable(text).split())
