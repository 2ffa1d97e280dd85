"""Secrets that are known by their form, whatever stands before them: keys, and tokens of those who issue them."""

from collections.abc import Iterator
from functools import partial
from re import DOTALL, Pattern
from re import compile as pattern_of

from sickbay.diagnostics.redaction.hiding import Hidden, Judge, hide

_PEM = r"[A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
#: The end of a log may begin in the middle of a key; each of its lines may come after its time.
_REST_OF_KEY = pattern_of(rf"\A(?:(?:\S{{1,64}} )?[A-Za-z0-9+/=]{{1,76}}\r?\n)+(?:\S{{1,64}} )?-----END {_PEM}")

#: The kind, the words that it begins with, and what follows the word; the group `secret` where not all of it is one.
_FORMS: tuple[tuple[str, str, str], ...] = (
    ("AWS key", "AKIA ASIA ABIA ACCA", r"[A-Z0-9]{16}(?![A-Za-z0-9])"),
    ("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"[A-Za-z0-9]{36,}"),
    ("GitHub token", "github_pat_", r"[A-Za-z0-9_]{22,}"),
    ("GitLab token", "glpat- glrt- gldt- glcbt- glptt- glft- glsoat- glimt- glagent- glffct-", r"[A-Za-z0-9_-]{20,}"),
    ("Slack token", "xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs- xapp-", r"[A-Za-z0-9-]{10,}"),
    ("Slack webhook", "https://hooks.slack.com/services/", r"[A-Za-z0-9/]+"),
    ("Stripe key", "rk_live_ rk_test_ sk_live_ sk_test_", r"[A-Za-z0-9]{16,}"),
    ("Stripe key", "whsec_", r"[A-Za-z0-9+/=]{32,}"),
    ("Google key", "AIza", r"[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    ("Google token", "ya29.", r"[A-Za-z0-9_-]{20,}"),
    ("Google token", "GOCSPX-", r"[A-Za-z0-9_-]{20,}"),
    ("Google token", "1//0", r"[A-Za-z0-9_-]{30,}"),
    ("npm token", "npm_", r"[A-Za-z0-9]{36}(?![A-Za-z0-9_])"),
    ("PyPI token", "pypi-", r"[A-Za-z0-9_-]{50,}"),
    ("RubyGems key", "rubygems_", r"[0-9a-f]{48}"),
    ("Docker token", "dckr_pat_ dckr_oat_", r"[A-Za-z0-9_-]{20,}"),
    ("Sentry token", "sntrys_ sntryu_", r"[A-Za-z0-9+/=_-]{40,}"),
    ("SendGrid key", "SG.", r"[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}"),
    ("Twilio key", "SK", r"[0-9a-f]{32}(?![0-9a-z])"),
    ("Mailgun key", "key-", r"[0-9a-f]{32}(?![0-9a-z])"),
    ("OpenAI key", "sk-proj- sk-svcacct- sk-admin-", r"[A-Za-z0-9_-]{20,}"),
    ("OpenAI key", "sk-", r"[A-Za-z0-9]{40,}"),
    ("Anthropic key", "sk-ant-", r"[A-Za-z0-9_-]{32,}"),
    ("Hugging Face token", "hf_", r"[A-Za-z0-9]{34}(?![A-Za-z0-9])"),
    ("Vault token", "hvs. hvb. hvr.", r"[A-Za-z0-9_-]{24,}"),
    ("Vault token", "s.", r"(?=[A-Za-z]{0,23}\d)[A-Za-z0-9]{24}(?![A-Za-z0-9])"),
    ("DigitalOcean token", "dop_v1_ doo_v1_ dor_v1_", r"[0-9a-f]{64}"),
    ("Doppler token", "dp.", r"(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}"),
    ("Linear key", "lin_api_", r"[A-Za-z0-9]{40}"),
    ("Notion token", "secret_ ntn_", r"[A-Za-z0-9]{43,}(?![A-Za-z0-9_])"),
    ("Grafana token", "glsa_ glc_", r"[A-Za-z0-9_+/=]{32,}"),
    ("New Relic key", "NRAK-", r"[A-Z0-9]{27}"),
    ("Shopify token", "shpat_ shpca_ shppa_ shpss_", r"[0-9a-fA-F]{32}"),
    ("Databricks token", "dapi", r"[0-9a-f]{32}(?:-\d)?(?![0-9a-z])"),
    ("Artifactory key", "AKCp", r"[A-Za-z0-9]{69,}"),
    ("Postman key", "PMAK-", r"[0-9a-f]{24}-[0-9a-f]{34}"),
    ("Pulumi token", "pul-", r"[0-9a-f]{40}"),
    ("PlanetScale token", "pscale_tkn_ pscale_pw_ pscale_oauth_", r"[A-Za-z0-9_.-]{32,}"),
    ("Fly token", "fm1_ fm1r_ fm2_", r"[A-Za-z0-9+/=]{32,}"),
    ("private key", "AGE-SECRET-KEY-1", r"[A-Z0-9]{58}"),
    ("Square token", "sq0csp- sq0atp-", r"[A-Za-z0-9_-]{22,}"),
    ("Atlassian token", "ATATT3xFfGF0", r"[A-Za-z0-9_=-]{32,}"),
    ("Bitbucket token", "ATBB", r"[A-Za-z0-9]{32}(?![A-Za-z0-9])"),
    ("Heroku key", "HRKU-", r"[A-Za-z0-9_-]{36,}"),
    ("Swarm token", "SWMTKN-1- SWMKEY-1-", r"[A-Za-z0-9+/=-]{32,}"),
    ("private key", "LS0tLS1CRUdJTi", r"[A-Za-z0-9+/]{0,24}?(?:QUklWQVRF|UFJJVkFUR|BSSVZBVE)[A-Za-z0-9+/=]+"),
    ("registry login", "eyJhdXRocyI6", r"[A-Za-z0-9+/=]{16,}"),
    ("Discord webhook", "/api/webhooks/", r"\d{15,21}/(?P<secret>[A-Za-z0-9_-]{8,})"),
    ("Teams webhook", "webhook.office.com/webhookb2/", r"(?P<secret>[A-Za-z0-9@/-]{36,})"),
    ("Telegram token", "api.telegram.org/bot", r"(?P<secret>\d{6,12}:[A-Za-z0-9_-]{8,})"),
)
#: The same, where so many characters stand before the word.
_INSIDE: tuple[tuple[str, str, int, Pattern[str]], ...] = (
    ("Terraform token", ".atlasv1.", 14, pattern_of(r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{40,}")),
    ("Azure secret", "Q~", 4, pattern_of(r"[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~-])")),
)


#: What is left of one where a text was cut within it; only behind words that stand in nothing else.
_CUT = r"(?=[a-z_.-]{0,64}[0-9A-Z])[A-Za-z0-9_+/=.-]{4,300}(?:…|\Z)"
_TELLING = frozenset(
    (
        "AKIA",
        "ASIA",
        "AIza",
        "eyJ",
        "ya29.",
        "hvs.",
        "hvb.",
        "AKCp",
        "ATBB",
        "hf_",
        "SG.",
        "AGE-SECRET-KEY-1",
        "LS0tLS1CRUdJTi",
        "eyJhdXRocyI6",
    )
)
_SHORTEST_TELLING = 4
_COMMON = frozenset(("key-", "pul-", "secret_"))


def without_forms(text: str) -> str:
    """Give the text without what is a secret by its form."""
    return _REST_OF_KEY.sub("[redacted private key]", hide(text, _JUDGES))


def _beginning(kind: str, pattern: Pattern[str], text: str, at: int) -> Hidden | None:
    before = text[at - 1 : at]
    if text[at].isalnum() and (before.isalnum() or before == "_"):
        return None
    found = pattern.match(text, at)
    if not found:
        return None
    start = found.start("secret") if "secret" in pattern.groupindex else at
    return Hidden(start, found.end(), f"[redacted {kind}]")


def _inside(kind: str, before: int, pattern: Pattern[str], text: str, at: int) -> Hidden | None:
    found = pattern.match(text, at - before) if at >= before else None
    return Hidden(*found.span(), f"[redacted {kind}]") if found else None


def _judges() -> Iterator[tuple[str, Judge]]:
    pem = pattern_of(rf"-----BEGIN {_PEM}.*?(?:-----END {_PEM}|\Z)", DOTALL)
    yield "-----BEGIN ", partial(_beginning, "private key", pem)
    jwt = rf"(?<!-)eyJ(?:[A-Za-z0-9_-]{{8,}}\.[A-Za-z0-9_-]{{8,}}\.[A-Za-z0-9_-]*|{_CUT})"
    yield "eyJ", partial(_beginning, "token", pattern_of(jwt))
    for kind, words, rest in _FORMS:
        for word in words.split():
            ends = f"{rest}|{_CUT}" if _tells(word) else rest
            yield word, partial(_beginning, kind, pattern_of(f"{word.replace('.', r'[.]')}(?:{ends})"))
    for kind, word, before, pattern in _INSIDE:
        yield word, partial(_inside, kind, before, pattern)


def _tells(word: str) -> bool:
    """Say whether hardly anything else begins with the word."""
    long = word.endswith(("_", "-")) and len(word) >= _SHORTEST_TELLING
    return word in _TELLING or (long and word not in _COMMON)


_JUDGES = tuple(_judges())
