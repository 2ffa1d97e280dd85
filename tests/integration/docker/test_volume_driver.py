"""A volume whose driver has gone, on a real engine of its own: an engine never forgets a plugin that it has known."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import docker.errors
import pytest

from sickbay.diagnostics.platforms.docker.target import DockerTarget
from tests.integration.docker.lab import Lab
from tests.integration.docker.own_engine import OwnEngine

pytestmark = pytest.mark.docker

#: Where every engine of this machine looks for plugins.
_PLUGINS = Path("/run/docker/plugins")


@pytest.fixture(scope="module")
def engine(busybox: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerTarget]:
    """Give an engine that lives for these tests alone, and holds their image."""
    with OwnEngine(tmp_path_factory.mktemp("engine"), "--bridge=none") as own:
        own.hold_image(busybox)
        yield own.target


def test_a_volume_whose_driver_is_gone(lab: Lab) -> None:
    """Given a volume of a plugin that has ended, then the missing driver explains why its container never started.

    The engine tries for a quarter of a minute to reach a plugin before it gives up.
    """
    driver = lab.name("driver")
    with _volume_plugin(driver):
        volume = lab.client.volumes.create(lab.name("data"), driver=driver)
        app = lab.create("app", "sleep", "1", volumes=[f"{volume.name}:/data"])
    with pytest.raises(docker.errors.APIError, match="no such file"):
        app.start()

    report = lab.diagnose(app.name).report

    assert [(item.code, item.subject) for item in report.findings] == [
        ("DKR-V101", f"volume/{volume.name}"),
        ("DKR-C106", f"container/{app.name}"),
    ]
    assert (
        report.findings[0].summary
        == f"{app.name} needs volume {volume.name} of the driver {driver}, which is not there."
    )


class _Plugin(BaseHTTPRequestHandler):
    """A volume plugin that has every volume it is asked for."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        answers: dict[str, dict[str, Any]] = {
            "/Plugin.Activate": {"Implements": ["VolumeDriver"]},
            "/VolumeDriver.Get": {"Volume": {"Name": asked.get("Name"), "Mountpoint": "/tmp"}, "Err": ""},
            "/VolumeDriver.List": {"Volumes": [], "Err": ""},
        }
        body = json.dumps(answers.get(self.path, {"Mountpoint": "/tmp", "Err": ""})).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "unix"

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _volume_plugin(name: str) -> Iterator[None]:
    """Run a plugin where the engine looks for them."""
    _PLUGINS.mkdir(parents=True, exist_ok=True)
    path = _PLUGINS / f"{name}.sock"
    with socketserver.ThreadingUnixStreamServer(str(path), _Plugin) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()
            path.unlink()
