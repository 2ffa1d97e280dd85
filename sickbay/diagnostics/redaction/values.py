"""Values that hide nothing though they stand where a secret would, and those that look random wherever they stand."""

from itertools import pairwise
from re import IGNORECASE
from re import compile as pattern_of

#: The longest value that may be harmless: what is longer is not looked at again.
LONGEST = 200
#: Switches, small numbers, paths, references, what is masked already, what is said of a secret.
_HARMLESS = pattern_of(
    r"[\\\"'(<\[]*(?:true|false|yes|no|null|none|nil|on|off|enabled|disabled|\d{1,3}|/[a-z]+(?:[._-][a-z]+)*(?:/\S*)?"
    r"|\[redacted.*|\**redacted|hidden|masked|omitted|\*+|•+|x{3,}|%s|%\(\w+\)s"
    r"|\$[A-Z_]{1,100}|\$\{\w{1,100}(?:\}|:?\?.*)|\$\([\w.-]{1,100}\)|\{\{-?|\{\{-?\s?[\w.$]{1,100}\}\}|[|>][+-]?\d?|not"
    r"|expired|invalid|missing|required|denied|failed|failure|incorrect|not|is|was|get|post|put|executable"
    r"|are|has|have|must|should|cannot|can|could|needs|wants|will|may|found|given|set|unset|unknown|empty|too|only|)[\\\"')>.\]}]*",
    IGNORECASE,
)
#: Ways to sign in.
_WAYS = pattern_of(
    r"[\\\"']*(?:basic|bearer|digest|oidc|oauth2?|ldap|saml|kubernetes|iam|jwt|token|password|plain|peer|trust|tls|mtls"
    r"|x509|webhook)[\\\"',.)]*",
    IGNORECASE,
)
#: After a colon without space: an image's tag or digest, a port.
_TAG = pattern_of(
    r"v?\d+(?:\.\d+)+\S*|v\d+\S*|latest\S*|stable\S*|alpine\S*|sha256:\S*|\d{2,5}(?:[/?:)\]].*)?$", IGNORECASE
)
_REPOSITORY = pattern_of(r"[\w.-]+/[\w./-]*$")
_HOST = pattern_of(r"(?<!//)\b[\w-]+\.[\w.-]+(?::\d+)?/[\w./-]*$")
_RANDOM = pattern_of(r"[0-9a-f]{32,}|(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=\D*\d)[\w+/=~.-]{12,}")
#: So often a small letter is followed by something else in no word.
_MOST_TURNS = 2


def harmless(name: str, value: str) -> bool:
    """Say whether the value of what is named like a secret hides nothing."""
    if len(value) > LONGEST:
        return False
    if _HARMLESS.fullmatch(value):
        return True
    small = name.lower()
    return (small.endswith("tokens") and value.isdigit()) or (small.endswith("auth") and bool(_WAYS.fullmatch(value)))


def is_tag_or_port(name: str, before: str, value: str) -> bool:
    """Say whether `name:value` is a part of `registry/auth-service:1.2`, or an address such as `auth:8080`."""
    if "pass" in name.lower():
        return bool(_HOST.search(before))
    return bool(_TAG.match(value) or _REPOSITORY.search(before))


def looks_random(value: str) -> bool:
    """Say whether no person would have written this: a key or a token, by large and small letters and digits mixed."""
    if not _RANDOM.fullmatch(value):
        return False
    turns = sum(before.islower() and not after.islower() for before, after in pairwise(value))
    return value.islower() or turns > _MOST_TURNS
