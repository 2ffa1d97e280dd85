"""How long a registry and an image in it take to be asked, against plain GETs of the same endpoints.

Starts Debian's docker-registry on loopback with an index of two platforms, and ends it. The floor is bare http.client
over one connection with no decoding, in the same run: the same calls, one after another.
"""

import argparse
import hashlib
import http.client
import json
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.figures import tell
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import diagnose
from sickbay.diagnostics.platforms.registry.target import RegistryTarget
from sickbay.diagnostics.platforms.registry.wire import INDEXES, MANIFESTS
from sickbay.diagnostics.targets import Request

_REPOSITORY, _TAG = "bench/web", "1"
_CONFIG = "application/vnd.docker.container.image.v1+json"
_PATIENCE = 20.0


@contextmanager
def registry() -> Iterator[int]:
    """Run a registry with the image, and give its port."""
    binary = shutil.which("docker-registry")
    if binary is None:
        raise SystemExit("no docker-registry (Debian's package docker-registry)")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = int(server.getsockname()[1])
    with tempfile.TemporaryDirectory() as directory:
        config = Path(directory) / "config.yml"
        storage = {"filesystem": {"rootdirectory": directory}}
        settings = {
            "version": 0.1,
            "storage": storage,
            "http": {"addr": f"127.0.0.1:{port}"},
            "log": {"level": "error"},
        }
        config.write_text(json.dumps(settings))
        process = subprocess.Popen([binary, "serve", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_for(port)
            _push(port)
            yield port
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _push(port: int) -> None:
    """Push an index of two images."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    entries = []
    for architecture in ("amd64", "arm64"):
        config = json.dumps({"os": "linux", "architecture": architecture}).encode()
        digest = _digest(config)
        upload = _call(connection, "POST", f"/v2/{_REPOSITORY}/blobs/uploads/")
        place = upload["location"].partition(f":{port}")[2]
        _call(connection, "PUT", f"{place}&digest={digest}", config)
        described = {"mediaType": _CONFIG, "digest": digest, "size": len(config)}
        body = json.dumps({"schemaVersion": 2, "mediaType": MANIFESTS[1], "config": described, "layers": []}).encode()
        _call(connection, "PUT", f"/v2/{_REPOSITORY}/manifests/{_digest(body)}", body, MANIFESTS[1])
        platform = {"os": "linux", "architecture": architecture}
        entries.append({"mediaType": MANIFESTS[1], "digest": _digest(body), "size": len(body), "platform": platform})
    index = json.dumps({"schemaVersion": 2, "mediaType": INDEXES[1], "manifests": entries}).encode()
    _call(connection, "PUT", f"/v2/{_REPOSITORY}/manifests/{_TAG}", index, INDEXES[1])
    connection.close()


def _call(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes = b"", content_type: str = ""
) -> dict[str, str]:
    headers = {"Content-Type": content_type} if content_type else {}
    connection.request(method, path, body, {**headers, "Accept": ", ".join((*INDEXES, *MANIFESTS))})
    answer = connection.getresponse()
    answer.read()
    return {name.lower(): value for name, value in answer.getheaders()}


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def floor(port: int) -> float:
    """Make the calls of a diagnosis, and give the seconds that took."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    manifest = f"/v2/{_REPOSITORY}/manifests"
    _call(connection, "GET", "/v2/")
    digest = _call(connection, "HEAD", f"{manifest}/{_TAG}")["docker-content-digest"]
    fallback = digest.replace(":", "-")
    for path in (f"{manifest}/{_TAG}", f"/v2/{_REPOSITORY}/referrers/{digest}", f"{manifest}/{fallback}"):
        _call(connection, "GET", path)
    _call(connection, "HEAD", f"{manifest}/{fallback}.sig")
    for path in ("/api/v2.0/health", "/_ping"):
        _call(connection, "GET", path)
    connection.close()
    return time.perf_counter() - began


def check(port: int) -> float:
    """Diagnose the image once, and give the seconds that took."""
    target = RegistryTarget(name="bench", url=f"http://127.0.0.1:{port}")
    began = time.perf_counter()
    report = diagnose(target, Request(scope=f"{_REPOSITORY}:{_TAG}"), budget=Budget(20)).report
    seconds = time.perf_counter() - began
    if report.findings or report.gaps:
        raise SystemExit(f"the image is not well: {report.findings or report.gaps}")
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument("--rounds", type=int, default=20, help="how often each is measured; the median counts")
    arguments = parser.parse_args()
    with registry() as port:
        check(port)  # imports what a worker has imported already
        taken = [(check(port), floor(port)) for _ in range(arguments.rounds)]
    checks, floors = ([1000 * seconds for seconds in column] for column in zip(*taken, strict=True))
    figures = {"check_ms": round(statistics.median(checks), 1), "plain_gets_ms": round(statistics.median(floors), 1)}
    tell(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
