"""The user groups that the policy names, read from the local workspace with the rights that the manifest asks for."""

from collections.abc import Iterator

import pytest

from bot.groups import UserGroups
from bot.manifest import manifest
from bot.slack import Slack, web_client
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.incidents.policy import Action, Policy, Rule
from sickbay.simulator import Workspace

TARGET = DockerTarget(name="prod", host="tcp://prod:2376")


@pytest.fixture(scope="module")
def workspace() -> Iterator[Workspace]:
    with Workspace(manifest=manifest()) as running:
        yield running


def test_a_rule_for_a_group_allows_its_members_alone(workspace: Workspace) -> None:
    """Given a rule for a user group, when a member and somebody else ask, then only the member is allowed."""
    group, members = next((name, found["users"]) for name, found in workspace.store.usergroups.items())
    outsider = next(user for user in workspace.store.users if user not in members)
    policy = Policy([Rule(name="on call", do=(Action.ACT,), groups=(group,))])
    groups = UserGroups(Slack(web_client(workspace.bot_token, workspace.api_url)), policy.groups)

    groups.refresh()

    assert [
        policy.decide(Action.ACT, user=user, groups=groups.of(user), channel="C0OPS", target=TARGET).allowed
        for user in (members[0], outsider)
    ] == [True, False]


def test_a_group_that_is_gone_allows_nobody(workspace: Workspace) -> None:
    """Given a user group that the workspace does not have, when it is asked about, then it has no members."""
    groups = UserGroups(Slack(web_client(workspace.bot_token, workspace.api_url)), ["S0GONE"])

    groups.refresh()

    assert all(not groups.of(user) for user in workspace.store.users)
