"""What a diagnosis saw can be saved, read back and judged again; what is no recording is refused in words."""

import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sickbay.diagnostics import engine, recordings
from sickbay.diagnostics.errors import SnapshotFormatError
from sickbay.diagnostics.model import Gap, ReportTarget
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.docker.hosts import container, event, health, host, log
from tests.unit.diagnostics.platforms.kubernetes import clusters

TARGET = ReportTarget(name="prod", platform="docker", zone="eu")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "snapshot.json"


def ill() -> Snapshot:
    web = container("web-1", status="exited", exit_code=3, log=log("no config"), labels={"a": "ü\u202e<!channel>"})
    return host(
        web,
        container("db-1", health=health("refused")),
        events=(event("die", web, exitCode="3"),),
        gaps=(Gap(what="disk", reason="no answer"),),
        request=Request(scope="web", window=timedelta(minutes=90), audit=True),
    )


def test_what_is_saved_is_read_back(file: Path) -> None:
    """Given a snapshot with all kinds of facts, when it is saved and loaded, then it is the same."""
    recordings.save(file, TARGET, ill())

    assert recordings.load(file) == (TARGET, ill())


def test_a_replay_says_what_the_diagnosis_said(file: Path) -> None:
    """Given a saved snapshot, when it is replayed, then the report is that of the snapshot itself."""
    recordings.save(file, TARGET, ill())

    replayed = recordings.replay(file)

    assert replayed == engine.judge(ill(), TARGET)
    assert replayed.findings != ()


def test_a_recording_is_its_owners_alone(file: Path) -> None:
    """Given the umask that allows most, then the file can be read and written by its owner only."""
    before = os.umask(0)
    try:
        recordings.save(file, TARGET, host())
    finally:
        os.umask(before)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_was_there_is_closed_to_others(file: Path) -> None:
    """Given a longer file that all may read, when a snapshot is saved there, then it is replaced and closed."""
    file.write_text("x" * 100_000)
    file.chmod(0o666)

    recordings.save(file, TARGET, host())

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert recordings.load(file) == (TARGET, host())


def test_secrets_in_texts_that_were_kept_as_read_are_not_written(file: Path) -> None:
    """Given a cluster with a secret in an event's message and one in a waiting message, then the file has neither."""
    told = "password=hunter2hunter2 was refused"
    waiting = {"waiting": {"reason": "CreateContainerError", "message": "no access with token=t0ps3cr3tvalue"}}
    pod = clusters.pod("api-1", statuses=[clusters.status(state=waiting)])
    snapshot = clusters.cluster(pod, clusters.event("Pod", "api-1", "Failed", told))

    recordings.save(file, ReportTarget(name="lab", platform="kubernetes", zone="eu"), snapshot)

    written = file.read_text()
    assert "hunter2" not in written
    assert "t0ps3cr3t" not in written
    assert "was refused" in written
    assert recordings.load(file)[1].looked_at() == snapshot.looked_at()


def test_a_label_is_hidden_by_its_name(file: Path) -> None:
    """Given a pod whose label has the name of a secret, when saved, then its value is not there, and others are."""
    pod = clusters.pod("api-1", metadata={"labels": {"app": "api", "db-password": "hunter2hunter2"}})

    recordings.save(file, ReportTarget(name="lab", platform="kubernetes", zone="eu"), clusters.cluster(pod))

    written = file.read_text()
    assert "hunter2" not in written
    assert '"app": "api"' in written


def test_a_place_that_is_none_is_an_os_error(tmp_path: Path) -> None:
    """Given a folder that is not there, then saving and loading raise OSError."""
    with pytest.raises(OSError, match="No such file"):
        recordings.save(tmp_path / "none" / "x.json", TARGET, host())
    with pytest.raises(OSError, match="No such file"):
        recordings.load(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"format": "sickbay.snapshot/2"},
            "is in format 'sickbay.snapshot/2'; this version reads 'sickbay.snapshot/1'",
        ),
        ({"target": {"name": "x", "platform": "vms", "zone": "z"}}, "is of platform 'vms', which is not known here"),
        ({"snapshot": {"taken_at": 3}}, "is not a saved snapshot: "),
        ({"snapshot": []}, "is not a saved snapshot: "),
        ({"target": "prod"}, r"is not a saved snapshot: .*\$\.target"),
    ],
    ids=["another format", "an unknown platform", "a wrong type", "no object", "no target"],
)
def test_a_file_that_is_no_recording_is_refused(file: Path, change: dict[str, object], message: str) -> None:
    """Given a recording with a part that is wrong, then the error names the file and what is wrong."""
    recordings.save(file, TARGET, host())
    file.write_text(json.dumps(json.loads(file.read_text()) | change))

    with pytest.raises(SnapshotFormatError, match=message) as raised:
        recordings.load(file)

    assert str(file) in str(raised.value)


@pytest.mark.parametrize(
    "content",
    [b"", b"not json", b"{", b"\xff\xfe", b"[]", b"{}", b'{"format": "sickbay.snapshot/1"}', b"[" * 100_000],
    ids=["empty", "text", "cut", "not UTF-8", "a list", "an empty object", "half of it", "nested without end"],
)
def test_what_is_not_json_of_ours_is_refused(file: Path, content: bytes) -> None:
    """Given a file with anything else in it, then the error says that it is no saved snapshot."""
    file.write_bytes(content)

    with pytest.raises(SnapshotFormatError, match="is not a saved snapshot"):
        recordings.load(file)


def test_an_endless_nesting_inside_is_refused(file: Path) -> None:
    """Given a recording whose snapshot nests deeper than can be read, then the error says that it is none."""
    head = json.dumps({"format": recordings.FORMAT, "target": {"name": "x", "platform": "docker", "zone": "z"}})
    file.write_text(head[:-1] + ', "snapshot": ' + "[" * 100_000 + "]" * 100_000 + "}")

    with pytest.raises(SnapshotFormatError, match="is not a saved snapshot"):
        recordings.load(file)


def test_an_old_recording_without_newer_fields_is_read(file: Path) -> None:
    """Given a recording that only has what every snapshot has, then the rest is taken as not read."""
    taken_at = datetime(2026, 1, 1, tzinfo=UTC)
    least = {"request": {}, "taken_at": taken_at.isoformat(), "host": "h", "address": "unix:///x"}
    target = {"name": "x", "platform": "docker", "zone": "z"}
    file.write_text(json.dumps({"format": recordings.FORMAT, "target": target, "snapshot": least}))

    _, snapshot = recordings.load(file)

    assert (snapshot.taken_at, snapshot.looked_at()) == (taken_at, {})
