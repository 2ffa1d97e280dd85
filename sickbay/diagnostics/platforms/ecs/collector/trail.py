"""The calls that CloudTrail recorded: who changed a service, what a task's roles were denied, who removed an image."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import TypeVar

import msgspec
from msgspec import Struct

from sickbay.diagnostics.cleaning import clean
from sickbay.diagnostics.platforms.ecs.collector.connection import Connection
from sickbay.diagnostics.platforms.ecs.collector.operations import Operation
from sickbay.diagnostics.platforms.ecs.images import ecr_parts
from sickbay.diagnostics.platforms.ecs.wire.account import DeniedCall, TrailEvent
from sickbay.diagnostics.platforms.ecs.wire.registry import Removal

R = TypeVar("R", "_Denial", "_Change", "_Deletion", "_Execution")

#: Pages of one look-up, each of 50 events.
PAGES = 2
_LONGEST = 1000
_DENIED = re.compile(r"AccessDenied|Unauthorized|NotAuthorized", re.IGNORECASE)


class _Issuer(Struct, frozen=True, rename="camel"):
    user_name: str = ""


class _SessionContext(Struct, frozen=True, rename="camel"):
    session_issuer: _Issuer = _Issuer()


class _Identity(Struct, frozen=True, rename="camel"):
    session_context: _SessionContext = _SessionContext()


class _Denial(Struct, frozen=True, rename="camel"):
    """A call that failed."""

    event_source: str = ""
    error_code: str = ""
    error_message: str = ""
    user_identity: _Identity = _Identity()


class _Asked(Struct, frozen=True, rename="camel"):
    cluster: str = ""
    service: str = ""
    task: str = ""
    task_definition: str = ""
    force_new_deployment: bool = False
    desired_count: int | None = None
    container_instance: str = ""
    container_instances: tuple[str, ...] = ()
    status: str = ""


class _Change(Struct, frozen=True, rename="camel"):
    """A call of ECS."""

    request_parameters: _Asked | None = None


class _ImageId(Struct, frozen=True, rename="camel"):
    image_tag: str = ""
    image_digest: str = ""


class _Images(Struct, frozen=True, rename="camel"):
    repository_name: str = ""
    image_ids: tuple[_ImageId, ...] = ()


class _Deletion(Struct, frozen=True, rename="camel"):
    """A call that deletes images."""

    error_code: str = ""
    request_parameters: _Images | None = None


class _ExpiredImage(Struct, frozen=True, rename="camel"):
    digest: str = ""
    tag_list: tuple[str, ...] = ()


class _Expiry(Struct, frozen=True, rename="camel"):
    lifecycle_event_image: _ExpiredImage = _ExpiredImage()
    rule_priority: int = 0


class _Expiries(Struct, frozen=True, rename="camel"):
    repository_name: str = ""
    lifecycle_event_image_actions: tuple[_Expiry, ...] = ()


class _Execution(Struct, frozen=True, rename="camel"):
    """What a lifecycle policy did."""

    service_event_details: _Expiries = _Expiries()


class Trail:
    """The look-ups, each giving its shape from wire/, cleaned. They raise as Connection.call."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._text = lru_cache(1024)(lambda text: clean(text[:_LONGEST]) if text else "")

    def changes(self, event: str, since: datetime) -> tuple[TrailEvent, ...]:
        """Look up who made this call of ECS."""
        return tuple(self._change(raw) for raw in self._events("EventName", event, since))

    def denials(self, task_id: str, since: datetime) -> tuple[DeniedCall, ...]:
        """Look up what the roles of a task were denied: the id of a task is the name of its roles' sessions."""
        found = ((raw, _record(raw, _Denial)) for raw in self._events("Username", task_id, since))
        return tuple(
            DeniedCall(
                task_id=task_id,
                role=self._text(record.user_identity.session_context.session_issuer.user_name),
                action=self._text(f"{record.event_source.partition('.')[0]}:{raw.get('EventName', '')}"),
                message=self._text(record.error_message),
                at=_moment(raw),
            )
            for raw, record in found
            if _DENIED.search(record.error_code)
        )

    def removals(self, images: Iterable[str], since: datetime) -> Mapping[str, Removal]:
        """Look up which images their repository's lifecycle policy, or else somebody, removed, and when, by image.

        CloudTrail answers two look-ups a second: all images share two.
        """
        gone: dict[tuple[str, str], Removal] = {}
        for raw in self._events("EventName", "PolicyExecutionEvent", since):
            done = _record(raw, _Execution).service_event_details
            for item in done.lifecycle_event_image_actions:
                removal = Removal(
                    by=f"rule {item.rule_priority} of its lifecycle policy", of_policy=True, at=_moment(raw)
                )
                for name in (item.lifecycle_event_image.digest, *item.lifecycle_event_image.tag_list):
                    gone.setdefault((done.repository_name, name), removal)
        for raw in self._events("EventName", "BatchDeleteImage", since):
            deletion = _record(raw, _Deletion)
            asked = deletion.request_parameters or _Images()
            removal = Removal(by=self._text(str(raw.get("Username", ""))) or "somebody", at=_moment(raw))
            for name in (name for item in asked.image_ids for name in (item.image_tag, item.image_digest)):
                if not deletion.error_code:
                    gone.setdefault((asked.repository_name, name), removal)
        named = {image: ecr_parts(image) for image in images}
        return {image: gone[parts[2:]] for image, parts in named.items() if parts and parts[2:] in gone}

    def _events(self, attribute: str, value: str, since: datetime) -> Iterator[dict[str, object]]:
        pages = self._connection.pages(
            Operation.TRAIL,
            following="NextToken",
            LookupAttributes=[{"AttributeKey": attribute, "AttributeValue": value}],
            StartTime=since,
            MaxResults=50,
        )
        for page in islice(pages, PAGES):
            yield from page["Events"]

    def _change(self, raw: dict[str, object]) -> TrailEvent:
        """Give who did it, when, and to what: the name of the resource, or what the event itself says of it."""
        resources = raw.get("Resources")
        names = [str(item.get("ResourceName", "")) for item in resources] if isinstance(resources, list) else []
        asked = _record(raw, _Change).request_parameters or _Asked()
        machines = (asked.container_instance, *asked.container_instances)
        named = (asked.cluster, asked.service, asked.task, asked.task_definition, *machines)
        deploys = asked.task_definition or asked.force_new_deployment
        return TrailEvent(
            event_name=str(raw.get("EventName", "")),
            event_time=_moment(raw),
            username=self._text(str(raw.get("Username", ""))),
            resource=self._text(" ".join(filter(None, (*names, *named)))),
            desired_count=None if deploys else asked.desired_count,
            status=self._text(asked.status),
        )


def _moment(raw: dict[str, object]) -> datetime:
    return msgspec.convert(raw["EventTime"], datetime)


def _record(raw: dict[str, object], kind: type[R]) -> R:
    """Give the text of an event, or an empty one where it has another shape."""
    try:
        return msgspec.json.decode(str(raw.get("CloudTrailEvent")), type=kind)
    except msgspec.DecodeError:
        return kind()
