"""The picture of a report: findings by severity over its last runs, and below them the figures of its targets.

It has a ground of its own, and letters that stay legible where Slack shows it small, beside light and beside dark.
matplotlib is imported when the first picture is drawn: no other process and no command line pays for it.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import timedelta, tzinfo
from math import isnan, nan
from typing import TYPE_CHECKING

from sickbay.diagnostics.model import Severity
from sickbay.incidents.summaries import MEASURES, PastRun, TargetSummary, measured

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Targets of which figures are drawn: the unwell first.
MOST_TARGETS = 5
#: Inches with figures and without, and dots of an inch: twice of what Slack shows, for sharp screens.
_WIDTH, _HEIGHT, _LOW_HEIGHT, _DOTS = 6.4, 4.8, 2.7, 200
#: Points of letters: Slack shows the picture at about half of its size.
_LETTERS, _LEGEND, _TITLES = 13.5, 12, 14
#: Columns are as narrow as this many would be.
_LEAST_COLUMNS = 10
#: Runs so few apart have no room for a name each.
_NEAR = 4
#: Characters that describe a picture: Slack takes 2,000.
_DESCRIBED = 1900
#: Runs within so long are told apart by the time of day, others by the day.
_A_DAY = timedelta(hours=36)
_GROUND, _INK, _FAINT, _RULE = "#fbfaf8", "#1d1c1d", "#55534f", "#d9d6d0"
_COLOURS = {
    Severity.CRITICAL: "#a30200",
    Severity.HIGH: "#e8740c",
    Severity.MEDIUM: "#efc75e",
    Severity.LOW: "#a9a69f",
}
_NO_ANSWER = "no answer"
#: Those of Okabe and Ito, which people who see few colours tell apart, but for what looks like a severity.
_LINES = ("#0072b2", "#009e73", "#aa4499", "#56b4e9", "#44403a")


def chart(past: Sequence[PastRun], zone: tzinfo) -> bytes:
    """Draw the runs, the oldest first, and give the PNG; times are those of the zone."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    shown, names = measured(past), targets(past)
    figure = Figure(
        figsize=(_WIDTH, _HEIGHT if shown else _LOW_HEIGHT), dpi=_DOTS, facecolor=_GROUND,
        layout=ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1),
    )  # fmt: skip
    rows = 2 if shown else 1
    grid = figure.add_gridspec(rows, max(1, len(shown)), height_ratios=[3, 2][:rows])
    labels = _labels(past, zone)
    last = len(past) - 1
    ends = {number: label for number, label in labels.items() if number == last or (number == 0 and last > _NEAR)}
    _findings(_axes(figure.add_subplot(grid[0, :]), "Findings", labels, len(past)), past)
    for column, name in enumerate(shown):
        place = _axes(figure.add_subplot(grid[1, column]), MEASURES[name].title, ends, len(past))
        _lines(place, name, past, names)
    if shown and len(names) > 1:
        handles, _ = figure.axes[1].get_legend_handles_labels()
        figure.legend(
            handles, names, loc="outside lower center", ncols=min(3, len(names)), frameon=False,
            fontsize=_LETTERS, labelcolor=_INK,
        )  # fmt: skip
    written = io.BytesIO()
    figure.savefig(written, format="png", facecolor=_GROUND)
    return written.getvalue()


def described(past: Sequence[PastRun], zone: tzinfo) -> str:
    """Give in words what the picture shows, for those who do not see it."""
    newest, counts = past[-1].summary, ", ".join(str(run.summary.count) for run in past)
    severities = ", ".join(f"{count} {severity}" for severity, count in newest.severities.items()) or "none"
    labels = list(_labels(past, zone).values())
    parts = [
        f"Findings in {len(past)} runs, from {labels[0]} to {labels[-1]}: {counts}. The newest are {severities}."
        if len(past) > 1
        else f"Findings at {labels[0]}: {severities}."
    ]
    for name in measured(past):
        told = [f"{target} {_span(name, target, past)}" for target in targets(past)]
        parts.append(f"{MEASURES[name].title}: {', '.join(told)}.")
    said = " ".join(parts)
    return said if len(said) <= _DESCRIBED else f"{said[:_DESCRIBED]}…"


def _span(name: str, target: str, past: Sequence[PastRun]) -> str:
    """Give a figure's first and newest value, and between them the highest."""
    known = [value for value in series(name, target, past) if not isnan(value)]
    if not known:
        return "unknown"
    unit = MEASURES[name].unit
    if len(known) == 1:
        return f"{known[0]:.0f}{unit}"
    return f"from {known[0]:.0f} to {known[-1]:.0f}{unit} (at most {max(known):.0f})"


def targets(past: Sequence[PastRun]) -> list[str]:
    """Give the targets of which figures are drawn."""
    known = {target.target for run in past for target in run.summary.targets if target.figures}
    now = [target for target in past[-1].summary.targets if target.target in known]
    unwell = sorted(now, key=lambda target: (-len(target.findings), -target.figures.get("restarts", 0)))
    return [target.target for target in unwell[:MOST_TARGETS]]


def series(name: str, target: str, past: Sequence[PastRun]) -> list[float]:
    """Give a figure of a target over the runs, as it is told; not a number where it is not known."""
    factor = MEASURES[name].factor
    return [next((one.figures.get(name, nan) * factor for one in _of(target, run)), nan) for run in past]


def _of(target: str, run: PastRun) -> list[TargetSummary]:
    return [one for one in run.summary.targets if one.target == target]


def _labels(past: Sequence[PastRun], zone: tzinfo) -> dict[int, str]:
    """Give the runs that are named below an axis, and how."""
    last = len(past) - 1
    named = sorted({0, last // 2, last} if last > _NEAR else {0, last})
    times = {number: past[number].at.astimezone(zone) for number in named}
    if past[last].at - past[0].at < _A_DAY:
        return {number: f"{time:%H:%M}" for number, time in times.items()}
    return {number: f"{time.day} {time:%b}" for number, time in times.items()}


def _axes(place: "Axes", title: str, labels: Mapping[int, str], runs: int) -> "Axes":
    """Give axes their title, their runs, and as few lines as they need."""
    from matplotlib.ticker import MaxNLocator

    place.set_facecolor(_GROUND)
    place.set_title(title, loc="left", fontsize=_TITLES, fontweight="bold", color=_INK)
    place.tick_params(labelsize=_LETTERS, colors=_FAINT, length=0)
    place.tick_params(axis="x", pad=7)
    place.spines[["top", "right", "left"]].set_visible(False)
    place.spines["bottom"].set_color(_RULE)
    place.grid(axis="y", color=_RULE, linewidth=0.8)
    place.set_axisbelow(True)
    place.set_xlim(-0.6, max(runs, _LEAST_COLUMNS) - 0.4)
    place.set_xticks(list(labels), list(labels.values()))
    place.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True, min_n_ticks=1))
    return place


def _findings(place: "Axes", past: Sequence[PastRun]) -> None:
    """Draw a column a run: the severities on each other, the worst below, and on top who did not answer."""
    base = [0] * len(past)
    parts = {severity: [run.summary.severities.get(severity, 0) for run in past] for severity in Severity}
    silent = [sum(bool(target.failure) for target in run.summary.targets) for run in past]
    for severity, counts in parts.items():
        if any(counts):
            place.bar(range(len(past)), counts, bottom=base, width=0.78, color=_COLOURS[severity], label=severity)
            base = [below + count for below, count in zip(base, counts, strict=True)]
    if where := [number for number, count in enumerate(silent) if count]:
        place.bar(
            where, [silent[number] for number in where], bottom=[base[number] for number in where], width=0.76,
            facecolor=_GROUND, edgecolor=_FAINT, hatch="////", linewidth=1, label=_NO_ANSWER,
        )  # fmt: skip
        base = [below + count for below, count in zip(base, silent, strict=True)]
    place.set_ylim(0, max(2, *base) * 1.18)
    place.annotate(
        str(past[-1].summary.count), (len(past) - 1, base[-1]), xytext=(0, 3), textcoords="offset points",
        ha="center", fontsize=_LETTERS, fontweight="bold", color=_INK,
    )  # fmt: skip
    if any(base):
        place.legend(
            loc="lower right", bbox_to_anchor=(1.01, 0.98), ncols=5, frameon=False,
            fontsize=_LEGEND, labelcolor=_INK, columnspacing=0.8, handlelength=0.9, handletextpad=0.3,
        )  # fmt: skip


def _lines(place: "Axes", name: str, past: Sequence[PastRun], names: Sequence[str]) -> None:
    """Draw a line a target."""
    highest = 0.0
    for colour, target in zip(_LINES, names, strict=False):
        values = series(name, target, past)
        place.plot(
            range(len(past)), values, color=colour, linewidth=2, marker="o", markersize=3.5, label=target, clip_on=False
        )
        highest = max([highest, *(value for value in values if not isnan(value))])
    if MEASURES[name].unit:
        place.set_ylim(0, max(100, highest))
        place.set_yticks([0, 50, 100], ["0 %", "50 %", "100 %"])
    else:
        place.set_ylim(0, max(2.0, highest * 1.25))
