"""What a pasted message tells of targets: alerts, ARNs, ids and names, never a guess beyond what is configured."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.blocks.form import MOST_CLUES, Place
from handlers.clues import Clue, clues_of, words_of
from sickbay.diagnostics.platforms.ecs.target import EcsTarget
from sickbay.diagnostics.targets import Target

TARGETS = {
    "local": Target(name="local", platform="docker"),
    "prod": Target(name="prod", platform="kubernetes"),
    "prod-ecs": EcsTarget(name="prod-ecs", region="eu-west-1", cluster="shop"),
}
SCOPES = {"local": ("web-1", "db"), "prod": ("payments", "payments/api", "payments/db", "shop/api")}


@pytest.mark.parametrize(
    ("text", "likeliest"),
    [
        ("why is web-1 down?", Clue("local", "web-1")),
        ("prod is slow", Clue("prod")),
        ("payments/api on prod answers 500", Clue("prod", "payments/api")),
        ('{"labels": {"namespace": "payments", "pod": "api-7f9c4b6d5-x2x8q"}}', Clue("prod", "payments/api")),
        ("KubePodCrashLooping namespace=new pod=job-1", Clue("prod", "new/job-1")),
        ("arn:aws:ecs:eu-west-1:123456789012:service/shop/checkout stopped", Clue("prod-ecs", "checkout")),
        ("arn:aws:ecs:eu-west-1:123456789012:task/shop/0123456789abcdef", Clue("prod-ecs")),
        ("container 0123456789ab exited", Clue("local", "0123456789ab")),
        ("node=node-7 is not ready in prod", Clue("prod", "node/node-7")),
    ],
)
def test_the_likeliest_comes_first(text: str, likeliest: Clue) -> None:
    """Given a message, when read, then what it most likely speaks of is the first choice."""
    assert clues_of(text, TARGETS, SCOPES)[0] == likeliest


def test_a_name_in_another_namespace_is_no_clue() -> None:
    """Given an alert of one namespace, when read, then a workload of that name elsewhere is not offered."""
    assert Clue("prod", "shop/api") not in clues_of("namespace=payments deployment=api", TARGETS, SCOPES)


def test_an_arn_of_another_cluster_is_no_clue() -> None:
    """Given the ARN of a cluster that is no target, when read, then nothing is offered for it."""
    assert clues_of("arn:aws:ecs:eu-west-1:123456789012:service/other/checkout", TARGETS, {}) == ()


def test_a_message_without_clues_has_none() -> None:
    """Given small talk, when read, then nothing is offered."""
    assert clues_of("good morning everybody", TARGETS, SCOPES) == ()


def test_alerts_are_read_where_bots_write_them() -> None:
    """Given an alert in the blocks and the attachments of a bot, when read, then all its text is there."""
    message: dict[str, Any] = {
        "text": "fallback",
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "namespace: payments"}}],
        "attachments": [{"fields": [{"title": "pod", "value": "api-1"}], "blocks": [{"elements": [{"text": "deep"}]}]}],
    }

    assert [
        word for word in ("fallback", "namespace: payments", "api-1", "deep") if word not in words_of(message)
    ] == []


@given(st.text(max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    """Given any text, when read, then what is offered names configured targets only."""
    assert {clue.target for clue in clues_of(text, TARGETS, SCOPES)} <= set(TARGETS)


def test_what_a_message_tells_fits_into_a_form() -> None:
    """Given a message with names without end, when a form is made of its clues, then Slack takes what it carries."""
    words = "\n".join(f"namespace={'n' * 100} pod=p{'x' * length}" for length in (0, 95, 5_000))
    targets = {f"prod-{number}": Target(name=f"prod-{number}", platform="kubernetes") for number in range(20)}

    clues = [clue for line in words.splitlines() for clue in clues_of(line, targets, {})]

    url = "https://hooks.slack.com/app/T0XXXXXXXXX/1234567890123/abcdefghijklmnopqrstuvwx"
    longest = sorted(clues, key=lambda clue: -len(clue.told))[:MOST_CLUES]
    place = Place(channel="C0123456789", thread_ts="1764000000.000100", response_url=url, clues=tuple(longest))
    assert len(place.written) <= 3_000
