"""A real registry (Debian's docker-registry), started on loopback for the tests, and images pushed to it by hand."""

import base64
import hashlib
import http.client
import json
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from msgspec import Struct

from tests.integration.docker.certificates import Pair

BINARY = shutil.which("docker-registry")
_PATIENCE = 20.0
_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
_CONFIG = "application/vnd.docker.container.image.v1+json"
_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


class Registry(Struct, frozen=True):
    """A registry that runs: `url` as a target names it, `name` as images do."""

    url: str
    name: str
    port: int
    authorization: str = ""

    def push(self, repository: str, tag: str, platform: str = "linux/amd64", layer: bytes = b"", **config: Any) -> str:
        """Push an image of one layer, and give its digest; `created` is when it was built."""
        return self._put_manifest(repository, tag, self._image(repository, platform, layer, config))

    def push_index(self, repository: str, tag: str, platforms: Sequence[str]) -> str:
        """Push an index of images of several platforms, and give its digest."""
        entries = []
        for platform in platforms:
            manifest = self._image(repository, platform, platform.encode(), {})
            digest = self._put_manifest(repository, "", manifest)
            system, architecture = platform.split("/")[:2]
            size = len(json.dumps(manifest))
            entries.append(
                {
                    "mediaType": _MANIFEST,
                    "digest": digest,
                    "size": size,
                    "platform": {"os": system, "architecture": architecture},
                }
            )
        return self._put_manifest(repository, tag, {"schemaVersion": 2, "mediaType": _INDEX, "manifests": entries})

    def delete(self, repository: str, digest: str) -> None:
        """Delete a manifest, and with it the tags that mean it."""
        self._send("DELETE", f"/v2/{repository}/manifests/{digest}", b"", {}, 202)

    def _image(self, repository: str, platform: str, layer: bytes, config: Mapping[str, Any]) -> dict[str, Any]:
        system, architecture = platform.split("/")[:2]
        described = {
            "os": system,
            "architecture": architecture,
            "created": config.get("created"),
            "config": {name: value for name, value in config.items() if name != "created"},
            "rootfs": {"type": "layers", "diff_ids": [_digest(layer)] if layer else []},
        }
        layers = [self._put_blob(repository, layer, _LAYER)] if layer else []
        return {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": self._put_blob(repository, json.dumps(described).encode(), _CONFIG),
            "layers": layers,
        }

    def _put_blob(self, repository: str, content: bytes, media_type: str) -> dict[str, Any]:
        digest = _digest(content)
        upload = self._send("POST", f"/v2/{repository}/blobs/uploads/", b"", {}, 202).headers["location"]
        path = upload.partition(self.name)[2] if self.name in upload else upload
        self._send("PUT", f"{path}&digest={digest}", content, {"Content-Type": "application/octet-stream"}, 201)
        return {"mediaType": media_type, "digest": digest, "size": len(content)}

    def _put_manifest(self, repository: str, tag: str, manifest: Mapping[str, Any]) -> str:
        content = json.dumps(manifest).encode()
        path = f"/v2/{repository}/manifests/{tag or _digest(content)}"
        self._send("PUT", path, content, {"Content-Type": str(manifest["mediaType"])}, 201)
        return _digest(content)

    def _send(
        self, method: str, path: str, body: bytes, headers: dict[str, str], expected: int
    ) -> http.client.HTTPResponse:
        if self.url.startswith("https"):
            context = ssl._create_unverified_context()
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                "127.0.0.1", self.port, timeout=10, context=context
            )
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        if self.authorization:
            headers = {**headers, "Authorization": self.authorization}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        told = answer.read()
        connection.close()
        assert answer.status == expected, (method, path, answer.status, told)
        return answer


class Process:
    """A docker-registry that runs while the context lasts, its content under `directory`."""

    def __init__(
        self,
        directory: Path,
        *,
        tls: Pair | None = None,
        auth: Mapping[str, Any] | None = None,
        host: str = "127.0.0.1",
        login: tuple[str, str] | None = None,
    ) -> None:
        port = _free_port()
        config: dict[str, Any] = {
            "version": 0.1,
            "log": {"level": "error"},
            "storage": {"filesystem": {"rootdirectory": str(directory / "data")}, "delete": {"enabled": True}},
            "http": {"addr": f"127.0.0.1:{port}", "secret": "none"},
        }
        if tls:
            config["http"]["tls"] = {"certificate": str(tls.certificate), "key": str(tls.key)}
        if auth:
            config["auth"] = auth
        self._config = directory / f"config-{port}.yml"
        self._config.write_text(json.dumps(config))
        basic = base64.b64encode(":".join(login).encode()).decode() if login else ""
        self.registry = Registry(
            f"{'https' if tls else 'http'}://{host}:{port}", f"{host}:{port}", port, f"Basic {basic}" if basic else ""
        )

    def __enter__(self) -> Self:
        assert BINARY
        self._process = subprocess.Popen(
            [BINARY, "serve", str(self._config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + _PATIENCE
        while not _listens(self.registry.port):
            assert self._process.poll() is None, "docker-registry ended"
            assert time.monotonic() < deadline, "docker-registry does not listen"
            time.sleep(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
