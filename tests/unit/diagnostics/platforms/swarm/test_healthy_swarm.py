"""A healthy swarm has nothing to report: what all checks of the catalogue must agree on."""

from sickbay.diagnostics.model import ReportFinding
from sickbay.diagnostics.platforms.swarm.wire.cluster import Info, Membership
from sickbay.diagnostics.platforms.swarm.wire.nodes import Node
from sickbay.diagnostics.platforms.swarm.wire.services import Service
from sickbay.diagnostics.platforms.swarm.wire.tasks import Task
from tests.unit.diagnostics.platforms.swarm.swarms import ago, network, node, report, service, swarm, task


def told(found: tuple[ReportFinding, ...]) -> list[str]:
    return [f"{item.code}: {item.summary}" for item in found]


def test_a_healthy_swarm_has_no_finding_even_in_an_audit() -> None:
    """Given services of each mode that have what they should, then no check says anything of them."""
    everywhere = service(
        "agent", mode="global", tasks=[task(slot=0, node_id=f"m-{nth}", id=f"t-{nth}") for nth in "123"]
    )
    well = (service("web", replicas=3), everywhere, service("migrate", mode="job", tasks=[task("complete")]))

    judged = report(swarm(*well, networks=(network(options={"encrypted": ""}),), audit=True))

    assert told(judged.findings) == []
    assert judged.gaps == ()
    assert dict(judged.looked_at) == {"nodes": 3, "services": 3, "tasks": 7, "networks": 1}


def test_a_rollout_under_way_is_left_alone() -> None:
    """Given a service whose new tasks are pulling while old ones serve, then nothing is wrong with it."""
    old, new = task(slot=1, at=ago(days=1)), task("preparing", slot=2)
    replaced = task("shutdown", slot=2, at=ago(minutes=1), id="old")

    assert told(report(swarm(service(replicas=2, tasks=[old, replaced, new]))).findings) == []


def test_an_api_that_tells_little_does_not_look_ill() -> None:
    """Given answers that leave out all they may, then no incident is seen in them."""
    bare = Info(swarm=Membership(local_node_state="active", control_available=True))
    sparse = swarm(
        (Service(id="a"), [Task(id="b", service_id="a", slot=1, desired_state="running", status=task().status)]),
        info=bare,
        authority_ends=None,
        nodes=(Node(id="c", status=node("c").status),),
    )

    assert told(report(sparse).findings) == []
