"""The steps of a diagnosis as a checklist on the error stream, which is gone when the diagnosis ends."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from sickbay.diagnostics import catalogue, platform
from sickbay.diagnostics.engine import JUDGING
from sickbay.diagnostics.targets import Target


@contextmanager
def checklist(target: Target) -> Iterator[platform.Progress]:
    """Show the platform's steps, and give the function that is told of each as it starts."""
    steps = (*catalogue.load_platforms()[target.platform].steps, JUDGING)
    console = Console(file=sys.stderr, markup=False, emoji=False)
    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as display:
        tasks = {step: display.add_task(step, start=False, total=1) for step in steps}
        yield _told(display, tasks)


def _told(display: Progress, tasks: dict[str, TaskID]) -> platform.Progress:
    def start(step: str) -> None:
        for name, task in tasks.items():
            if name == step:
                display.start_task(task)
                return
            display.update(task, completed=1)

    return start
