"""deploy/aws: the policy that lets a worker make each call of AWS that the collector makes, and no other."""

import json

from sickbay.diagnostics.platforms.ecs.collector.operations import Operation


def render() -> str:
    """Give what policy.json says."""
    actions = sorted(item.action for item in Operation)
    statement = {"Sid": "SickbayReads", "Effect": "Allow", "Action": actions, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2) + "\n"
