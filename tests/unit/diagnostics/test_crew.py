"""Waiting for calls that are made beside each other."""

from concurrent.futures import Future

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import Crew


class Late(Future[str]):
    """A call that ends right after the one who waits for it has looked away."""

    def result(self, timeout: float | None = None) -> str:
        if timeout is not None and not self.done():
            self.set_result("the answer")
            raise TimeoutError
        return super().result(timeout)


def test_an_answer_that_comes_at_the_last_moment_counts() -> None:
    """Given a call that ends between two looks, when it is waited for, then its answer is given."""
    assert Crew(0, Budget(20)).wait(Late()) == "the answer"


def test_a_calls_own_timeout_is_told() -> None:
    """Given a call that ends with a timeout of its own, when it is waited for, then that is raised."""
    crew = Crew(1, Budget(20))

    def call() -> None:
        raise TimeoutError("the socket")

    with pytest.raises(TimeoutError, match="the socket"):
        crew.wait(crew.submit(call))
    crew.close()
