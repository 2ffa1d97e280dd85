"""Run every benchmark and write docs/performance.json, from which README's table is made (`make docs`)."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import psutil

BENCHMARKS = (
    "slack", "blocks", "docker_host", "swarm", "lint", "startup", "registry", "ecs", "redaction", "logs", "recorder",
    "alerts", "incidents", "schedules",
    "kubernetes",
)  # fmt: skip
#: What the large cluster's benchmark needs: without it, what this kind of machine had stays.
CLUSTER = "SICKBAY_BENCH_KUBECONFIG"
FIGURES = Path(__file__).parents[1] / "docs" / "performance.json"


def main() -> None:
    memory = round(psutil.virtual_memory().total / 1024**3)
    machine = f"{os.cpu_count()} cores, {memory} GiB, {platform.system()}, Python {platform.python_version()}"
    before = json.loads(FIGURES.read_bytes())
    figures = before["figures"] if before["machine"] == machine else {}
    for name in BENCHMARKS:
        if name == "kubernetes" and CLUSTER not in os.environ:
            print(f"bench.{name} is left out: {CLUSTER} is not set", file=sys.stderr)
            continue
        print(f"bench.{name} …", file=sys.stderr)
        done = subprocess.run([sys.executable, "-m", f"bench.{name}", "--json"], check=True, stdout=subprocess.PIPE)
        figures[name] = json.loads(done.stdout)
    FIGURES.write_text(json.dumps({"machine": machine, "figures": figures}, indent=2) + "\n")


if __name__ == "__main__":
    main()
