"""`sickbay checks`: every check of the catalogue is listed and explained."""

import json

from sickbay.diagnostics.catalogue import load_checks
from tests.unit.command_line.conftest import Run


def test_every_check_is_listed(run: Run) -> None:
    """Given the catalogue, when it is listed, then each check has its line."""
    lines = run("checks", "list").stdout.splitlines()

    assert [line.split()[0] for line in lines] == list(load_checks())


def test_the_list_comes_as_json(run: Run) -> None:
    """Given the catalogue, when JSON is asked for, then each check is an object with its remedy."""
    listed = json.loads(run("checks", "list", "--format", "json").stdout)

    assert {item["code"]: item["remedy"] for item in listed} == {
        code: check.remedy for code, check in load_checks().items()
    }


def test_every_check_is_explained(run: Run) -> None:
    """Given each check, when it is asked for in small letters, then its title, meaning and remedy are told."""
    for code, check in load_checks().items():
        told = run("checks", "explain", code.lower()).stdout
        assert told.startswith(f"{code} · {check.title} ({check.severity} {check.kind})\n")
        assert check.remedy in told


def test_what_a_check_answers_of_the_benchmark_is_told(run: Run) -> None:
    """Given a check with numbers of the CIS benchmark and one without, when explained, then only the first has them."""
    assert "of the CIS Docker Benchmark: CIS 4.10.\n" in run("checks", "explain", "DKR-I104").stdout
    assert "CIS" not in run("checks", "explain", "DKR-C102").stdout


def test_an_unknown_code_is_refused(run: Run) -> None:
    """Given a code that there is not, when it is asked for, then the command ends with 2 and says where all are."""
    result = run("checks", "explain", "DKR-X999")

    assert result.exit_code == 2
    assert "There is no check 'DKR-X999'." in result.stderr
    assert "`sickbay checks list` has all." in result.stderr
