"""What can be diagnosed: a Target from the configuration, and the request a person makes of it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, ClassVar

import msgspec
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from sickbay.diagnostics.model import Judged
from sickbay.diagnostics.pulls import Pull

#: Words of the command grammar that therefore cannot name a target.
RESERVED_NAMES = frozenset({"help", "targets", "changes", "incidents", "logs", "again", "since", "explain"})

#: How far back events, exits and logs count unless `--since` says otherwise.
DEFAULT_WINDOW = timedelta(hours=24)

DEFAULT_ZONE = "default"

#: Stands in a scope between the two of whom is asked whether they can talk to each other.
BETWEEN = "~"

#: By what things can be ranked (`--top`).
TOPS = ("cpu", "memory", "net", "disk", "errors")

TargetName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@:/-]{0,252}$")]
ZoneName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]


class Target(BaseModel):
    """A named thing in the configuration that can be diagnosed; each platform adds the fields it needs to reach it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: TargetName
    platform: str
    zone: ZoneName = DEFAULT_ZONE
    labels: Mapping[str, str] = Field(default_factory=dict)

    #: Whether it may be the registry of an image.
    holds_images: ClassVar[bool] = False

    def serves(self, _image: str) -> bool:
        """Say whether this is the registry of the image: then it is asked about the pulls of other targets."""
        return False


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asks of a target: the scope inside it (empty: all), the window, and whether hygiene counts.

    `top`, one of TOPS, asks for a ranking beside the diagnosis.
    `pulls` is what another target's diagnosis asks of a registry in place of a scope.
    `judged` is what people said of findings, which the ranking respects.
    `logs` asks for the log of what the scope names, as it ends now, in place of a diagnosis, and `siblings` with it for
    those of its replicas, so that the unwell can be compared with the healthy; `changes` asks for what changed in the
    window, alone.
    """

    scope: str = ""
    window: timedelta = DEFAULT_WINDOW
    audit: bool = False
    top: str = ""
    pulls: tuple[Pull, ...] = ()
    logs: bool = False
    siblings: bool = False
    changes: bool = False
    judged: tuple[Judged, ...] = ()
