"""ECS-I101: the agent of a container instance is disconnected."""

from sickbay.diagnostics.platforms.ecs.checks.agent_disconnected import agent_disconnected
from tests.unit.diagnostics.platforms.ecs.clusters import cluster, event, failing, found, instance, one, report

NO = "(service web) was unable to place a task because no container instance met all of its requirements. The closest "
NO += 'matching (container-instance c0ffee0a1b2c3d4e5f60718) encountered error "AGENT".'


def test_it_explains_that_nothing_is_placed() -> None:
    """Given an agent that is disconnected and a service that needs its instance, then the agent is the cause."""
    lost = instance(agentConnected=False, runningTasksCount=3)

    judged = report(cluster(failing(launchType="EC2", events=[event(NO)]), instances=(lost,)))

    assert [item.code for item in judged.causes] == ["ECS-I101"]
    assert judged.findings[0].summary == (
        "The agent of i-0a1b2c3d4e5f60718 is disconnected, with 3 tasks on it: nothing can be started or stopped there."
    )


def test_an_instance_that_is_gone_is_left_alone() -> None:
    """Given an instance that is being deregistered, then its agent is not missed."""
    assert found(agent_disconnected, cluster(instances=(instance(agentConnected=False, status="DEREGISTERING"),))) == []


def test_an_update_that_failed_is_told() -> None:
    """Given a disconnected agent whose last update failed, then that stands in the finding."""
    lost = instance(agentConnected=False, agentUpdateStatus="FAILED", versionInfo={"agentVersion": "1.40.0"})

    finding = one(agent_disconnected, cluster(instances=(lost,)))

    assert finding.summary.endswith("nothing can be started or stopped there; its last update failed.")
    assert "1.40.0" in [item.value for item in finding.evidence]
