"""Shapes of what workloads make their pods from, and of the older templates that are kept of it."""

from collections.abc import Iterator, Mapping

from msgspec import field

from sickbay.diagnostics.platforms.kubernetes.wire.base import Resource, Wire, WrittenMeta
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Container, PodSpec, Volume


class Named(Wire, frozen=True, kw_only=True):
    """Another object of the namespace, by its name."""

    name: str = ""


class ValueSource(Wire, frozen=True, kw_only=True):
    """Where a variable's value comes from; of all but a ConfigMap nothing is read."""

    config_map_key_ref: Named | None = None


class Variable(Wire, frozen=True, kw_only=True):
    """A variable of the environment, without its value: it may be a secret."""

    value_from: ValueSource | None = None


class Variables(Wire, frozen=True, kw_only=True):
    """Variables that come from one object, all at once."""

    config_map_ref: Named | None = None


class TemplateContainer(Container, frozen=True, kw_only=True):
    """A container of a template, with the ConfigMaps that its environment comes from."""

    env: tuple[Variable, ...] = ()
    env_from: tuple[Variables, ...] = ()


class Projected(Wire, frozen=True, kw_only=True):
    """One of several sources of a volume."""

    config_map: Named | None = None


class Projection(Wire, frozen=True, kw_only=True):
    """A volume that is made of several sources; Go writes null for none."""

    sources: tuple[Projected, ...] | None = None


class TemplateVolume(Volume, frozen=True, kw_only=True):
    """A volume of a template, with the ConfigMaps that it shows."""

    config_map: Named | None = None
    projected: Projection | None = None


class TemplateSpec(PodSpec, frozen=True, kw_only=True):
    """What pods of a workload are to be."""

    containers: tuple[TemplateContainer, ...] = ()
    init_containers: tuple[TemplateContainer, ...] = ()
    volumes: tuple[TemplateVolume, ...] = ()

    @property
    def config_maps(self) -> frozenset[str]:
        """Give the names of the ConfigMaps that the pods read."""
        return frozenset(found.name for found in self._config_maps() if found and found.name)

    def _config_maps(self) -> Iterator[Named | None]:
        for container in (*self.init_containers, *self.containers):
            yield from (item.config_map_ref for item in container.env_from)
            yield from (item.value_from.config_map_key_ref for item in container.env if item.value_from)
        for volume in self.volumes:
            yield volume.config_map
            yield from (item.config_map for item in (volume.projected and volume.projected.sources) or ())


#: A pod template as the API writes it: it is only compared with another one.
RawTemplate = Mapping[str, object]


class ReplicaSetSpec(Wire, frozen=True, kw_only=True):
    """A ReplicaSet's template, whole."""

    template: RawTemplate = field(default_factory=dict)


class ReplicaSet(Resource, frozen=True, kw_only=True):
    """`GET /apis/apps/v1/replicasets`: what a Deployment's pods were made from, at each of its revisions."""

    metadata: WrittenMeta = WrittenMeta()
    spec: ReplicaSetSpec = ReplicaSetSpec()


class RevisionData(Wire, frozen=True, kw_only=True):
    """What a ControllerRevision keeps."""

    spec: ReplicaSetSpec = ReplicaSetSpec()


class ControllerRevision(Resource, frozen=True, kw_only=True):
    """`GET /apis/apps/v1/controllerrevisions`: the same of a StatefulSet or a DaemonSet."""

    number: int = field(default=0, name="revision")
    data: RevisionData = RevisionData()
