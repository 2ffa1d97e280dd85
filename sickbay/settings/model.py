"""What can be set in `sickbay.yaml`, with its defaults."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from sickbay.diagnostics.budget import DEFAULT_SECONDS
from sickbay.diagnostics.targets import DEFAULT_ZONE, Target, ZoneName
from sickbay.incidents.alerts.rules import AlertSettings
from sickbay.incidents.policy import Rule
from sickbay.jobs.model import KEEP_EVENTS, MOST_EVENTS
from sickbay.settings.durations import Duration
from sickbay.settings.incidents import IncidentSettings

#: What `diagnosis.budget` may be.
SHORTEST_BUDGET, LONGEST_BUDGET = timedelta(seconds=1), timedelta(minutes=15)
#: The least that `memory.keep` may be.
SHORTEST_MEMORY = timedelta(hours=1)


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DiagnosisSettings(_Section):
    """How a target is diagnosed."""

    budget: Duration = Field(
        default=timedelta(seconds=DEFAULT_SECONDS),
        description="The time one diagnosis may take, from 1s to 15m. What was not read by then is a gap.",
    )

    @field_validator("budget")
    @classmethod
    def _within_reason(cls, budget: timedelta) -> timedelta:
        if not SHORTEST_BUDGET <= budget <= LONGEST_BUDGET:
            raise ValueError("allowed is 1s to 15m")
        return budget


class WorkerSettings(_Section):
    """How the worker process runs."""

    threads: int = Field(
        default=8, ge=1, le=64, strict=True, description="How many diagnoses one worker runs at a time."
    )


class MemorySettings(_Section):
    """What a recorder keeps of what it sees."""

    keep: Duration = Field(default=KEEP_EVENTS, description="How long events are kept, from 1h to 366d.")
    most_events: int = Field(
        default=MOST_EVENTS,
        ge=1000,
        le=10_000_000,
        strict=True,
        description="How many changes of a target are kept at most, and how many other events: the newest.",
    )

    @field_validator("keep")
    @classmethod
    def _long_enough(cls, keep: timedelta) -> timedelta:
        if keep < SHORTEST_MEMORY:
            raise ValueError("allowed is 1h to 366d")
        return keep


class HttpSettings(_Section):
    """Where the bot, the worker and the recorder answer /healthz and /metrics."""

    host: str = Field(default="127.0.0.1", min_length=1, description="The address to listen on.")
    port: int = Field(default=8080, ge=1, le=65535, strict=True, description="The port to listen on.")


class FileSettings(_Section):
    """The configuration of Sickbay. Secrets are not part of it: they come from the environment."""

    zones: tuple[ZoneName, ...] | None = Field(
        default=None,
        min_length=1,
        description="The network zones that this worker or recorder serves; without it, those of all targets in this "
        "file.",
    )
    targets: Mapping[str, Any] | None = Field(
        default=None,
        description="What can be diagnosed, by name; without it, this machine's Docker engine, as 'local', and each "
        "context of the kubeconfig.",
    )
    diagnosis: DiagnosisSettings = DiagnosisSettings()
    worker: WorkerSettings = WorkerSettings()
    memory: MemorySettings = MemorySettings()
    http: HttpSettings = HttpSettings()
    policy: tuple[Rule, ...] = Field(
        default=(),
        description="Who may do what, where, on which targets. A request needs one rule that allows its user and its "
        "channel. Without a rule about it, everybody may diagnose a target and read its logs, and nothing else.",
    )
    incidents: IncidentSettings = IncidentSettings()
    alerts: AlertSettings = AlertSettings()
    data_directory: Path | None = Field(
        default=None,
        description="Where `sickbay up` keeps what must outlive it, and the bot its SQLite database; without it, "
        "~/.local/share/sickbay.",
    )


class Settings(_Section):
    """All settings but the secrets, complete and checked. `file` is None where no file was read.

    `recorded` are those of the targets that a recorder watches.
    """

    file: Path | None
    targets: Mapping[str, Target]
    recorded: Mapping[str, Target]
    served_zones: tuple[ZoneName, ...]
    diagnosis: DiagnosisSettings = DiagnosisSettings()
    worker: WorkerSettings = WorkerSettings()
    memory: MemorySettings = MemorySettings()
    http: HttpSettings = HttpSettings()
    policy: tuple[Rule, ...] = ()
    incidents: IncidentSettings = IncidentSettings()
    alerts: AlertSettings = AlertSettings()
    data_directory: Path

    @property
    def budget_seconds(self) -> float:
        """Give the time one diagnosis may take, in seconds."""
        return self.diagnosis.budget.total_seconds()


def zones_of(targets: Mapping[str, Target]) -> tuple[str, ...]:
    """Give the zones that the targets are in, the default one where there are none."""
    return tuple(sorted({target.zone for target in targets.values()})) or (DEFAULT_ZONE,)
