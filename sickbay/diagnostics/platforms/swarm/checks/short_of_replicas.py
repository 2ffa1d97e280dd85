"""A service has fewer tasks than it should."""

from collections import Counter
from collections.abc import Iterator, Sequence

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity
from sickbay.diagnostics.platforms.swarm.causes import explain
from sickbay.diagnostics.platforms.swarm.faults import fault_in
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.standing import Place, Standing, empty_places, standing_of


@check(
    "DKR-S103",
    title="Service short of replicas",
    severity=Severity.HIGH,
    remedy="Read the column ERROR of docker service ps --no-trunc: it says why no task runs there.",
    explains=("DKR-S105",),
)
def short_of_replicas(swarm: Snapshot) -> Iterator[Finding]:
    """Fewer tasks of a service run than it should have, for a reason that its tasks name.

    The scheduler says which nodes it left out: short of what the task reserves, not meeting its constraints, without a
    plugin, of another platform, with the host port taken, with as many replicas as one node may have, drained or down.
    An engine says what kept a task from starting: the image, a bind source, a network, an address, a secret or config,
    the command. One finding a service, with the most frequent reason. A task on a node that is down counts as lost. A
    service scaled to 0, a job that is done, and a task that is on its way without an error (2 minutes, 10 for a pull,
    longer where its health check may take longer) are well. A task that is never allocated, on a network whose
    addresses are all taken as far as the API tells, is put down to that: inferred.
    """
    for service in swarm.services:
        standing = standing_of(swarm, service)
        if standing.short and (places := list(empty_places(swarm, standing))):
            yield _finding(swarm, standing, places)


def _finding(swarm: Snapshot, standing: Standing, places: Sequence[Place]) -> Finding:
    service, faults = standing.service, [fault_in(place) for place in places]
    classes = Counter(faults)
    fault = classes.most_common(1)[0][0]
    place = places[faults.index(fault)]
    why, blamed = explain(swarm, service, place), place.blamed
    others = f"; {len(places) - classes[fault]} more for other reasons" if len(classes) > 1 else ""
    errors = {item.blamed.status.err: item.blamed for item in places if item.blamed.status.err}
    return Finding(
        subject=swarm.service_subject(service),
        summary=f"{service.name} {standing.counted}: {why.says}{others}.",
        evidence=(
            *(swarm.task_evidence(service, task, "Status.Err", error) for error, task in list(errors.items())[:3]),
            *why.evidence,
            *swarm.log_evidence(service, blamed),
        ),
        confidence=Confidence.INFERRED if why.inferred else Confidence.OBSERVED,
        remedy=why.remedy,
        last_seen=blamed.status.timestamp if blamed.failed else swarm.taken_at,
        count=len(places),
    )
