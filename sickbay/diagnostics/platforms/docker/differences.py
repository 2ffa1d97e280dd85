"""How a container was made, fact by fact, and in what one differs from another that had its place before.

Fields are named as the engine's API names them: `Config.Env[LOG_LEVEL]`, `HostConfig.Memory`, `Mounts[/data]`. Values
of the environment are compared and never told.
"""

import shlex
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from sickbay.diagnostics.events import A_VALUE, ANOTHER_VALUE, EventKind, shortened
from sickbay.diagnostics.platforms.docker.places import is_anonymous
from sickbay.diagnostics.platforms.docker.snapshot import COMPOSE
from sickbay.diagnostics.platforms.docker.wire.containers import Config, ContainerInspect, HostConfig, Mount
from sickbay.diagnostics.redaction import redact_named
from sickbay.diagnostics.redaction.hiding import MARK

IMAGE, IMAGE_ID = "Config.Image", "Image"
_AUTO_REMOVE = "HostConfig.AutoRemove"
#: Compose writes here what it made the container from, in one number.
CONFIG_HASH = COMPOSE + "config-hash"
#: What engines add to a container's labels in an event.
_OWN = frozenset({"image", "name", "exitCode", "execDuration", "signal", "oldName", "containerExitCode", "execID"})
#: Labels that change with each deployment and tell nothing, or that come from the image.
_UNTOLD = (COMPOSE, "com.docker.swarm.", "io.kubernetes.", "annotation.", "org.opencontainers.", "desktop.docker.io/")
_NETWORKING = ("NetworkSettings.", "HostConfig.PortBindings", "HostConfig.NetworkMode", "HostConfig.Dns")
#: Differences that are told of one container.
_MOST = 30
_MIB = 1024 * 1024


class Made(Struct, frozen=True, kw_only=True):
    """What a container was made from. `rest` is None where only the engine's events told of it.

    `variables` tells the values of its environment apart without holding them: numbers of this process alone.
    """

    image: str
    labels: Mapping[str, str]
    rest: Mapping[str, str] | None = None
    variables: Mapping[str, int] = {}

    @property
    def fleeting(self) -> bool:
        """Say whether the container removes itself when it is done, as a job's does."""
        return bool(self.rest and self.rest.get(_AUTO_REMOVE))


class Difference(Struct, frozen=True, kw_only=True):
    """One fact that is another now; empty where it was or is not there."""

    kind: EventKind
    field: str
    before: str
    after: str


def made_of(inspected: ContainerInspect, environment: Iterable[str] | None = None) -> Made:
    """Give what a container was made from; `environment` is what its variables were before they were cleaned."""
    variables = (variable.partition("=") for variable in environment or inspected.config.env)
    facts = {
        IMAGE_ID: image_id(inspected.image),
        **_config(inspected.config),
        **_host_config(inspected.host_config),
        **{f"Mounts[{mount.destination}]": _mount(mount) for mount in inspected.mounts},
        **{f"NetworkSettings.Networks[{name}]": "connected" for name in inspected.network_settings.networks},
    }
    return Made(
        image=inspected.config.image,
        labels=told_labels(inspected.config.labels),
        rest={name: shortened(value) for name, value in facts.items() if value},
        variables={name: hash(value) for name, _, value in variables},
    )


def told_labels(labels: Mapping[str, str]) -> Mapping[str, str]:
    """Give the labels whose change says something, of an inspection or among the attributes of an event."""
    return {
        name: value
        for name, value in labels.items()
        if name == CONFIG_HASH or not (name in _OWN or name.startswith(_UNTOLD))
    }


def image_id(written: str) -> str:
    """Give the beginning of an image's id, as `docker images` shows it."""
    return written.removeprefix("sha256:")[:12]


def differences(before: Made, after: Made) -> tuple[Difference, ...]:
    """Give in what two differ: the image first, then the rest by name, at most 30."""
    return tuple(_differing(before, after))[:_MOST]


def _differing(before: Made, after: Made) -> Iterator[Difference]:
    if before.image != after.image:
        yield Difference(kind=EventKind.IMAGE, field=IMAGE, before=before.image, after=after.image)
    if before.rest is not None and after.rest is not None:
        for name in sorted(before.variables.keys() | after.variables.keys()):
            if told := variable(before.variables.get(name), after.variables.get(name)):
                yield Difference(kind=EventKind.TEMPLATE, field=f"Config.Env[{name}]", before=told[0], after=told[1])
        for name in sorted(before.rest.keys() | after.rest.keys()):
            old, new = before.rest.get(name, ""), after.rest.get(name, "")
            # Another reference is another image: its id says nothing more.
            if old != new and not (name == IMAGE_ID and before.image != after.image):
                yield Difference(kind=_kind(name), field=name, before=old, after=new)
    for name in sorted(before.labels.keys() | after.labels.keys()):
        old, new = before.labels.get(name, ""), after.labels.get(name, "")
        # Most other labels come from the image.
        if old != new and (name == CONFIG_HASH or before.image == after.image):
            yield from _labelled(name, old, new)


def _labelled(name: str, old: str, new: str) -> Iterator[Difference]:
    """Yield a label that is another; what an inspection has hidden is not compared with what an event showed."""
    shown = name == CONFIG_HASH
    before, after = (old[:12], new[:12]) if shown else (redact_named(name, old), redact_named(name, new))
    if before == after:
        if MARK in {old, new}:
            return
        before, after = A_VALUE, ANOTHER_VALUE
    field = shortened(f"Config.Labels[{name}]")
    yield Difference(kind=EventKind.TEMPLATE, field=field, before=shortened(before), after=shortened(after))


def variable(before: object, after: object) -> tuple[str, str] | None:
    """Give what may be told of a variable's value before and after, None where it was not set; nothing of the same."""
    if before == after:
        return None
    return ("" if before is None else A_VALUE, "" if after is None else A_VALUE if before is None else ANOTHER_VALUE)


def _kind(field: str) -> EventKind:
    if field == IMAGE_ID:
        return EventKind.IMAGE
    return EventKind.NETWORK if field.startswith(_NETWORKING) else EventKind.TEMPLATE


def _config(config: Config) -> dict[str, str]:
    probe = config.healthcheck
    return {
        "Config.Cmd": shlex.join(config.cmd),
        "Config.Entrypoint": shlex.join(config.entrypoint),
        "Config.User": config.user,
        "Config.WorkingDir": config.working_dir,
        "Config.StopSignal": config.stop_signal,
        "Config.Healthcheck.Test": shlex.join(probe.test) if probe else "",
        "Config.Healthcheck.Interval": _seconds(probe.interval) if probe else "",
        "Config.Healthcheck.Timeout": _seconds(probe.timeout) if probe else "",
        "Config.Healthcheck.Retries": str(probe.retries or "") if probe else "",
        "Config.Healthcheck.StartPeriod": _seconds(probe.start_period) if probe else "",
    }


def _host_config(config: HostConfig) -> dict[str, str]:
    policy, log = config.restart_policy, config.log_config
    bindings = {
        f"HostConfig.PortBindings[{port}]": ", ".join(f"{one.host_ip or '*'}:{one.host_port}" for one in bound)
        for port, bound in config.port_bindings.items()
    }
    return {
        **bindings,
        "HostConfig.Memory": _mebibytes(config.memory),
        "HostConfig.MemorySwap": _mebibytes(config.memory_swap),
        "HostConfig.MemoryReservation": _mebibytes(config.memory_reservation),
        "HostConfig.NanoCpus": f"{config.nano_cpus / 1e9:g} CPUs" if config.nano_cpus else "",
        "HostConfig.CpuQuota": str(config.cpu_quota or ""),
        "HostConfig.CpuShares": str(config.cpu_shares or ""),
        "HostConfig.CpusetCpus": config.cpuset_cpus,
        "HostConfig.PidsLimit": str(config.pids_limit or ""),
        "HostConfig.RestartPolicy": policy.name.removeprefix("no") and (
            f"{policy.name}:{policy.maximum_retry_count}" if policy.maximum_retry_count else policy.name
        ),
        _AUTO_REMOVE: "true" if config.auto_remove else "",
        "HostConfig.NetworkMode": config.network_mode,
        "HostConfig.Dns": ", ".join(config.dns),
        "HostConfig.Privileged": "true" if config.privileged else "",
        "HostConfig.ReadonlyRootfs": "true" if config.readonly_rootfs else "",
        "HostConfig.CapAdd": ", ".join(sorted(config.cap_add)),
        "HostConfig.CapDrop": ", ".join(sorted(config.cap_drop)),
        "HostConfig.SecurityOpt": ", ".join(sorted(config.security_opt)),
        "HostConfig.PidMode": config.pid_mode,
        "HostConfig.UsernsMode": config.userns_mode,
        "HostConfig.Devices": ", ".join(sorted(device.path_on_host for device in config.devices)),
        "HostConfig.Links": ", ".join(sorted(config.links)),
        "HostConfig.VolumesFrom": ", ".join(sorted(config.volumes_from)),
        "HostConfig.LogConfig": " ".join((log.type, *(f"{name}={log.config[name]}" for name in sorted(log.config)))),
    }  # fmt: skip


def _mount(mount: Mount) -> str:
    """Say what is mounted; a volume without a name has another one each time."""
    name = "" if is_anonymous(mount.name) else mount.name
    what = name or ("" if mount.type == "volume" else mount.source)
    return " ".join(part for part in (mount.type, what, "" if mount.rw else "(read-only)") if part)


def _seconds(nanoseconds: int) -> str:
    return f"{nanoseconds / 1e9:g} s" if nanoseconds else ""


def _mebibytes(size: int) -> str:
    return f"{size / _MIB:g} MiB" if size > 0 else ""
