"""The order in which one swarm is read: all lists at once, then the logs of the unwell."""

from datetime import timedelta

from msgspec.structs import replace

from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.platform import Progress
from sickbay.diagnostics.platforms.docker.collector.collection import engine_clock
from sickbay.diagnostics.platforms.docker.collector.reading import Reading
from sickbay.diagnostics.platforms.docker.wire.engine import Event
from sickbay.diagnostics.platforms.swarm.collector import authority, scope, selection
from sickbay.diagnostics.platforms.swarm.collector.calls import Calls
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.wire.cluster import Info


class Collection:
    """Reads one swarm."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._calls = Calls(reading.connection)

    def fill(self, snapshot: Snapshot, progress: Progress) -> Snapshot:
        """Give the snapshot with all that was read. Raises UnknownScopeError and CancelledError."""
        reading, calls = self._reading, self._calls
        tasks_coming, services_coming = reading.start(calls.tasks), reading.start(calls.services)  # the longest first
        info_coming, nodes_coming = reading.start(calls.info), reading.start(calls.nodes)
        networks_coming = reading.start(calls.networks)
        info = reading.finish("GET /info", info_coming)
        snapshot = replace(snapshot, info=info)
        if info is not None and not info.swarm.control_available:
            return snapshot  # a worker refuses the rest
        progress("Services")
        events_coming = reading.start(lambda: self._events(info, snapshot.request.window))
        services = reading.finish("GET /services", services_coming)
        snapshot = replace(
            snapshot,
            authority_ends=authority.ends(info),
            authority_began=authority.began(info),
            nodes=reading.finish("GET /nodes", nodes_coming) or (),
            services=services or (),
            tasks=reading.finish("GET /tasks", tasks_coming) or (),
            networks=reading.finish("GET /networks", networks_coming) or (),
            events=reading.finish("GET /events", events_coming) or (),
        )
        if services is not None:
            snapshot = scope.narrowed(snapshot)
        progress("Logs")
        return self._with_logs(snapshot)

    def _events(self, info: Info | None, window: timedelta) -> tuple[Event, ...]:
        until = engine_clock(info.system_time if info else "")
        return self._calls.events(until - window, until)

    def _with_logs(self, snapshot: Snapshot) -> Snapshot:
        chosen = {task.id: (service, task) for service, task in selection.unwell(snapshot)}
        named = {id_: snapshot.task_name(service, task) for id_, (service, task) in chosen.items()}

        def log(id_: str) -> LogTail:
            service, task = chosen[id_]
            return self._calls.log(task, tty=service.template.container_spec.tty)

        coming = self._reading.start_each(named, log)
        return replace(snapshot, logs=self._reading.finish_each("read", "logs of tasks", coming))
