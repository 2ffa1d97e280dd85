"""LNT-109: several services share one container."""

import pytest

from tests.unit.diagnostics.platforms.lint.linted import found, one


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('CMD ["/usr/bin/supervisord", "-n"]', "starts services by supervisord (line 2)"),
        (
            "CMD service mysql start && service apache2 start && tail -f /dev/null",
            "starts services by service (line 2)",
        ),
        ("RUN apt-get install -y nginx mysql-server=8", "installs mysql-server, nginx into one image (line 2)"),
    ],
)
def test_several_services_are_told(line: str, says: str) -> None:
    """Given a process manager, services that are started, or two servers installed, then the finding says so."""
    assert says in one("LNT-109", f"FROM debian:13\n{line}\n").summary


@pytest.mark.parametrize(
    "text",
    [
        "FROM debian:13\nRUN apt-get install -y nginx nginx-common\n",
        "FROM debian:13 AS test\nRUN apt-get install -y redis-server postgresql\nFROM debian:13\n",
        'FROM debian:13\nENTRYPOINT ["tini", "--"]\nCMD ["nginx", "-g", "daemon off;"]\n',
    ],
    ids=["one server", "in a stage that stays behind", "an init that only reaps"],
)
def test_one_service_is_not_told(text: str) -> None:
    """Given one server, or several only where tests run, then nothing is said."""
    assert found("LNT-109", text) == []
