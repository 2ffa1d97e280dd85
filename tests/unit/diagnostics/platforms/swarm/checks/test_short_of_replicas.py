"""DKR-S103: a service has fewer tasks than it should."""

from typing import Any

import pytest
from msgspec.structs import replace

from sickbay.diagnostics.model import Confidence, Finding
from sickbay.diagnostics.platforms.docker.wire.containers import Healthcheck
from sickbay.diagnostics.platforms.swarm.checks.short_of_replicas import short_of_replicas
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.wire.services import (
    DriverConfig,
    Placement,
    Quantities,
    ServiceEndpoint,
    ServiceMount,
    VirtualAddress,
    VolumeOptions,
    WantedPlatform,
)
from tests.unit.diagnostics.platforms.swarm.swarms import (
    GIB,
    ago,
    crashes,
    findings,
    host_port,
    log,
    managers,
    network,
    node,
    pending,
    report,
    service,
    swarm,
    task,
    update_status,
)

MINUTE = 60 * 10**9
NO_COMMAND = (
    "starting container failed: failed to create shim task: OCI runtime create failed: runc create failed: unable to "
    'start container process: exec: "/serve": stat /serve: no such file or directory: unknown'
)


def the(snapshot: Snapshot) -> Finding:
    (found,) = findings(short_of_replicas, snapshot)
    assert found.remedy is not None
    return found


def command(found: Finding) -> str | None:
    assert found.remedy is not None
    return found.remedy.command


def test_more_reserved_than_any_node_has() -> None:
    """Given a task that reserves more memory than is left, then the freest node is told, after what others reserve."""
    web = service(tasks=[pending("insufficient resources on 3 nodes")], reserved=Quantities(memory_bytes=7 * GIB))
    held = [task(id=f"t-{nth}", node_id=f"m-{nth}", reserved=Quantities(memory_bytes=nth * GIB)) for nth in (2, 3, 4)]

    found = the(swarm(web, service("db", tasks=held, replicas=3), nodes=managers(4)[1:]))

    assert found.summary == (
        "web runs 0 of 1 replicas: each task reserves 7.0 GiB of memory, and the freest node, m-2, has 6.0 GiB left."
    )
    assert command(found) == "docker service update --reserve-memory 6144M web"


def test_more_processors_than_any_node_has() -> None:
    """Given a task that reserves 64 processors, then that is what it lacks."""
    found = the(
        swarm(service(tasks=[pending("insufficient resources on 3 nodes")], reserved=Quantities(nano_cpus=64 * 10**9)))
    )

    assert "each task reserves 64 CPUs, and the freest node, m-1, has 4 left" in found.summary
    assert command(found) == "docker service update --reserve-cpu 4 web"


@pytest.mark.parametrize(
    ("constraint", "wanted"),
    [
        ("node.labels.disk==ssd", "docker node update --label-add disk=ssd NODE"),
        ("node.role==worker", "docker service update --constraint-rm node.role==worker web"),
        ("node.labels.disk!=", "docker service update --constraint-rm 'node.labels.disk!=' web"),
    ],
)
def test_a_constraint_that_no_node_meets(constraint: str, wanted: str) -> None:
    """Given constraints of which one is met by no node, then that one is named, and what would meet it."""
    placement = Placement(constraints=("node.platform.os == linux", constraint))
    found = the(swarm(service(tasks=[pending("scheduling constraints not satisfied on 3 nodes")], placement=placement)))

    assert f"no node that takes tasks meets {constraint}." in found.summary
    assert command(found) == wanted


def test_constraints_that_no_single_node_meets() -> None:
    """Given two constraints that different nodes meet, then both are named."""
    placement = Placement(constraints=("node.hostname==M-1", "node.id!=m-1"))
    found = the(swarm(service(tasks=[pending("scheduling constraints not satisfied on 3 nodes")], placement=placement)))

    assert "no single node meets node.hostname==M-1 and node.id!=m-1" in found.summary


def test_a_plugin_that_no_node_has() -> None:
    """Given a volume of a driver that is nowhere, then the driver is named."""
    mount = ServiceMount(type="volume", volume_options=VolumeOptions(driver_config=DriverConfig(name="flocker:latest")))
    found = the(swarm(service(tasks=[pending("missing plugin on 3 nodes")], mounts=(mount,))))

    assert "no node has the volume driver flocker." in found.summary


def test_a_platform_that_no_node_is_of() -> None:
    """Given an image for another processor, then both are named."""
    placement = Placement(platforms=(WantedPlatform(architecture="arm64", os="linux"),))
    found = the(swarm(service(tasks=[pending("unsupported platform on 3 nodes")], placement=placement)))

    assert "the image is for linux/arm64, and the nodes are linux/x86_64" in found.summary


def test_a_port_of_the_host_that_another_service_has() -> None:
    """Given two services that publish one port of the host, then the one that holds it is named."""
    second = service("second", tasks=[pending("host-mode port already in use on 3 nodes")], ports=(host_port(80),))

    found = the(swarm(service("first", ports=(host_port(80),)), second))

    assert "port 80/tcp of the host is taken on every node that would do; service first holds it" in found.summary
    assert command(found) == (
        "docker service update --publish-rm mode=host,published=80,target=80,protocol=tcp"
        " --publish-add mode=ingress,target=80,protocol=tcp second"
    )


def test_a_port_of_the_host_for_more_tasks_than_nodes() -> None:
    """Given more tasks with a port of the host than nodes, then nobody else is blamed."""
    tasks = [task(), pending("host-mode port already in use on 3 nodes", slot=2)]

    found = the(swarm(service(replicas=2, tasks=tasks, ports=(host_port(80),))))

    assert "where one task a node can have it" in found.summary


def test_more_replicas_than_nodes_may_have() -> None:
    """Given at most one task a node and two more than nodes, then the finding counts them and says what there is."""
    tasks = [pending("max replicas per node limit exceed", slot=slot) for slot in (4, 5)]
    running = [task(slot=slot, id=f"t-{slot}") for slot in (1, 2, 3)]

    found = the(swarm(service(replicas=5, tasks=[*running, *tasks], placement=Placement(max_replicas=1))))

    assert found.summary == ("web runs 3 of 5 replicas: at most 1 may run on one node, and 3 nodes take tasks.")
    assert (found.count, command(found)) == (2, "docker service scale web=3")


def test_nodes_that_are_all_put_aside() -> None:
    """Given drained nodes alone, then they are named, and the first is let in again."""
    web = service(tasks=[pending("3 nodes not available for new tasks")])

    found = the(swarm(web, nodes=managers(availability="drain")))

    assert "no node takes tasks: m-1 (drained), m-2 (drained), m-3 (drained)" in found.summary
    assert command(found) == "docker node update --availability active m-1"


def test_the_filter_that_left_out_most_nodes_is_told() -> None:
    """Given several filters, then that of most nodes is explained, closed nodes only where there is no other."""
    reason = "2 nodes not available for new tasks; insufficient resources on 1 node"
    found = the(swarm(service(tasks=[pending(reason)], reserved=Quantities(memory_bytes=100 * GIB))))

    assert "each task reserves 100.0 GiB" in found.summary


@pytest.mark.parametrize(
    ("error", "says", "wanted"),
    [
        ("No such image: shop/web:1.4", "node m-1 neither has the image shop/web:1.4", "docker pull shop/web:1.4"),
        (
            "pull access denied for shop/web, repository does not exist",
            "the registry denies it",
            "docker service update --with-registry-auth --image shop/web:1.4 web",
        ),
        (
            'invalid mount config for type "bind": bind source path does not exist: /srv/data',
            "the source of a bind mount, /srv/data, is missing on node m-1",
            "mkdir -p /srv/data",
        ),
        (
            NO_COMMAND,
            'the engine says "exec: "/serve": stat /serve: no such file or directory" on node m-1',
            "docker service ps --no-trunc web",
        ),
        ("secret not found: id-1", 'the engine says "secret not found: id-1"', "docker service ps --no-trunc web"),
        ("network shop not found", 'the engine says "network shop not found"', "docker service ps --no-trunc web"),
        ("something new", 'the engine says "something new" on node m-1', "docker service ps --no-trunc web"),
    ],
)
def test_what_an_engine_says_of_a_task_that_it_refused(error: str, says: str, wanted: str) -> None:
    """Given a task that its node rejected, while the next one waits its turn, then the class of the error is told."""
    found = the(swarm(service(tasks=[task("rejected", error), task("ready", at=ago(minutes=0))])))

    assert says in found.summary
    assert command(found) == wanted
    assert error in {item.value for item in found.evidence}


def test_a_network_without_addresses() -> None:
    """Given tasks that are never allocated on a network of four addresses, then its lack is inferred."""
    shop = network(subnet="10.99.0.0/30")
    address = ServiceEndpoint(virtual_ips=(VirtualAddress(network_id=shop.id, addr="10.99.0.2/30"),))
    web = service(tasks=[task("new", at=ago(minutes=5))], networks=[shop.id], endpoint=address)

    found = the(swarm(web, networks=(shop,)))

    assert "network shop (10.99.0.0/30) has no address left: 2 of 2 are taken" in found.summary
    assert found.confidence is Confidence.INFERRED


def test_a_task_that_is_never_allocated_on_a_network_with_room() -> None:
    """Given such tasks and a network with room, then no network is blamed."""
    shop = network()

    found = the(swarm(service(tasks=[task("new", at=ago(minutes=5))], networks=[shop.id]), networks=(shop,)))

    assert "the managers have given its tasks nothing yet (state new since 02:55 UTC)" in found.summary


def test_a_network_whose_subnet_is_none() -> None:
    """Given a subnet that is no subnet, then no network is blamed."""
    web = service(tasks=[task("new", at=ago(minutes=5))], networks=["net-shop"])

    assert "have given its tasks nothing yet" in the(swarm(web, networks=(network(subnet="10.0.0/x"),))).summary


def test_a_pull_that_takes_too_long() -> None:
    """Given a task that has pulled for a quarter of an hour, then that is told."""
    found = the(swarm(service(tasks=[task("preparing", at=ago(minutes=15))])))

    assert "a task on node m-1 has been pulling the image for 15 min" in found.summary


@pytest.mark.parametrize(("state", "minutes"), [("new", 1), ("assigned", 1), ("preparing", 9), ("starting", 1)])
def test_a_task_on_its_way_gets_its_time(state: str, minutes: float) -> None:
    """Given a task that has met no error yet, then it is left alone for a while."""
    assert findings(short_of_replicas, swarm(service(tasks=[task(state, at=ago(minutes=minutes))]))) == []


def test_a_health_check_gets_the_time_that_it_takes() -> None:
    """Given a health check with a long start, then its task may be starting for as long."""
    probe = Healthcheck(test=("CMD", "probe"), start_period=10 * MINUTE, interval=MINUTE, retries=2)

    young, old = (service(tasks=[task("starting", at=ago(minutes=age))], healthcheck=probe) for age in (12, 17))

    assert findings(short_of_replicas, swarm(young)) == []
    assert "waiting for the health check for 17 min" in the(swarm(old)).summary


def test_a_task_that_failed_and_is_not_started_again() -> None:
    """Given a service that restarts nothing, then its last task's exit and log are told."""
    ended = crashes(30, exit_code=3)
    snapshot = swarm(service(tasks=ended, restarts="none"), logs={ended[0].id: log("no config")})

    found = the(snapshot)

    assert found.summary == (
        "web runs 0 of 1 replicas: its last task exited with code 3: the application reported an error."
    )
    assert "no config" in found.evidence[-1].value
    assert found.remedy
    assert found.remedy.text.endswith("then let it run anew: docker service update --force web.")


def test_a_task_on_a_node_that_is_down_counts_as_lost() -> None:
    """Given a task that is bound to a node that is down, then it does not count as running."""
    held = service(replicas=2, tasks=[task(id="a"), task(slot=2, id="b", node_id="w-1")])
    lost = replace(held[1][1], status=replace(held[1][1].status, err="node is down"))

    snapshot = swarm((held[0], [held[1][0], lost]), nodes=(*managers(), node("w-1", state="down")))

    assert "web runs 1 of 2 replicas" in the(snapshot).summary


def test_reasons_of_several_kinds_are_counted() -> None:
    """Given three places that are empty for two reasons, then the more frequent is told and the other counted."""
    tasks = [pending("missing plugin on 3 nodes", slot=slot) for slot in (1, 2)]
    tasks.append(task("rejected", "No such image: shop/web:1.4", slot=3))

    found = the(swarm(service(replicas=3, tasks=tasks)))

    assert found.summary.endswith("; 1 more for other reasons.")
    assert found.count == 3


def test_a_job_that_used_up_its_attempts() -> None:
    """Given a job whose tasks failed and are not tried again, then it is told as not completed."""
    found = the(swarm(service(mode="job", replicas=2, tasks=[task("complete"), *crashes(5, slot=2)])))

    assert found.summary.startswith("web has completed 1 of 2 tasks: its last task exited with code 3")


def test_an_error_from_before_the_last_update_is_over() -> None:
    """Given a service that was mended by an update a moment ago, then the errors of before say nothing of it."""
    tasks = [task("rejected", "No such image: shop/web:1.3", at=ago(minutes=12)), task("preparing", at=ago(minutes=1))]

    mended = service(tasks=tasks, update_status=update_status("updating"))

    assert findings(short_of_replicas, swarm(mended)) == []


@pytest.mark.parametrize(
    "well",
    [
        service(replicas=0),
        service(replicas=0, tasks=[task("shutdown", slot=3)]),
        service(mode="global", tasks=[task(slot=0, node_id=f"m-{nth}", id=f"t-{nth}") for nth in (1, 2)]),
        service(mode="job", replicas=2, tasks=[task("complete", slot=0), task("complete")]),
        service(mode="job", replicas=5, tasks=[task("complete"), task(slot=2, desired_state="complete")]),
        service(mode="global-job", tasks=[task("complete", slot=0)]),
        service(tasks=[*crashes(40, 30, 20), task()]),
        service(tasks=[task("complete")], restarts="on-failure"),
    ],
    ids=["to 0", "scaled down", "everywhere", "job", "job under way", "global job", "runs again", "done"],
)
def test_what_is_as_it_should_be_is_left_alone(well: Any) -> None:
    """Given services that have what they should, then nothing is found."""
    assert findings(short_of_replicas, swarm(well)) == []


def test_a_paused_update_stands_under_the_reason_of_its_tasks() -> None:
    """Given an update that is paused since its image is missing, then the missing image is the cause."""
    tasks = [task("rejected", "No such image: shop/web:2", id="x" * 25)]
    update = update_status("paused", f"update paused due to failure or early termination of task {'x' * 25}")

    judged = report(swarm(service(tasks=tasks, update_status=update)))

    assert [(item.code, [one[:8] for one in item.explains]) for item in judged.causes] == [("DKR-S103", ["DKR-S105"])]
