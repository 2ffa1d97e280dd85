"""In what two specifications of a service differ, field by field, named as the API names them in the service's Spec.

Values of the environment are compared and never told.
"""

import shlex
from collections.abc import Iterator, Mapping
from datetime import datetime

from sickbay.diagnostics.events import A_VALUE, ANOTHER_VALUE, Event, EventKind, shortened
from sickbay.diagnostics.platforms.docker.differences import Difference, variable
from sickbay.diagnostics.platforms.swarm.ownership import owner_of
from sickbay.diagnostics.platforms.swarm.references import reference
from sickbay.diagnostics.platforms.swarm.wire.services import Mode, Quantities, Service, ServiceMount, ServiceSpec
from sickbay.diagnostics.redaction import redact_named

IMAGE, REPLICAS = "TaskTemplate.ContainerSpec.Image", "Mode.Replicated.Replicas"
#: Differences that are told of one update.
_MOST = 30
_CONTAINER, _TASK = "TaskTemplate.ContainerSpec.", "TaskTemplate."
_KINDS = {
    "Mode.": EventKind.SCALE,
    "EndpointSpec.": EventKind.NETWORK,
    _TASK + "Networks": EventKind.NETWORK,
    _TASK + "ForceUpdate": EventKind.RESTART,
    _CONTAINER + "Configs": EventKind.CONFIG,
    _CONTAINER + "Secrets": EventKind.CONFIG,
}
#: Labels that tools write anew with each deployment.
_UNTOLD = ("com.docker.stack.",)
#: Nanoseconds before a task is replaced, where nothing else is set: a later update may write it down.
_DELAY = 5 * 10**9
_MIB = 1024 * 1024


def updated(
    before: ServiceSpec, service: Service, at: datetime, networks: Mapping[str, str], source: str = ""
) -> Iterator[Event]:
    """Yield what an update of a service changed, as events; `networks` are the names of networks by id.

    Of one that takes another back it is said that it does.
    """
    back = service.update_status.state.startswith("rollback")
    actor = "rollback" if back else owner_of(service) or ""
    for one in differences(before, service.spec, networks, service.changed_secrets):
        yield Event(
            at=at,
            source=shortened(source or f"GET /services {service.name} PreviousSpec"),
            subject=shortened(f"service/{service.name}"),
            kind=one.kind,
            field=one.field,
            before=one.before,
            after=one.after,
            actor=shortened(actor),
        )


def differences(
    before: ServiceSpec, after: ServiceSpec, networks: Mapping[str, str], changed_secrets: tuple[str, ...] = ()
) -> tuple[Difference, ...]:
    """Give in what two specifications differ: the image first, then the rest by name, at most 30."""
    return tuple(_differing(before, after, networks, changed_secrets))[:_MOST]


def _differing(
    before: ServiceSpec, after: ServiceSpec, networks: Mapping[str, str], changed_secrets: tuple[str, ...]
) -> Iterator[Difference]:
    old, new = before.task_template.container_spec.image, after.task_template.container_spec.image
    if old != new:
        if reference(old) != reference(new):
            old, new = reference(old), reference(new)
        yield Difference(kind=EventKind.IMAGE, field=IMAGE, before=shortened(old), after=shortened(new))
    yield from _variables(before, after, changed_secrets)
    one, other = _facts(before, networks), _facts(after, networks)
    for name in sorted(one.keys() | other.keys()):
        if one.get(name, "") != other.get(name, ""):
            yield Difference(
                kind=next((kind for start, kind in _KINDS.items() if name.startswith(start)), EventKind.TEMPLATE),
                field=shortened(name),
                before=shortened(one.get(name, "")),
                after=shortened(other.get(name, "")),
            )


def _variables(before: ServiceSpec, after: ServiceSpec, changed_secrets: tuple[str, ...]) -> Iterator[Difference]:
    one, other = environment(before), environment(after)
    for name in sorted(one.keys() | other.keys()):
        told = variable(one.get(name), other.get(name)) or (
            (A_VALUE, ANOTHER_VALUE) if name in changed_secrets else None
        )
        if told:
            field = shortened(f"{_CONTAINER}Env[{name}]")
            yield Difference(kind=EventKind.TEMPLATE, field=field, before=told[0], after=told[1])


def environment(spec: ServiceSpec) -> Mapping[str, str]:
    """Give the variables of a service's tasks, by name."""
    variables = (written.partition("=") for written in spec.task_template.container_spec.env)
    return {name: value for name, _, value in variables}


def _facts(spec: ServiceSpec, networks: Mapping[str, str]) -> Mapping[str, str]:
    """Give all but the image that is compared, what is not set left out."""
    task = spec.task_template
    policy, placement, ports = task.restart_policy, task.placement, spec.endpoint_spec.ports
    facts = {
        **_container(spec),
        f"{_TASK}Resources.Limits": _quantities(task.resources.limits),
        f"{_TASK}Resources.Reservations": _quantities(task.resources.reservations),
        f"{_TASK}RestartPolicy": f"{policy.condition}, at most {policy.max_attempts or 'any number of'} times",
        f"{_TASK}RestartPolicy.Delay": f"{(policy.delay or _DELAY) / 1e9:g} s",
        f"{_TASK}Placement.Constraints": ", ".join(sorted(placement.constraints)),
        f"{_TASK}Placement.MaxReplicas": str(placement.max_replicas or ""),
        f"{_TASK}LogDriver": task.log_driver.name,
        f"{_TASK}ForceUpdate": str(task.force_update or ""),
        **{f"{_TASK}Networks[{networks.get(use.target, use.target)}]": "connected" for use in task.networks},
        **_mode(spec.mode),
        "EndpointSpec.Mode": spec.endpoint_spec.mode,
        **{
            f"EndpointSpec.Ports[{port.target_port}/{port.protocol}]": f"{port.published_port} ({port.publish_mode})"
            for port in ports
        },
        **{
            f"Labels[{name}]": redact_named(name, value)
            for name, value in spec.labels.items()
            if not name.startswith(_UNTOLD)
        },
    }
    return {name: value for name, value in facts.items() if value}


def _container(spec: ServiceSpec) -> Mapping[str, str]:
    container = spec.task_template.container_spec
    probe = container.healthcheck
    facts = {
        "Command": shlex.join(container.command),
        "Args": shlex.join(container.args),
        "User": container.user,
        "Dir": container.dir,
        "Healthcheck.Test": shlex.join(probe.test) if probe else "",
        "Healthcheck.Interval": f"{probe.interval / 1e9:g} s" if probe else "",
        "Healthcheck.Timeout": f"{probe.timeout / 1e9:g} s" if probe else "",
        "Healthcheck.Retries": str(probe.retries) if probe else "",
        **{f"Mounts[{mount.target}]": _mount(mount) for mount in container.mounts},
        **{f"Configs[{use.file.name or use.config_name}]": use.config_name for use in container.configs},
        **{f"Secrets[{use.file.name or use.secret_name}]": use.secret_name for use in container.secrets},
    }
    return {_CONTAINER + name: value for name, value in facts.items()}


def _mode(mode: Mode) -> Mapping[str, str]:
    if mode.replicated:
        return {REPLICAS: str(mode.replicated.replicas)}
    if mode.replicated_job:
        return {"Mode.ReplicatedJob.TotalCompletions": str(mode.replicated_job.total_completions)}
    return {}


def _quantities(quantities: Quantities) -> str:
    told = []
    if quantities.nano_cpus:
        told.append(f"{quantities.nano_cpus / 1e9:g} CPUs")
    if quantities.memory_bytes:
        told.append(f"{quantities.memory_bytes / _MIB:g} MiB")
    return ", ".join(told)


def _mount(mount: ServiceMount) -> str:
    driver = mount.volume_options.driver_config.name
    return " ".join(part for part in (mount.type, mount.source, driver) if part)
