"""Which check tells which of hadolint's rules, so that no fault is told twice and none is lost."""

from collections.abc import Collection, Iterator

from sickbay.diagnostics.platforms.lint.findings import Fault
from sickbay.diagnostics.platforms.lint.snapshot import Dockerfile, Rule

#: By the check that tells them. DL3000 to DL3067 and DL4000 to DL4006, as of hadolint 2.15.
_RULES = {
    "LNT-101": "DL3006 DL3007 DL3026 DL3029",
    "LNT-102": "DL3005 DL3008 DL3009 DL3013 DL3014 DL3015 DL3016 DL3017 DL3018 DL3019 DL3027 DL3028 DL3030 DL3031 "
    "DL3032 DL3033 DL3034 DL3035 DL3036 DL3037 DL3038 DL3039 DL3040 DL3041 DL3042 DL3060 DL3062",
    "LNT-103": "DL3010 DL3020 DL3022 DL3045",
    "LNT-104": "DL3000 DL3002 DL3003 DL3046 DL3048 DL3049 DL3050 DL3051 DL3052 DL3053 DL3054 DL3055 DL3056 DL3057 "
    "DL3058 DL3066",
    "LNT-105": "DL3012 DL3025 DL4003 DL4004",
    "LNT-106": "DL3001 DL3004 DL3047 DL4001 DL4005 DL4006",
    "LNT-107": "DL3064",
    "LNT-108": "DL3059",
    "LNT-113": "DL3011 DL3021 DL3023 DL3024 DL3043 DL3044 DL3061 DL3063",
    "LNT-114": "DL4000",
}
_CHECKS = {rule: check for check, rules in _RULES.items() for rule in rules.split()}
#: Rules that are not listed: ShellCheck's, and those of a newer hadolint. What is an error breaks the build.
_BREAKING, _OTHER = "LNT-113", "LNT-106"


def told_by(check: str, file: Dockerfile, *, without: Collection[str] = ()) -> Iterator[Fault]:
    """Yield what hadolint found in the file and this check tells; `without` are rules that its own findings cover."""
    for rule in file.rules:
        if _check_of(rule) == check and rule.code not in without:
            yield Fault(line=rule.line, what=_sentence(rule.message), shown=f"{rule.code}: {rule.message}")


def _check_of(rule: Rule) -> str:
    return _CHECKS.get(rule.code) or (_BREAKING if rule.level == "error" else _OTHER)


def _sentence(message: str) -> str:
    """Give the first sentence, as it continues one."""
    first = message.splitlines()[0].split(". ")[0].rstrip(".") if message else "is not as it should be"
    return first[:1].lower() + first[1:] if first[1:2].islower() else first
