"""LNT-107: a secret stands where everybody can read it who has the image or the file."""

import msgspec
import pytest

from sickbay.diagnostics.model import Severity
from tests.unit.diagnostics.platforms.lint.linted import found, judged, one, snapshot

#: Made up, in the shape of a real one; joined, so that no scanner takes it for real.
TOKEN = "ghp_" + "a1B2" * 9


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("ENV MYSQL_ROOT_PASSWORD=hunter2x", "keeps the secret MYSQL_ROOT_PASSWORD in the image (line 2)"),
        ("ENV A=1 \\\n    API_KEY='hunter2x'", "keeps the secret API_KEY in the image"),
        ("ENV DB_PASSWORD hunter2x", "keeps the secret DB_PASSWORD in the image"),
        ("ARG DB_PASSWORD=hunter2x", "keeps the secret DB_PASSWORD in the image"),
        ("ARG NPM_TOKEN", "takes the secret NPM_TOKEN as a build argument"),
        ("ARG T\nENV NPM_TOKEN=$T", "keeps the secret NPM_TOKEN in the image (line 3)"),
        ("ENV URL=postgres://app:hunter2x@db/shop", "keeps the secret URL in the image"),
        (f"RUN git clone https://{TOKEN}@example.org/a.git", "has a secret in its RUN (line 2)"),
        ("RUN a && \\\n  curl -u me:hunter2x https://example.org", "has a secret in its RUN (line 3)"),
        ("RUN mysql -u root -phunter2x -e 'select 1'", "has a password in its RUN (line 2)"),
        ("RUN <<EOF\nexport DB_PASSWORD=hunter2x\nEOF", "has a secret in its RUN (line 3)"),
        ("COPY .env id_rsa /app/", "copies .env into the image (line 2); copies id_rsa into the image (line 2)"),
        ("ADD config/.dockercfg /root/", "copies config/.dockercfg into the image"),
        ("""RUN mysql -e "GRANT ALL ON *.* TO 'a'@'%' IDENTIFIED BY 'hunter2x'" """, "rights to every host ('%')"),
    ],
)
def test_a_secret_in_a_dockerfile_is_told_and_not_shown(line: str, says: str) -> None:
    """Given a secret, then the finding names it by what holds it, and its value is nowhere in the report."""
    read = snapshot(f"FROM debian:13\n{line}\n", ask_hadolint=False)
    report = judged(read)
    (finding,) = (item for item in report.findings if item.code == "LNT-107")

    assert says in finding.summary
    assert finding.severity is Severity.HIGH
    assert b"hunter2x" not in msgspec.json.encode(report)
    assert TOKEN.encode() not in msgspec.json.encode(report)


@pytest.mark.parametrize(
    "line",
    [
        "ENV POSTGRES_PASSWORD_FILE=/run/secrets/db",
        "ENV TOKEN_TTL=3600 AUTH_REQUIRED=true PASSWORD=",
        "ARG VERSION=1.2.3",
        "RUN --mount=type=secret,id=npm NPM_TOKEN=$(cat /run/secrets/npm) npm ci",
        'RUN mysql -u root -p"$MYSQL_ROOT_PASSWORD" -e "select 1"',
        "COPY --from=build /app/.env.example /app/",
        "COPY env.py keys.md /app/",
    ],
)
def test_what_only_speaks_of_secrets_is_not_told(line: str) -> None:
    """Given files that hold secrets, switches, mounted secrets, other files, then nothing is said."""
    assert found("LNT-107", f"FROM debian:13\n{line}\n") == []


def test_a_secret_in_a_compose_file_is_told_by_its_line() -> None:
    """Given passwords in both forms of an environment and in a command, then each line is told, and no value shown."""
    text = """\
services:
  a: {image: 'a:1', environment: {DB_PASSWORD: hunter2x, URL: 'redis://:hunter2x@cache:6379'}}
  b:
    image: b:1
    environment:
      - API_TOKEN=hunter2x
      - SECRET_KEY=${SECRET_KEY:-hunter2x}
    command: redis-server --requirepass hunter2x
"""

    finding = one("LNT-107", text, "compose.yml")

    assert [item.source for item in finding.evidence] == [
        "compose.yml:2",
        "compose.yml:2",
        "compose.yml:6",
        "compose.yml:7",
        "compose.yml:8",
    ]
    assert b"hunter2x" not in msgspec.json.encode(finding)


@pytest.mark.parametrize(
    "value",
    [
        "${DB_PASSWORD}",
        "$DB_PASSWORD",
        "${DB_PASSWORD:?}",
        "${DB_PASSWORD:?set it}",
        "${DB_PASSWORD:-}",
        "/run/secrets/a",
        "",
    ],
)
def test_a_secret_that_comes_from_elsewhere_is_not_told(value: str) -> None:
    """Given a variable without a default, or a file, then nothing is said."""
    text = f"services:\n  a:\n    image: a:1\n    environment:\n      DB_PASSWORD: '{value}'\n"

    assert found("LNT-107", text, "compose.yml") == []
