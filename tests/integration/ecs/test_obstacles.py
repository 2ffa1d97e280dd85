"""What is in the way of reading a cluster is told plainly, and what is half there is read."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import OutOfTimeError
from sickbay.diagnostics.platforms.ecs.collector.connection import ATTEMPTS, Connection
from sickbay.diagnostics.platforms.ecs.collector.operations import Operation
from sickbay.diagnostics.platforms.ecs.collector.reading import Reading
from sickbay.diagnostics.platforms.ecs.target import EcsTarget
from tests.integration.ecs.aws import REGION, Answer, Aws, error
from tests.integration.ecs.conftest import Diagnose

LISTS = ("DescribeClusters", "ListServices", "ListTasks", "ListContainerInstances")
SKEWED = "Signature expired: 20261123T115000Z is now earlier than 20261123T115500Z (20261123T120000Z - 5 min.)"


@pytest.mark.parametrize(
    ("code", "message", "says"),
    [
        ("ExpiredTokenException", "The security token included in the request is expired", "credentials have expired"),
        (
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
            "not accept the credentials",
        ),
        ("InvalidSignatureException", SKEWED, "the clock of the worker is off"),
        ("RequestExpired", "Request has expired.", "the clock of the worker is off"),
        ("RequestTimeTooSkewed", "The difference is too large.", "the clock of the worker is off"),
        ("SignatureDoesNotMatch", SKEWED, "the clock of the worker is off"),
        ("SignatureDoesNotMatch", "The request signature we calculated does not match", "not accept the signature"),
        ("AccessDeniedException", "User: x is not authorized", "its credentials may not read ECS"),
    ],
)
def test_what_all_calls_fail_with_is_the_finding(
    aws: Aws, diagnose: Diagnose, code: str, message: str, says: str
) -> None:
    """Given an error that every call ends in, then it is told with its remedy, and the report is blind."""
    for operation in LISTS:
        aws.answer(operation, error(code, message))

    report = diagnose().report

    assert [item.code for item in report.findings] == ["ECS-X101"]
    assert says in report.findings[0].summary
    assert report.blind


def test_a_cluster_that_is_not_there_is_told_with_those_that_are(diagnose: Diagnose) -> None:
    """Given the name of no cluster, then the clusters that exist are named."""
    assert "there are dev, prod." in diagnose(cluster="prd").report.findings[0].summary


def test_without_credentials_that_is_what_is_told(diagnose: Diagnose, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given no credentials anywhere, then that is the finding."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    assert "there are no AWS credentials" in diagnose().report.findings[0].summary


def test_a_profile_that_is_not_there_is_named(diagnose: Diagnose) -> None:
    """Given a profile that the configuration does not have, then its name stands in the evidence."""
    finding = diagnose(profile="nobody").report.findings[0]

    assert finding.code == "ECS-X101"
    assert "nobody" in finding.evidence[0].value


@pytest.mark.parametrize(("region", "says"), [("xx-nowhere-9", "there is no ECS in"), ("eu-west-1", "not reached")])
def test_no_way_to_the_endpoint_is_told_apart_from_no_such_region(diagnose: Diagnose, region: str, says: str) -> None:
    """Given an address where nothing listens, then a region that is not known is told as such."""
    assert says in diagnose(region=region, endpoint_url="http://127.0.0.1:1").report.findings[0].summary


def test_throttling_that_ends_is_waited_out(aws: Aws, diagnose: Diagnose) -> None:
    """Given a call that is throttled once, then it is made again, and nothing is missing."""
    answers = [error("ThrottlingException", "Rate exceeded")]
    aws.answer_by("ListServices", lambda _asked: answers.pop() if answers else None)

    report = diagnose().report

    assert report.gaps == ()
    assert report.looked_at["services"] == 2


@pytest.fixture
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no time pass between two attempts."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_told: 0)
    monkeypatch.setattr("botocore.retries.bucket.TokenBucket.acquire", lambda _bucket: True)


@pytest.mark.usefixtures("_unhurried")
def test_throttling_is_waited_out_while_the_budget_lasts(aws: Aws, diagnose: Diagnose) -> None:
    """Given a call that is throttled more often than a failing one is made, then it is made until it is answered."""
    answers = [error("ThrottlingException", "Rate exceeded")] * (2 * ATTEMPTS)
    aws.answer_by("ListServices", lambda _asked: answers.pop() if answers else None)

    report = diagnose().report

    assert report.gaps == ()
    assert report.looked_at["services"] == 2


@pytest.mark.usefixtures("_unhurried")
def test_throttling_that_does_not_end_is_a_gap_within_the_budget(
    aws: Aws, diagnose: Diagnose, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a call that is always throttled, then the rest stands, in time, and the gap says that it was throttling."""
    begun, start, moments = list[Future[Any]](), Reading.start, [0.0]

    def starting(reading: Reading, call: Callable[[], Any]) -> Future[Any]:
        begun.append(start(reading, call))
        return begun[-1]

    def throttled(_asked: dict[str, Any]) -> Answer:
        if "DescribeTasks" in aws.called and sum(not future.done() for future in begun) == 1:
            moments.append(60.0)
        return error("ThrottlingException", "Rate exceeded")

    monkeypatch.setattr(Reading, "start", starting)
    aws.answer_by("ListServices", throttled)

    report = diagnose(clock=lambda: moments[-1]).report

    (gap,) = [item for item in report.gaps if item.what == "ecs ListServices"]
    assert gap.reason == "AWS throttled the calls until the time was up"
    assert report.looked_at["tasks"] == 4


def test_an_operation_that_is_throttled_holds_up_no_other(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given one operation whose rate boto3 has lowered, then another of the same service is sent at once."""
    answers = [error("ThrottlingException", "Rate exceeded")]
    aws.answer_by("ListServices", lambda _asked: answers.pop() if answers else None)
    waited = list[str]()
    monkeypatch.setattr("botocore.retries.bucket.TokenBucket.acquire", lambda _bucket: waited.append(aws.called[-1]))
    connection = Connection(EcsTarget(name="it", region=REGION, endpoint_url=aws.url), Budget(20))

    connection.call(Operation.SERVICE_NAMES, cluster="prod")
    connection.call(Operation.CLUSTER, clusters=["prod"])

    assert waited == ["ListServices"]


def test_no_attempt_is_made_once_the_time_is_up(aws: Aws) -> None:
    """Given a call that is throttled as the budget ends, then it is not made again."""
    moments = [0.0]

    def throttled(_asked: dict[str, Any]) -> Answer:
        moments.append(60.0)
        return error("ThrottlingException", "Rate exceeded")

    aws.answer_by("DescribeClusters", throttled)
    target = EcsTarget(name="prod-ecs", region=REGION, cluster="prod", endpoint_url=aws.url)
    connection = Connection(target, Budget(20, clock=lambda: moments[-1]))

    with pytest.raises(OutOfTimeError):
        connection.call(Operation.CLUSTER, clusters=["prod"])

    assert aws.called.count("DescribeClusters") == 1


@pytest.mark.parametrize("definition", [{"taskDefinitionArn": "a/web:1"}, {"containerDefinitions": 7}, None])
def test_a_half_written_definition_costs_itself_alone(aws: Aws, diagnose: Diagnose, definition: Any) -> None:
    """Given a task definition that lacks most or is of another shape, then the services are judged all the same."""
    aws.answer("DescribeTaskDefinition", {"taskDefinition": definition} if definition else {})

    assert diagnose("web").report.looked_at["services"] == 1


def test_a_role_is_assumed_with_its_external_id(aws: Aws, diagnose: Diagnose) -> None:
    """Given a role, then it is assumed once, with its external id, and its credentials are used for all else."""
    role = "arn:aws:iam::123456789012:role/sickbay"

    assert diagnose(role=role, external_id="of-us").report.looked_at["services"] == 2
    assert aws.called[0] == "AssumeRole"
    assert aws.called.count("AssumeRole") == 1
    assert aws.asked_for("AssumeRole")["ExternalId"] == "of-us"


def test_accounts_are_read_side_by_side(aws: Aws, diagnose: Diagnose) -> None:
    """Given an account of its own and a role of another, when both are read at once, then each is told by itself."""
    role = "arn:aws:iam::111111111111:role/sickbay"
    given = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="it")["Credentials"]
    theirs = aws.client(
        "ecs",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    theirs.create_cluster(clusterName="prod")

    with ThreadPoolExecutor(2) as pool:
        ours, other = pool.map(lambda fields: diagnose(**fields).report, ({}, {"role": role}))
    theirs.delete_cluster(cluster="prod")

    assert dict(ours.looked_at) == {"services": 2, "tasks": 4}
    assert dict(other.looked_at) == {"clusters": 1}


def test_a_role_that_may_not_be_assumed_is_told(aws: Aws, diagnose: Diagnose) -> None:
    """Given a role whose trust does not name the worker, then that is the finding."""
    told = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
    aws.answer("AssumeRole", (403, told))

    assert "role cannot be assumed" in diagnose(role="arn:aws:iam::123456789012:role/x").report.findings[0].summary
