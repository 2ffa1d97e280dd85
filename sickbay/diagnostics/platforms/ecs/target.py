"""How an ECS cluster is reached: its region and name, and the credentials that boto3's own chain finds."""

from typing import Annotated, Literal, Self

from pydantic import StringConstraints, model_validator

from sickbay.diagnostics.targets import Target

Region = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,}(-[a-z]+)+-[0-9]$")]
ClusterName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=255)]
RoleArn = Annotated[str, StringConstraints(pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$")]
ExternalId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+=,.@:/-]+$", min_length=2, max_length=1224)]
#: Signed requests are only sent over TLS, or to this machine itself.
Endpoint = Annotated[
    str, StringConstraints(pattern=r"^(https://[^\s/@]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)/?$")
]


class EcsTarget(Target):
    """The ECS cluster `cluster` in `region`.

    Credentials are found as the AWS CLI finds them: the environment, `profile` or the default one of the AWS
    configuration, single sign-on, the role of the machine or task that the worker runs on. With `role`, that role is
    assumed, with `external_id` where its trust asks for one: this is how several accounts are read side by side.
    `endpoint_url` is an address in place of AWS's own, for every service.
    """

    platform: Literal["ecs"] = "ecs"
    region: Region
    cluster: ClusterName = "default"
    profile: str | None = None
    role: RoleArn | None = None
    external_id: ExternalId | None = None
    endpoint_url: Endpoint | None = None

    @model_validator(mode="after")
    def _external_id_goes_with_a_role(self) -> Self:
        if self.external_id and not self.role:
            raise ValueError("external_id goes with a role")
        return self
