"""K8S-P103: images that cannot be had, each with its class; a registry that fails for many is told once."""

from datetime import datetime

import pytest
from msgspec.structs import replace

from sickbay.diagnostics import catalogue, ranking
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.image_pull import image_pull
from sickbay.diagnostics.platforms.kubernetes.pulls import CURES
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from sickbay.diagnostics.pulls import PullFault
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, container, event, findings, pod, status

IMAGE = "registry.example.com/shop/api:1"
NO_HOST = 'rpc error: desc = Get "https://registry.example.com/v2/": dial tcp: lookup: no such host'
NO_TAG = f"rpc error: desc = manifest for {IMAGE} not found: manifest unknown"


def waits(reason: str, message: str = "", *, image: str = IMAGE, name: str = "app") -> dict[str, object]:
    waiting = {"waiting": {"reason": reason, "message": message}}
    return status(name, ready=False, image=image, imageID="", state=waiting)


def pulling(name: str, message: str, *, image: str = IMAGE, reason: str = "ErrImagePull") -> Pod:
    """Give a pod of the deployment `name` whose image cannot be had."""
    spec = [container(image=image)]
    waiting = [waits(reason, message, image=image)]
    return pod(f"{name}-7d4b9c-x1", deployment=name, ready=False, containers=spec, statuses=waiting)


def failed(name: str, error: str, *, image: str = IMAGE) -> Event:
    return event("Pod", f"{name}-7d4b9c-x1", "Failed", f'Failed to pull image "{image}": {error}', count=4)


def ranked(snapshot: Snapshot) -> list[tuple[str, tuple[str, ...]]]:
    made = catalogue.load_checks()["K8S-P103"]
    candidates = [ranking.Candidate(made, found) for found in findings(image_pull, snapshot)]
    window = snapshot.request.window
    report = ranking.rank(candidates, snapshot.upstream(), now=snapshot.now, window=window, audit=False)
    return [(item.id, item.explained_by) for item in report]


def test_a_wrong_tag_is_named_with_its_remedy() -> None:
    """Given a pull that ended in `manifest unknown`, when judged, then image, class and remedy are the tag's."""
    (found,) = findings(image_pull, cluster(pulling("api", NO_TAG)))

    assert found.subject == Subject("deployment", "shop/api")
    assert found.summary == (
        f"Image {IMAGE} of 1 of 1 pod of deployment shop/api (container app) cannot be pulled: "
        "the registry has no such tag."
    )
    assert found.remedy is not None
    assert found.remedy.text == CURES[PullFault.NO_TAG]
    assert found.remedy.command == "kubectl describe pod/api-7d4b9c-x1 -n shop"


def test_while_it_backs_off_the_event_keeps_the_error() -> None:
    """Given a status that says only 'Back-off pulling image', when judged, then the Failed event tells the class."""
    ill = pulling("api", f'Back-off pulling image "{IMAGE}"', reason="ImagePullBackOff")
    later = event("Pod", "api-7d4b9c-x1", "Failed", "Error: ImagePullBackOff", minutes_ago=1)

    (found,) = findings(image_pull, cluster(ill, failed("api", NO_TAG), later))

    assert "the registry has no such tag" in found.summary
    assert found.evidence[0].value == f'ImagePullBackOff: Back-off pulling image "{IMAGE}"'
    assert NO_TAG in found.evidence[-1].value
    assert "4 times" in found.evidence[-1].source


def test_a_newer_kubelet_tells_the_error_while_it_backs_off() -> None:
    """Given a back-off whose message holds the error and no event, when judged, then the class is read from it."""
    ill = pulling("api", f'Back-off pulling image "{IMAGE}": ErrImagePull: {NO_TAG}', reason="ImagePullBackOff")

    (found,) = findings(image_pull, cluster(ill))

    assert "the registry has no such tag" in found.summary


def test_an_event_of_another_image_tells_nothing_of_this_one() -> None:
    """Given a Failed event of an image whose name only begins alike, when judged, then the class is not known."""
    ill = pulling("api", "Back-off pulling image", reason="ImagePullBackOff")

    (found,) = findings(image_pull, cluster(ill, failed("api", NO_TAG, image=IMAGE + "0")))

    assert "for the reason in the evidence" in found.summary


@pytest.mark.parametrize(
    ("reason", "message", "said"),
    [
        ("InvalidImageName", "couldn't parse image reference: repository name must be lowercase", "no valid name"),
        ("ErrImageNeverPull", "is not present with pull policy of Never", "may not be pulled"),
        ("SignatureValidationFailed", "source image rejected", "its signature is not accepted"),
        ("RegistryUnavailable", "registry is unavailable", "the registry is not reached"),
        ("ErrImagePull", "pull access denied for shop/api", "the registry denies it"),
        ("ErrImagePull", "toomanyrequests: rate limit", "the registry limits pulls"),
        ("ErrImagePull", "no matching manifest for linux/arm64/v8", "not built for this architecture"),
        ("ErrImagePull", "x509: certificate signed by unknown authority", "TLS is not accepted"),
        ("ErrImagePull", "503 Service Unavailable", "answers with an error"),
        ("ErrImagePull", "write: no space left on device", "the disk it goes to is full"),
        ("ErrImagePull", "short-name resolution enforced", "lacks the registry"),
        ("ImageInspectError", "Failed to inspect image", "for the reason in the evidence"),
    ],
)
def test_every_class_is_told(reason: str, message: str, said: str) -> None:
    """Given a reason and a message, when judged, then the summary says what they mean."""
    (found,) = findings(image_pull, cluster(pulling("api", message, reason=reason)))

    assert said in found.summary
    assert found.remedy is not None


def test_a_registry_that_fails_for_two_workloads_explains_both() -> None:
    """Given two deployments that cannot reach one registry, when ranked, then its finding stands over theirs."""
    snapshot = cluster(pulling("api", NO_HOST), pulling("web", NO_HOST), pulling("other", NO_TAG, image="quay.io/x:1"))

    report = ranked(snapshot)

    assert report[0] == ("K8S-P103@registry/registry.example.com", ())
    assert sorted(report[1:]) == [
        ("K8S-P103@deployment/shop/api", ("K8S-P103@registry/registry.example.com",)),
        ("K8S-P103@deployment/shop/other", ()),
        ("K8S-P103@deployment/shop/web", ("K8S-P103@registry/registry.example.com",)),
    ]
    outage = findings(image_pull, snapshot)[0]
    assert "2 pods of 2 workloads wait for them" in outage.summary
    assert outage.count == 2


def test_a_rollout_to_a_registry_that_fails_is_explained_by_it() -> None:
    """Given rollouts whose old pods run from another registry, when ranked, then the new one's outage explains both."""
    old = [
        pod(f"{name}-old-1", deployment=name, containers=[container(image="quay.io/x:1")]) for name in ("api", "web")
    ]

    report = ranked(cluster(*old, pulling("api", NO_HOST), pulling("web", NO_HOST)))

    assert [explained for _, explained in report[1:]] == [("K8S-P103@registry/registry.example.com",)] * 2


@pytest.mark.parametrize("messages", [(NO_HOST,), (NO_TAG, NO_TAG), (NO_HOST, NO_TAG)])
def test_one_workload_or_wrong_tags_are_no_outage(messages: tuple[str, ...]) -> None:
    """Given one workload with the registry's fault, or faults of its own, when judged, then no registry is blamed."""
    ill = [pulling(f"api-{number}", message) for number, message in enumerate(messages)]

    assert {item.subject.kind for item in findings(image_pull, cluster(*ill))} == {"deployment"}


def test_two_containers_of_one_workload_are_one_finding() -> None:
    """Given a pod of which two containers cannot have their images, when judged, then one finding names both."""
    ill = pod(ready=False, statuses=[waits("ErrImagePull", NO_TAG), waits("ErrImagePull", NO_TAG, name="sidecar")])

    (found,) = findings(image_pull, cluster(ill))

    assert "(container app)" in found.summary
    assert found.summary.endswith("The same check fails for sidecar too.")


@pytest.mark.parametrize(
    "well",
    [
        pod(),
        pod(ready=False, statuses=[waits("ContainerCreating")]),
        pod(ready=False, phase="Failed", statuses=[waits("ErrImagePull", NO_TAG)]),
        pod(ready=False, metadata={"deletionTimestamp": ago(minutes=1)}, statuses=[waits("ErrImagePull", NO_TAG)]),
    ],
)
def test_what_pulls_or_is_gone_is_left_alone(well: Pod) -> None:
    """Given a pod that runs, is being made, has ended or is being deleted, when judged, then nothing is found."""
    assert findings(image_pull, cluster(well)) == []


def test_it_began_when_the_first_of_its_pods_started() -> None:
    """Given a rollout that was scaled up while its image could not be had, then it began with the first pod."""
    first, last = (
        replace(made, metadata=replace(made.metadata, name=f"api-{n}"), status=replace(made.status, start_time=at))
        for n, (made, at) in enumerate(
            (pulling("api", NO_TAG), datetime.fromisoformat(ago(minutes=minutes))) for minutes in (20, 2)
        )
    )

    (found,) = findings(image_pull, cluster(last, first))

    assert found.first_seen == first.status.start_time
