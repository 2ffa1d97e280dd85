"""That the workspace's server ends when it is told to, whatever its tasks do."""

import asyncio
import contextlib
from concurrent.futures import Future
from typing import Any

import pytest
import urllib3
from starlette.applications import Starlette

from sickbay.simulator.faults import Faults
from sickbay.simulator.http_mode import HttpMode
from sickbay.simulator.journal import Journal
from sickbay.simulator.server import Server
from sickbay.simulator.store import Store


@pytest.mark.timeout(30)
def test_a_task_that_swallows_its_cancellation_keeps_no_one_waiting() -> None:
    """Given a task that goes on after it was cancelled once, when the server is stopped, then it ends, and the task."""

    async def stubborn() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            started.set_result(None)
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    started: Future[None] = Future()
    server = Server(0)
    server.start(Starlette())
    task = asyncio.run_coroutine_threadsafe(stubborn(), server.loop)
    started.result(10)

    server.stop()

    assert task.cancelled()
    assert server.loop.is_closed()


def test_a_verification_ends_when_it_is_cancelled_as_its_answer_comes() -> None:
    """Given a challenge on its way, when its answer comes in the moment of the cancellation, then no other is sent."""

    async def scene() -> None:
        loop = asyncio.get_running_loop()
        asked: asyncio.Future[Any] = loop.create_future()
        mode = HttpMode("http://127.0.0.1:1", "secret", Faults(), Journal(Store()))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(loop, "run_in_executor", lambda *_parts: asked)
            verifying = asyncio.ensure_future(mode.verify())
            await asyncio.sleep(0)
            asked.set_exception(urllib3.exceptions.HTTPError())
            verifying.cancel()
            await asyncio.wait([verifying], timeout=10)
        mode.close()
        assert verifying.cancelled()

    asyncio.run(scene())
