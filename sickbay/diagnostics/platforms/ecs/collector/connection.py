"""The way to AWS: a session by boto3's own chain, its clients, and the calls, which are only those of operations.py."""

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.utils import parse_timestamp

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import OutOfTimeError
from sickbay.diagnostics.platforms.ecs.collector.obstacles import THROTTLED, code_of
from sickbay.diagnostics.platforms.ecs.collector.operations import Operation
from sickbay.diagnostics.platforms.ecs.target import EcsTarget

#: Calls that are under way at a time.
CALLS = 8
#: Seconds for connecting, and for one answer.
CONNECT_SECONDS, ANSWER_SECONDS = 4.0, 20.0
#: How often a call that fails is made in a row; one that is throttled is made again while the budget lasts.
ATTEMPTS = 5
#: The shortest time for which AWS hands out a role.
_ROLE_SECONDS = 900


class RoleError(Exception):
    """Raised when the target's role could not be assumed; its cause is boto3's error."""


class Connection:
    """One account and region. Safe to share between threads.

    boto3's mode `adaptive` measures the rate at which AWS answers and keeps to it, for all calls of a client together.
    AWS limits each operation by itself, so each has a client of its own: one that is throttled holds up no other.
    """

    def __init__(self, target: EcsTarget, budget: Budget) -> None:
        self._target = target
        self._budget = budget
        self._lock = threading.Lock()
        self._clients: dict[Operation, Any] = {}
        self._session: boto3.Session | None = None
        self.throttled = False

    def call(self, operation: Operation, **parameters: object) -> dict[str, Any]:
        """Make one call, again and again while it is throttled, and give its answer.

        Raises boto3's errors, RoleError, OutOfTimeError.
        """
        client, name = self._client(operation), botocore.xform_name(operation.value.partition(":")[2])
        while not self._budget.spent:
            try:
                answer: dict[str, Any] = getattr(client, name)(**parameters)
            except ClientError as error:
                if code_of(error) not in THROTTLED:
                    raise
            else:
                return answer
        raise OutOfTimeError

    def pages(
        self, operation: Operation, following: str = "nextToken", **parameters: object
    ) -> Iterator[dict[str, Any]]:
        """Yield the answers of a list, page by page. Raises as `call`."""
        more: Mapping[str, object] = {}
        while True:
            page = self.call(operation, **parameters, **more)
            yield page
            if not page.get(following):
                return
            more = {following: page[following]}

    def known_region(self) -> bool:
        """Say whether the region is one in which this version of boto3 knows ECS, in any partition."""
        session = botocore.session.get_session()
        partitions = session.get_available_partitions()
        regions = {region for item in partitions for region in session.get_available_regions("ecs", item)}
        return self._target.region in regions

    def _client(self, operation: Operation) -> Any:
        with self._lock:
            if operation not in self._clients:
                if self._budget.spent:
                    raise OutOfTimeError
                self._session = self._session or self._opened()
                client = self._made(self._session, operation.client)
                client.meta.events.register("response-received", self._watch)
                client.meta.events.register("before-send", self._only_in_time)
                self._clients[operation] = client
            return self._clients[operation]

    def _opened(self) -> boto3.Session:
        target = self._target
        session = _session(profile_name=target.profile, region_name=target.region)
        if target.role is None:
            return session
        extra = {"ExternalId": target.external_id} if target.external_id else {}
        try:
            answer = self._made(session, "sts").assume_role(
                RoleArn=target.role, RoleSessionName="sickbay", DurationSeconds=_ROLE_SECONDS, **extra
            )
        except Exception as error:
            raise RoleError(target.role) from error
        given = answer["Credentials"]
        return _session(
            region_name=target.region,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )

    def _made(self, session: boto3.Session, service: str) -> Any:
        config = Config(
            connect_timeout=self._budget.timeout(CONNECT_SECONDS),
            read_timeout=self._budget.timeout(ANSWER_SECONDS),
            max_pool_connections=CALLS,
            retries={"mode": "adaptive", "total_max_attempts": ATTEMPTS},
            user_agent_appid="sickbay",
        )
        return session.client(service, config=config, endpoint_url=self._target.endpoint_url)

    def _only_in_time(self, **_told: object) -> None:
        """Let no further attempt be made once the time is up."""
        if self._budget.spent:
            raise OutOfTimeError

    def _watch(self, *, parsed_response: Mapping[str, Any] | None = None, **_told: object) -> None:
        code = (parsed_response or {}).get("Error", {}).get("Code")
        if code in THROTTLED:
            self.throttled = True


class _Models(Loader):  # type: ignore[misc]  # botocore has no types
    """The models of AWS's APIs, read once in a process: reading them is most of what a client costs."""

    @property
    def search_paths(self) -> list[str]:
        """Give a copy: each session of boto3 adds the path of its resources, which are not used here."""
        return list(super().search_paths)


@cache
def _models() -> _Models:
    return _Models()


def _session(*, profile_name: str | None = None, **given: str | None) -> boto3.Session:
    """Give a session whose times are in UTC, where boto3's own are in the machine's zone."""
    inner = botocore.session.Session(profile=profile_name)
    inner.register_component("data_loader", _models())
    inner.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_utc)
    return boto3.Session(botocore_session=inner, **given)


def _utc(value: object) -> datetime:
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    moment: datetime = parse_timestamp(value)
    return moment.astimezone(UTC)
