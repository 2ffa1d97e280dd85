"""Quantities as Kubernetes writes them: `500m` of a CPU, `128Mi` of memory, `1e3` of anything."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d{1,3})|([KMGTPE]i|[numkMGTPE]))?")
_FACTORS: Mapping[str, Decimal] = {
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"),
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate("kMGTPE", 1)},
    **{f"{suffix}i": Decimal(1024) ** power for power, suffix in enumerate("KMGTPE", 1)},
}  # fmt: skip
_GIB = 1024**3


@lru_cache(maxsize=4096)
def amount(written: str | float) -> Decimal | None:
    """Give a quantity as a number of CPUs, bytes or things; None for what is no quantity."""
    read = _QUANTITY.fullmatch(str(written).strip())
    if read is None:
        return None
    number, exponent, suffix = read.groups()
    return Decimal(number + (exponent or "")) * _FACTORS.get(suffix or "", Decimal(1))


def readable(resource: str, value: Decimal) -> str:
    """Give an amount as a person would say it: memory and storage in GiB, all else as it is (`3.5`)."""
    if "memory" in resource or "storage" in resource:
        return f"{value / _GIB:.1f} GiB"
    return f"{value.quantize(Decimal('0.01')).normalize():f}"
