"""What is known of base images: until when they get fixes, and which names tell no release."""

import re
from datetime import date

#: Official images: release, and the day of its last fix (Debian's LTS counted in). endoflife.date, read in 2026.
_ENDS: dict[str, dict[str, str]] = {
    "debian": {"6": "2016-02-29", "7": "2018-05-31", "8": "2020-06-30", "9": "2022-06-30", "10": "2024-06-30",
               "11": "2026-08-31"},
    "ubuntu": {"10.04": "2015-04-30", "12.04": "2017-04-28", "14.04": "2019-04-25", "16.04": "2021-04-30",
               "18.04": "2023-05-31", "20.04": "2025-05-31"},
    "alpine": {"3.12": "2022-05-01", "3.13": "2022-11-01", "3.14": "2023-05-01", "3.15": "2023-11-01",
               "3.16": "2024-05-23", "3.17": "2024-11-22", "3.18": "2025-05-09", "3.19": "2025-11-01",
               "3.20": "2026-04-01"},
    "python": {"2": "2020-01-01", "3.4": "2019-03-18", "3.5": "2020-09-30", "3.6": "2021-12-23", "3.7": "2023-06-27",
               "3.8": "2024-10-07", "3.9": "2025-10-31"},
    "node": {"4": "2018-04-30", "6": "2019-04-30", "8": "2019-12-31", "10": "2021-04-30", "12": "2022-04-30",
             "14": "2023-04-30", "16": "2023-09-11", "18": "2025-04-30", "20": "2026-04-30"},
    "php": {"5": "2018-12-31", "7": "2022-11-28", "8.0": "2023-11-26", "8.1": "2025-12-31"},
    "ruby": {"1": "2015-02-23", "2": "2023-03-31", "3.0": "2024-04-23", "3.1": "2025-03-26", "3.2": "2026-03-31"},
    "postgres": {"9": "2021-11-11", "10": "2022-11-10", "11": "2023-11-09", "12": "2024-11-21", "13": "2025-11-13"},
    "mysql": {"5": "2023-10-21", "8.0": "2026-04-30"},
    "mongo": {"3": "2021-04-30", "4": "2024-02-29", "5": "2024-10-31"},
    "centos": {"": "2024-06-30"},
    "java": {"": "2017-01-01"},
    "openjdk": {"": "2022-07-26"},
    "rails": {"": "2016-12-31"},
}  # fmt: skip
_CODENAMES = {
    "debian": {"squeeze": "6", "wheezy": "7", "jessie": "8", "stretch": "9", "buster": "10", "bullseye": "11"},
    "ubuntu": {"lucid": "10.04", "precise": "12.04", "trusty": "14.04", "xenial": "16.04", "bionic": "18.04",
               "focal": "20.04"},
}  # fmt: skip
_OFFICIAL = re.compile(r"(?:(?:index\.)?docker\.io/)?(?:library/)?([a-z0-9_.-]+)(?::([\w.-]+))?(?:@sha256:\w+)?")


def ended(reference: str, today: date) -> str:
    """Give what is wrong with the age of an official image (`got its last fixes on …`), or nothing."""
    match = _OFFICIAL.fullmatch(reference)
    if match is None:
        return ""
    name, tag = match[1], match[2] or ""
    for system, release in _releases(name, tag):
        day = date.fromisoformat(_ENDS[system][release])
        if day < today:
            whose = "" if system == name else f" stands on {system} {release}, which"
            return f"{whose} got its last fixes on {day}".strip()
    return ""


def untagged(reference: str) -> bool:
    """Say whether the image's name tells no release: no tag, or `latest`, and no digest."""
    if "$" in reference or "@" in reference:
        return False
    _, separator, tag = reference.rsplit("/", 1)[-1].partition(":")
    return not separator or tag == "latest"


def _releases(name: str, tag: str) -> list[tuple[str, str]]:
    """Give the releases that the tag names, of the image itself and of the distribution it stands on."""
    found: list[tuple[str, str]] = []
    ends = _ENDS.get(name, {})
    if "" in ends:
        found.append((name, ""))
    version = re.match(r"\d+(?:\.\d+)*", tag)
    if version:
        parts = version[0].split(".")
        candidates = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
        found += [(name, item) for item in candidates if item in ends][:1]
    for system, codenames in _CODENAMES.items():
        found += [(system, codenames[word]) for word in tag.split("-") if word in codenames]
    if alpine := re.search(r"alpine(3\.\d+)$", tag):
        found += [("alpine", alpine[1])] if alpine[1] in _ENDS["alpine"] else []
    return found
