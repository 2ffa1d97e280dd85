"""Logs of containers on a real engine, as a person asks for them."""

from collections.abc import Mapping
from typing import Any

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import diagnose, read_logs
from sickbay.diagnostics.errors import PermanentError, UnknownScopeError
from sickbay.diagnostics.model import LOG_LINES, Log
from sickbay.diagnostics.targets import Request
from tests.integration.docker.lab import ComposeProject, Lab

pytestmark = pytest.mark.docker


def asked(lab: Lab, scope: str) -> tuple[Log, ...]:
    return read_logs(lab.target, Request(scope=scope, logs=True), budget=Budget(60))


def test_a_project_s_logs_begin_with_the_unwell(lab: Lab, broken_shop: ComposeProject) -> None:
    """Given a shop whose database ended and whose web server is unhealthy, then their logs come before the cache's."""
    logs = asked(lab, broken_shop.name)

    named = broken_shop.containers
    assert [log.name for log in logs] == [named["db"], named["web"], named["cache"]]
    assert "could not open file" in logs[0].text
    assert "no such host" in logs[1].text
    assert logs[2].text == ""
    (web,) = asked(lab, f"{broken_shop.name}/web")
    assert web == logs[1]


def test_what_only_the_failing_replica_says_is_told(lab: Lab) -> None:
    """Given a service of three of which one fails, when diagnosed, then what it alone says comes first."""
    project = lab.name("shop")
    both = "echo ready; echo warning: order $$ is slow"
    for number in (1, 2):
        lab.compose(project, "api", "sh", "-c", f"{both}; exec sleep 3600", number=number, stop_signal="SIGKILL")
    failing = lab.compose(project, "api", "sh", "-c", f"{both}; echo FATAL: no route to db-$$; exit 3", number=3)
    lab.until_exited(failing)

    report = diagnose(lab.target, Request(scope=project), budget=Budget(60), logs=True).report

    first, second = report.log_templates
    assert first.finding.endswith(f"@container/{failing.name}")
    assert (first.template, first.names, first.only_unwell) == ("FATAL: no route to db-<*>", (failing.name,), True)
    assert (second.template, second.count, second.only_unwell) == ("warning: order <*> is slow", 3, False)


@pytest.mark.parametrize("options", [{}, {"tty": True}])
def test_the_end_of_a_long_log(lab: Lab, options: Mapping[str, Any]) -> None:
    """Given a container that wrote 3,000 lines and its password, with a terminal or without, then the end comes."""
    said = "seq 3000; echo $TOKEN_OF_SHOP"
    chatty = lab.run("chatty", "sh", "-c", said, environment={"TOKEN_OF_SHOP": "Zx81-plan9-ultrix"}, **options)
    lab.until_exited(chatty)

    (log,) = asked(lab, str(chatty.name))

    lines = log.text.split("\n")
    assert len(lines) == LOG_LINES
    assert lines[0].endswith(" 2002")
    assert lines[-1].endswith(" [redacted]")


def test_what_has_no_log_says_why(lab: Lab) -> None:
    """Given a container whose driver keeps nothing, one that never ran, and none, then each is told apart."""
    deaf = lab.run("deaf", "sleep", "3600", log_config={"Type": "none"}, stop_signal="SIGKILL")
    with pytest.raises(PermanentError, match="Configured logging driver does not support reading"):
        asked(lab, str(deaf.name))

    (never,) = asked(lab, str(lab.create("never", "true").name))
    assert never.text == ""

    with pytest.raises(UnknownScopeError, match=f"Did you mean .*{deaf.name}"):
        asked(lab, f"{deaf.name}x")
