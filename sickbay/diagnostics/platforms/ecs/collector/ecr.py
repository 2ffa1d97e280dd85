"""The calls of ECR about an image that could not be pulled."""

from collections.abc import Iterable

import msgspec
from botocore.exceptions import ClientError

from sickbay.diagnostics.platforms.ecs.collector.connection import Connection
from sickbay.diagnostics.platforms.ecs.collector.obstacles import code_of
from sickbay.diagnostics.platforms.ecs.collector.operations import Operation
from sickbay.diagnostics.platforms.ecs.images import ecr_parts
from sickbay.diagnostics.platforms.ecs.wire.registry import EcrImage, LifecyclePolicy, LifecycleRule, PolicyStatement

_TAGS_SHOWN = 20


class Ecr:
    """The calls, each giving its shape from wire/. They raise as Connection.call, or msgspec's errors."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def image(self, reference: str) -> EcrImage:
        """Ask whether an image is there, and where it is not, what is."""
        asked, tag = _asked(reference)
        by = {"imageDigest": tag} if tag.startswith("sha256:") else {"imageTag": tag}
        try:
            self._connection.call(Operation.IMAGE, **asked, imageIds=[by])
        except ClientError as error:
            match code_of(error):
                case "RepositoryNotFoundException":
                    return EcrImage(image=reference, found=False, repository=False)
                case "ImageNotFoundException":
                    return EcrImage(image=reference, found=False, tags=self._tags(asked))
            raise
        return EcrImage(image=reference, found=True)

    def rules(self, reference: str) -> tuple[LifecycleRule, ...]:
        """Give the rules by which images are removed from an image's repository."""
        try:
            answer = self._connection.call(Operation.LIFECYCLE, **_asked(reference)[0])
        except ClientError as error:
            if code_of(error) != "LifecyclePolicyNotFoundException":
                raise
            return ()
        return msgspec.json.decode(answer["lifecyclePolicyText"], type=LifecyclePolicy).rules

    def policy(self, reference: str) -> tuple[PolicyStatement, ...]:
        """Give the statements of the policy of an image's repository."""
        try:
            answer = self._connection.call(Operation.REPOSITORY_POLICY, **_asked(reference)[0])
        except ClientError as error:
            if code_of(error) != "RepositoryPolicyNotFoundException":
                raise
            return ()
        statements = msgspec.json.decode(answer["policyText"])["Statement"]
        return tuple(_statement(raw) for raw in (statements if isinstance(statements, list) else [statements]))

    def _tags(self, asked: dict[str, str]) -> tuple[str, ...]:
        listed = self._connection.call(Operation.IMAGE, **asked, maxResults=100)["imageDetails"]
        latest = sorted(listed, key=lambda item: str(item.get("imagePushedAt", "")), reverse=True)
        return tuple(str(tag) for item in latest for tag in item.get("imageTags", ()))[:_TAGS_SHOWN]


def _asked(reference: str) -> tuple[dict[str, str], str]:
    account, _, repository, tag = ecr_parts(reference) or ("", "", "", "")
    return {"registryId": account, "repositoryName": repository}, tag


def _statement(raw: dict[str, object]) -> PolicyStatement:
    principal = raw.get("Principal", "")
    named = principal.values() if isinstance(principal, dict) else [principal]
    return PolicyStatement(
        effect=str(raw.get("Effect", "")),
        principals=tuple(name for item in named for name in _texts(item)),
        actions=tuple(_texts(raw.get("Action", ()))),
        conditional="Condition" in raw,
    )


def _texts(value: object) -> Iterable[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)] if value else []
