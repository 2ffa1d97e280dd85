"""The configuration: what is valid is read, and what is not is refused with where it stands and what is allowed."""

from datetime import timedelta
from pathlib import Path

import pytest

from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.diagnostics.platforms.registry.target import RegistryTarget
from sickbay.settings import SettingsError, load_settings
from sickbay.settings import targets as reading

ROOT = Path(__file__).parents[3]
LOCAL = DockerTarget(name="local", host="unix:///run/docker.sock")
VALID_TARGET = "targets: {prod: {platform: docker, host: 'tcp://prod:2376'}}\n"


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A directory and an environment that name no configuration, on a machine with no engine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SICKBAY_CONFIG", raising=False)
    monkeypatch.setattr(reading, "discovered", lambda _environ: {})


def problems_of(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "given.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError) as refused:
        load_settings(file)
    return [str(problem).removeprefix(str(file)) for problem in refused.value.problems]


def test_no_file_means_defaults_and_the_discovered_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given no file, when settings are loaded, then there is the engine found here, and every default."""
    monkeypatch.setattr(reading, "discovered", lambda _environ: {"local": LOCAL})

    settings = load_settings()

    assert settings.file is None
    assert dict(settings.targets) == {"local": LOCAL}
    assert settings.served_zones == ("default",)
    assert settings.budget_seconds == 60
    assert (settings.http.host, settings.http.port) == ("127.0.0.1", 8080)
    assert (settings.memory.keep, settings.memory.most_events) == (timedelta(days=7), 200_000)


def test_no_file_and_no_engine_is_no_error() -> None:
    """Given neither a file nor an engine, when settings are loaded, then there are no targets."""
    assert load_settings().targets == {}


@pytest.mark.parametrize("way", ["option", "variable", "default"])
def test_the_file_is_found(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a file named in each of the three ways, when settings are loaded, then it is read."""
    file = tmp_path / ("sickbay.yaml" if way == "default" else "other.yaml")
    file.write_text("diagnosis: {budget: 2m}")
    if way == "variable":
        monkeypatch.setenv("SICKBAY_CONFIG", str(file))

    settings = load_settings(file if way == "option" else None)

    assert settings.diagnosis.budget == timedelta(minutes=2)


def test_the_option_wins_over_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given both, when settings are loaded, then the option's file is read."""
    (tmp_path / "option.yaml").write_text("worker: {threads: 3}")
    monkeypatch.setenv("SICKBAY_CONFIG", str(tmp_path / "absent.yaml"))

    assert load_settings(tmp_path / "option.yaml").worker.threads == 3


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    """Given the name of a file that is not there, when settings are loaded, then that is refused, not ignored."""
    with pytest.raises(SettingsError, match=r"absent\.yaml: cannot be read: No such file"):
        load_settings(tmp_path / "absent.yaml")


def test_relative_paths_start_at_the_file(tmp_path: Path) -> None:
    """Given a relative path to a certificate, when settings are loaded, then it starts at the file's directory."""
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "ca.pem").touch()
    (folder / "given.yaml").write_text(
        "targets: {prod: {platform: docker, host: 'tcp://a:2376', tls: {ca: ca.pem}}}\ndata_directory: data"
    )

    settings = load_settings(folder / "given.yaml")

    target = settings.targets["prod"]
    assert isinstance(target, DockerTarget)
    assert target.tls
    assert target.tls.ca == folder / "ca.pem"
    assert settings.data_directory == folder / "data"


def test_a_file_of_a_secret_may_be_named_and_the_secret_may_not(tmp_path: Path) -> None:
    """Given a registry, when its `password_file` is named, then it is read; a `password` in its place is refused."""
    (tmp_path / "password").write_text("hunter2")
    registry = "targets: {images: {platform: registry, url: 'https://registry.example.com', username: ci, %s}}"
    (tmp_path / "named.yaml").write_text(registry % "password_file: password")
    (tmp_path / "written.yaml").write_text(registry % "password: hunter2")

    target = load_settings(tmp_path / "named.yaml").targets["images"]

    assert isinstance(target, RegistryTarget)
    assert target.password_file == tmp_path / "password"
    with pytest.raises(SettingsError, match=r"images\.password: a secret does not belong into this file"):
        load_settings(tmp_path / "written.yaml")


def test_the_data_directory_follows_xdg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Given XDG_DATA_HOME, when settings name no data directory, then it lies there."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    assert load_settings().data_directory == tmp_path / "sickbay"


def test_a_worker_serves_the_zones_of_its_targets(tmp_path: Path) -> None:
    """Given targets in two zones and no `zones`, when settings are loaded, then both are served."""
    (tmp_path / "sickbay.yaml").write_text(
        "targets:\n"
        "  a: {platform: docker, host: 'tcp://a:1', zone: private}\n"
        "  b: {platform: docker, host: 'tcp://b:1'}\n"
    )

    assert load_settings().served_zones == ("default", "private")


def test_the_example_is_valid() -> None:
    """Given the example in the repository, when it is loaded, then nothing is wrong with it."""
    settings = load_settings(ROOT / "sickbay.example.yaml")

    assert set(settings.targets) == {"local", "build-1"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zone: [default]", ":1: zone: unknown key; did you mean 'zones'?; allowed: zones, targets, diagnosis"),
        ("\n\nhttp: {prot: 1}", ":3: http.prot: unknown key; did you mean 'port'?; allowed: host, port"),
        ("worker: {threads: many}", ":1: worker.threads: found \"many\" (text); allowed is a whole number"),
        ("worker: {threads: '8'}", ":1: worker.threads: found \"8\" (text); allowed is a whole number"),
        ("worker: {threads: 0}", ":1: worker.threads: found 0 (a number); input should be greater than or equal to 1"),
        ("worker: {threads: true}", ":1: worker.threads: found true; allowed is a whole number"),
        ("http: 8080", ":1: http: found 8080 (a number); allowed are keys and values"),
        ("http: {port: 70000}", ":1: http.port: found 70000 (a number); input should be less than or equal to 65535"),
        ("diagnosis: {budget: 60}", ":1: diagnosis.budget: found 60 (a number); allowed is a number and its unit"),
        ("memory: {keep: 30m}", ":1: memory.keep: found \"30m\" (text); allowed is 1h to 366d"),
        ("memory: {keep: 7}", ":1: memory.keep: found 7 (a number); allowed is a number and its unit"),
        ("memory: {most_events: 10}", ":1: memory.most_events: found 10 (a number); input should be greater"),
        ("memory: {most_events: many}", ":1: memory.most_events: found \"many\" (text); allowed is a whole number"),
        ("diagnosis: {budget: 16m}", ":1: diagnosis.budget: found \"16m\" (text); allowed is 1s to 15m"),
        ("zones: default", ":1: zones: found \"default\" (text); allowed is a list"),
        ("zones: [Private]", ":1: zones[0]: found \"Private\" (text); allowed is what matches"),
        (VALID_TARGET + "zones: [privat]", ":2: zones[0]: no target of this file is in the zone 'privat'; its targets"),
        ("targets: [a]", ":1: targets: found a list; allowed are keys and values"),
        ("targets: {prod: 3}", ":1: targets.prod: found 3 (a number); allowed are keys and values"),
        ("targets: {prod: {host: x}}", ":1: targets.prod.platform: is required and missing; allowed: "),
        ("targets: {p: {platform: doker}}", ":1: targets.p.platform: found \"doker\" (text); did you mean 'docker'?"),
        ("targets: {p: {platform: [1]}}", ":1: targets.p.platform: found a list; allowed: "),
        ("targets: {p: {platform: lint}}", ":1: targets.p.platform: found \"lint\" (text); allowed: "),
        ("targets: {p: {platform: docker}}", ":1: targets.p.host: is required and missing"),
        ("targets:\n  p:\n    platform: docker\n    hots: x", ":4: targets.p.hots: unknown key; did you mean 'host'?"),
        ("targets: {p: {platform: docker, host: 'http://x'}}", ":1: targets.p.host: found \"http://x\" (text); "),
        ("targets: {p: {platform: docker, name: q, host: 'tcp://x:1'}}", ":1: targets.p.name: unknown key; the name"),
        ("targets: {Help: {platform: docker, host: 'tcp://x:1'}}", ":1: targets.Help: 'Help' is a word of the command"),
        ("targets: {changes: {platform: docker, host: 'tcp://x:1'}}", ":1: targets.changes: 'changes' is a word of"),
        ("targets: {'a b': {platform: docker, host: 'tcp://x:1'}}", ":1: targets.a b: a target's name is 1 to 253"),
        (
            "targets:\n  p:\n    platform: docker\n    host: tcp://x:1\n    tls:\n      ca: nowhere/ca.pem",
            ":6: targets.p.tls.ca: found \"nowhere/ca.pem\" (text); ",
        ),
        (
            "targets: {p: {platform: docker, host: 'tcp://x:1', tls: {key: k}}}",
            ":1: targets.p.tls: certificate and key go together: give both or neither",
        ),
        (
            "targets: {p: {platform: docker, host: 'tcp://x:1', tls: {certificat: k}}}",
            ":1: targets.p.tls.certificat: unknown key; did you mean 'certificate'?; allowed: ca, certificate, key",
        ),
        ("a: [", ":1: is not valid YAML: "),
        ("http: {port: 1}\nhttp: {port: 2}", ":2: http: stands twice; the first is on line 1"),
        ("targets: {p: {platform: a, platform: b}}", ":1: targets.p.platform: stands twice; the first is on line 1"),
        ("a: &x [1]\nb: [*x, *x]", ":2: is not valid YAML: aliases (*name) are not allowed here"),
        ("a: &x [*x]", ":1: is not valid YAML: aliases (*name) are not allowed here"),
        ("a: " + "[" * 3000, ": is not valid: it is nested too deeply"),
        ("a: !!python/object/apply:os.system [x]", ":1: a: tags (!name) are not allowed here"),
        ("a: !!python/name:os.system x", ":1: is not valid YAML: could not determine a constructor"),
        ("a: 2026-99-99", ":1: a: is no value that YAML knows; put it in quotes"),
        ("- a", ":1: must hold keys and values"),
        ("a: 1\n---\nb: 2", ":2: is not valid YAML: "),
        ("# " + "x" * 1024 * 1024, ": is larger than 1048576 bytes"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(text: str, expected: str, tmp_path: Path) -> None:
    """Given one mistake, when settings are loaded, then its place is told, and what is allowed."""
    problems = problems_of(tmp_path, text)

    assert any(problem.startswith(expected) for problem in problems), problems


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Given several mistakes in several sections, when settings are loaded, then each is told, in the file's order."""
    problems = problems_of(
        tmp_path, "zone: x\ntargets:\n  help: {platform: docker}\n  p: {platform: k8s}\nworker: {threads: no}\n"
    )

    assert [problem.split(": ")[1] for problem in problems] == [
        "zone",
        "targets.help",
        "targets.help.host",
        "targets.p.platform",
        "worker.threads",
    ]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("slack_bot_token: s3cr3t-value", "SLACK_BOT_TOKEN_FILE"),
        ("slack: {app_token: s3cr3t-value}", "SLACK_APP_TOKEN_FILE"),
        ("redis_url: redis://:s3cr3t-value@redis", "REDIS_URL_FILE"),
        ("database_url: postgresql://s3cr3t-value@db/sickbay", "DATABASE_URL_FILE"),
        ("audit_key: s3cr3t-value", "AUDIT_KEY_FILE"),
        ("http: {password: s3cr3t-value}", "comes from the environment"),
        ("targets: {p: {platform: docker, host: 'ssh://ci:s3cr3t-value@host'}}", "holds a secret"),
        ("zones: ['xoxb-1111111111-s3cr3t-value']", "holds a secret"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(text: str, hint: str, tmp_path: Path) -> None:
    """Given a secret in the file, when settings are loaded, then it is refused, and its value is not shown."""
    told = "\n".join(problems_of(tmp_path, text))

    assert hint in told
    assert "s3cr3t-value" not in told


@pytest.mark.parametrize("name", ["token-service", "secrets.prod"])
def test_a_target_may_be_named_like_a_secret(name: str, tmp_path: Path) -> None:
    """Given a target whose name holds such a word, when settings are loaded, then that is no secret."""
    (tmp_path / "sickbay.yaml").write_text(f"targets: {{{name}: {{platform: docker, host: 'tcp://a:1'}}}}")

    assert name in load_settings().targets


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """Given a directory in the file's place, when settings are loaded, then the reason is told."""
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        load_settings(tmp_path)


def test_every_target_of_a_file_is_recorded(tmp_path: Path) -> None:
    """Given a file with targets, when settings are loaded, then a recorder watches them all."""
    (tmp_path / "sickbay.yaml").write_text(VALID_TARGET + "memory: {keep: 30d, most_events: 1000000}")

    settings = load_settings()

    assert settings.recorded == settings.targets
    assert (settings.memory.keep, settings.memory.most_events) == (timedelta(days=30), 1_000_000)
