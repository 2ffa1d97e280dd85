"""How two pod templates differ, and what of them is never told."""

from collections.abc import Mapping
from typing import Any

import pytest

from sickbay.diagnostics.platforms.kubernetes.differences import MOST, Difference, differences


def template(*, labels: Mapping[str, str] | None = None, annotations: Mapping[str, str] | None = None,
             **container: Any) -> dict[str, Any]:  # fmt: skip
    """Give a template of one container."""
    about = {"labels": labels or {}, "annotations": annotations or {}, "creationTimestamp": None}
    return {"metadata": about, "spec": {"containers": [{"name": "app", "image": "api:1", **container}]}}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"image": "api:2"}, ("containers[app].image", "api:1", "api:2")),
        ({"args": ["--port", "80"]}, ("containers[app].args", "", "--port 80")),
        ({"resources": {"limits": {"memory": "1Gi"}}}, ("containers[app].resources.limits.memory", "", "1Gi")),
        ({"readinessProbe": {"httpGet": {"path": "/"}}}, ("containers[app].readinessProbe.httpGet.path", "", "/")),
        ({"ports": [{"containerPort": 80}]}, ("containers[app].ports[80]", "", '{"containerPort":80}')),
        ({"labels": {"a.b/c": "x"}}, ("labels[a.b/c]", "", "x")),
        ({"annotations": {"checksum/config": "f00"}}, ("annotations[checksum/config]", "", "f00")),
    ],
)
def test_a_field_is_told_by_its_path_with_both_values(changed: dict[str, Any], expected: tuple[str, str, str]) -> None:
    """Given two templates that differ in one field, then that field is told as a person would look for it."""
    (found,) = differences(template(), template(**changed))

    assert (found.field, found.before, found.after) == expected


def test_the_environment_is_told_by_names_alone() -> None:
    """Given variables that were added, changed and removed, then no value of any stands in what is told."""
    before = template(env=[{"name": "A", "value": "hunter1"}, {"name": "GONE", "value": "hunter2"}])
    source = {"secretKeyRef": {"name": "db", "key": "password"}}
    after = template(env=[{"name": "A", "value": "hunter3"}, {"name": "DB", "valueFrom": source}])

    found = differences(before, after)

    assert found == (
        Difference(field="containers[app].env[A]", before="a value", after="another value"),
        Difference(field="containers[app].env[GONE]", before="a value"),
        Difference(field="containers[app].env[DB]", after="secretKeyRef db/password"),
    )


def test_a_variable_that_is_there_twice_is_told_by_its_name_too() -> None:
    """Given an environment with one name twice, then its last value is compared, and no value told."""
    before = template(env=[{"name": "A", "value": "hunter1"}, {"name": "A", "value": "hunter2"}])
    after = template(env=[{"name": "A", "value": "hunter1"}, {"name": "A", "value": "hunter3"}])

    assert differences(before, after) == (
        Difference(field="containers[app].env[A]", before="a value", after="another value"),
    )
    assert differences(before, template()) == (Difference(field="containers[app].env[A]", before="a value"),)


def test_secrets_in_arguments_and_under_telling_names_are_hidden() -> None:
    """Given an argument and an annotation that are secrets, then they are hidden."""
    after = template(args=["--password=hunter2secret"], annotations={"api-token": "hunter2secret"})

    assert "hunter2" not in repr(differences(template(), after))


def test_a_container_that_is_new_is_one_difference() -> None:
    """Given a sidecar that was added, then it is told once, by its image, and its environment is not."""
    after = template()
    after["spec"]["containers"].append({"name": "proxy", "image": "proxy:3", "env": [{"name": "T", "value": "s3cr3t"}]})

    assert differences(template(), after) == (Difference(field="containers[proxy]", after="proxy:3"),)


def test_what_controllers_set_and_the_order_of_names_is_no_difference() -> None:
    """Given templates that differ in their hash and in the order of variables, then nothing is told."""
    variables = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]

    assert not differences(
        template(labels={"pod-template-hash": "1"}, env=variables),
        template(labels={"pod-template-hash": "2"}, env=variables[::-1]),
    )


def test_images_come_first_and_many_are_counted() -> None:
    """Given a template in which very much changed, then the image comes first, and what is left out is counted."""
    many = {f"label-{number}": "x" for number in range(2 * MOST)}

    found = differences(template(), template(labels=many, image="api:2"))

    assert len(found) == MOST
    assert found[0].field == "containers[app].image"
    assert found[-1].field == f"{2 * MOST + 1 - MOST + 1} more fields"
