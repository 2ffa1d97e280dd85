"""One cluster is read through boto3: lists, batches, scopes, what is missing, what is hidden."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader

from sickbay.diagnostics import recordings
from sickbay.diagnostics.errors import UnknownScopeError
from sickbay.diagnostics.model import ReportTarget
from sickbay.diagnostics.platforms.ecs.collector import connection
from sickbay.diagnostics.platforms.ecs.collector.operations import Operation
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from tests.integration.ecs.aws import Aws, error
from tests.integration.ecs.conftest import Diagnose


def running(told: dict[str, Any]) -> dict[str, Any]:
    """Let the services have what they should."""
    for service in told["services"]:
        service |= {"runningCount": 2, "pendingCount": 0}
    return told


def exited(told: dict[str, Any]) -> dict[str, Any]:
    """Let the first task have stopped a minute ago, with code 1."""
    task, now = told["tasks"][0], told["tasks"][0].get("createdAt")
    task |= {"stopCode": "EssentialContainerExited", "stoppedReason": "Essential container in task exited"}
    task |= {"desiredStatus": "STOPPED", "lastStatus": "STOPPED", "stoppedAt": now}
    task["containers"][0] |= {"exitCode": 1, "lastStatus": "STOPPED"}
    return told


def test_a_healthy_cluster_is_clean(aws: Aws, diagnose: Diagnose) -> None:
    """Given services with all their tasks, then nothing is found and nothing is missing."""
    aws.edit("DescribeServices", running)

    report = diagnose().report

    assert (report.findings, report.gaps) == ((), ())
    assert dict(report.looked_at) == {"services": 2, "tasks": 4}


def test_only_the_calls_of_the_policy_are_made(aws: Aws, diagnose: Diagnose) -> None:
    """Given a diagnosis and an audit, then each call is one of those that the IAM policy is made of."""
    diagnose()
    diagnose(audit=True)

    assert set(aws.called) <= {item.value.partition(":")[2] for item in Operation}


def test_the_models_of_the_apis_are_read_once_in_a_process(
    aws: Aws, diagnose: Diagnose, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a diagnosis that was made before, then the next one reads no model from disk, and no path is added."""
    diagnose()
    read, load = list[str](), JSONFileLoader.load_file

    def loading(loader: JSONFileLoader, path: str) -> Any:
        read.append(path)
        return load(loader, path)

    monkeypatch.setattr(JSONFileLoader, "load_file", loading)
    diagnose()

    assert read == []
    assert len(connection._models().search_paths) == 2


def test_lists_are_read_page_by_page_and_described_in_batches(aws: Aws, diagnose: Diagnose) -> None:
    """Given 23 services on two pages, then both pages are read, and ten are described at a time."""
    arns = [f"arn:aws:ecs:eu-west-1:123456789012:service/prod/s-{nth}" for nth in range(23)]
    aws.answer_by(
        "ListServices",
        lambda asked: (
            {"serviceArns": arns[20:]} if asked.get("nextToken") else {"serviceArns": arns[:20], "nextToken": "2"}
        ),
    )
    aws.answer_by(
        "DescribeServices",
        lambda asked: {"services": [{"serviceName": arn.rpartition("/")[2]} for arn in asked["services"]]},
    )

    report = diagnose().report

    assert report.looked_at["services"] == 23
    assert (aws.called.count("ListServices"), aws.called.count("DescribeServices")) == (2, 3)


def test_a_call_that_is_denied_is_a_gap_and_the_rest_stands(aws: Aws, diagnose: Diagnose) -> None:
    """Given credentials that may not list container instances, then that is a gap beside the services and tasks."""
    aws.edit("DescribeServices", running)
    aws.answer(
        "ListContainerInstances", error("AccessDeniedException", "User: x is not authorized to perform: ecs:List")
    )

    report = diagnose().report

    assert [gap.what for gap in report.gaps] == ["ecs ListContainerInstances"]
    assert report.looked_at["services"] == 2


def test_a_scope_of_a_service_reads_its_tasks_alone(aws: Aws, diagnose: Diagnose) -> None:
    """Given a service as the scope, then the services are not listed."""
    report = diagnose("web").report

    assert report.looked_at["services"] == 1
    assert "ListServices" not in aws.called


def test_a_scope_of_one_task_holds_it_and_its_service(aws: Aws, diagnose: Diagnose) -> None:
    """Given `web/` and the beginning of a task's id, then that task alone is looked at."""
    arn = aws.client("ecs").list_tasks(cluster="prod")["taskArns"][0]
    aws.answer("ListTasks", {"taskArns": [arn]})
    task = arn.rpartition("/")[2]

    assert dict(diagnose(f"web/{task[:8]}").report.looked_at) == {"services": 1, "tasks": 1}
    assert dict(diagnose(task).report.looked_at) == {"services": 1, "tasks": 1}


def test_a_scope_of_an_instance_holds_what_is_on_it(aws: Aws, diagnose: Diagnose) -> None:
    """Given the id of an EC2 instance, then it and the tasks on it are looked at."""
    machine = {"containerInstanceArn": "arn:aws:ecs:eu-west-1:1:container-instance/prod/c0", "status": "ACTIVE"}
    aws.answer("ListContainerInstances", {"containerInstanceArns": [machine["containerInstanceArn"]]})
    named = {**machine, "ec2InstanceId": "i-0a1b2c3d4e5f60718", "agentConnected": False}
    aws.answer("DescribeContainerInstances", {"containerInstances": [named]})

    report = diagnose("i-0a1b2c3d4e5f60718").report

    assert dict(report.looked_at) == {"container instances": 1}
    assert report.findings[0].code == "ECS-I101"


def test_a_scope_that_is_nothing_names_what_is_like_it(aws: Aws, diagnose: Diagnose) -> None:
    """Given a slip of the pen, then the nearest names are told."""
    with pytest.raises(UnknownScopeError, match="Did you mean web") as raised:
        diagnose("wbe")

    assert raised.value.nearest[0] == "web"


def test_the_log_of_a_stopped_task_is_evidence_without_its_secrets(aws: Aws, diagnose: Diagnose) -> None:
    """Given a task that exited, whose log holds a password of its environment, then the log is shown without it."""
    aws.edit("DescribeTasks", exited)
    logs = aws.client("logs")
    task = aws.client("ecs").list_tasks(cluster="prod")["taskArns"][0].rpartition("/")[2]
    logs.create_log_group(logGroupName="/ecs/web")
    logs.create_log_stream(logGroupName="/ecs/web", logStreamName=f"web/app/{task}")
    now = 1_900_000_000_000
    message = "FATAL: login as app with hunter2hunter2 failed"
    aws.answer("GetLogEvents", {"events": [{"timestamp": now, "message": message, "ingestionTime": now}]})

    diagnosis = diagnose()
    logs.delete_log_group(logGroupName="/ecs/web")

    told = next(item for item in diagnosis.report.findings if item.code == "ECS-T104")
    assert "FATAL: login as app with [redacted] failed" in told.summary
    assert any(item.source.startswith("logs GetLogEvents") for item in told.evidence)
    assert "hunter2" not in repr(diagnosis)


def test_a_log_group_that_is_missing_is_told(aws: Aws, diagnose: Diagnose) -> None:
    """Given a task that exited and no log group, then an audit says where its log was to go."""
    aws.edit("DescribeTasks", exited)

    found = diagnose(audit=True).report.findings

    assert "ECS-R103@log-group//ecs/web" in [item.id for item in found]


@pytest.mark.parametrize(
    ("configuration", "says"),
    [
        (
            {"logDriver": "awsfirelens", "options": {"Name": "datadog"}},
            "the log of app is where its driver awsfirelens sends it, and not in CloudWatch by itself",
        ),
        (
            {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/web", "awslogs-region": "us-east-1"}},
            "the log of app is in us-east-1, and the target in eu-west-1",
        ),
    ],
)
def test_a_log_that_is_elsewhere_is_a_gap(
    aws: Aws, diagnose: Diagnose, configuration: dict[str, Any], says: str
) -> None:
    """Given a task that exited, whose log goes elsewhere, then that is a gap, and no log group is called missing."""

    def logging_so(told: dict[str, Any]) -> dict[str, Any]:
        told["taskDefinition"]["containerDefinitions"][0]["logConfiguration"] = configuration
        return told

    aws.edit("DescribeTasks", exited)
    aws.edit("DescribeTaskDefinition", logging_so)

    report = diagnose(audit=True).report

    assert [gap.reason for gap in report.gaps if gap.what == "logs GetLogEvents"] == [says]
    assert not any(item.subject.startswith("log-group") for item in report.findings)


def test_ecr_is_asked_about_an_image_that_could_not_be_pulled(aws: Aws, diagnose: Diagnose) -> None:
    """Given an image in a repository of ECR that is not there, then ECR's own answer is the cause."""

    def unpulled(told: dict[str, Any]) -> dict[str, Any]:
        exited(told)["tasks"][0]["containers"][0]["reason"] = "CannotPullContainerError: not found"
        return told

    aws.edit("DescribeTasks", unpulled)

    told = diagnose().report.findings[0]

    assert told.code == "ECS-T101"
    assert told.summary.endswith("could not pull 123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/web:2: "
                                 "ECR has no such repository.")  # fmt: skip


def test_times_are_in_utc_and_a_recording_replays_the_same(
    aws: Aws, diagnose: Diagnose, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a worker in another zone of time, then moments are in UTC, and the saved snapshot is judged alike."""
    aws.edit("DescribeTasks", exited)
    diagnosis = diagnose()
    snapshot = diagnosis.snapshot
    assert isinstance(snapshot, Snapshot)
    moment = snapshot.services[0].deployments[0].created_at
    recordings.save(tmp_path / "it", ReportTarget(name="prod-ecs", platform="ecs", zone="default"), snapshot)

    assert moment is not None
    assert moment.utcoffset() == timedelta(0)
    replayed = recordings.replay(tmp_path / "it")
    assert [item.id for item in replayed.findings] == [item.id for item in diagnosis.report.findings]
