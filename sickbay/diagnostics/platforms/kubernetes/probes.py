"""Probes that fail and what follows: what the kubelet asks, what it hears, and whether it killed for it."""

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from sickbay.diagnostics.platforms.kubernetes.grouping import GRACE, there
from sickbay.diagnostics.platforms.kubernetes.looping import is_looping, last_end
from sickbay.diagnostics.platforms.kubernetes.messages import Form, told
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.starting import refusal_of
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event
from sickbay.diagnostics.platforms.kubernetes.wire.pods import ContainerStatus, Pod, Probe

#: Those for whose failure the kubelet kills the container come first.
KINDS = ("liveness", "startup", "readiness")
#: How a container ends that the kubelet stops: by itself, or by SIGTERM, or by SIGKILL after its grace.
_STOPPED = frozenset({0, 143, 137})
#: Seconds for which a kill by the kubelet is news where the container is ready again.
_LATELY = 600.0
_CONTAINER = re.compile(r"\{([^}]+)\}")
_KIND = re.compile(r"^(Liveness|Readiness|Startup) probe (?:failed|errored)[^:]*: ?", re.IGNORECASE)
_SAID = 120

_FORMS = (
    Form(
        r"connection refused",
        "nothing listens on the port it asks",
        "Let the application listen on that port and on all addresses, not only 127.0.0.1, or correct the probe's "
        "port; if it starts slowly, give it a startupProbe.",
    ),
    Form(
        r"statuscode: (\d+)",
        "it answers with HTTP {0}",
        "Read the application's log for why it answers {0}; if path or host are wrong, correct the probe.",
    ),
    Form(
        r"executable file not found|exec: .*no such file",
        "the probe's command is not in the image",
        "Put the probe's command into the image, or probe by HTTP or TCP.",
    ),
    Form(
        r"malformed HTTP response|HTTP response to HTTPS|does not look like a TLS",
        "it speaks HTTP where the probe asks for HTTPS, or the other way round",
        "Correct the probe's scheme.",
    ),
    Form(
        r"no route to host|network is unreachable",
        "its node does not reach the pod's address",
        "Look at the CNI's pod on that node, and at network policies that keep the node out.",
    ),
    Form(
        r"connection reset|\bEOF\b",
        "it closes the connection without an answer",
        "Read the application's log at the time of the probe.",
    ),
    Form(r"NOT_SERVING", "it says that it does not serve", "Read the application's log for why it does not serve."),
)
_SLOW = re.compile(r"Client\.Timeout|i/o timeout|timed out|deadline ?exceeded|within \d+m?s", re.IGNORECASE)


class Failing(Struct, frozen=True, kw_only=True):
    """A container's failing probe: of which kind, as specified, and the events that tell of its failures."""

    status: ContainerStatus
    kind: str
    probe: Probe
    events: Sequence[Event]

    @property
    def explained(self) -> tuple[str, str]:
        """Give what the kubelet hears, and what to do."""
        said = _KIND.sub("", self.events[-1].message).strip()
        if found := told(_FORMS, said):
            return found
        seconds = self.probe.timeout_seconds
        if _SLOW.search(said):
            default = ", the default" if seconds == 1 else ""
            return (
                f"it does not answer within {seconds} s (timeoutSeconds{default})",
                "Find out what it waits for, or raise timeoutSeconds above what it takes at its busiest.",
            )
        heard = f'it says "{said[:_SAID]}"' if said else "its command says nothing"
        return heard, "Run the probe's command by hand in the container to see what it sees."

    @property
    def asks(self) -> str:
        """Give the probe as it is specified."""
        probe, how = self.probe, ""
        if probe.http_get:
            how = f"httpGet {probe.http_get.path or '/'} port {probe.http_get.port}, "
        elif probe.tcp_socket:
            how = f"tcpSocket port {probe.tcp_socket.port}, "
        elif probe.exec:
            how = f"exec {' '.join(probe.exec.command)[:_SAID]}, "
        return (
            f"{how}initialDelaySeconds {probe.initial_delay_seconds}, timeoutSeconds {probe.timeout_seconds}, "
            f"periodSeconds {probe.period_seconds}, failureThreshold {probe.failure_threshold}"
        )


def failing_probes(cluster: Snapshot) -> Iterator[tuple[Pod, Failing]]:
    """Yield the containers whose probe fails, each with the worst kind, by the kubelet's events Unhealthy."""
    for pod in filter(there, cluster.unsteady):
        if not (events := cluster.events_of("Pod", pod.name, "Unhealthy")):
            continue
        for status in cluster.container_statuses(pod):
            probes = dict(_probes(pod, status.name))
            for kind in filter(probes.__contains__, KINDS):
                own = [event for event in events if _is_of(event, kind, status.name)]
                if own and _hurts(cluster, status, kind, probes[kind], own):
                    yield pod, Failing(status=status, kind=kind, probe=probes[kind], events=own)
                    break


def _probes(pod: Pod, container: str) -> Iterator[tuple[str, Probe]]:
    for item in (*pod.spec.init_containers, *pod.spec.containers):
        if item.name == container:
            declared: Mapping[str, Probe | None] = {
                "liveness": item.liveness_probe, "startup": item.startup_probe, "readiness": item.readiness_probe,
            }  # fmt: skip
            yield from ((kind, probe) for kind, probe in declared.items() if probe)


def _is_of(event: Event, kind: str, container: str) -> bool:
    told_kind = _KIND.match(event.message)
    named = _CONTAINER.search(event.involved_object.field_path)
    return told_kind is not None and told_kind[1].lower() == kind and (named is None or named[1] == container)


def _hurts(cluster: Snapshot, status: ContainerStatus, kind: str, probe: Probe, events: Sequence[Event]) -> bool:
    """Say whether the probe keeps the container from its work now. What crashes by itself is not its probe's fault."""
    if kind == "readiness":
        running = status.state.running
        patience = max(GRACE, probe.initial_delay_seconds + probe.failure_threshold * probe.period_seconds)
        old = running is not None and since(running.started_at, cluster.now) >= patience
        return old and not status.ready and not is_looping(cluster, status)
    end = last_end(status)
    if end is None or end.finished_at is None or refusal_of(status) or end.reason == "OOMKilled":
        return False
    killed = end.exit_code in _STOPPED and end.finished_at >= events[0].first_seen
    enough = sum(event.count for event in events) >= probe.failure_threshold
    return killed and enough and (not status.ready or since(end.finished_at, cluster.now) < _LATELY)
