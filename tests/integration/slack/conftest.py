"""The Slack side whole: Bolt over Socket Mode, the local workspace, a real Valkey; workers by hand, time moved."""

from collections.abc import Iterator

import pytest

from bot import promptly
from sickbay.jobs.broker import connect
from sickbay.jobs.embedded import EmbeddedValkey
from tests.integration.slack.room import Room
from tests.integration.slack.stage import Stage


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedValkey]:
    """A Valkey for all tests of this folder."""
    with EmbeddedValkey(tmp_path_factory.mktemp("v")) as running:
        yield running


@pytest.fixture(scope="session")
def connected(valkey: EmbeddedValkey, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A bot that is connected to a workspace: Slack's socket client takes seconds to close, so there is one for all."""
    with Stage(connect(valkey.url, sender=True), tmp_path_factory.mktemp("stage")) as running:
        yield running


@pytest.fixture
def stage(connected: Stage) -> Stage:
    """A stage on which nothing has happened yet."""
    connected.clear()
    return connected


@pytest.fixture
def room(stage: Stage) -> Iterator[Room]:
    """Incidents on a stage, whose channels are gone at the end."""
    yield Room(stage)
    store = stage.workspace.store
    for made in [item["id"] for item in store.channels.values() if item["name"].startswith("inc-")]:
        del store.channels[made]


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Slack on a busy machine is not late, unless a test wants it to be."""
    monkeypatch.setattr(promptly, "SECONDS", 20)
