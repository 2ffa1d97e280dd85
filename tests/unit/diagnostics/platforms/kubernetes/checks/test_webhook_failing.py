"""K8S-X102: admission webhooks that do not answer."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Confidence, Subject
from sickbay.diagnostics.platforms.kubernetes.checks.webhook_failing import webhook_failing
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, event, findings
from tests.unit.diagnostics.platforms.kubernetes.surroundings import service, slices, webhook

NAME = "check.policy.example.com"
REFUSED = (
    f'Error creating: Internal error occurred: failed calling webhook "{NAME}": Post '
    '"https://webhook.policy.svc:443/check?timeout=10s": service "webhook" not found'
)
FAILURE = event("ReplicaSet", "api-7d4b9c", "FailedCreate", REFUSED, count=12)
BACKING = service("webhook", namespace="policy")
UP, DOWN = (slices("webhook", namespace="policy", **which) for which in ({"up": ["node-1"]}, {"down": ["node-1"]}))


def test_a_webhook_whose_service_is_gone_is_named_with_what_it_refused() -> None:
    """Given events of failed calls and no such service, when judged, then webhook and service are named."""
    (found,) = findings(webhook_failing, cluster(FAILURE, webhook()))

    assert found.subject == Subject("webhook", NAME)
    assert f"webhook {NAME} fails, and what it guards is refused" in found.summary
    assert "its service policy/webhook does not exist" in found.summary
    assert found.count == 12
    assert found.remedy is not None
    assert found.remedy.command == "kubectl get validatingwebhookconfigurations/policy -o yaml"


def test_a_webhook_that_nobody_has_called_yet_is_inferred() -> None:
    """Given a webhook with policy Fail whose service has no endpoint, when judged, then it will refuse: inferred."""
    (found,) = findings(webhook_failing, cluster(webhook(), BACKING, DOWN))

    assert "will refuse what it guards: its service policy/webhook has no ready endpoint" in found.summary
    assert found.confidence is Confidence.INFERRED


def test_without_the_configurations_the_event_tells() -> None:
    """Given the events alone, when judged, then the API server's own reason is quoted."""
    (found,) = findings(webhook_failing, cluster(FAILURE, complete=()))

    assert 'service "webhook" not found' in found.summary


@pytest.mark.parametrize(
    "objects",
    [
        [webhook(), BACKING, UP],
        [webhook(failurePolicy="Ignore"), BACKING, DOWN],
        [webhook(service="")],
        [webhook(), BACKING, UP, event("ReplicaSet", "api-7d4b9c", "FailedCreate", REFUSED, minutes_ago=30)],
        [event("ReplicaSet", "api-7d4b9c", "FailedCreate", 'admission webhook "x" denied the request')],
    ],
    ids=["answers", "ignored", "outside of the cluster", "over", "a refusal is an answer"],
)
def test_webhooks_that_answer_or_are_ignored_are_left_alone(objects: list[Any]) -> None:
    """Given a webhook that answers, may fail, or has come back, when judged, then nothing is found."""
    assert findings(webhook_failing, cluster(*objects)) == []


@pytest.mark.parametrize(("scope", "known"), [("shop", set(KINDS)), ("", set(KINDS) - {"services"})])
def test_services_of_namespaces_that_were_not_read_may_be_there(scope: str, known: set[str]) -> None:
    """Given that the webhook's namespace was not read, when judged, then its service is not called missing."""
    assert findings(webhook_failing, cluster(webhook(), complete=known, scope=scope)) == []
