"""What AWS denied to a role, as its messages word it."""

import re

from msgspec import Struct

from sickbay.diagnostics.platforms.ecs.wire.base import last_part

_DENIAL = re.compile(
    r"(?P<who>arn:aws[\w-]*:(?:sts|iam)::\d*:[^\s]+)\s+is not authorized to perform:? (?P<action>[\w-]+:\w+)"
    r"(?: on resource:? (?P<on>[^\s,]+))?(?:[^\n]*?\b(?P<policy>identity-based|resource-based|VPC endpoint"
    r"|session|service control|resource control) policy|[^\n]*?\b(?P<boundary>permissions boundary))?",
    re.IGNORECASE,
)
_SPEAKS = re.compile(
    r"AccessDenied|access denied|not authorized|Unauthorized|Forbidden|\b403\b|NoCredentialProviders"
    r"|unable to (?:locate|load) (?:AWS )?credentials",
    re.IGNORECASE,
)
_CANNOT_ASSUME = re.compile(r"unable to assume (?:the )?role '?(?P<role>arn:[^\s']+)'?", re.IGNORECASE)


class Denial(Struct, frozen=True, kw_only=True):
    """The role, the action that it may not do, and on what; no action where the role itself cannot be assumed.

    `policy` is the kind of policy that denies, or does not allow it, as AWS words it; empty where it does not say.
    """

    role: str
    action: str = ""
    resource: str = ""
    policy: str = ""


def speaks_of_denial(text: str) -> bool:
    """Say whether a text has the words of a denial, be it of AWS or of whom a program asked."""
    return _SPEAKS.search(text) is not None


def denial_of(message: str) -> Denial | None:
    """Give what was denied, or nothing."""
    if found := _DENIAL.search(message):
        parts = found["who"].split("/")
        role = parts[1] if ":assumed-role/" in found["who"] and len(parts) > 1 else last_part(found["who"])
        resource = (found["on"] or "").rstrip(".;")
        policy = found["boundary"] or (f"{found['policy']} policy" if found["policy"] else "")
        return Denial(role=role, action=found["action"], resource=resource, policy=policy)
    if found := _CANNOT_ASSUME.search(message):
        return Denial(role=last_part(found["role"].rstrip(".")))
    return None
