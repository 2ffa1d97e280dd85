"""What the workspace remembers: in order, and from one run to the next."""

import stat
import time
from pathlib import Path

import pytest

from sickbay.simulator import Workspace, files
from sickbay.simulator.errors import SlackError
from sickbay.simulator.keeping import Keeper
from sickbay.simulator.store import Store
from sickbay.simulator.web_api.marks import react


def test_no_two_messages_have_one_ts() -> None:
    """Given a clock that stands still between messages, when many come at once, then their ts still grow."""
    store = Store()

    given = [store.ts() for _ in range(1000)]

    assert sorted(set(given), key=float) == given


@pytest.mark.parametrize("name", ["", "#", None, 5, {}, [], "ops", "U0SICKBAY", "C0"])
def test_what_names_no_channel_finds_none(name: object) -> None:
    """Given something that is no channel's id or name and no person's id, when it is looked up, then none is found."""
    with pytest.raises(SlackError, match=r"^channel_not_found$"):
        Store().channel(name)


@pytest.mark.parametrize("name", ["", None, 5, {}, [], "U0"])
def test_what_names_nobody_finds_nobody(name: object) -> None:
    """Given something that is no person's id or name, when it is looked up, then nobody is found."""
    with pytest.raises(SlackError, match=r"^user_not_found$"):
        Store().user(name)


def kept(store: Store, directory: Path) -> Store:
    """Give the store of the next run."""
    Keeper(directory).close(store)
    after = Store()
    Keeper(directory).load(after)
    return after


def test_all_of_it_is_there_again(tmp_path: Path) -> None:
    """Given a thread, a new channel and a picture, when the next run takes them up, then they are as they were."""
    before = Store()
    root = before.post("C0OPS", {"user": "U0ALICE", "text": "root 😀"})
    before.post("C0OPS", {"user": "U0BOB", "text": "reply", "thread_ts": root["ts"]})
    before.add_channel("C0NEW", "new", ["U0ALICE"])
    before.files["F1"] = {"id": "F1"}
    before.contents["F1"] = bytes(range(256))

    after = kept(before, tmp_path)

    assert [message["text"] for message in after.thread("C0OPS", root["ts"])] == ["root 😀", "reply"]
    assert after.messages == before.messages
    assert after.channel("#new")["members"] == ["U0ALICE"]
    assert after.contents == {"F1": bytes(range(256))}


def test_what_changed_since_it_was_kept_is_kept_anew(tmp_path: Path) -> None:
    """Given messages that were kept, when one is answered, changed and reacted to, then the next run has it all."""
    before = Store()
    root = before.post("C0OPS", {"user": "U0ALICE", "text": "root"})
    other = before.post("C0GENERAL", {"user": "U0ALICE", "text": "other"})
    before.dump()
    before.post("C0OPS", {"user": "U0BOB", "text": "reply", "thread_ts": root["ts"]})
    react(before, root, "eyes", "U0BOB", on=True)
    before.delete("C0GENERAL", other["ts"])

    after = kept(before, tmp_path)

    assert after.messages == before.messages
    assert after.message("C0OPS", root["ts"])["reactions"][0]["count"] == 1


def test_a_file_is_written_once_and_goes_with_its_owner(tmp_path: Path) -> None:
    """Given a kept file, when more is said and the file is deleted, then it is not written again, and then gone."""
    store, keeper = Store(), Keeper(tmp_path)
    store.files["F1"], store.contents["F1"] = {"id": "F1"}, b"x"
    keeper.close(store)
    written = tmp_path / "workspace-files" / "F1"
    written.write_bytes(b"not written again")
    again, keeper = Store(), Keeper(tmp_path)
    keeper.load(again)

    keeper.close(again)
    assert written.read_bytes() == b"not written again"

    keeper = Keeper(tmp_path)
    keeper.load(again)
    del again.contents["F1"]
    keeper.close(again)
    assert not written.exists()


def test_the_oldest_is_forgotten() -> None:
    """Given a channel that has as many messages as are kept, when one more comes, then the first is gone."""
    store = Store()
    first, second = (store.post("C0OPS", {"user": "U0ALICE", "text": str(n)})["ts"] for n in range(2))
    for n in range(1999):
        store.post("C0OPS", {"user": "U0ALICE", "text": str(n)})
        store.post_ephemeral("C0OPS", "U0BOB", {"text": str(n)})
    store.post_ephemeral("C0OPS", "U0BOB", {"text": "the last but one"})
    store.post_ephemeral("C0OPS", "U0BOB", {"text": "the last"})

    assert (first in store.messages["C0OPS"], second in store.messages["C0OPS"]) == (False, True)
    assert len(store.messages["C0OPS"]) == 2000
    assert (len(store.ephemerals), store.ephemerals[-1]["text"]) == (2000, "the last")


def test_the_oldest_files_are_deleted_where_there_is_no_more_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given as many bytes as are kept, when a file comes, then the oldest leaves a tombstone in its message."""
    monkeypatch.setattr(files, "_MOST_BYTES", 10)
    store = Store()
    old, new = (files.add(store, "", user="U0ALICE", name="a.log", size=6) for _ in range(2))
    files.fill(store, old, b"123456")
    said = store.post("C0OPS", {"user": "U0ALICE", "text": "", "files": [old]})

    files.fill(store, new, b"123456")

    assert list(store.contents) == [new["id"]]
    assert said["files"] == [{"id": old["id"], "mode": "tombstone"}]


def test_what_is_said_after_the_clock_went_back_comes_last(tmp_path: Path) -> None:
    """Given messages of a later time, when the next run's clock is behind it, then what it says still comes after."""
    before = Store()
    before._last_ts = time.time_ns() // 1000 + 3_600_000_000
    last = before.post("C0OPS", {"user": "U0ALICE", "text": "x"})["ts"]

    after = kept(before, tmp_path)

    assert float(after.ts()) > float(last)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"channels": {}}', b'{"channels": 1, "messages": [], "files": {}}', b"\xff"]
)
def test_what_cannot_be_read_is_left_aside(tmp_path: Path, content: bytes) -> None:
    """Given a file that is broken or half, when the next run takes it up, then it begins as if there were none."""
    (tmp_path / "workspace-messages.json").write_bytes(content)
    store = Store()

    Keeper(tmp_path).load(store)

    assert (store.messages, store.files, store.contents) == (Store().messages, {}, {})
    assert list(store.channels) == list(Store().channels)


def test_the_next_run_has_the_same_tokens_and_shows_them_to_nobody(tmp_path: Path) -> None:
    """Given a run with a data directory, when it is run again, then the page and the bot have the right token."""
    first, second = Workspace(data=tmp_path), Workspace(data=tmp_path)
    for workspace in (first, second):
        workspace.stop()

    assert (first.token, first.bot_token, first.app_token) == (second.token, second.bot_token, second.app_token)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_a_draft_that_anybody_could_read_is_none_of_ours(tmp_path: Path) -> None:
    """Given a draft left open to all in the data directory, when tokens are written, then nobody else can read them."""
    (tmp_path / "workspace-tokens.new").touch()
    (tmp_path / "workspace-tokens.new").chmod(0o666)

    Workspace(data=tmp_path).stop()

    assert stat.S_IMODE((tmp_path / "workspace-tokens.json").stat().st_mode) == 0o600


def test_a_taken_port_is_said_to_be_taken() -> None:
    """Given a workspace, when another wants its port, then it is told which port of which address is taken."""
    with Workspace() as running, pytest.raises(OSError, match=f"port {running.port} of 127.0.0.1 is taken"):
        Workspace(port=running.port)
