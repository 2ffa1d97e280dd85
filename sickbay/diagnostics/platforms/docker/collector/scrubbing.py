"""Clean what a target wrote before anything else sees it: secrets, terminal escapes, marks that turn text around.

Works on the decoded shapes, so that only fields that are kept cost anything. Texts are cut before they are searched for
secrets, which bounds the time that takes.
"""

from collections.abc import Callable, Iterable, Mapping

from msgspec import structs

from sickbay.diagnostics.cleaning import CONTROLS, clean
from sickbay.diagnostics.platforms.docker.wire.containers import (
    Config,
    ContainerInspect,
    ContainerSummary,
    Healthcheck,
    Processes,
    State,
)
from sickbay.diagnostics.platforms.docker.wire.engine import DiskUsage, Event, Info
from sickbay.diagnostics.platforms.docker.wire.images import HistoryLayer, ImageInspect
from sickbay.diagnostics.platforms.docker.wire.networks import Network
from sickbay.diagnostics.platforms.docker.wire.volumes import VolumeList
from sickbay.diagnostics.redaction import redact_values, redact_variable, secret_values

#: Characters kept of one command or variable, and of one label's value.
LONGEST_TEXT, LONGEST_LABEL = 10_000, 1_000

#: Joins the words of a command while secrets are searched: white space to a pattern, in no command's words.
_JOINT = "\x1f"


class Scrubber:
    """Scrubs the shapes of one diagnosis; remembers short texts that repeat, as labels and variables do.

    The secrets in a container's environment are remembered too, while it is read: its program may write them anywhere.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[object, str], str] = {}
        self._secrets: dict[str, tuple[str, ...]] = {}

    def inspect(self, container: ContainerInspect) -> ContainerInspect:
        """Give an inspection whose texts are clean."""
        self._secrets[container.id] = secret_values(variable[:LONGEST_TEXT] for variable in container.config.env)
        return structs.replace(
            container,
            path=self.text(container.path),
            args=tuple(self.without_secrets_of(container.id, word) for word in self.words(container.args)),
            state=self._state(container),
            config=self._config(container.config),
        )

    def summary(self, container: ContainerSummary) -> ContainerSummary:
        """Give a line of the list whose labels are clean."""
        return structs.replace(container, labels=self.labels(container.labels))

    def image(self, image: ImageInspect) -> ImageInspect:
        """Give an image whose configuration is clean."""
        return structs.replace(image, config=self._config(image.config))

    def history(self, layers: Iterable[HistoryLayer]) -> tuple[HistoryLayer, ...]:
        """Give a history whose commands are clean."""
        return tuple(structs.replace(layer, created_by=self.text(layer.created_by)) for layer in layers)

    def disk(self, usage: DiskUsage) -> DiskUsage:
        """Give a disk usage whose labels are clean."""
        return structs.replace(
            usage,
            images=tuple(structs.replace(image, labels=self.labels(image.labels)) for image in usage.images),
            containers=tuple(self.summary(container) for container in usage.containers),
        )

    def network(self, network: Network) -> Network:
        """Give a network whose options and labels are clean."""
        return structs.replace(
            network,
            name=self.text(network.name),
            options=self.labels(network.options),
            labels=self.labels(network.labels),
        )

    def volumes(self, listed: VolumeList) -> VolumeList:
        """Give volumes whose options, where drivers take passwords, and labels are clean."""
        volumes = tuple(
            structs.replace(volume, options=self.labels(volume.options), labels=self.labels(volume.labels))
            for volume in listed.volumes
        )
        return VolumeList(volumes=volumes, warnings=tuple(self.text(warning) for warning in listed.warnings))

    def event(self, event: Event) -> Event:
        """Give an event whose action (`exec_create: COMMAND`) and attributes are clean."""
        actor = structs.replace(event.actor, attributes=self.labels(event.actor.attributes))
        return structs.replace(event, action=self.text(event.action), actor=actor)

    def info(self, info: Info) -> Info:
        """Give the engine's information, its warnings and mirrors clean."""
        registries = structs.replace(
            info.registry_config, mirrors=tuple(self.text(mirror) for mirror in info.registry_config.mirrors)
        )
        warnings = tuple(self.text(warning) for warning in info.warnings)
        return structs.replace(info, registry_config=registries, warnings=warnings)

    def processes(self, container: str, listed: Processes) -> Processes:
        """Give a container's process list whose command lines are clean."""
        rows = tuple(
            tuple(self.without_secrets_of(container, self.text(cell)) for cell in row) for row in listed.processes
        )
        return structs.replace(listed, processes=rows)

    def without_secrets_of(self, container: str, text: str) -> str:
        """Give a text of the container with this id without the secrets in its environment."""
        return redact_values(text, self._secrets.get(container, ()))

    def text(self, text: str) -> str:
        """Give one text cleaned and cut."""
        return self._remembered(clean, text[:LONGEST_TEXT])

    def words(self, words: Iterable[str]) -> tuple[str, ...]:
        """Give a command's words cleaned together: a secret may stand in the word after its flag."""
        joined = _JOINT.join(words)
        return tuple(self.text(joined).split(_JOINT)) if joined else ()

    def variables(self, variables: Iterable[str]) -> tuple[str, ...]:
        """Give the `NAME=value` of an environment cleaned; a name like a secret's hides its value."""
        return tuple(self._remembered(_clean_variable, variable[:LONGEST_TEXT]) for variable in variables)

    def labels(self, labels: Mapping[str, str]) -> dict[str, str]:
        """Give labels cleaned and cut; a name like a secret's hides its value."""
        return {self._name(name): self._value(name, value) for name, value in labels.items()}

    def _name(self, name: str) -> str:
        return CONTROLS.sub("", name[:LONGEST_LABEL])

    def _value(self, name: str, value: str) -> str:
        variable = f"{name[:LONGEST_LABEL].replace('=', '-')}={value[:LONGEST_LABEL]}"
        return self._remembered(_clean_variable, variable).partition("=")[2]

    def _state(self, container: ContainerInspect) -> State:
        def scrubbed(text: str) -> str:
            return self.without_secrets_of(container.id, self.text(text))

        state = container.state
        health = state.health and structs.replace(
            state.health,
            log=tuple(structs.replace(probe, output=scrubbed(probe.output)) for probe in state.health.log),
        )
        return structs.replace(state, error=scrubbed(state.error), health=health)

    def _config(self, config: Config) -> Config:
        probe: Healthcheck | None = config.healthcheck
        return structs.replace(
            config,
            env=self.variables(config.env),
            cmd=self.words(config.cmd),
            entrypoint=self.words(config.entrypoint),
            labels=self.labels(config.labels),
            healthcheck=probe and structs.replace(probe, test=self.words(probe.test)),
        )

    def _remembered(self, scrub: Callable[[str], str], text: str) -> str:
        if not text:
            return text
        known = self._known.get((scrub, text))
        if known is None:
            known = self._known[scrub, text] = scrub(text)
        return known


def _clean_variable(variable: str) -> str:
    return redact_variable(clean(variable))
