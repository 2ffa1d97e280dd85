"""Until when engines and operating systems get fixes."""

import re
from datetime import date

#: Major version: the day of its last fix. Moby's BRANCHES-AND-TAGS.md and endoflife.date (docker-engine), read in 2026.
#: 25 is still kept up; 28 and 29 have no date yet.
_ENGINES = {
    1: date(2017, 2, 23), 17: date(2018, 2, 10), 18: date(2019, 8, 22), 19: date(2021, 1, 8), 20: date(2023, 12, 10),
    23: date(2025, 5, 19), 24: date(2024, 6, 8), 26: date(2025, 2, 17), 27: date(2025, 5, 3),
}  # fmt: skip
#: How `/info` names a system: the end of its free support, Debian's LTS counted in. endoflife.date, read in 2026.
_SYSTEMS = {
    "Debian GNU/Linux 8": date(2020, 6, 30), "Debian GNU/Linux 9": date(2022, 7, 1),
    "Debian GNU/Linux 10": date(2024, 6, 30), "Debian GNU/Linux 11": date(2026, 8, 31),
    "Ubuntu 14.04": date(2019, 4, 2), "Ubuntu 16.04": date(2021, 4, 2), "Ubuntu 18.04": date(2023, 5, 31),
    "Ubuntu 20.04": date(2025, 5, 31), "Ubuntu 22.04": date(2027, 4, 1),
    "CentOS Linux 6": date(2020, 11, 30), "CentOS Linux 7": date(2024, 6, 30), "CentOS Linux 8": date(2021, 12, 31),
    "SUSE Linux Enterprise Server 11": date(2019, 3, 31), "SUSE Linux Enterprise Server 12": date(2024, 10, 31),
    "Container Linux by CoreOS": date(2020, 5, 26),
}  # fmt: skip


def engine_ended(version: str) -> date | None:
    """Give the day on which this version of Docker got its last fix; None where that is not known or not yet."""
    major = version.partition(".")[0]
    return _ENGINES.get(int(major)) if major.isdecimal() else None


def system_ended(name: str) -> date | None:
    """Give the day on which the operating system's support ended or will; None where that is not known."""
    return next((ended for system, ended in _SYSTEMS.items() if re.match(rf"{re.escape(system)}(?!\d)", name)), None)
