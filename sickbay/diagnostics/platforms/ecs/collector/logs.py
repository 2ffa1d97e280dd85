"""The ends of stopped containers' logs, from CloudWatch."""

from datetime import UTC, datetime

from botocore.exceptions import ClientError

from sickbay.diagnostics.cleaning import clean_log
from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.platforms.ecs.collector.connection import Connection
from sickbay.diagnostics.platforms.ecs.collector.obstacles import code_of
from sickbay.diagnostics.platforms.ecs.collector.operations import Operation
from sickbay.diagnostics.platforms.ecs.wire.definitions import LogConfiguration
from sickbay.diagnostics.platforms.ecs.wire.tasks import Container, Task
from sickbay.diagnostics.redaction import redact_values

#: Lines and bytes kept of one log.
LINES, LONGEST = 60, 30_000


class NoLogGroupError(Exception):
    """Raised when the log group itself is not there; its argument names it."""


def stream_of(task: Task, container: Container, configuration: LogConfiguration) -> str:
    """Give the stream that the awslogs driver writes to: by name with a prefix, or else the container's id (EC2)."""
    prefix = configuration.options.get("awslogs-stream-prefix", "")
    return f"{prefix}/{container.name}/{task.id}" if prefix else container.runtime_id


def elsewhere_of(configuration: LogConfiguration, region: str) -> str:
    """Give in words where a container's log is that CloudWatch in the target's region does not have, or nothing."""
    if configuration.log_driver != "awslogs":
        return f"where its driver {configuration.log_driver or 'of no name'} sends it, and not in CloudWatch by itself"
    own = configuration.options.get("awslogs-region", "")
    return f"in {own}, and the target in {region}" if own and own != region else ""


def read_log(
    connection: Connection,
    group: str,
    stream: str,
    secrets: tuple[str, ...],
    *,
    lines: int = LINES,
    longest: int = LONGEST,
) -> LogTail:
    """Read the end of a stream; one that is not there is empty: the container wrote nothing.

    Raises NoLogGroupError, and as Connection.call.
    """
    try:
        answer = connection.call(
            Operation.LOG, logGroupName=group, logStreamName=stream, limit=lines, startFromHead=False
        )
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        if "stream" in str(error):
            return LogTail(text="")
        raise NoLogGroupError(group) from error
    events = [f"{_moment(item['timestamp'])} {item['message']}" for item in answer["events"]]
    text = "\n".join(events)
    cut = text[-longest:]
    return LogTail(text=redact_values(clean_log(cut), secrets), cut=len(events) == lines or len(cut) < len(text))


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat().replace("+00:00", "Z")
