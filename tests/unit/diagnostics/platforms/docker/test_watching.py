"""A watch of a fake engine: what is told, what a cut stream costs, and how it ends."""

import threading
import time
from collections.abc import Iterator

import pytest

from sickbay.diagnostics.errors import TemporaryError
from sickbay.diagnostics.events import Batch, Event
from sickbay.diagnostics.platforms.docker.collector import following
from sickbay.diagnostics.platforms.docker.collector.watching import watch
from tests.unit.diagnostics.platforms.docker.event_stream import EventStream
from tests.unit.diagnostics.platforms.docker.fake_engine import FakeEngine, inspection

#: After the fake engine's own now, 2026-11-23 10:00 UTC.
_T = 1_795_429_000 * 10**9
#: What the fake engine tells an hour later.
_LATER = {"Name": "host-7", "SystemTime": "2026-11-23T11:00:00Z"}
_WEB = b"web".hex().ljust(64, "0")
_STARTED = "2026-11-23T08:00:00Z"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be waited for longer than a test needs."""
    for name, seconds in {"LOOK": 0.01, "BATCH": 0.02, "QUIET": 0.2, "AGAIN": 0.01, "REPLAY": 0.3}.items():
        monkeypatch.setattr(following, name, seconds)


@pytest.fixture
def events(engine: FakeEngine) -> EventStream:
    """Give the fake engine's events; it has been started at one moment, and has one container."""
    engine.json("/networks/bridge", {"Name": "bridge", "Created": _STARTED})
    engine.json("/images/json", [])
    engine.containers(inspection("web"))
    return EventStream(engine)


class _Watched:
    """A watch under way: its batches as they come."""

    def __init__(self, engine: FakeEngine, cursor: str = "") -> None:
        self.stopping = threading.Event()
        self.batches: Iterator[Batch] = watch(engine.target, cursor, self.stopping)
        self.seen = list[Batch]()

    def __next__(self) -> Batch:
        self.seen.append(next(self.batches))
        return self.seen[-1]

    def until(self, subject: str, kind: str) -> Event:
        """Give the first event of this kind about a subject."""
        ends = time.monotonic() + 10
        while time.monotonic() < ends:
            for event in next(self).events:
                if (event.subject, event.kind) == (subject, kind):
                    return event
        raise AssertionError([event for batch in self.seen for event in batch.events])

    def stop(self) -> list[Batch]:
        """Stop, and give what still came."""
        self.stopping.set()
        return list(self.batches)


@pytest.fixture
def watched(engine: FakeEngine, events: EventStream) -> Iterator[_Watched]:
    """Give a watch that has begun."""
    made = _Watched(engine)
    assert next(made).events == ()
    yield made
    made.stop()
    events.until_open(0)


def test_a_container_made_anew(engine: FakeEngine, events: EventStream, watched: _Watched) -> None:
    """Given a container that is made anew with other settings, then each is told with what it was before."""
    engine.containers(inspection("web", Id="b" * 64, HostConfig={"Memory": 2**25, "NetworkMode": "default"}))
    events.send("destroy", "web", nano=_T)
    events.send("create", "web", nano=_T + 1)
    engine.json(f"/containers/{_WEB}/json", inspection("web", HostConfig={"Memory": 2**25}))

    told = watched.until("container/web", "template")

    assert ("HostConfig.Memory", "", "32 MiB") in [
        (event.field, event.before, event.after) for batch in watched.seen for event in batch.events
    ]
    assert told.source == "docker events"


def test_a_secret_that_is_another_one(engine: FakeEngine, events: EventStream) -> None:
    """Given another password in its environment, then that is told, and neither of the two."""
    config = {"Image": "web:1", "Env": ["DB_PASSWORD=hunter2-old"], "Labels": {}}
    engine.containers(inspection("web", Config=config))
    watched = _Watched(engine)
    next(watched)
    engine.containers(inspection("web", Config={**config, "Env": ["DB_PASSWORD=hunter2-new"]}))
    events.send("update", "web", nano=_T)

    told = watched.until("container/web", "template")

    assert (told.field, told.before, told.after) == (
        "Config.Env[DB_PASSWORD]",
        "a value",
        "another value",
    )
    assert "hunter2" not in repr(watched.seen + watched.stop())


def test_a_moved_tag(engine: FakeEngine, events: EventStream) -> None:
    """Given a pull after which a tag means another image, then it moved from the one to the other."""
    engine.json("/images/json", [{"Id": f"sha256:{'a' * 64}", "RepoTags": ["web:1"]}])
    watched = _Watched(engine)
    next(watched)
    engine.json("/images/json", [{"Id": f"sha256:{'b' * 64}", "RepoTags": ["web:1"]}])
    events.send("pull", "web:1", nano=_T, kind="image", name="web")

    told = watched.until("image/web:1", "tag")

    assert (told.before, told.after) == ("a" * 12, "b" * 12)
    watched.stop()


def test_a_proxy_that_refuses_all_but_events(engine: FakeEngine, events: EventStream) -> None:
    """Given a proxy before the engine that lets events through alone, then these are told, and what they lack."""
    for route in ("/containers/json", f"/containers/{_WEB}/json", "/images/json", "/networks/bridge", "/info"):
        engine.json(route, {"message": "forbidden"}, status=403)
    watched = _Watched(engine)
    next(watched)
    now = time.time_ns()
    events.send("destroy", "web", nano=now)
    events.send("create", "web", nano=now + 1, image="web:2")

    assert watched.until("container/web", "image").after == "web:2"
    assert {batch.lost for batch in watched.seen} == {
        "lists of containers and images are refused: only events tell of them"
    }
    watched.stop()


def test_a_job_that_removes_itself_is_not_told(engine: FakeEngine, events: EventStream, watched: _Watched) -> None:
    """Given a job that was started with `--rm`, as a timer does each minute, then it only started and ended."""
    engine.json(f"/containers/{b'job'.hex().ljust(64, '0')}/json", inspection("job", HostConfig={"AutoRemove": True}))
    events.send("create", "job", nano=_T)
    events.send("start", "job", nano=_T + 1)
    watched.until("container/job", "started")

    assert [event.kind for batch in [*watched.seen, *watched.stop()] for event in batch.events] == ["started"]


def test_silence_is_told(engine: FakeEngine, watched: _Watched) -> None:
    """Given an engine on which nothing happens, then a batch says so, once the engine has answered."""
    before = len(engine.requests)

    batch = next(watched)

    assert (batch.events, batch.lost) == ((), "")
    assert any(path.endswith("/_ping") for path in engine.requests[before:])


def test_stopping_is_prompt(events: EventStream, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a silent engine, when told to stop, then the watch ends at once, and its connection with it."""
    monkeypatch.setattr(following, "QUIET", 600.0)
    watched = _Watched(engine)
    next(watched)
    threading.Timer(0.1, watched.stopping.set).start()
    began = time.monotonic()

    batches = list(watched.batches)

    assert time.monotonic() - began < 5
    assert len(batches) == 1
    events.until_open(0)


def test_a_watch_that_is_dropped_leaves_nothing(events: EventStream, engine: FakeEngine) -> None:
    """Given a watch that nobody goes on with, then neither its connection nor its thread is left."""
    threads = threading.active_count()
    watched = _Watched(engine)
    next(watched)
    events.until_open(1)

    watched.batches.close()  # type: ignore[attr-defined]

    events.until_open(0)
    assert threading.active_count() <= threads + 1  # the fake engine's own may still be ending


def test_a_stream_that_is_cut_again_and_again(events: EventStream, watched: _Watched) -> None:
    """Given a stream that is cut between any two events, then each is told once, and none is lost."""
    for number in range(4):
        events.send("start", f"job-{number}", nano=_T + number)
        watched.until(f"container/job-{number}", "started")
        events.cut()
        events.send("die", f"job-{number}", nano=_T + 100 + number, exitCode="1")

    watched.until("container/job-3", "died")

    told = [f"{event.subject} {event.kind}" for batch in watched.seen for event in batch.events]
    assert sorted(told) == sorted(
        f"container/job-{number} {kind}" for number in range(4) for kind in ("started", "died")
    )
    assert {batch.lost for batch in watched.seen} == {""}


def test_taken_up_by_another_process(engine: FakeEngine, events: EventStream, watched: _Watched) -> None:
    """Given the cursor of an earlier watch, then what happened meanwhile is told, and nothing from before again."""
    events.send("start", "web", nano=_T)
    watched.until("container/web", "started")
    cursor = watched.stop()[-1].cursor
    events.send("oom", "web", nano=_T + 5)

    later = _Watched(engine, cursor)
    batch = next(later)

    assert events.since[-1] == _T
    assert [(event.kind, batch.lost) for event in batch.events] == [("out of memory", "")]
    later.stop()


def test_a_container_made_while_nobody_watched(engine: FakeEngine, events: EventStream, watched: _Watched) -> None:
    """Given a container that was made after the cursor, of which the engine sends no event, then it is told."""
    events.send("start", "web", nano=_T)
    watched.until("container/web", "started")
    cursor = watched.stop()[-1].cursor
    engine.containers(inspection("web"), inspection("db", Created="2030-01-01T00:00:00Z"))

    later = _Watched(engine, cursor)

    assert [(event.subject, event.kind) for event in next(later).events] == [("container/db", "created")]
    later.stop()


def test_an_engine_that_was_started_anew(engine: FakeEngine, events: EventStream, watched: _Watched) -> None:
    """Given an engine of a newer version that was started meanwhile, then both are told, and what is lost."""
    events.send("start", "web", nano=_T)
    watched.until("container/web", "started")
    engine.json("/networks/bridge", {"Name": "bridge", "Created": "2026-11-23T09:30:00Z"})
    engine.json("/version", {"Version": "29.4.0", "ApiVersion": "1.41", "MinAPIVersion": "1.12"})
    events.forget()
    events.cut()

    watched.until("host/local", "engine")

    batch = watched.seen[-1]
    told = [(event.field, event.before, event.after) for event in batch.events]
    assert told == [("Version", "20.10.24", "29.4.0"), ("engine", "", "started")]
    assert f"{batch.events[-1].at:%H:%M}" == "09:30"
    assert batch.lost == "the engine was started anew at 09:30:00 UTC and remembers nothing before"


def test_an_engine_without_a_bridge_that_forgets(engine: FakeEngine, events: EventStream, watched: _Watched) -> None:
    """Given an engine that does not say since when it runs, then it was started anew where it forgot what it sent."""
    engine.json("/networks/bridge", {"message": "no such network"}, status=404)
    events.cut()
    events.send("start", "web", nano=_T)
    watched.until("container/web", "started")
    engine.json("/info", _LATER)
    events.forget()
    events.cut()

    told = watched.until("host/local", "engine")

    assert told.after == "started"
    assert watched.seen[-1].lost


def test_more_than_the_engine_remembers(events: EventStream, engine: FakeEngine, watched: _Watched) -> None:
    """Given more events than an engine remembers, then those that it has are told, and that there were more."""
    events.send("start", "web", nano=_T)
    watched.until("container/web", "started")
    cursor = watched.stop()[-1].cursor
    engine.json("/info", _LATER)
    for number in range(300):
        events.send("die", f"job-{number}", nano=_T + 1 + number)

    later = _Watched(engine, cursor)
    batch = next(later)

    assert len(batch.events) == 256
    assert batch.lost == "more happened than the 256 events that the engine remembers"
    later.stop()


def test_probes_are_no_news_but_stand_for_where_the_watch_is(events: EventStream, watched: _Watched) -> None:
    """Given so many probes that the engine remembers nothing else, then none is told, and a cut loses nothing."""
    for number in range(300):
        events.send("exec_start: /bin/probe", "web", nano=_T + number)
    events.send("start", "web", nano=_T + 400)
    watched.until("container/web", "started")
    for number in range(300):
        events.send("exec_die", "web", nano=_T + 500 + number)
    while f'"nano":{_T + 799}' not in next(watched).cursor:
        assert len(watched.seen) < 100
    events.cut()
    events.send("oom", "web", nano=_T + 900)
    watched.until("container/web", "out of memory")

    assert {one.lost for one in watched.seen} == {""}


def test_an_engines_clock_that_jumps_back(events: EventStream, watched: _Watched) -> None:
    """Given an engine whose clock is set back an hour, then what happens from then on is told all the same."""
    events.send("start", "web", nano=_T)
    watched.until("container/web", "started")
    events.send("oom", "web", nano=_T - 3_600 * 10**9)

    assert watched.until("container/web", "out of memory")


def test_an_engine_that_is_gone(engine: FakeEngine, events: EventStream, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an engine that stays away, then the watch ends with an error that says so, for a later attempt."""
    monkeypatch.setattr(following, "PATIENCE", 0.2)
    watched = _Watched(engine)
    next(watched)
    engine.die()
    events.cut()

    with pytest.raises(TemporaryError, match="local cannot be watched"):
        list(watched.batches)


def test_an_engine_that_was_never_there(engine: FakeEngine) -> None:
    """Given no engine, then the watch says so at once."""
    engine.die()

    with pytest.raises(TemporaryError, match="local cannot be watched"):
        next(_Watched(engine))


@pytest.mark.parametrize("cursor", ["no cursor", "{}", '{"nano":"x"}', "[]"])
def test_a_cursor_that_cannot_be_read(engine: FakeEngine, events: EventStream, cursor: str) -> None:
    """Given what is no cursor of this version, then the watch begins now."""
    watched = _Watched(engine, cursor)

    assert next(watched).events == ()
    assert events.since == [0]
    watched.stop()


def test_a_line_that_is_no_event(engine: FakeEngine, events: EventStream, watched: _Watched) -> None:
    """Given an event in another shape than documented, then it is passed over, and what follows is told."""
    events.send("start", "web", nano=_T, name=None)  # type: ignore[arg-type]
    events.send("oom", "web", nano=_T + 1)

    assert watched.until("container/web", "out of memory")
