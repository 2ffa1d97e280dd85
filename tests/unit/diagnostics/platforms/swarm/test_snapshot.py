"""What a swarm's parts are called and what they depend on."""

from sickbay.diagnostics.model import Subject
from tests.unit.diagnostics.platforms.swarm.swarms import managers, network, node, pending, service, swarm, task

SWARM = Subject("swarm", "prod")


def test_a_service_depends_on_what_its_tasks_use() -> None:
    """Given a service that runs on one node, then it depends on that node, its image, its network and the swarm."""
    upstream = swarm(service(networks=["net-shop"]), networks=(network(),)).upstream()

    assert upstream[Subject("service", "web")] == {
        SWARM,
        Subject("node", "m-1"),
        Subject("image", "shop/web:1.4"),
        Subject("network", "shop"),
    }
    assert upstream[Subject("node", "m-2")] == {SWARM}


def test_a_service_that_waits_for_a_node_depends_on_all() -> None:
    """Given a task without a node, then every node may be why."""
    upstream = swarm(service(tasks=[pending("missing plugin on 3 nodes")])).upstream()

    assert {Subject("node", f"m-{nth}") for nth in (1, 2, 3)} < upstream[Subject("service", "web")]


def test_tasks_go_by_slot_or_by_node() -> None:
    """Given a replicated and a global service, then their tasks are named as `docker service ps` names them."""
    web, _ = service()
    agent, _ = service("agent", mode="global")
    snapshot = swarm()

    assert snapshot.task_name(web, task(slot=2)) == "web.2"
    assert snapshot.task_name(agent, task(slot=0, node_id="m-3")) == "agent.m-3"


def test_nodes_of_a_scope() -> None:
    """Given a scope, then its nodes are those of its tasks, those it names, or all while one of its tasks waits."""
    nodes = (*managers(), node("w-1"))
    waiting = service(tasks=[pending("missing plugin on 4 nodes")])

    def ids(**differs: object) -> list[str]:
        return [one.id for one in swarm(nodes=nodes, **differs).nodes_in_scope]

    assert ids() == ["m-1", "m-2", "m-3", "w-1"]
    assert [one.id for one in swarm(service(), nodes=nodes, scope="web").nodes_in_scope] == ["m-1"]
    assert ids(scope="node/w-1", asked_nodes=("w-1",)) == ["w-1"]
    assert len(swarm(waiting, nodes=nodes, scope="web").nodes_in_scope) == 4
