"""Which platforms run what was built for another: a processor also runs what its smaller kin does."""

from collections.abc import Iterable

_ALSO = {"linux/amd64": ("linux/386",), "linux/arm64": ("linux/arm",)}


def fits(wanted: str, built: Iterable[str]) -> bool:
    """Say whether anything of what was built runs on the platform; variants of a processor are not told apart."""
    machine = _machine(wanted)
    runs = {machine, *_ALSO.get(machine, ())}
    return any(_machine(platform) in runs for platform in built)


def _machine(platform: str) -> str:
    return "/".join(platform.split("/")[:2])
