"""The container image: small rights, and a Compose file whose services start, answer and end."""

import json
import socket
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from sickbay.simulator import Workspace
from tests.integration.deployment.conftest import DOCKER, ROOT, run

#: Where the workers find the engine.
_SOCKET = "/run/engine.sock"

pytestmark = [pytest.mark.docker, pytest.mark.compose, pytest.mark.timeout(420)]


def test_the_image_runs_as_nobody_with_a_read_only_root(image: str) -> None:
    """Given the image, when it is started with a read-only root, then it answers and is not root."""
    described = json.loads(run(DOCKER, "image", "inspect", image))[0]

    helped = run(DOCKER, "run", "--rm", "--read-only", "--network=none", image, "--help")

    assert described["Config"]["User"] == "10001:10001"
    assert "diagnose" in helped


def test_the_image_lints_with_its_own_hadolint(image: str) -> None:
    """Given the image, when it lints a file as it runs in Compose, then hadolint, which came with it, is heard."""
    folder = ROOT / "tests" / "fixtures" / "lint"
    started = [
        DOCKER,
        "run",
        "--rm",
        "--read-only",
        "--tmpfs=/tmp",
        "--network=none",
        f"--volume={folder}:/lint:ro",
        image,
    ]

    done = subprocess.run([*started, "lint", "/lint/22-maintainer.Dockerfile"], capture_output=True, text=True)

    assert (done.returncode, "DL4000" in done.stdout, "Could not" in done.stdout) == (1, True, False)


def test_compose_brings_up_a_bot_and_workers_that_answer(image: str, tmp_path: Path) -> None:
    """Given the Compose file and a Slack, when a person asks, then one of three workers answers and all are healthy."""
    with Workspace() as slack, _engine_for_nobody(tmp_path), _composed(image, tmp_path, slack) as compose:
        compose("up", "-d", "--scale", "worker=3")
        _wait_until_connected(slack)

        slack.say(user="alice", channel="#ops", text="/diagnose host no-such-container")

        slack.wait_for(_worker_answered, timeout=60)
        names = run(
            DOCKER, "ps", "--filter", f"label=com.docker.compose.project={compose.project}", "--format", "{{.Names}}"
        ).split()
        assert len(names) == 7
        _wait_until_healthy(names)
        for container in json.loads(run(DOCKER, "container", "inspect", *names)):
            assert container["HostConfig"]["ReadonlyRootfs"]
            assert container["Config"]["User"] in {"10001:10001", "999:999"}


def _worker_answered(workspace: Workspace) -> bool:
    """Look for the sentence of which only a worker that read the engine can know that it is true."""
    return "here is named 'no-such-container'" in json.dumps(workspace.messages("#ops"))


def _wait_until_connected(slack: Workspace) -> None:
    deadline = time.monotonic() + 60
    while not slack.connected:
        assert time.monotonic() < deadline, "the bot did not connect within 60 s"
        time.sleep(0.1)


class _Compose:
    def __init__(self, project: str, files: list[Path], environment: dict[str, str]) -> None:
        self.project = project
        self._base = ["docker-compose", "-p", project, *[part for file in files for part in ("-f", str(file))]]
        self._environment = environment

    def __call__(self, *arguments: str) -> str:
        return run(*self._base, *arguments, env=self._environment)


@contextmanager
def _composed(image: str, tmp_path: Path, slack: Workspace) -> Iterator[_Compose]:
    """Adapt the shipped file to this machine: the bot to the host's loopback, where the simulator listens."""
    redis_port, postgres_port, health_port = _free_port(), _free_port(), _free_port()
    settings = {"targets": {"host": {"platform": "docker", "host": f"unix://{_SOCKET}"}}}
    (tmp_path / "worker.yaml").write_text(yaml.safe_dump(settings))
    (tmp_path / "bot.yaml").write_text(yaml.safe_dump(settings | {"http": {"port": health_port}}))
    (tmp_path / "worker.yaml").chmod(0o644)
    (tmp_path / "bot.yaml").chmod(0o644)
    shipped = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    asked = [part.replace(":8080/", f":{health_port}/") for part in shipped["services"]["bot"]["healthcheck"]["test"]]
    near_the_engine = {
        "image": image,
        "volumes": [f"{tmp_path}/worker.yaml:/etc/sickbay/sickbay.yaml:ro", f"{tmp_path}/engine.sock:{_SOCKET}"],
    }
    override = {
        "version": "3.8",
        "services": {
            "valkey": {"ports": [f"127.0.0.1:{redis_port}:6379"]},
            "postgres": {"ports": [f"127.0.0.1:{postgres_port}:5432"]},
            "bot": {
                "image": image,
                "network_mode": "host",
                "environment": {
                    "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
                    "DATABASE_URL": f"postgresql://sickbay@127.0.0.1:{postgres_port}/sickbay",
                },
                "healthcheck": {"test": asked},
                "volumes": [f"{tmp_path}/bot.yaml:/etc/sickbay/sickbay.yaml:ro"],
            },
            "worker": near_the_engine,
            "recorder": near_the_engine,
        },
    }
    (tmp_path / "override.yml").write_text(yaml.safe_dump(override))
    compose = _Compose(
        f"sickbay-{uuid.uuid4().hex[:8]}",
        [ROOT / "docker-compose.yml", tmp_path / "override.yml"],
        {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            "POSTGRES_PASSWORD": "p@ss/word",
            "AUDIT_KEY": uuid.uuid4().hex,
        },
    )
    try:
        yield compose
    except BaseException:
        print(compose("logs", "--no-color", "--tail", "40"))
        raise
    finally:
        compose("down", "-v", "-t", "5")


def _wait_until_healthy(names: list[str]) -> None:
    """Wait for each container's own health check, as `docker events` tells of it."""
    for name in names:
        script = f"until [ $({DOCKER} inspect -f '{{{{.State.Health.Status}}}}' {name}) = healthy ]; do sleep 1; done"
        subprocess.run(["timeout", "90", "sh", "-c", script], check=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def _engine_for_nobody(tmp_path: Path) -> Iterator[None]:
    """Lend the engine to the workers, whose user may not open its socket, on a socket that everybody may."""
    path = urlsplit(json.loads(run(DOCKER, "context", "inspect"))[0]["Endpoints"]["docker"]["Host"]).path
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "engine.sock"))
    (tmp_path / "engine.sock").chmod(0o666)
    server.listen(64)

    def copy(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def serve() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            engine = socket.socket(socket.AF_UNIX)
            engine.connect(path)
            for pair in ((client, engine), (engine, client)):
                threading.Thread(target=copy, args=pair, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield
    finally:
        server.close()
