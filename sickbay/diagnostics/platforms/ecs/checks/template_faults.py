"""What the templates of services got wrong: a stack that failed, logs that go nowhere, doors that are open."""

import shlex
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Remedy, Severity, Subject
from sickbay.diagnostics.platforms.ecs.facts import FailedStack
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.balancing import Permission, SecurityGroup
from sickbay.diagnostics.platforms.ecs.wire.services import Service

_EVERYWHERE = frozenset({"0.0.0.0/0", "::/0"})
_MEANT = frozenset({80, 443})


@check(
    "ECS-R103",
    title="Template at fault",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Correct the template that made it, and deploy it again.",
    explains=("ECS-S101", "ECS-S104", "ECS-T102", "ECS-T105"),
)
def template_faults(ecs: Snapshot) -> Iterator[Finding]:
    """A CloudFormation stack of a service failed or rolled back; a log group is not there; a container has no log; or
    a security group lets everybody in, on other ports than 80 and 443.

    Of a stack the first event that failed is told, since what follows is only cancelled. Without a log nothing tells
    why a container ended.
    """
    for failed in ecs.stacks:
        yield _stack(ecs, failed)
    for name in ecs.missing_logs:
        yield Finding(
            subject=Subject("log-group", name),
            summary=f"The log group {name} is not there, so the logs of its containers are lost.",
            evidence=(ecs.evidence("logs GetLogEvents", f"ResourceNotFoundException: {name}"),),
            remedy=Remedy(
                text="Create the log group, or set awslogs-create-group and let the execution role do it.",
                command=f"aws logs create-log-group --region {ecs.region} --log-group-name {shlex.quote(name)}",
            ),
        )
    for service in ecs.services:
        yield from _unlogged(ecs, service)
    for group in ecs.security_groups:
        yield from _open(ecs, group)


def _stack(ecs: Snapshot, failed: FailedStack) -> Finding:
    stack, first = failed.stack, failed.first
    why = (
        f": {first.logical_resource_id} {first.resource_status}, {first.resource_status_reason.rstrip('.')}"
        if first
        else ""
    )
    evidence = [
        ecs.evidence(
            f"cloudformation DescribeStacks {stack.stack_name}", f"{stack.stack_status} {stack.stack_status_reason}"
        )
    ]
    if first:
        value = (
            f"{first.resource_type} {first.logical_resource_id} {first.resource_status}: {first.resource_status_reason}"
        )
        evidence.append(ecs.evidence(f"cloudformation DescribeStackEvents {stack.stack_name}", value, first.timestamp))
    return Finding(
        subject=Subject("stack", stack.stack_name),
        summary=f"Stack {stack.stack_name} is {stack.stack_status}{why}.",
        evidence=tuple(evidence),
        remedy=Remedy(text="Correct in the template what the first event names, and update the stack again."),
        last_seen=first.timestamp if first else None,
    )


def _unlogged(ecs: Snapshot, service: Service) -> Iterator[Finding]:
    definition = ecs.definition_of(service)
    silent = (
        [item.name for item in definition.container_definitions if item.log_configuration is None] if definition else []
    )
    if definition and silent:
        yield Finding(
            subject=ecs.service_subject(service),
            summary=f"{', '.join(silent[:3])} of {service.service_name} "
            f"write{'s' if len(silent) == 1 else ''} no log anywhere.",
            evidence=(ecs.definition_evidence(definition, "logConfiguration", "none"),),
            remedy=Remedy(text="Add a logConfiguration, such as the awslogs driver with a group of its own."),
        )


def _open(ecs: Snapshot, group: SecurityGroup) -> Iterator[Finding]:
    doors = [_ports(item) for item in group.ip_permissions if _to_all(item) and not _meant(item)]
    if doors:
        yield Finding(
            subject=Subject("security-group", group.group_id),
            summary=f"Security group {group.group_name or group.group_id} of its tasks lets everybody in on "
            f"{', '.join(doors)}.",
            evidence=(ecs.evidence(f"ec2 DescribeSecurityGroups {group.group_id} IpPermissions", ", ".join(doors)),),
            remedy=Remedy(text="Let only the load balancer's security group in."),
        )


def _to_all(item: Permission) -> bool:
    return bool(
        _EVERYWHERE
        & {address for one in (*item.ip_ranges, *item.ipv6_ranges) for address in (one.cidr_ip, one.cidr_ipv6)}
    )


def _meant(item: Permission) -> bool:
    return item.from_port == item.to_port and item.from_port in _MEANT


def _ports(item: Permission) -> str:
    if item.from_port is None or item.ip_protocol == "-1":
        return "all ports"
    return str(item.from_port) if item.from_port == item.to_port else f"{item.from_port}-{item.to_port}"
