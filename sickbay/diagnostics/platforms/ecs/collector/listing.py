"""Lists whose items are described as soon as there are enough of them for a call."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from sickbay.diagnostics.platforms.ecs.collector.calls import batches
from sickbay.diagnostics.platforms.ecs.collector.operations import Operation
from sickbay.diagnostics.platforms.ecs.collector.reading import Reading

T = TypeVar("T")
#: A list under way: once it is read, the calls that describe its items.
Listing = Future[tuple[Future[tuple[T, ...]], ...]]
LISTS = {
    Operation.SERVICES: Operation.SERVICE_NAMES,
    Operation.TASKS: Operation.TASK_NAMES,
    Operation.INSTANCES: Operation.INSTANCE_NAMES,
}


def begin(
    reading: Reading,
    names: Callable[[], Iterable[str]],
    describe: Callable[[Sequence[str]], tuple[T, ...]],
    size: int,
) -> "Listing[T]":
    """Begin a list, and describe its items in lots of this size."""

    def listed() -> "tuple[Future[tuple[T, ...]], ...]":
        return tuple(reading.start(partial(describe, batch)) for batch in batches(names(), size))

    return reading.start(listed)


def described(reading: Reading, listing: "Iterable[Listing[T]]", operation: Operation) -> tuple[T, ...]:
    """Give the items of lists, as the operation describes them. Raises CancelledError."""
    return reading.gather(operation, reading.gather(LISTS[operation], listing))
