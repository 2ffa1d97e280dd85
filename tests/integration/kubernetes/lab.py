"""A cluster to break things on: namespaces made from the scenarios' files, and diagnoses of them until they tell.

Only the cluster that SICKBAY_LAB_KUBECONFIG names is used, never that of KUBECONFIG: the tests break what they find.
"""

import json
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from msgspec.structs import replace

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import Diagnosis, diagnose, judge
from sickbay.diagnostics.model import Report
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.target import KubernetesTarget
from sickbay.diagnostics.targets import Request

SCENARIOS = Path(__file__).parent / "scenarios"
IMAGE = "lab/busybox:1"
#: Before the name of all that the tests make.
PREFIX = "sickbay-"
#: Seconds until what was broken must be found; machines that run tests are slow.
PATIENCE = 240.0
_PAUSE = 3.0
_NO_TIME = timedelta()
_OF_THE_CLUSTER = frozenset({"Node", "APIService", "ValidatingWebhookConfiguration"})


class KubectlError(Exception):
    """kubectl failed; the text is what it said."""


class Lab:
    """One cluster: kubectl as its admin, and Sickbay's view of it."""

    def __init__(self, kubeconfig: Path) -> None:
        self.kubeconfig = kubeconfig
        self.target = KubernetesTarget(name="lab", kubeconfig=kubeconfig)

    def kubectl(self, *arguments: str, given: str = "") -> str:
        """Run kubectl and give what it printed. Raises KubectlError."""
        command = ["kubectl", f"--kubeconfig={self.kubeconfig}", *arguments]
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise KubectlError(f"{' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def get(self, *arguments: str) -> Any:
        """Give what `kubectl get` has as JSON."""
        return json.loads(self.kubectl("get", *arguments, "-o", "json"))

    def apply(self, *objects: Mapping[str, Any]) -> None:
        """Make or change objects."""
        self.kubectl("apply", "-f", "-", given=json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}))

    def make(self, scenarios: Iterable[str]) -> None:
        """Make a namespace for each scenario and all that stands in its file, every one of them at once."""
        names = list(scenarios)
        self.make_namespaces(names)
        self.apply(*(placed for name in names for placed in read_scenario(name)))

    def make_namespaces(self, scenarios: Iterable[str]) -> None:
        """Make an empty namespace for each scenario, once what an earlier run left is gone.

        Until its service account has a token, a namespace refuses pods.
        """
        names = list(scenarios)
        self.remove(names)
        wait_for(lambda: not self._left_of(names), "what an earlier run left to go")
        self.apply(*(_namespace(name) for name in names))
        waits = [PREFIX + name for name in names]
        wait_for(lambda: not [name for name in waits if not self._has_account(name)], "service accounts")

    def _left_of(self, scenarios: Iterable[str]) -> set[str]:
        there = {item["metadata"]["name"] for item in self.get("namespaces")["items"]}
        return there & {PREFIX + name for name in scenarios}

    def _has_account(self, namespace: str) -> bool:
        try:
            return bool(self.get("serviceaccount", "default", "-n", namespace).get("secrets"))
        except KubectlError:
            return False

    def remove(self, scenarios: Iterable[str]) -> None:
        """Delete the scenarios' namespaces without waiting, and take the finalizers that hold some of them."""
        names = [PREFIX + name for name in scenarios]
        self.kubectl("delete", "namespace", "--ignore-not-found", "--wait=false", *names)
        for kind in ("pods", "configmaps"):
            for item in self.get(kind, "-A")["items"]:
                about = item["metadata"]
                if about["namespace"] in names and about.get("finalizers"):
                    free = '{"metadata":{"finalizers":null}}'
                    self.kubectl("patch", kind, about["name"], "-n", about["namespace"], "--type=merge", "-p", free)

    def replace_status(self, path: str, item: Mapping[str, Any]) -> None:
        """Write the status of an object, as its controller or kubelet would."""
        self.kubectl("replace", "--raw", f"{path}/status", "-f", "-", given=json.dumps(item))

    def beat(self, node: str) -> None:
        """Renew the lease of a made-up node, as its kubelet would: else it is taken for silent after 40 s."""
        spec = {"holderIdentity": node, "leaseDurationSeconds": 40, "renewTime": f"{datetime.now(UTC):%FT%T.%fZ}"}
        about = {"name": node, "namespace": "kube-node-lease"}
        self.apply({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": about, "spec": spec})

    def diagnose(self, scope: str, *, seconds: float = 60.0, target: KubernetesTarget | None = None) -> Diagnosis:
        """Diagnose a scope as anybody would."""
        return diagnose(target or self.target, Request(scope=scope), budget=Budget(seconds))

    def judge_later(self, diagnosis: Diagnosis, by: timedelta) -> Report:
        """Judge what was read as if that much time had gone by, in which nothing but the nodes' leases changed."""
        snapshot = diagnosis.snapshot
        assert isinstance(snapshot, Snapshot)
        leases = tuple(
            replace(lease, spec=replace(lease.spec, renew_time=lease.spec.renew_time + by))
            if lease.spec.renew_time
            else lease
            for lease in snapshot.leases
        )
        return judge(replace(snapshot, clock=snapshot.now + by, leases=leases), diagnosis.report.target)

    def until(
        self,
        scope: str,
        code: str,
        subject: str,
        *,
        target: KubernetesTarget | None = None,
        later: timedelta = _NO_TIME,
        also: Callable[[Report], bool] = lambda _report: True,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> Report:
        """Diagnose until the top finding is this one and `also` is true; give the report, fail with the last one."""
        ends = time.monotonic() + PATIENCE
        while True:
            meanwhile()
            report = self.judge_later(self.diagnose(scope, target=target), later)
            top = report.findings[0] if report.findings else None
            if top and (top.code, top.subject) == (code, subject) and also(report):
                return report
            if time.monotonic() > ends:
                raise AssertionError(
                    f"{code} of {subject} is not on top of {scope}, or not as expected:\n{told(report)}"
                )
            time.sleep(_PAUSE)


def _namespace(scenario: str) -> Mapping[str, Any]:
    about = {"name": PREFIX + scenario, "labels": {"sickbay.test/scenario": scenario}}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": about}


def read_scenario(name: str) -> list[Mapping[str, Any]]:
    """Give the objects of a scenario's file, put into its namespace."""
    (file,) = SCENARIOS.rglob(f"{name}.yaml")
    objects = list(yaml.safe_load_all(file.read_text()))
    for item in objects:
        if item["kind"] not in _OF_THE_CLUSTER:
            item["metadata"]["namespace"] = PREFIX + name
    return objects


def wait_for(happened: Callable[[], object], what: str) -> None:
    """Wait until something has happened. Fails with its name where it never does."""
    ends = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > ends:
            raise AssertionError(f"waited {PATIENCE:.0f} s in vain for: {what}")
        time.sleep(_PAUSE)


def told(report: Report) -> str:
    """Give a report in a few lines, for the message of a failure."""
    lines = [
        f"  {item.code} {item.subject} (explained by {item.explained_by}): {item.summary}" for item in report.findings
    ]
    lines += [f"  not read: {gap.what}: {gap.reason}" for gap in report.gaps]
    return "\n".join(lines) or "  nothing"
