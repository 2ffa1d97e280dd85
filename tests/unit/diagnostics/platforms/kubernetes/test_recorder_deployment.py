"""The recorder that is shipped for a cluster runs as the worker does."""

from typing import Any

from tests.unit.diagnostics.platforms.kubernetes.test_role import documents


def pod(file: str) -> dict[str, Any]:
    deployment = next(item for item in documents(file) if item["kind"] == "Deployment")
    found: dict[str, Any] = deployment["spec"]["template"]["spec"]
    return found


def test_the_recorder_has_the_workers_account_settings_and_rights() -> None:
    """Given the deployments of worker and recorder, when compared, then only command and size tell them apart."""
    recorder, worker = pod("recorder.yaml"), pod("worker.yaml")
    (records,), (works,) = recorder.pop("containers"), worker.pop("containers")

    assert recorder == worker
    assert (records.pop("args"), works.pop("args")) == (["recorder"], ["worker"])
    assert records.pop("resources")["limits"]["memory"]
    assert (records.pop("name"), works.pop("name")) == ("recorder", "worker")
    del works["resources"]
    assert records == works
