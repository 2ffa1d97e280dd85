"""LNT-111: a step of the build fails, or what it does is gone when it ends."""

import pytest

from sickbay.diagnostics.model import Kind
from tests.unit.diagnostics.platforms.lint.linted import found, one


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("RUN cd /tmp && tar -zxfv a.tar.gz", "has `tar -zxfv`, which takes `v` for the archive (line 2)"),
        ("RUN service mysql start && mysql -e 'create database a'", "starts service while the image is built"),
        ("RUN mysqld & sleep 10 && mysql -e 'create database a'", "starts mysqld while the image is built"),
        (
            "RUN a && \\\n    bundle exec rake db:create db:migrate",
            "changes a database while the image is built, when there is none (line 3)",
        ),
        ("RUN python manage.py migrate", "changes a database while the image is built"),
        (
            "RUN echo deb https://apt.dockerproject.org/repo debian > /a",
            "fetches from apt.dockerproject.org, which is gone",
        ),
    ],
)
def test_a_step_that_fails_or_is_lost_is_told(line: str, says: str) -> None:
    """Given a step without effect, then an incident says what, and on which line."""
    finding = one("LNT-111", f"FROM debian:13\n{line}\n")

    assert (says in finding.summary, finding.kind) == (True, Kind.INCIDENT)


@pytest.mark.parametrize(
    "line",
    [
        "RUN tar -xzvf a.tar.gz",
        "RUN tar xfv a.tar.gz",
        "RUN tar --file a.tar.gz -x",
        "RUN echo service mysql start > /usr/local/bin/start",
        "RUN systemctl enable nginx",
        'CMD ["python", "manage.py", "migrate"]',
        'CMD ["service", "nginx", "start"]',
    ],
)
def test_a_step_that_works_is_not_told(line: str) -> None:
    """Given options in order, and what happens at run time only, then nothing is said."""
    assert found("LNT-111", f"FROM debian:13\n{line}\n") == []
