"""Whatever the column ERROR says, it is of one class, and can be explained."""

from hypothesis import given
from hypothesis import strategies as st

from sickbay.diagnostics.platforms.swarm.checks.short_of_replicas import short_of_replicas
from sickbay.diagnostics.platforms.swarm.constraints import meets
from sickbay.diagnostics.platforms.swarm.wire.services import Placement
from tests.unit.diagnostics.platforms.swarm.swarms import ago, findings, node, pending, service, swarm, task

FILTERS = st.sampled_from(
    (
        "insufficient resources on 2 nodes",
        "missing plugin on 1 node",
        "unsupported platform on 3 nodes",
        "host-mode port already in use on 1 node",
        "max replicas per node limit exceed",
        "scheduling constraints not satisfied on 2 nodes",
        "1 node not available for new tasks",
        "cannot fulfill requested volumes on 1 node",
    )
)


@given(error=st.text(max_size=300))
def test_any_error_of_an_engine_is_told(error: str) -> None:
    """Given a rejected task with any error, then exactly one finding tells of it."""
    (found,) = findings(short_of_replicas, swarm(service(tasks=[task("rejected", error), task("ready", at=ago())])))

    assert found.remedy is not None


@given(reasons=st.lists(FILTERS, max_size=4), constraints=st.lists(st.text(max_size=30), max_size=3))
def test_any_answer_of_the_scheduler_is_told(reasons: list[str], constraints: list[str]) -> None:
    """Given any of the scheduler's reasons together, and any constraints, then exactly one finding tells of it."""
    web = service(tasks=[pending("; ".join(reasons))], placement=Placement(constraints=tuple(constraints)))

    (found,) = findings(short_of_replicas, swarm(web))

    assert found.summary.startswith("web runs 0 of 1 replicas: ")


def test_constraints_are_read_as_the_scheduler_reads_them() -> None:
    """Given labels, roles and names, then equal and unequal values are told apart, without regard to case."""
    one = node("m-1", manager="reachable", labels={"disk": "SSD"})

    assert meets(one, "node.labels.disk == ssd")
    assert meets(one, "node.role!=worker")
    assert meets(one, "node.labels.absent!=x")
    assert not meets(one, "node.hostname==m-2")
    assert not meets(one, "nonsense")
