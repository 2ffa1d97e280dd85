"""How long `sickbay lint` takes for 50 files, half of them Dockerfiles, half Compose files, each with a few faults.

The floor is hadolint alone over the same Dockerfiles.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.figures import tell
from bench.startup import milliseconds
from sickbay.diagnostics import engine
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.lint.target import LintTarget
from sickbay.diagnostics.targets import Request

FILES = 50
_BIN = Path(sys.executable).parent
_DOCKERFILE = """\
# syntax=docker/dockerfile:1
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.txt .
RUN apt-get update && apt-get install -y gcc libpq-dev \\
 && pip install -r requirements.txt
COPY . .
RUN python -m build && \\
    for file in dist/*; do echo $file; done

FROM python:3.13-slim
ENV APP_ENV=production DB_PASSWORD=hunter{number}
COPY --from=build /build/dist /srv
RUN pip install --no-cache-dir /srv/app-{number}.whl
EXPOSE {number}
CMD python -m app
"""
_COMPOSE = """\
x-common: &common {{restart: unless-stopped, networks: [inside]}}
services:
  web:
    <<: *common
    build: .
    ports: ["80{number}:80"]
    environment: {{DATABASE_URL: "postgres://app@db/shop", LEVEL: "${{LEVEL:-info}}"}}
    depends_on: [db]
  worker:
    <<: *common
    image: example/worker
    command: [worker, --threads, "4"]
    depends_on: {{db: {{condition: service_healthy}}}}
  db:
    <<: *common
    image: postgres:18
    volumes: ["data:/var/lib/postgresql"]
    healthcheck: {{test: [CMD, pg_isready], interval: 5s}}
networks: {{inside: {{}}}}
volumes: {{data: {{}}}}
"""


def write(folder: Path) -> None:
    for number in range(10, 10 + FILES // 2):
        (folder / f"{number}.Dockerfile").write_text(_DOCKERFILE.format(number=number))
        (folder / f"compose.{number}.yml").write_text(_COMPOSE.format(number=number))


def in_process(folder: Path) -> dict[str, float]:
    began = time.perf_counter()
    target = LintTarget(name="files", paths=(folder,))
    report = engine.diagnose(target, Request(audit=True), budget=Budget()).report
    seconds = round(time.perf_counter() - began, 3)
    assert not report.gaps, report.gaps
    assert report.looked_at == {"Dockerfiles": FILES // 2, "Compose files": FILES // 2}
    return {"files": FILES, "findings": len(report.findings), "judge_s": seconds}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument("--times", type=int, default=5, help="how often each command is run")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sickbay-") as name:
        folder = Path(name)
        write(folder)
        figures = in_process(folder)
        hadolint = [str(_BIN / "hadolint"), "--no-fail", "--format", "json", *map(str, folder.glob("*.Dockerfile"))]
        figures["hadolint_s"] = round(milliseconds(*hadolint, times=arguments.times) / 1000, 3)
        taken = []
        for _ in range(arguments.times):
            began = time.perf_counter()
            done = subprocess.run([_BIN / "sickbay", "lint", name], check=False, stdout=subprocess.DEVNULL)
            taken.append(time.perf_counter() - began)
            assert done.returncode == 1
        figures["lint_s"] = round(sorted(taken)[len(taken) // 2], 3)
    tell(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
