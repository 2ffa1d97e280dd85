"""Many calls at once, and what becomes of each that fails: a gap, and the rest stands."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

import msgspec

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import Crew, OutOfTimeError
from sickbay.diagnostics.model import Gap
from sickbay.diagnostics.platforms.ecs.collector.connection import CALLS, Connection, RoleError
from sickbay.diagnostics.platforms.ecs.collector.obstacles import obstacle_of, text_of
from sickbay.diagnostics.platforms.ecs.collector.operations import Operation
from sickbay.diagnostics.platforms.ecs.facts import Obstacle, Unreachable

R = TypeVar("R")
K = TypeVar("K")

_LONGEST = 300


class Reading:
    """The calls of one diagnosis; `first` is the first failure, which is told where nothing else could be read."""

    def __init__(self, connection: Connection, budget: Budget) -> None:
        self.connection = connection
        self._budget = budget
        self._crew = Crew(CALLS, budget)
        self._gaps: dict[tuple[str, str], int] = {}
        self.first: Unreachable | None = None

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Give what could not be read; calls that failed alike are one gap."""
        return tuple(
            Gap(what=what if count == 1 else f"{what} ({count} calls)", reason=reason)
            for (what, reason), count in self._gaps.items()
        )

    def start(self, call: Callable[[], R]) -> "Future[R]":
        """Begin a call."""
        return self._crew.submit(call)

    def finish(self, operation: Operation, coming: "Future[R]") -> R | None:
        """Give what came, or None where the call failed. Raises CancelledError."""
        try:
            return self._crew.wait(coming)
        except OutOfTimeError:
            slow = "AWS throttled the calls until the time was up" if self.connection.throttled else "the time was up"
            self.miss(operation, slow)
            self._failed(operation, Obstacle.THROTTLED if self.connection.throttled else Obstacle.TIMEOUT, slow)
        except RoleError as error:
            cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
            obstacle = obstacle_of(cause)
            text = text_of(cause)
            self.miss(operation, text)
            self._failed(operation, Obstacle.ROLE if obstacle is Obstacle.DENIED else obstacle, text)
        except msgspec.DecodeError as error:
            self.miss(operation, f"the answer has another shape: {error}"[:_LONGEST])
        except (KeyError, TypeError, AttributeError) as error:
            self.miss(operation, f"the answer has another shape: {type(error).__name__} {error}"[:_LONGEST])
        except Exception as error:
            if type(error).__module__.partition(".")[0] not in {"botocore", "boto3"}:
                raise
            self.miss(operation, text_of(error))
            self._failed(operation, obstacle_of(error), text_of(error))
        return None

    def each(self, operation: Operation, keys: Iterable[K], call: Callable[[K], R]) -> Mapping[K, R]:
        """Make a call for each key, at the same time, and give what came by key."""
        coming = [(key, self.start(partial(call, key))) for key in keys]
        found = ((key, self.finish(operation, future)) for key, future in coming)
        return {key: value for key, value in found if value is not None}

    def gather(self, operation: Operation, coming: "Iterable[Future[tuple[R, ...]]]") -> tuple[R, ...]:
        """Give what came of several calls, one after another."""
        return tuple(item for future in coming for item in self.finish(operation, future) or ())

    def miss(self, operation: Operation, reason: str) -> None:
        """Note that something could not be read, and why."""
        key = (operation.name_of_call, reason)
        self._gaps[key] = self._gaps.get(key, 0) + 1

    def close(self) -> None:
        """Let the threads end."""
        self._crew.close()

    def _failed(self, operation: Operation, obstacle: Obstacle, text: str) -> None:
        if obstacle is Obstacle.NOT_REACHED and not self.connection.known_region():
            obstacle = Obstacle.NO_REGION
        self.first = self.first or Unreachable(obstacle=obstacle, message=text, call=operation.name_of_call)
