"""Shapes of what ECR says of an image that could not be pulled: is it there, what removes it, who may have it."""

from datetime import datetime

from sickbay.diagnostics.platforms.ecs.wire.base import Wire


class LifecycleSelection(Wire, frozen=True, kw_only=True):
    """The images of a repository that a rule is about; the number is of images or of days, as `count_type` says."""

    tag_status: str = ""
    tag_prefix_list: tuple[str, ...] = ()
    tag_pattern_list: tuple[str, ...] = ()
    count_type: str = ""
    count_unit: str = ""
    count_number: int = 0


class LifecycleRule(Wire, frozen=True, kw_only=True):
    """One rule of the text that `GetLifecyclePolicy` gives."""

    rule_priority: int = 0
    selection: LifecycleSelection = LifecycleSelection()


class LifecyclePolicy(Wire, frozen=True, kw_only=True):
    """The text that `GetLifecyclePolicy` gives."""

    rules: tuple[LifecycleRule, ...] = ()


class PolicyStatement(Wire, frozen=True, kw_only=True):
    """One statement of the policy that `GetRepositoryPolicy` gives; whose conditions are not looked at."""

    effect: str = ""
    principals: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    conditional: bool = False


class Removal(Wire, frozen=True, kw_only=True):
    """Who took an image out of its repository, and when, as CloudTrail has it: somebody, or a rule of its policy."""

    by: str
    of_policy: bool = False
    at: datetime


class EcrImage(Wire, frozen=True, kw_only=True):
    """What ECR says of an image that could not be pulled.

    `found` is None where it was not told; `repository` False where there is none of that name; `tags` are the latest
    of the repository that lacks it. `rules` are those of its lifecycle policy, `policy` the statements of its own one,
    empty where it has none, and None where they were not asked for or not told.
    """

    image: str
    found: bool | None = None
    repository: bool = True
    tags: tuple[str, ...] = ()
    rules: tuple[LifecycleRule, ...] = ()
    policy: tuple[PolicyStatement, ...] | None = None
    removed: Removal | None = None
