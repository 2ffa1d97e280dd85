"""Whatever AWS writes, reading it ends in a class or in none, and never in an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sickbay.diagnostics.platforms.ecs.denials import denial_of
from sickbay.diagnostics.platforms.ecs.endings import Ending, ending_of
from sickbay.diagnostics.platforms.ecs.images import ecr_parts, pull_fault
from sickbay.diagnostics.platforms.ecs.initialization import lack_of, what_of
from sickbay.diagnostics.platforms.ecs.messages import warns_of
from sickbay.diagnostics.platforms.ecs.wire.tasks import Container, Task

PIECES = (
    "CannotPullContainerError: ",
    "ResourceInitializationError: ",
    "arn:aws:sts::1:assumed-role/r/t is not authorized to perform: ecr:X on resource: ",
    "unable to place a task ",
    "(service web) ",
    "closest matching (container-instance ",
    "API error (404): ",
)
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=8).map("".join)


@given(TEXTS, TEXTS, st.sampled_from(["", "EssentialContainerExited", "TaskFailedToStart", "Unheard"]))
def test_any_text_is_read(reason: str, of_container: str, code: str) -> None:
    """Given any texts in a task's and a container's reason, then each reader gives an answer."""
    task = Task(
        task_arn="a/1", stop_code=code, stopped_reason=reason, containers=(Container(name="app", reason=of_container),)
    )

    assert ending_of(task) in Ending
    for read in (warns_of, denial_of, pull_fault, lack_of, what_of, ecr_parts):
        read(reason)


@pytest.mark.parametrize(
    ("image", "parts"),
    [
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/web:3", ("123456789012", "eu-west-1", "shop/web", "3")),
        ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/web", ("123456789012", "cn-north-1", "web", "latest")),
        (
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web@sha256:ab",
            ("123456789012", "eu-west-1", "web", "sha256:ab"),
        ),
        ("public.ecr.aws/nginx/nginx:1", None),
        ("nginx", None),
    ],
)
def test_an_image_in_ecr_is_known_by_its_name(image: str, parts: tuple[str, ...] | None) -> None:
    """Given a reference, then its account, region, repository and tag are told where it is in ECR."""
    assert ecr_parts(image) == parts
