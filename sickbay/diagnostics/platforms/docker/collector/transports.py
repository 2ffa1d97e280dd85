"""The SDK's transports, made safe for us: bounded, pooled, deaf to the environment, strict about who answers."""

import io
import logging
import ssl
import threading
import time
from collections.abc import Mapping
from typing import Any

import docker
import paramiko
from docker.transport.sshconn import SSHConnectionPool, SSHHTTPAdapter
from docker.transport.unixconn import UnixHTTPAdapter, UnixHTTPConnectionPool
from requests.adapters import HTTPAdapter

from sickbay.diagnostics.platforms.docker.target import EngineTarget, TlsFiles

_ENGINE = "http+docker://engine"
#: The SDK wants a version to be set; calls here name their own.
_ANY = "1.41"
#: How an SSH server says that a connection has as many sessions as it may: OpenSSH the first, others the second.
_NO_ROOM = {
    paramiko.common.OPEN_FAILED_CONNECT_FAILED,
    paramiko.common.OPEN_FAILED_RESOURCE_SHORTAGE,
}


def open_client(target: EngineTarget, *, connections: int, seconds: float) -> docker.APIClient:
    """Give the SDK's client with room for so many connections, SSH connected within `seconds` a step.

    Its own question for the version is left out: ours has a deadline and tells errors apart. Raises the errors of the
    SDK, of paramiko and of the system.
    """
    scheme, _, address = target.host.partition("://")
    tls: docker.tls.TLSConfig | bool = False
    if target.tls:
        files = target.tls
        _check(files)
        pair = (str(files.certificate), str(files.key)) if files.certificate else None
        tls = docker.tls.TLSConfig(client_cert=pair, ca_cert=str(files.ca) if files.ca else None, verify=True)
    base_url = target.host if scheme == "tcp" else "unix:///unused"
    client = docker.APIClient(base_url=base_url, version=_ANY, tls=tls)
    # Neither proxies nor certificate bundles from the environment: a target is reached as its configuration says.
    client.trust_env = False
    if scheme == "tcp":
        for prefix in ("http://", "https://"):
            client.mount(prefix, HTTPAdapter(pool_maxsize=connections))
    elif scheme == "ssh":
        client.mount("http+docker://", _SSHAdapter(target.host, seconds=seconds, connections=connections))
    else:
        client.mount("http+docker://", _UnixAdapter(f"http+unix://{address}", max_pool_size=connections))
    return client


def _check(files: TlsFiles) -> None:
    """Raise ssl.SSLError naming the file that is missing or holds nothing usable: the SDK's own errors name none."""
    for path in (files.ca, files.certificate, files.key):
        try:
            if path:
                path.open("rb").close()
        except OSError as error:
            raise ssl.SSLError(0, f"{path}: {error.strerror}") from error
    context, loading = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), files.ca
    try:
        if files.ca:
            context.load_verify_locations(files.ca)
        loading = files.certificate
        if files.certificate:
            # With a password given, even a wrong one, OpenSSL does not ask for it on the terminal.
            context.load_cert_chain(files.certificate, files.key, password="-")  # noqa: S106
    except ssl.SSLError as error:
        raise ssl.SSLError(
            0, f"{loading}: not a PEM certificate, or not of its key, or the key has a password"
        ) from error


class _UnixAdapter(UnixHTTPAdapter):
    """The SDK's transport, with one pool for all URLs: its own makes one for each, and no connection is used twice."""

    def get_connection(self, _url: str | bytes, proxies: Mapping[str, str] | None = None) -> UnixHTTPConnectionPool:
        return super().get_connection(_ENGINE, proxies)


class _SSHAdapter(SSHHTTPAdapter):
    """The SDK's SSH transport, with one pool too and a limit on each step of connecting.

    As there, host keys come from known_hosts and an unknown one is refused.
    """

    ssh_params: dict[str, Any]

    def __init__(self, base_url: str, *, seconds: float, connections: int) -> None:
        self._seconds = seconds
        super().__init__(base_url, max_pool_size=connections)
        self._pool = SSHConnectionPool(ssh_client=self.ssh_client, maxsize=connections)
        self._pool.ssh_transport = _Sessions(self._pool.ssh_transport, seconds)  # type: ignore[assignment, arg-type]

    def get_connection(self, _url: str | bytes, _proxies: Mapping[str, str] | None = None) -> SSHConnectionPool:
        return self._pool

    def _connect(self) -> None:
        if self.ssh_client is None:
            return
        # What it logs as errors comes as exceptions too, and is no news on anybody's terminal.
        logging.getLogger("paramiko").setLevel(logging.CRITICAL)
        limit = self._seconds
        try:
            self.ssh_client.connect(**self.ssh_params, timeout=limit, banner_timeout=limit, auth_timeout=limit)
        except Exception:
            self.ssh_client.close()
            raise
        if transport := self.ssh_client.get_transport():
            transport.channel_timeout = self._seconds


class _Sessions:
    """An SSH transport whose sessions http.client can read as it reads a socket."""

    def __init__(self, transport: paramiko.Transport, seconds: float) -> None:
        self._transport = transport
        self._seconds = seconds
        self._opening = threading.Lock()

    def open_session(self) -> "_ChannelSocket":
        """Open one, waiting for room: a stream that we left counts at sshd until its command there has ended.

        One at a time: paramiko mixes up the errors of two that fail together.
        """
        deadline = time.monotonic() + self._seconds
        while True:
            try:
                with self._opening:
                    return _ChannelSocket(self._transport.open_session())
            except paramiko.ChannelException as error:
                if error.code not in _NO_ROOM or time.monotonic() > deadline:
                    raise
            time.sleep(0.1)


class _ChannelSocket:
    """An SSH channel whose file gives what has come so far, without waiting for more; paramiko's own cannot."""

    def __init__(self, channel: paramiko.Channel) -> None:
        self._channel = channel

    def makefile(self, *_: object, **__: object) -> io.BufferedReader:
        return io.BufferedReader(_ChannelReader(self._channel))

    def __getattr__(self, name: str) -> object:
        return getattr(self._channel, name)


class _ChannelReader(io.RawIOBase):
    def __init__(self, channel: paramiko.Channel) -> None:
        self._channel = channel

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = self._channel.recv(len(buffer))
        buffer[: len(content)] = content
        return len(content)
