"""What keeps Sickbay out of a cluster is told by its class, and what RBAC hides by the right that is missing."""

import ssl
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.kubernetes.collector import collect
from sickbay.diagnostics.platforms.kubernetes.snapshot import Obstacle, Snapshot
from sickbay.diagnostics.platforms.kubernetes.target import KubernetesTarget
from sickbay.diagnostics.targets import Request
from tests.integration.docker.certificates import Authority
from tests.unit.diagnostics.platforms.kubernetes.conftest import Read
from tests.unit.diagnostics.platforms.kubernetes.fake_api import FakeApi, Handler, hang, items, kubeconfig, raw, refusal


def reading(file: Path | None, *, context: str | None = None, seconds: float = 10.0) -> Snapshot:
    target = KubernetesTarget(name="lab", kubeconfig=file, context=context)
    return collect(target, Request(), Budget(seconds), lambda _step: None)


def obstacle(snapshot: Snapshot) -> tuple[Obstacle, str]:
    assert snapshot.unreachable is not None
    assert snapshot.looked_at() == {}
    return snapshot.unreachable.obstacle, snapshot.unreachable.message


def test_refused_credentials(api: FakeApi, read: Read) -> None:
    """Given an API server that answers 401, when read, then the credentials are refused."""
    api.routes["/version"] = refusal(401, "Unauthorized")

    assert obstacle(read()) == (Obstacle.UNAUTHORIZED, "Unauthorized")


def test_a_server_that_hangs(api: FakeApi, read: Read) -> None:
    """Given an API server that accepts and never answers, when read within 2 s, then it ends in time and says so."""
    api.routes["/version"] = hang()
    began = time.monotonic()

    assert obstacle(read(seconds=2.0)) == (Obstacle.TIMEOUT, "no answer in time")
    assert time.monotonic() - began < 5.0


def test_nobody_listens(tmp_path: Path) -> None:
    """Given an address where nobody listens, when read, then the connection is refused."""
    with FakeApi() as gone:
        file = kubeconfig(tmp_path, gone.url)

    assert obstacle(reading(file))[0] is Obstacle.REFUSED


def test_a_name_that_is_none(tmp_path: Path) -> None:
    """Given a host name that does not exist, when read, then that is said."""
    assert obstacle(reading(kubeconfig(tmp_path, "http://api.invalid:6443")))[0] is Obstacle.NAME


@pytest.mark.parametrize("body", [b"<html>", b'"hello"', b""])
def test_something_else_answers(api: FakeApi, read: Read, body: bytes) -> None:
    """Given a web server that is no API server, when read, then that is said."""
    api.routes["/version"] = raw(body)

    assert obstacle(read())[0] is Obstacle.PROTOCOL


def test_a_forbidden_list_names_the_right_it_needs(api: FakeApi, read: Read) -> None:
    """Given a server that refuses nodes and slices, when read, then gaps name verb and resource, and pods are read."""
    where = 'User "viewer" cannot list resource "nodes" in API group "" at the cluster scope'
    api.routes["/api/v1/nodes"] = refusal(403, f"nodes is forbidden: {where}")
    where = 'User "viewer" cannot list resource "endpointslices" in API group "discovery.k8s.io" at the cluster scope'
    api.routes["/apis/discovery.k8s.io/v1/endpointslices"] = refusal(403, f"endpointslices is forbidden: {where}")
    api.routes["/api/v1/pods"] = items({"metadata": {"name": "a", "namespace": "shop", "uid": "a"}})

    snapshot = read()

    told = {gap.what: gap.reason for gap in snapshot.gaps}
    assert told["nodes: needs list on nodes"] == "RBAC refuses it at the cluster scope"
    assert told["endpointslices: needs list on endpointslices.discovery.k8s.io"].startswith("RBAC refuses it")
    assert len(snapshot.pods) == 1
    assert not snapshot.knows("nodes")


def test_a_kubeconfig_that_is_not_there(tmp_path: Path) -> None:
    """Given a path to no file, when read, then the kubeconfig is at fault."""
    assert obstacle(reading(tmp_path / "none"))[0] is Obstacle.KUBECONFIG


def test_a_kubeconfig_that_cannot_be_read(tmp_path: Path) -> None:
    """Given a path that cannot be read as a file, when read, then the kubeconfig is at fault."""
    assert obstacle(reading(tmp_path))[0] is Obstacle.KUBECONFIG


@pytest.mark.parametrize("content", ["\t", "{", "just text", "[]", "clusters: 7"])
def test_a_kubeconfig_that_is_none(tmp_path: Path, content: str) -> None:
    """Given a file that is no kubeconfig, when read, then the kubeconfig is at fault and nothing else breaks."""
    file = tmp_path / "kubeconfig"
    file.write_text(content)

    assert obstacle(reading(file))[0] is Obstacle.KUBECONFIG


def test_a_context_that_is_not_there(tmp_path: Path) -> None:
    """Given a context that the file does not have, when read, then the message names it."""
    why, message = obstacle(reading(kubeconfig(tmp_path, "http://127.0.0.1:1"), context="prod"))

    assert why is Obstacle.KUBECONFIG
    assert "prod" in message


def plugin(command: str) -> Mapping[str, Any]:
    return {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": command,
            "args": ["get-token"],
            "interactiveMode": "Never",
        }
    }


def test_a_plugin_that_is_not_installed(tmp_path: Path, api: FakeApi) -> None:
    """Given credentials from a program that is not installed, when read, then the message names the program."""
    why, message = obstacle(reading(kubeconfig(tmp_path, api.url, user=plugin("no-such-login"))))

    assert why is Obstacle.CREDENTIALS
    assert "no-such-login" in message


def test_a_plugin_that_works(tmp_path: Path, api: FakeApi) -> None:
    """Given credentials from a program, when read, then its token is sent."""
    program = tmp_path / "login"
    credential = '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"fresh"}}'
    program.write_text(f"#!/bin/sh\necho '{credential}'\n")
    program.chmod(0o700)
    seen: list[str] = []

    def version(handler: Handler, query: dict[str, str]) -> None:
        seen.append(str(handler.headers["Authorization"]))
        raw(b'{"gitVersion":"v1.31.2"}')(handler, query)

    api.routes["/version"] = version

    assert reading(kubeconfig(tmp_path, api.url, user=plugin(str(program)))).unreachable is None
    assert seen == ["Bearer fresh"]


def served_with(pair: Any, *, clients: Path | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients)
    return context


def test_a_certificate_of_an_unknown_authority(tmp_path: Path) -> None:
    """Given a certificate signed by somebody else, when read, then the handshake fails for that."""
    right, wrong = Authority(tmp_path, "right"), Authority(tmp_path, "wrong")
    with FakeApi(tls=served_with(wrong.sign("server"))) as api:
        why, message = obstacle(reading(kubeconfig(tmp_path, api.url, ca=right.path)))

    assert why is Obstacle.TLS
    assert "certificate" in message


def test_a_certificate_for_another_name(tmp_path: Path) -> None:
    """Given a certificate for another address, when read, then the handshake fails for that."""
    authority = Authority(tmp_path, "right")
    with FakeApi(tls=served_with(authority.sign("server", address="127.0.0.9"))) as api:
        why, message = obstacle(reading(kubeconfig(tmp_path, api.url, ca=authority.path)))

    assert why is Obstacle.TLS
    assert "127.0.0.1" in message


def test_an_expired_client_certificate(tmp_path: Path) -> None:
    """Given a client certificate that has expired, when read, then the handshake fails for that."""
    authority = Authority(tmp_path, "right")
    client = authority.sign("client", lasts=timedelta(days=-1))
    user = {"client-certificate": str(client.certificate), "client-key": str(client.key)}
    with FakeApi(tls=served_with(authority.sign("server"), clients=authority.path)) as api:
        why, _ = obstacle(reading(kubeconfig(tmp_path, api.url, user=user, ca=authority.path)))

    assert why is Obstacle.TLS


def test_how_long_the_servers_certificate_holds(tmp_path: Path) -> None:
    """Given an API server over TLS, when read, then the snapshot knows from when to when its certificate holds."""
    authority = Authority(tmp_path, "right")
    with FakeApi(tls=served_with(authority.sign("server", lasts=timedelta(days=3)))) as api:
        snapshot = reading(kubeconfig(tmp_path, api.url, ca=authority.path))

    (certificate,) = snapshot.certificates
    assert certificate.whose == "API server"
    assert timedelta(days=2) < certificate.not_after - snapshot.taken_at < timedelta(days=4)
