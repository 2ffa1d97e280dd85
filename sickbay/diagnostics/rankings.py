"""The tables of `--top`: things by how much they use, the greatest first, and how amounts are written in them."""

from collections.abc import Iterable

from sickbay.diagnostics.model import Table

#: A row: what it is ranked by, the most important first, and its cells.
Row = tuple[tuple[float, ...], tuple[str, ...]]

#: Rows of a table; the title tells of how many things they are the first.
ROWS = 10
#: Stands in a cell where there is nothing to tell.
NOTHING = "—"
_DECIMAL, _BINARY = ("B", "kB", "MB", "GB", "TB"), ("B", "KiB", "MiB", "GiB", "TiB")


def ranked(by: str, thing: str, columns: tuple[str, ...], rows: Iterable[Row]) -> Table:
    """Give the table of rows; `thing` says in the title what one of them is, in the singular."""
    ordered = sorted(sorted(rows, key=lambda row: row[1]), key=lambda row: row[0], reverse=True)
    shown = f"{ROWS} of {len(ordered)}" if len(ordered) > ROWS else str(len(ordered))
    plural = "" if len(ordered) == 1 else "es" if thing.endswith("s") else "s"
    title = f"Top by {by}: {shown} {thing}{plural}"
    return Table(title=title, columns=columns, rows=tuple(cells for _, cells in ordered[:ROWS]))


def size(count: float) -> str:
    """Give bytes as disks and networks are measured: `1.4 MB`."""
    return _written(count, 1000, _DECIMAL)


def memory(count: float) -> str:
    """Give bytes as memory is measured: `1.4 MiB`."""
    return _written(count, 1024, _BINARY)


def percent(part: float) -> str:
    """Give a share as `12.5 %`."""
    return f"{100 * part:.1f} %"


def _written(count: float, step: int, units: tuple[str, ...]) -> str:
    value, unit = float(count), 0
    while round(value) >= step and unit < len(units) - 1:
        value, unit = value / step, unit + 1
    return f"{value:.0f} {units[unit]}" if unit == 0 else f"{value:.1f} {units[unit]}"
