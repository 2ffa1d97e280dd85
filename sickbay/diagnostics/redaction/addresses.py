"""Passwords in addresses: of a URL, of a database in a driver's own notation, of a command's `-u name:password`."""

from re import IGNORECASE, Match, Pattern
from re import compile as pattern_of

from sickbay.diagnostics.redaction.hiding import Hidden, Judge, hide

_PASSWORD = "[redacted password]"  # noqa: S105 - it stands in its place
#: A password may hold `@`, `:` and `/`; a port and a path with an `@` in it are none.
_USER = pattern_of(r"://[^\s/:@\"']*:(?P<secret>(?!\d{1,5}[/?#])(?:(?!://)[^\s\"'<>])+)@")
#: The same where the text was cut within the password.
_CUT = pattern_of(
    r"://(?!sha256:)[^\s/:@\"'\[]{0,64}:(?!\d{1,5}(?:[/?#:…]|\.\.\.|[.,;)]?\Z))(?P<secret>[^\s\"'<>/@…]{3,200})(?:…|\Z)"
)
#: A token that takes the place of the user.
_TOKEN = pattern_of(r"://(?=[a-z_~.-]{0,40}[0-9A-Z])(?P<secret>[\w~-]{20,250}):?@")
_MASKED = pattern_of(r"[*•]+|x{3,}|\[redacted.*|\$\{\w+\}|\$\(\w+\)", IGNORECASE)
#: Go's driver of MySQL: `app:secret@tcp(db:3306)/shop`.
_GO = pattern_of(r"@(?:tcp6?|unix)\(")
_WORDS = pattern_of(r"[\s\"'(]")
_LONGEST = 250
_ORACLE = pattern_of(r"jdbc:oracle:\w{1,10}:[^/\s]{1,64}/(?P<secret>[^\s@]{1,200})@", IGNORECASE)
#: A line of `.pgpass`.
_PGPASS = pattern_of(r":5432:[\w*-]{1,64}:[\w-]{1,64}:(?P<secret>[^\s\"']{1,200})")


def without_passwords(text: str) -> str:
    """Give the text without the passwords in its addresses."""
    return hide(text, _JUDGES)


def passwords_of(text: str) -> list[str]:
    """Give the passwords in the text's URLs."""
    return [match["secret"] for match in _USER.finditer(text)]


def _of_url(text: str, at: int) -> Hidden | None:
    if not text[at - 1 : at].isalnum():
        return None
    return _hidden(_USER.match(text, at)) or _hidden(_TOKEN.match(text, at)) or _hidden(_CUT.match(text, at))


def _of_driver(text: str, at: int) -> Hidden | None:
    before = text[max(0, at - _LONGEST) : at]
    word = _WORDS.split(before)[-1]
    secret = word.partition(":")[2]
    if not _GO.match(text, at) or not secret or _MASKED.fullmatch(secret):
        return None
    return Hidden(at - len(secret), at, _PASSWORD)


def _at(pattern: Pattern[str]) -> Judge:
    return lambda text, at: _hidden(pattern.match(text, at))


def _hidden(found: Match[str] | None) -> Hidden | None:
    if not found or _MASKED.fullmatch(found["secret"]):
        return None
    return Hidden(found.start("secret"), found.end("secret"), _PASSWORD)


_JUDGES: tuple[tuple[str, Judge], ...] = (
    ("://", _of_url),
    ("@tcp", _of_driver),
    ("@unix(", _of_driver),
    ("jdbc:oracle:", _at(_ORACLE)),
    (":5432:", _at(_PGPASS)),
)
