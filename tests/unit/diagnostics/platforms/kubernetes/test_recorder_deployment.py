"""The recorder that is shipped for a cluster runs as the worker does."""

from typing import Any

from tests.unit.diagnostics.platforms.kubernetes.test_role import documents


def pod(file: str) -> dict[str, Any]:
    deployment = next(item for item in documents(file) if item["kind"] == "Deployment")
    found: dict[str, Any] = deployment["spec"]["template"]["spec"]
    return found


def test_the_recorder_has_the_workers_account_settings_and_rights() -> None:
    """Given the deployments of worker and recorder, when compared, then only command, size and probes differ."""
    recorder, worker = pod("recorder.yaml"), pod("worker.yaml")
    (records,), (works,) = recorder.pop("containers"), worker.pop("containers")

    assert recorder == worker
    assert (records.pop("args"), works.pop("args")) == (["recorder"], ["worker"])
    assert records.pop("resources")["limits"]["memory"]
    assert (records.pop("name"), works.pop("name")) == ("recorder", "worker")
    del works["resources"], works["livenessProbe"], records["livenessProbe"], records["readinessProbe"]
    assert records == works


def test_a_recorder_outlives_a_redis_that_is_away() -> None:
    """Given the recorder's deployment, then /healthz, which tells of Redis, has it unready, and never started anew."""
    (recorder,) = pod("recorder.yaml")["containers"]

    paths = [recorder[probe]["httpGet"]["path"] for probe in ("livenessProbe", "readinessProbe")]
    assert paths == ["/metrics", "/healthz"]
