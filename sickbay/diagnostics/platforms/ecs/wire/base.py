"""What the shapes of AWS's answers have in common."""

from msgspec import Struct


class Wire(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A part of an answer of ECS, under its own camelCase names."""


class PascalWire(Struct, frozen=True, kw_only=True, rename="pascal", omit_defaults=True):
    """A part of an answer of a service whose fields are in PascalCase: load balancing, scaling, CloudFormation."""


def last_part(arn: str) -> str:
    """Give what follows the last slash of an ARN: a task's id, a role's or service's name, `family:revision`."""
    return arn.rpartition("/")[2]
