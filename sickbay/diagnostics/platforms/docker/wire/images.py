"""Shapes of images: the list, the inspection and the history."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sickbay.diagnostics.platforms.docker.wire.base import NEVER, Wire
from sickbay.diagnostics.platforms.docker.wire.containers import Config


class ImageSummary(Wire, frozen=True, kw_only=True):
    """One of `GET /images/json`, and of the images in `GET /system/df`."""

    id: str = ""
    repo_tags: tuple[str, ...] = ()
    repo_digests: tuple[str, ...] = ()
    created: int = 0
    size: int = 0
    shared_size: int = -1
    containers: int = -1
    labels: Mapping[str, str] = {}

    @property
    def dangling(self) -> bool:
        """Say whether no tag leads to the image; Docker then writes none, or `<none>:<none>`."""
        return not any(tag and "<none>" not in tag for tag in self.repo_tags)

    @property
    def at(self) -> datetime:
        """Give when the image was built."""
        return datetime.fromtimestamp(self.created, UTC)

    @property
    def own_size(self) -> int:
        """Give the bytes that go when only this image goes."""
        return max(0, self.size - max(0, self.shared_size))


class ImageMetadata(Wire, frozen=True, kw_only=True):
    """What the engine itself notes of an image: when it was last given a tag here, by a pull, a build or by hand."""

    last_tag_time: datetime = NEVER


class ImageInspect(Wire, frozen=True, kw_only=True):
    """`GET /images/{id}/json`."""

    id: str = ""
    repo_tags: tuple[str, ...] = ()
    repo_digests: tuple[str, ...] = ()
    created: str = ""
    architecture: str = ""
    variant: str = ""
    os: str = ""
    size: int = 0
    config: Config = Config()
    metadata: ImageMetadata = ImageMetadata()


class HistoryLayer(Wire, frozen=True, kw_only=True):
    """One line of `GET /images/{id}/history`; `created_by` is redacted by the collector, `size` is in bytes."""

    id: str = ""
    created: int = 0
    created_by: str = ""
    size: int = 0
    tags: tuple[str, ...] = ()
