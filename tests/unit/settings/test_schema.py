"""The JSON schema for editors says the same as the settings themselves."""

from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from sickbay.settings.schema import json_schema

ROOT = Path(__file__).parents[3]


def test_the_schema_is_a_schema() -> None:
    """Given the schema, when it is checked, then it is valid JSON Schema."""
    Draft202012Validator.check_schema(json_schema())


def test_the_example_fits_the_schema() -> None:
    """Given the example, when it is checked against the schema, then it fits."""
    example = yaml.safe_load((ROOT / "sickbay.example.yaml").read_text())

    assert list(Draft202012Validator(json_schema()).iter_errors(example)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": ["default"]},
        {"targets": {"help": {"platform": "docker", "host": "tcp://a:1"}}},
        {"targets": {"p": {"platform": "docker"}}},
        {"targets": {"p": {"host": "tcp://a:1"}}},
        {"targets": {"p": {"platform": "docker", "host": "tcp://a:1", "hots": 1}}},
        {"targets": {"p": {"platform": "registry", "url": "registry.example.com"}}},
        {"targets": {"p": {"platform": "registry", "url": "https://registry.example.com", "password": "x"}}},
        {"diagnosis": {"budget": 60}},
        {"http": {"port": 0}},
    ],
)
def test_what_the_settings_refuse_does_not_fit(wrong: dict[str, object]) -> None:
    """Given what the settings refuse, when it is checked against the schema, then it does not fit."""
    assert list(Draft202012Validator(json_schema()).iter_errors(wrong))
