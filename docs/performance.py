"""Render README's performance table from docs/performance.json, which `make bench` writes."""

from collections.abc import Mapping
from pathlib import Path

import msgspec


class Performance(msgspec.Struct, frozen=True):
    """What was measured, by benchmark and figure, and the machine it was measured on."""

    machine: str
    figures: Mapping[str, Mapping[str, float]]


#: What is told, the benchmark and the figure that tell it, the figure of the floor, the unit, what is promised.
_ROWS = (
    ("`/diagnose` acknowledged, p50, 50 a second", "slack", "ack_p50_ms", "ack_floor_p50_ms", "ms", ""),
    ("`/diagnose` acknowledged, p99, 50 a second", "slack", "ack_p99_ms", "ack_floor_p99_ms", "ms", "50 ms"),
    ("command to root card, p50, idle", "slack", "card_p50_ms", "card_floor_p50_ms", "ms", "300 ms"),
    ("command to root card, p99, idle", "slack", "card_p99_ms", "card_floor_p99_ms", "ms", "1 s"),
    ("200 commands within a second, the slowest acknowledgement, Socket Mode", "slack", "burst_ack_max_ms", "", "ms",
     "500 ms"),
    ("200 commands within a second, the slowest acknowledgement, HTTP", "slack", "burst_http_ack_max_ms", "", "ms",
     "500 ms"),
    ("50 diagnoses at once: calls that Slack's limits refuse", "slack", "burst_refused", "", "calls", "1 call"),
    ("1,000 findings rendered, for each message of up to 50 blocks", "blocks", "ms_a_message", "", "ms", "100 ms"),
    ("collect and judge 300 containers", "docker_host", "collect_and_judge_s", "plain_gets_s", "s", "2 × floor"),
    ("`sickbay diagnose` of them", "docker_host", "sickbay_diagnose_s", "plain_gets_s", "s", "2 × floor"),
    ("its peak memory", "docker_host", "sickbay_diagnose_peak_mb", "", "MB", "150 MB"),
    ("a swarm: 100 services, 1,000 tasks", "swarm", "collect_and_judge_s", "plain_gets_s", "s", "2 × floor"),
    ("whole cluster: 10,000 pods, 500 nodes, 3,000 services, 20,000 events", "kubernetes", "whole_seconds",
     "floor_seconds", "s", "1.5 × floor"),
    ("its peak memory", "kubernetes", "whole_peak_mb", "", "MB", "350 MB"),
    ("one pod of that cluster", "kubernetes", "scoped_seconds", "", "s", "2 s"),
    ("one namespace of it (floor: `kubectl describe pods` and `get events`)", "kubernetes", "namespace_seconds",
     "person_seconds", "s", ""),
    ("a registry and an image in it, on loopback", "registry", "check_ms", "plain_gets_ms", "ms", "2 s"),
    ("`sickbay lint` of 50 files (floor: hadolint alone, for the half that are Dockerfiles)", "lint", "lint_s",
     "hadolint_s", "s", "1 s"),
    ("ECS cluster: 100 services, 1,000 tasks", "ecs", "whole_seconds", "floor_seconds", "s", "1.5 × floor"),
    ("its calls of AWS", "ecs", "whole_calls", "floor_calls", "calls", "1.5 × floor"),
    ("redaction of 1 MB of a log (floor: one search for `password`)", "redaction", "log_ms", "floor_ms", "ms", "1 s"),
    ("100 MB of logs of 50 containers told in templates (floor: one search for numbers)", "logs", "seconds",
     "floor_seconds", "s", "10 s"),
    ("its peak memory", "logs", "peak_mb", "", "MB", "300 MB"),
    ("1,000 events a second of a Docker engine remembered (floor: a bare client)", "recorder", "cores",
     "floor_cores", "cores", "1 core"),
    ("its peak memory", "recorder", "peak_mb", "", "MB", "150 MB"),
    ("what changed in 24 hours of 1,000,000 events (floor: redis-py alone)", "recorder", "day_s", "day_floor_s", "s",
     "1 s"),
    ("where all of them are changes: the newest 20,000", "recorder", "changes_s", "changes_floor_s", "s", "1 s"),
    ("1,000 alerts a minute, the bot killed midway: stored and answered, p99", "alerts", "p99_ms", "", "ms", "100 ms"),
    ("alerts of them that were lost", "alerts", "lost", "", "alerts", "1 alert"),
    ("PostgreSQL with 10,000 incidents, 1,000,000 entries: the slowest query of a command, p99", "incidents",
     "slowest_p99_ms", "floor_p99_ms", "ms", "50 ms"),
    ("500 reports due at the same minute, all on the queue, SQLite (floor: the queue alone)", "schedules", "sqlite_s",
     "floor_s", "s", "5 s"),
    ("the same with PostgreSQL", "schedules", "postgres_s", "floor_s", "s", "5 s"),
    ("`sickbay --help`", "startup", "help_ms", "python_ms", "ms", "300 ms"),
    ("idle `sickbay up`, all processes", "startup", "up_pss_mb", "", "MB", "350 MB"),
)  # fmt: skip


def render(root: Path) -> str:
    """Give the table and the sentence above it."""
    measured = msgspec.json.decode((root / "docs" / "performance.json").read_bytes(), type=Performance)
    lines = [
        f"Measured on {measured.machine} by `make bench`; each floor is the same without Sickbay, in the same run.",
        "",
        "| what | measured | floor | promised |",
        "|---|---|---|---|",
    ]
    for what, benchmark, figure, floor, unit, promised in _ROWS:
        figures = measured.figures.get(benchmark)
        if figures is None or figure not in figures:
            continue
        below = f"{figures[floor]:g} {unit}" if floor else ""
        lines.append(f"| {what} | {figures[figure]:g} {unit} | {below} | {f'under {promised}' if promised else ''} |")
    if redaction := measured.figures.get("redaction"):
        lines += ["", _told_of_redaction(redaction)]
    return "\n".join(lines) + "\n"


def _told_of_redaction(figures: Mapping[str, float]) -> str:
    return (
        f"Redaction hides {figures['hidden']:g} of {figures['planted']:g} planted secrets, and of "
        f"{figures['look_alikes']:g} look-alikes (digests, ids, names, settings) {figures['hidden_falsely']:g}: "
        "the [corpus](tests/fixtures/redaction/README.md) is measured by `bench/redaction.py`."
    )
