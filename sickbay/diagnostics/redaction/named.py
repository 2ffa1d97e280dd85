"""Secrets that stand behind a name: assigned to it, after an option, in a header, a file, a sentence."""

from collections.abc import Iterator
from re import IGNORECASE, Match, Pattern
from re import compile as pattern_of

from sickbay.diagnostics.redaction.hiding import LONGEST_NAME, Hidden, Judge, hide, name_begins
from sickbay.diagnostics.redaction.names import STEMS, names_secret
from sickbay.diagnostics.redaction.values import LONGEST, harmless, is_tag_or_port, looks_random

_REST = pattern_of(rf"[\w.-]{{0,{LONGEST_NAME}}}")
_QUOTED = (
    r"\\+[\"'][^\"']*(?:[\"']|\Z)|\"(?:[^\"\\]|\\[\s\S])*(?:\"|\\?\Z)|'(?:[^'\\]|\\[\s\S])*(?:'|\\?\Z)"
    r"|`[^`\n]{0,200}`|\{[^{}\s][^}\n]{0,200}\}"
)
_VALUE = rf"(?P<secret>{_QUOTED}|[^\s,;&\"']+)"
_SCHEME = r"(?:(?:bearer|basic|token|digest|apikey|negotiate|splunk|aws4-hmac-sha256)[^\S\r\n]+)?"
_ASSIGNED = pattern_of(
    rf"\\*[\"']?(?P<joint>[^\S\r\n]*(?:=>|:=|=)(?:[^\S\r\n]+(?![\w.-]{{1,64}}=[^\s=]))?"
    rf"|[^\S\r\n]*:(?!//)[^\S\r\n]*)(?:\[(?=[\"']))?{_SCHEME}{_VALUE}",
    IGNORECASE,
)
#: `"DB_PASSWORD=secret"`: all of it up to the quote.
_IN_QUOTES = {quote: pattern_of(rf"=(?P<secret>(?:[^{quote}\\]|\\[\s\S])*)") for quote in "\"'"}
_IN_ESCAPED_QUOTES = pattern_of(r"=(?P<secret>[^\"']*)")
#: A line of an environment: all of its word; a phrase has several. A log's time or its container may come first.
_LINE = pattern_of(r"=(?P<secret>[^\s\"']\S*)")
_PHRASE = pattern_of(r"=(?P<secret>[^\s\"'][^\r\n]*)")
_LINE_BEGINS = pattern_of(
    r"(?:\A|\n)(?:\d{4}-\d\d-\S{1,30}[^\S\n]|[\w.-]{1,64}[^\S\n]+\|[^\S\n])?[^\S\n]*"
    r"(?:-[^\S\n]+|export[^\S\n]+|set[^\S\n]+)?\Z"
)
#: `ENV NAME value`, as Dockerfiles had it once.
_OLD_ENV = pattern_of(r"[^\S\r\n]+(?P<secret>[^\s=][^\r\n]*)")
_OPTION = pattern_of(rf"[^\S\r\n]+(?!-){_VALUE}|[\"'][^\S\n]*,\s*(?P<listed>\"[^\"\n]*(?:\"|\Z)|'[^'\n]*(?:'|\Z))")
_ARGUMENT = pattern_of(r"[\"']\s{0,20},\s{0,20}(?P<secret>\"[^\"\n]*(?:\"|\Z)|'[^'\n]*(?:'|\Z))")
_ELEMENT = pattern_of(r">(?P<secret>[^<]{1,1000})(?:<|\Z)")
#: `{"name": "DB_PASSWORD", "value": "secret"}` and `<add key="ApiKey" value="secret"/>`.
_FIELD = pattern_of(rf"[\"']?[\s,]{{1,40}}[\"']?value[\"']?\s{{0,4}}[:=]\s{{0,4}}{_VALUE}", IGNORECASE)
_FIELD_BEGINS = pattern_of(r"\b(?:name|key)[\"']?\s{0,4}[:=]\s{0,4}[\"']?\Z", IGNORECASE)
_BLOCK = pattern_of(
    r"[\"']?:[^\S\n]*[|>][+-]?\d?[^\S\n]*\n(?P<secret>(?P<indent>[^\S\n]+)[^\n]*(?:\n(?P=indent)[^\n]*)*)"
)
_COOKIES = pattern_of(r"[\"']?:[^\S\n]*(?P<secret>[\w.%-]+=[^\r\n\"']*)")
_DIGEST = pattern_of(r"[\"']?:[^\S\n]*(?P<secret>Digest[^\S\n]+\w+=[^\r\n]*)", IGNORECASE)
#: SQL: `CREATE ROLE app PASSWORD 'secret'`, `SET PASSWORD = PASSWORD('secret')`.
_SQL = pattern_of(r"(?:\s{1,8}|\s{0,8}\(\s{0,8})(?P<secret>\\?'[^']*(?:'|\Z)|\\?\"[^\"]*(?:\"|\Z))")
_IDENTIFIED = pattern_of(r"identified\s{1,8}by\s{1,8}(?P<secret>\\?'[^']*(?:'|\Z)|\\?\"[^\"]*(?:\"|\Z))", IGNORECASE)
#: `access_token 3fA… is expired`, `Use the following password to …:` and then, on a line of its own, the password.
_SAID = pattern_of(r"(?:[^\S\n](?:is|was))?:?\s{1,8}[\"'`(<]?(?P<secret>[\w+/=~.-]{12,})")
_SAID_LATER = pattern_of(r"[^\n:\[]{0,100}:\s{1,8}(?P<secret>[\w+/=~.-]{12,})")
_USER_AND = pattern_of(r":[^\S\n]*\S{1,64}[^\S\n]+/[^\S\n]+(?P<secret>\S+)")
#: `basic authentication` is no secret: there is more than small letters in one.
_BEARER = pattern_of(r"(?i:bearer|basic)[^\S\r\n]+(?P<secret>(?=[a-z._~-]*[A-Z0-9+/=])[A-Za-z0-9._~+/=-]{8,})")
#: AWS's own service of that name, in an IAM action or an ARN: `secretsmanager:GetSecretValue`.
_SECRETS_MANAGER = pattern_of(r"secretsmanager:(?:[A-Z][A-Za-z]+|[a-z0-9-]*:\d*:secret:[\w/+=.@-]+[:.]*)")
#: What stands before the name, and how its value then stands behind it; and the same by what the name ends with.
_OPENED = (("ENV ", _OLD_ENV), ("<", _ELEMENT), (("('", '("', "( '", '( "'), _ARGUMENT))
_NAMED = (("cookie", _COOKIES), ("authorization", _DIGEST), ("credentials", _USER_AND))
#: What kubelets call a volume, an ARN, a parser's complaint.
_SPOKEN_OF = pattern_of(r"(?:volume \"|\bsecretsmanager:[\w-]{0,32}:\d{0,12}:|unexpected )\Z")
#: What a sentence calls a secret.
_SPOKEN = ("password", "passwd", "passphrase", "secret", "token", "key")
_SPACED_KEY = pattern_of(
    r"(?:api|access|private|account|signing|encryption|master|shared|storage|unseal)[ ]\Z", IGNORECASE
)


def without_named(text: str) -> str:
    """Give the text without what stands where a name says that a secret stands."""
    return hide(text, _JUDGES, folded=True)


def _named(text: str, at: int) -> Hidden | None:
    """Say what is hidden because of a name that has one of the stems at this place."""
    start, end = name_begins(text, at), at
    rest = _REST.match(text, at)
    end = rest.end() if rest else at
    name = text[start:end]
    before = text[max(0, start - 100) : start]
    if name[:3].lower() == "key" and (spaced := _SPACED_KEY.search(before[-12:])):
        name = f"{spaced[0]}{name}"
    if not (names_secret(name) or _short(text, name, end)):
        return None
    if _SPOKEN_OF.search(before):
        return None
    return _value(text, end, name, before)


def _short(text: str, name: str, end: int) -> bool:
    """Say whether it is one of the names that are too short to mean a secret everywhere."""
    following = text[end : end + 2].lstrip("\"'")[:1]
    return (name.lower() == "pass" and following in {"=", ":"} and text[end : end + 1] != ":") or (
        name.lower() == "sig" and following == "="
    )


def _value(text: str, end: int, name: str, before: str) -> Hidden | None:
    for pattern in _patterns(text[end : end + 1], name, before):
        if found := pattern.match(text, end):
            return _hidden(found, name, before)
    return _said(text, end, name.lower())


def _patterns(following: str, name: str, before: str) -> Iterator[Pattern[str]]:
    """Yield how a value may stand behind the name, the most telling first."""
    small = name.lower()
    if following == "=":
        yield from _of_environments(name, before)
    if name.startswith("-"):
        yield _OPTION
    yield from (pattern for opening, pattern in _OPENED if before.endswith(opening))
    if _FIELD_BEGINS.search(before[-24:]):
        yield _FIELD
    yield from (pattern for ending, pattern in _NAMED if small.endswith(ending))
    yield _BLOCK
    yield _ASSIGNED
    if small.endswith("password"):
        yield _SQL


def _of_environments(name: str, before: str) -> Iterator[Pattern[str]]:
    if before.endswith(('\\"', "\\'")):
        yield _IN_ESCAPED_QUOTES
    elif before.endswith(tuple(_IN_QUOTES)):
        yield _IN_QUOTES[before[-1]]
    elif name.isupper() and _LINE_BEGINS.search(before):
        yield _PHRASE if "PHRASE" in name else _LINE


def _hidden(found: Match[str], name: str, before: str) -> Hidden | None:
    groups = found.groupdict()
    part = "listed" if groups.get("listed") else "secret"
    if len(found[part]) <= LONGEST and _hides_nothing(found[0], found[part], groups.get("joint"), name, before):
        return None
    return Hidden(*found.span(part))


def _hides_nothing(follows: str, value: str, joint: str | None, name: str, before: str) -> bool:
    if harmless(name, value) or (before.endswith("${") and value.startswith("?")):
        return True
    if name.endswith("secretsmanager") and _SECRETS_MANAGER.fullmatch(f"secretsmanager{follows}"):
        return True
    return joint == ":" and follows == f":{value}" and is_tag_or_port(name, before, value)


def _said(text: str, end: int, name: str) -> Hidden | None:
    """Say what of a sentence is hidden: what stands behind the word, where no person would have written it."""
    if not name.endswith(_SPOKEN):
        return None
    found = _SAID.match(text, end)
    if not (found and looks_random(found["secret"])) and name.endswith("password"):
        found = _SAID_LATER.match(text, end)
    return Hidden(*found.span("secret")) if found and looks_random(found["secret"]) else None


def _identified(text: str, at: int) -> Hidden | None:
    found = _IDENTIFIED.match(text, at)
    return _hidden(found, "", "") if found else None


def _signed_in(text: str, at: int) -> Hidden | None:
    found = _BEARER.match(text, at)
    return _hidden(found, "", "") if found and not text[at - 1 : at].isalnum() else None


_JUDGES: tuple[tuple[str, Judge], ...] = (
    *((stem, _named) for stem in STEMS),
    ("identified", _identified),
    ("bearer", _signed_in),
    ("basic", _signed_in),
)
