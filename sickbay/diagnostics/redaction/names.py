"""Which names are those of secrets, and which only speak of one: `db_password`, but not `password_policy`."""

from functools import lru_cache
from re import IGNORECASE
from re import compile as pattern_of

#: What stands in each name of a secret: where text is searched.
STEMS = ("pass", "pwd", "secret", "token", "cookie", "credential", "dsn", "signature", "sig", "auth", "key")

_SECRET = pattern_of(
    r"(?:pass(?:word(?!less)|wd|phrase|code)|pwd|requirepass|(?<!imagepull)(?<!existing)secret(?!ar(?:y|ies))|token(?!iz)"
    r"|cookie|credentials?|dsn|signature"
    r"|(?:api|access|private|account|signing|encryption|master|jwt|storage|shared|preshared|instrumentation|unseal|auth"
    r"|ssh|hmac|app|salt|subscription|license|consumer|session)[ _-]?key"
    r"|auth(?:orization)?(?![a-z])|(?<=[_-])pass(?![a-z]))",
    IGNORECASE,
)
_KEY = pattern_of(r"(?<!PUBLIC_)(?<!PRIMARY_)(?<!FOREIGN_)(?<!PARTITION_)(?<!SORT_)(?<!CACHE_)KEY")
_KEY_OF_ENVIRONMENT = pattern_of(rf"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*?_{_KEY.pattern}")
_ENDS_WITH_KEY = pattern_of(r"(?<!public_)(?<!public)key$", IGNORECASE)
#: What a name ends with that tells something about a secret.
_ABOUT = (
    r"(?:names?|files?|path|dir|directory|folder|mount|policy|policies|refs?|counts?|total|ttl|length|size|types?|modes?"
    r"|methods?|ur[il]s?|endpoints?|issuer|audience|alg(?:orithm)?s?|version|enabled|disabled|required|lifetime"
    r"|expir(?:y|es|ed|ation)|(?:expir(?:y|es|ation)[_-]?)?(?:in|at|seconds|minutes|hours|days|ms)|timeout|interval|age"
    r"|domain|provider|source|store|spec|class|format|prefix|suffix|header|limit|max|min|rotation|strength|stdin|helper"
    r"|server|service|driver|key_?id)"
)
_SPEAKS_OF = pattern_of(
    rf"(?:[_.-]{_ABOUT}|(?:secret|token|password|key|cookie|credentials?)(?:name|file|path|type|ref)s?|pass(?:word|wd)[_-]?key"
    rf"|-[0-9a-f]{{6,10}}-[a-z0-9]{{5}})\Z",
    IGNORECASE,
)
#: The same in camel case.
_SPEAKS_OF_IN_CAMEL_CASE = pattern_of(rf"[a-z](?=[A-Z])(?i:{_ABOUT})\Z")


@lru_cache(maxsize=4096)
def names_secret(name: str) -> bool:
    """Say whether what has this name in a text is a secret."""
    return bool(_SECRET.search(name) or _KEY_OF_ENVIRONMENT.fullmatch(name)) and not _speaks_of_one(name)


@lru_cache(maxsize=4096)
def names_secret_variable(name: str) -> bool:
    """Say whether a variable of this name holds a secret: in an environment, whatever is called a key is one too."""
    return bool(_SECRET.search(name) or _ENDS_WITH_KEY.search(name)) and not _speaks_of_one(name)


def _speaks_of_one(name: str) -> bool:
    return bool(_SPEAKS_OF.search(name) or _SPEAKS_OF_IN_CAMEL_CASE.search(name))
