"""An engine that lives for some tests alone, and can be stopped and started."""

import os
import shutil
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Self

import docker
import docker.errors
import pytest

from sickbay.diagnostics.platforms.docker.target import DockerTarget
from tests.integration.docker.lab import IMAGE, rootfs

_PATIENCE = 30


class OwnEngine:
    """Starts the engine at once, in a network namespace of its own: it makes and deletes bridges of fixed names."""

    def __init__(self, directory: Path, *options: str) -> None:
        dockerd, unshare = shutil.which("dockerd"), shutil.which("unshare")
        if dockerd is None or unshare is None or os.geteuid() != 0:
            pytest.skip("an engine of one's own takes dockerd, unshare and root")
        self._directory = directory
        self.target = DockerTarget(name="local", host=f"unix://{directory}/docker.sock")
        self._command = [
            unshare, "--net", dockerd, f"--data-root={directory}/data", f"--exec-root={directory}/run",
            f"--pidfile={directory}/pid", f"--host={self.target.host}", "--storage-driver=vfs", "--iptables=false",
            *options,
        ]  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=self._directory, stdout=log, stderr=log)
        deadline = time.monotonic() + _PATIENCE
        while not self._answers():
            assert time.monotonic() < deadline, (self._directory / "log").read_text()[-2000:]
            time.sleep(0.05)

    def stop(self) -> None:
        """Let it end as at the shutdown of its host."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_PATIENCE)

    def hold_image(self, busybox: Path) -> None:
        """Import the image that the tests' containers are made of."""
        with closing(docker.APIClient(base_url=self.target.host)) as client:
            repository, _, tag = IMAGE.partition(":")
            client.import_image_from_data(rootfs(busybox), repository=repository, tag=tag)

    def _answers(self) -> bool:
        try:
            with closing(docker.APIClient(base_url=self.target.host)) as client:
                return bool(client.ping())
        except (docker.errors.DockerException, OSError):
            return False
