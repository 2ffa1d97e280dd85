"""Which services are databases, and whether what they write outlives their container."""

from pathlib import PurePosixPath

from sickbay.diagnostics.databases import data_directory
from sickbay.diagnostics.platforms.lint.compose import Service

#: Images that are mostly caches: they keep data only where their command says so.
_CACHES = ("redis", "valkey")
_KEEPS = ("appendonly", "--save")


def database(service: Service) -> bool:
    """Say whether its image is a known database's or queue's: they take a while until they answer."""
    return bool(service.image and data_directory(service.image.text))


def unmounted(service: Service) -> str:
    """Give the folder in which the database keeps its data where nothing is mounted on it, above it or in it."""
    directory = data_directory(service.image.text) if service.image else ""
    if not directory or service.extends or _only_a_cache(service):
        return ""
    data = PurePosixPath(directory)
    places = [PurePosixPath(place) for place in service.mounts if place.startswith("/")]
    covered = any(place.is_relative_to(data) or data.is_relative_to(place) for place in places)
    return "" if covered else directory


def _only_a_cache(service: Service) -> bool:
    name = service.image.text.rsplit("/", 1)[-1] if service.image else ""
    told = service.command.text if service.command else ""
    return name.startswith(_CACHES) and not any(word in told for word in _KEEPS)
