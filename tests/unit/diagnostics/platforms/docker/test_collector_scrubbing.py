"""Nothing that a target wrote leaves the collector with a secret, an escape or a mark that turns text around."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sickbay.diagnostics import cleaning
from sickbay.diagnostics.cleaning import clean, clean_log
from sickbay.diagnostics.platforms.docker.collector import logs, scrubbing
from sickbay.diagnostics.platforms.docker.collector.logs import demultiplexed
from sickbay.diagnostics.platforms.docker.collector.scrubbing import Scrubber
from tests.unit.diagnostics.platforms.docker.conftest import read
from tests.unit.diagnostics.platforms.docker.fake_engine import FakeEngine, exited, frames, inspection

LATELY = "2099-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("written", "clean_text"),
    [
        ("\x1b[31;1mERROR\x1b[0m done", "ERROR done"),
        ("\x1b]0;you have been hacked\x07plain", "plain"),
        ("\x1b]8;;https://example.com\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jwiped", "wiped"),
        ("\x1b[unfinished", "nfinished"),
        ("bell\x07 null\x00 back\x08 delete\x7f", "bell null back delete"),
        ("abc\u202etxt.exe", "abctxt.exe"),
        ("\u2066isolate\u2069 \u200fmark \u061c", "isolate mark "),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("tabs\tstay <!channel> `too` *so*", "tabs\tstay <!channel> `too` *so*"),
    ],
)
def test_text_is_cleaned(written: str, clean_text: str) -> None:
    """Escapes, control characters and marks of writing direction go; text stays, markup among it."""
    assert clean(written) == clean_text


@given(st.text())
def test_no_control_character_is_left(written: str) -> None:
    """Whatever is written, nothing that steers a terminal or turns text around comes through."""
    cleaned = clean(written)

    assert not any(character in "\x1b\x9b\x07\x08\x00\r\u202e\u2066\u200f" for character in cleaned)


def test_long_lines_of_a_log_are_cut() -> None:
    """A line is kept up to 10,000 characters, however long it is; the lines after it stay."""
    lines = clean_log("ab " * 10_000 + "\nlast\n").split("\n")

    assert [len(line) for line in lines] == [cleaning.LONGEST_LINE, 4, 0]


def test_data_in_a_log_is_not_shown() -> None:
    """A word longer than any text's words is data: its length says enough."""
    assert clean_log("blob " + "QUJD" * 5_000) == "blob [9995 characters]"


@pytest.mark.parametrize(
    ("words", "scrubbed"),
    [
        (["mysqld", "--password", "hunter2", "--port", "1"], ("mysqld", "--password", "[redacted]", "--port", "1")),
        (["sh", "-c", "TOKEN=abc123xyz exec serve"], ("sh", "-c", "TOKEN=[redacted] exec serve")),
        (["serve", "--config=/etc/x"], ("serve", "--config=/etc/x")),
        ([], ()),
    ],
)
def test_commands_are_redacted_as_a_whole(words: list[str], scrubbed: tuple[str, ...]) -> None:
    """A secret may stand in the word after its flag; the words stay apart."""
    assert Scrubber().words(words) == scrubbed


def test_labels_are_cut_and_redacted_by_name() -> None:
    """A label's value is cut at 1 kB; a name like a secret's hides it; an empty value and a `=` in a name stay."""
    labels = {"text": "x y " * 3_000, "api-token": "abc123xyz", "empty": "", "a=b": "c", "rtl": "\u202eabc"}

    scrubbed = Scrubber().labels(labels)

    assert len(scrubbed["text"]) == scrubbing.LONGEST_LABEL
    assert {name: scrubbed[name] for name in ("api-token", "empty", "a=b", "rtl")} == {
        "api-token": "[redacted]",
        "empty": "",
        "a=b": "c",
        "rtl": "abc",
    }


def test_no_secret_of_a_container_is_in_the_snapshot(engine: FakeEngine) -> None:
    """Variables, commands, labels, probes, errors, logs, events, processes and histories are all redacted."""
    secret, variable = "hunter2hunter2", "of-the-environment"
    health = {"Status": "unhealthy", "FailingStreak": 3, "Log": [{"Output": f"login with password={secret} failed"}]}
    web = inspection(
        "web",
        Args=["--password", secret],
        State=inspection("web")["State"] | {"Error": f"auth token={secret}", "Health": health},
        Config={
            "Image": "web:1",
            "Env": [f"DB_PASSWORD={variable}", f"DSN=postgres://u:{variable}@db/x", "MODE=fast"],
            "Cmd": ["sh", "-c", f"serve --token {secret}"],
            "Entrypoint": ["env", f"API_KEY={secret}"],
            "Labels": {"api_key": secret, "note": f"password: {secret}"},
            "Healthcheck": {"Test": ["CMD", "check", f"--secret={secret}"]},
        },
    )
    engine.containers(web)
    engine.text(f"/containers/{web['Id']}/logs", frames(f"2026-11-23T10:00:00Z password={secret}\n"))
    engine.json(f"/containers/{web['Id']}/top", {"Titles": ["CMD"], "Processes": [[f"serve --token {secret}"]]})
    engine.json(f"/images/{web['Image']}/history", [{"CreatedBy": f"RUN curl -H 'Authorization: Bearer {secret}'"}])
    event = {"Type": "container", "Action": f"exec_create: login --password {secret}", "Actor": {"ID": web["Id"]}}
    event["Actor"]["Attributes"] = {"exec": f"password={secret}", "image": "web:1"}  # type: ignore[index]
    engine.json("/events", event)
    engine.json("/info", {"RegistryConfig": {"Mirrors": [f"https://u:{secret}@mirror.example/"]}})

    snapshot = read(engine)

    assert len(snapshot.events) == len(snapshot.containers) == len(snapshot.images) == 1
    written = msgspec.json.encode(snapshot).decode()
    assert secret not in written
    assert variable not in written
    assert "MODE=fast" in snapshot.containers[0].inspect.config.env


def test_secrets_of_the_environment_are_hidden_wherever_the_program_writes_them(engine: FakeEngine) -> None:
    """Given a program that logs, prints and is called with its password, and nothing says so, then it is hidden."""
    secret, inner = "s3cr3tpass", "pw12345"
    health = {"Status": "unhealthy", "FailingStreak": 3, "Log": [{"Output": f"denied: {secret}"}]}
    web = inspection(
        "web",
        Args=[f"serve {inner}"],
        State=inspection("web")["State"] | {"Error": f"exec: {secret}", "Health": health},
        Config={
            "Image": "web:1",
            "Labels": {},
            "Env": [f"DB_PASSWORD={secret}", f"DATABASE_URL=postgres://u:{inner}@db/x"],
        },
    )
    engine.containers(web)
    engine.text(f"/containers/{web['Id']}/logs", frames(f"2026-11-23T10:00:00Z connecting with {secret}, {inner}\n"))
    engine.json(f"/containers/{web['Id']}/top", {"Titles": ["CMD"], "Processes": [[f"serve {secret}"]]})

    snapshot = read(engine, scope="web")

    container = snapshot.containers[0]
    assert container.log is not None
    assert container.log.last_line == "connecting with [redacted], [redacted]"
    assert container.processes is not None
    assert container.processes.processes == (("serve [redacted]",),)
    written = msgspec.json.encode(snapshot).decode()
    assert secret not in written
    assert inner not in written


def test_log_that_is_not_utf_8(engine: FakeEngine) -> None:
    """Bytes that are no UTF-8 are replaced, escapes dropped, and both streams kept in their order."""
    job = inspection("job", State=exited(3, LATELY))
    engine.containers(job)
    body = frames("2026-11-23T10:00:00Z start\n") + frames(b"2026-11-23T10:00:01Z \x1b[31mca\xff\xfe\n", stream=2)
    engine.text(f"/containers/{job['Id']}/logs", body)

    (container,) = read(engine).containers

    assert container.log is not None
    assert container.log.text == "2026-11-23T10:00:00Z start\n2026-11-23T10:00:01Z ca\ufffd\ufffd\n"
    assert container.log.last_line == "ca\ufffd\ufffd"


def test_log_of_a_terminal_is_not_framed(engine: FakeEngine) -> None:
    """A container with a terminal writes one stream without frames."""
    job = inspection("job", State=exited(3, LATELY), Config={"Image": "web:1", "Tty": True, "Labels": {}})
    engine.containers(job)
    engine.text(f"/containers/{job['Id']}/logs", b"2026-11-23T10:00:00Z plain\r\n")

    (container,) = read(engine).containers

    assert container.log is not None
    assert container.log.text == "2026-11-23T10:00:00Z plain\n"


def test_endless_line_is_not_read_to_its_end(engine: FakeEngine) -> None:
    """A log that is larger than the bound is asked for again with fewer lines, and cut."""
    job = inspection("job", State=exited(3, LATELY))
    engine.containers(job)
    sent = []

    def endless(handler: object) -> None:
        from tests.unit.diagnostics.platforms.docker.fake_engine import Handler

        assert isinstance(handler, Handler)
        handler.send(200, b"", promised=1_000_000_000)
        try:
            while True:
                handler.wfile.write(frames("word " * 800))
                sent.append(4_008)
        except OSError:
            handler.close_connection = True

    engine.routes[f"/containers/{job['Id']}/logs"] = endless

    (container,) = read(engine).containers

    assert container.log is not None
    assert container.log.cut
    assert len(container.log.text) <= logs.BYTES
    assert sum(sent) < 20 * logs.BYTES
    assert [path.partition("tail=")[2] for path in engine.requests if "/logs" in path] == ["200", "10"]


@given(st.lists(st.tuples(st.sampled_from([1, 2]), st.binary(max_size=50)), max_size=20), st.integers(0, 60))
def test_frames_are_joined_even_if_cut(parts: list[tuple[int, bytes]], cut: int) -> None:
    """Whatever the streams hold, the content comes out in order; a body cut anywhere gives the content's beginning."""
    body = b"".join(frames(content, stream=stream) for stream, content in parts)
    whole = b"".join(content for _, content in parts)

    assert demultiplexed(body) == whole
    assert whole.startswith(demultiplexed(body[: max(0, len(body) - cut)]))


def test_body_without_frames_comes_back() -> None:
    """What is not framed, though it should be, is text as it stands."""
    assert demultiplexed(b"plain text, no frames") == b"plain text, no frames"
