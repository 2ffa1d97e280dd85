"""Jobs in the scope of one name: those of the subject, and no others of its namespace."""

from typing import Any

import pytest

from tests.unit.diagnostics.platforms.kubernetes.conftest import Read
from tests.unit.diagnostics.platforms.kubernetes.fake_api import FakeApi, answer, items

BATCH = "/apis/batch/v1/namespaces/shop"


def made(name: str, cronjob: str = "") -> dict[str, Any]:
    owners = [{"kind": "CronJob", "name": cronjob, "controller": True}] if cronjob else []
    return {"metadata": {"name": name, "namespace": "shop", "uid": name, "ownerReferences": owners}}


@pytest.fixture(autouse=True)
def _shop(api: FakeApi) -> None:
    """A namespace with a deployment, a job of its own, and a cron job of two runs."""
    jobs = [made("import"), made("report-1", "report"), made("report-2", "report")]
    api.routes["/apis/apps/v1/namespaces/shop/deployments/api"] = answer(made("api"))
    api.routes[f"{BATCH}/jobs"] = items(*jobs)
    api.routes[f"{BATCH}/jobs/import"] = answer(jobs[0])
    api.routes[f"{BATCH}/cronjobs/report"] = answer(made("report"))


@pytest.mark.parametrize(
    ("scope", "jobs", "cronjobs"),
    [
        ("shop/deployment/api", [], []),
        ("shop/job/import", ["import"], []),
        ("shop/cronjob/report", ["report-1", "report-2"], ["report"]),
    ],
)
def test_only_the_subjects_jobs_are_kept(read: Read, scope: str, jobs: list[str], cronjobs: list[str]) -> None:
    """Given a namespace with jobs, when one name is read, then its own jobs are there and nobody else's."""
    snapshot = read(scope)

    assert [item.metadata.name for item in snapshot.jobs] == jobs
    assert [item.metadata.name for item in snapshot.cronjobs] == cronjobs
