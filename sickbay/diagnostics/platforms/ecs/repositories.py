"""What a repository of ECR does with an image: which rule removes it, and whether its policy lets a role pull it."""

from fnmatch import fnmatchcase

from sickbay.diagnostics.platforms.ecs.images import ecr_parts
from sickbay.diagnostics.platforms.ecs.wire.registry import EcrImage, LifecycleRule, PolicyStatement

#: What pulling takes, of the repository.
_PULLS = ("ecr:batchgetimage", "ecr:getdownloadurlforlayer")


def removing_rule(known: EcrImage) -> str:
    """Give in words the first rule of the lifecycle policy that may remove an image of this tag, or nothing."""
    _, _, _, tag = ecr_parts(known.image) or ("", "", "", "")
    rule = next((item for item in sorted(known.rules, key=lambda one: one.rule_priority) if _fits(item, tag)), None)
    if rule is None:
        return ""
    selected = rule.selection
    what = ", ".join((*selected.tag_prefix_list, *selected.tag_pattern_list))
    of_what = f" of {what}" if what else ""
    if selected.count_type == "imageCountMoreThan":
        return f"rule {rule.rule_priority} keeps the last {selected.count_number} images{of_what}"
    after = f"{selected.count_number} {selected.count_unit or 'days'}"
    return f"rule {rule.rule_priority} removes images{of_what} after {after}"


def _fits(rule: LifecycleRule, tag: str) -> bool:
    selected = rule.selection
    if selected.tag_status == "any" or tag.startswith("sha256:"):
        return True
    return selected.tag_status == "tagged" and (
        any(tag.startswith(prefix) for prefix in selected.tag_prefix_list)
        or any(fnmatchcase(tag, pattern) for pattern in selected.tag_pattern_list)
    )


def refusal(known: EcrImage, role_arn: str) -> tuple[str, str]:
    """Give in words how the repository's policy keeps a role from pulling, and what of the policy says so; or nothing.

    A role of the repository's own account needs no policy there and can only be denied by it; one of another account
    must be allowed by it. Conditions are not looked at: a statement with some may deny.
    """
    if known.policy is None:
        return "", ""
    account, _, _, _ = ecr_parts(known.image) or ("", "", "", "")
    own = _account(role_arn)
    denying = next((item for item in known.policy if item.effect == "Deny" and _about(item, role_arn)), None)
    if denying is not None:
        return f"the repository's policy {'may deny' if denying.conditional else 'denies'} it", _text(denying)
    if own and own != account and not any(item.effect == "Allow" and _about(item, role_arn) for item in known.policy):
        said = "; ".join(_text(item) for item in known.policy[:3]) or "no policy"
        return f"the repository is of account {account}, and its policy does not let account {own} pull", said
    return "", ""


def _about(statement: PolicyStatement, role_arn: str) -> bool:
    account = _account(role_arn)
    names = {"*", role_arn, account, f"arn:{role_arn.split(':')[1] if ':' in role_arn else 'aws'}:iam::{account}:root"}
    actions = [item.lower() for item in statement.actions]
    return bool(names & set(statement.principals)) and any(
        fnmatchcase(pull, action) for pull in _PULLS for action in actions
    )


def _account(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) > 4 else ""


def _text(statement: PolicyStatement) -> str:
    when = ", on conditions" if statement.conditional else ""
    return f"{statement.effect} {', '.join(statement.principals)}: {', '.join(statement.actions)}{when}"
