"""K8S-P105: containers that the kubelet or the runtime cannot start, with what is missing or wrong."""

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.cannot_start import cannot_start
from sickbay.diagnostics.platforms.kubernetes.checks.crash_loop import crash_loop
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, findings, pod, status

RUNC = "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: "
NO_PROGRAM = RUNC + 'exec: "nope": executable file not found in $PATH: unknown'


def waits(reason: str, message: str, name: str = "app") -> dict[str, object]:
    return status(name, ready=False, state={"waiting": {"reason": reason, "message": message}})


def refused(reason: str = "ContainerCannotRun", message: str = NO_PROGRAM) -> dict[str, object]:
    """Give a container that waits for the next try, as dockershim and containerd write it."""
    back_off = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 1m20s restarting failed container"}}
    end = {"terminated": {"exitCode": 127, "reason": reason, "message": message, "finishedAt": ago(minutes=1)}}
    return status(ready=False, restartCount=5, state=back_off, lastState=end)


@pytest.mark.parametrize(
    ("reason", "message", "why", "cure"),
    [
        (
            "CreateContainerConfigError",
            'secret "nope" not found',
            "secret nope does not exist",
            "Create the secret nope",
        ),
        (
            "CreateContainerConfigError",
            'configmap "c" not found',
            "configmap c does not exist",
            "Create the configmap c",
        ),
        (
            "CreateContainerConfigError",
            "couldn't find key k in ConfigMap shop/conf",
            "ConfigMap shop/conf has no key k",
            "Add the key k",
        ),
        (
            "CreateContainerConfigError",
            "couldn't find key k in Secret shop/conf",
            "Secret shop/conf has no key k",
            "Add the key k",
        ),
        (
            "CreateContainerConfigError",
            "container has runAsNonRoot and image will run as root (pod: x)",
            "may not run as root, as which its image runs",
            "another number than 0",
        ),
        (
            "CreateContainerConfigError",
            "container has runAsNonRoot and image has non-numeric user (nobody), cannot verify user is non-root",
            "names its user instead of numbering it",
            "Set runAsUser to the number",
        ),
        ("RunContainerError", NO_PROGRAM, "its command nope is not in the image", "put nope into the image"),
        (
            "RunContainerError",
            RUNC + 'exec: "/app.sh": stat /app.sh: no such file or directory: unknown',
            "its command /app.sh is not in the image",
            "Correct the command",
        ),
        (
            "RunContainerError",
            RUNC + 'exec: "/app.sh": permission denied: unknown',
            "its command /app.sh may not be executed",
            "chmod +x",
        ),
        (
            "RunContainerError",
            RUNC
            + 'error during container init: error mounting "/x" to rootfs at "/etc/conf": mount /x: not a directory: '
            "unknown: Are you trying to mount a directory onto a file (or vice-versa)?",
            "not both files or both directories",
            "correct mountPath or subPath",
        ),
        (
            "CreateContainerConfigError",
            'failed to prepare subPath for volumeMount "c" of container "app"',
            "one of its mounts cannot be made",
            "Correct the volumeMount",
        ),
        (
            "RunContainerError",
            RUNC + "exec /app: exec format error",
            "not for the node's architecture",
            "Build the image",
        ),
        ("CreateContainerError", "Error response from daemon: No command specified", "has a command", "Give"),
        (
            "RunContainerError",
            RUNC + 'chdir to cwd ("/srv") set in config.json failed: permission denied',
            "its working directory /srv cannot be entered",
            "Correct workingDir",
        ),
        (
            "RunContainerError",
            RUNC + "container init was OOM-killed (memory limit too low?)",
            "its memory limit is too low",
            "Raise the memory limit",
        ),
        (
            "CreateContainerError",
            'failed to reserve container name "app_api": name is reserved for "12"',
            "the runtime still holds an earlier container",
            "container runtime",
        ),
        ("CreateContainerError", "context deadline exceeded", "does not make it in time", "container runtime"),
        ("CreateContainerError", "something new", "for the reason in the evidence", "Correct what the message names"),
    ],
)
def test_each_class_names_what_is_wrong(reason: str, message: str, why: str, cure: str) -> None:
    """Given a container that waits for a reason, when judged, then summary and remedy name what its message names."""
    (found,) = findings(cannot_start, cluster(pod(ready=False, statuses=[waits(reason, message)])))

    assert found.subject == Subject("deployment", "shop/api")
    assert found.summary.startswith("Container app of 1 of 1 pod of deployment shop/api cannot start: ")
    assert why in found.summary
    assert found.remedy is not None
    assert cure in found.remedy.text
    assert found.evidence[0].value == f"{reason}: {message}"


@pytest.mark.parametrize("reason", ["ContainerCannotRun", "StartError"])
def test_between_two_tries_it_is_no_crash_loop(reason: str) -> None:
    """Given back-off after a run that never began, when judged, then it cannot start, and no crash loop is told."""
    snapshot = cluster(pod(ready=False, statuses=[refused(reason)]))

    (found,) = findings(cannot_start, snapshot)

    assert "its command nope is not in the image" in found.summary
    assert found.evidence[0].source.endswith("status.containerStatuses[app].lastState.terminated")
    assert findings(crash_loop, snapshot) == []


@pytest.mark.parametrize(
    "well",
    [
        status(),
        waits("ContainerCreating", ""),
        waits("ImagePullBackOff", ""),
        status(lastState={"terminated": {"exitCode": 127, "reason": "ContainerCannotRun"}}),
    ],
)
def test_what_runs_or_waits_for_other_things_is_left_alone(well: dict[str, object]) -> None:
    """Given a container that runs, is being made or has no image, when judged, then nothing is found."""
    assert findings(cannot_start, cluster(pod(statuses=[well]))) == []


def test_replicas_with_the_same_fault_are_one_finding() -> None:
    """Given three replicas that lack a secret and a key, when judged, then one finding tells both."""
    ill = [
        pod(
            f"api-7d4b9c-{n}",
            ready=False,
            statuses=[
                waits("CreateContainerConfigError", 'secret "a" not found'),
                waits("CreateContainerError", "x", "log"),
            ],
        )
        for n in range(3)
    ]

    (found,) = findings(cannot_start, cluster(*ill))

    assert found.count == 3
    assert "The same check fails for log too." in found.summary
