"""What schedulers of all ages say, told class by class."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sickbay.diagnostics.platforms.kubernetes.scheduling import refusal_of


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("0/1 nodes are available: 1 Insufficient cpu.", "too little CPU left (1 of 1 node)"),
        (
            (
                "0/4 nodes are available: 1 node(s) had taint {node-role.kubernetes.io/master: }, that the pod didn't "
                "tolerate, 3 Insufficient memory."
            ),
            (
                "too little memory left (3 of 4 nodes), the taint node-role.kubernetes.io/master, which it does not "
                "tolerate (1 of 4 nodes)"
            ),
        ),
        (
            (
                "0/3 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu}, "
                "2 Insufficient nvidia.com/gpu. "
                "preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, "
                "2 No preemption victims "
                "found for incoming pod."
            ),
            "no nvidia.com/gpu left (2 of 3 nodes), the taint dedicated, which it does not tolerate (1 of 3 nodes)",
        ),
        (
            "0/2 nodes are available: 2 Insufficient ephemeral-storage.",
            "too little ephemeral storage left (2 of 2 nodes)",
        ),
        ("0/2 nodes are available: 2 Too many pods.", "no room for another pod (2 of 2 nodes)"),
        (
            "0/2 nodes are available: 2 node(s) didn't match node selector.",
            "other labels than it selects (2 of 2 nodes)",
        ),
        (
            "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity.",
            "other labels than it selects (1 of 1 node)",
        ),
        (
            (
                "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. "
                "preemption: 0/1 nodes are "
                "available: 1 Preemption is not helpful for scheduling.."
            ),
            "other labels than it selects (1 of 1 node)",
        ),
        (
            '0/1 nodes are available: 1 persistentvolumeclaim "nope" not found.',
            "its claim nope does not exist (1 of 1 node)",
        ),
        ('persistentvolumeclaim "nope" not found', "its claim nope does not exist"),
        (
            "0/3 nodes are available: 3 pod has unbound immediate PersistentVolumeClaims.",
            "its claim has no volume yet (3 of 3 nodes)",
        ),
        (
            "0/3 nodes are available: 3 node(s) had volume node affinity conflict.",
            "its volume is elsewhere (3 of 3 nodes)",
        ),
        (
            "0/3 nodes are available: 3 node(s) didn't have free ports for the requested pod ports.",
            "its host port is taken (3 of 3 nodes)",
        ),
        ("0/3 nodes are available: 3 node(s) were unschedulable.", "cordoned (3 of 3 nodes)"),
        (
            "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/unschedulable: }.",
            "cordoned (1 of 1 node)",
        ),
        (
            "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }.",
            "the taint node.kubernetes.io/not-ready, by which a node says that it is ill (1 of 1 node)",
        ),
        (
            "0/1 nodes are available: 1 node(s) had untolerated taint(s).",
            "a taint that it does not tolerate (1 of 1 node)",
        ),
        (
            (
                "0/3 nodes are available: 3 node(s) didn't match pod affinity/anti-affinity rules, "
                "3 node(s) didn't satisfy "
                "existing pods anti-affinity rules."
            ),
            "beside a pod that anti-affinity forbids (3 of 3 nodes)",
        ),
        (
            "0/3 nodes are available: 3 node(s) didn't match pod affinity rules.",
            "not beside a pod that its affinity demands (3 of 3 nodes)",
        ),
        (
            "0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints.",
            "its topology spread forbids it (3 of 3 nodes)",
        ),
        ("0/2 nodes are available: 2 node(s) exceed max volume count.", "no room for another volume (2 of 2 nodes)"),
        ("no nodes available to schedule pods", "there is none"),
        ("0/2 nodes are available: 2 the moon is full.", "for the reason in the evidence (2 of 2 nodes)"),
    ],
)
def test_each_reason_is_told_with_its_nodes(message: str, said: str) -> None:
    """Given a scheduler's message, when read, then each class stands with how many nodes it keeps out."""
    assert str(refusal_of(message)) == said


@given(st.text() | st.from_regex(r"0/[0-9]{1,3} nodes are available: ([0-9]{1,3} [a-z {}:]{0,20}(, )?){0,5}\."))
def test_any_message_has_a_reason_and_a_remedy(message: str) -> None:
    """Given any message, when read, then there is a reason, and a remedy that is a sentence."""
    refusal = refusal_of(message)

    assert str(refusal)
    assert refusal.cure.endswith(".")
