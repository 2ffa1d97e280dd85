"""The IAM policy under deploy/aws allows what the collector calls, and nothing else."""

import json
import re
from pathlib import Path

import pytest

from sickbay.diagnostics.platforms.ecs.collector import connection
from sickbay.diagnostics.platforms.ecs.collector.operations import Operation

ROOT = Path(__file__).parents[5]
COLLECTOR = Path(connection.__file__).parent


def test_the_policy_allows_exactly_the_operations() -> None:
    """Given the policy, then its actions are those of the operations, sorted."""
    (statement,) = json.loads((ROOT / "deploy" / "aws" / "policy.json").read_text())["Statement"]

    assert statement["Effect"] == "Allow"
    assert statement["Action"] == sorted(item.action for item in Operation)


@pytest.mark.parametrize("operation", list(Operation))
def test_every_operation_is_called_and_only_reads(operation: Operation) -> None:
    """Given an operation, then the collector makes it in one place at least, and its name is that of a read."""
    used = re.compile(rf"\.(?:call|pages)\(\s*Operation\.{operation.name}\b")
    sources = "\n".join(path.read_text() for path in COLLECTOR.glob("*.py"))

    assert used.search(sources)
    assert re.match(r"(?:Describe|List|Get|Lookup)", operation.value.partition(":")[2])


def test_no_call_goes_around_the_operations() -> None:
    """Given the collector, then only the connection has clients, and it calls nothing but operations and AssumeRole."""
    others = "\n".join(path.read_text() for path in COLLECTOR.glob("*.py") if path.name != "connection.py")
    own = (COLLECTOR / "connection.py").read_text()

    assert "boto3" not in re.sub(r'"boto3"|"""[^"]*"""|#.*', "", others).replace("botocore", "")
    assert len(re.findall(r"\)\.assume_role\(", own)) == 1
    assert len(re.findall(r"getattr\(client", own)) == 1
