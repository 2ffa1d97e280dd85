"""A relay before a real engine's socket, which can speak TLS, freeze, or be cut."""

import select
import socket
import ssl
import threading
from contextlib import suppress
from typing import Self

_CHUNK = 64 * 1024


class Relay:
    """Carries bytes between who connects to `listener` and the engine. As a context, it is cut when it ends."""

    def __init__(self, listener: socket.socket, engine: str, tls: ssl.SSLContext | None = None) -> None:
        self._listener = listener
        self._engine = engine.removeprefix("unix://")
        self._tls = tls
        self._flowing = threading.Event()
        self._flowing.set()
        self._open: set[socket.socket] = set()

    def __enter__(self) -> Self:
        self._listener.listen(200)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        self._flowing.set()

    @property
    def port(self) -> int:
        """Give the TCP port on which the relay listens."""
        return int(self._listener.getsockname()[1])

    def freeze(self) -> None:
        """Carry nothing from now on, though new connections are accepted and none ends."""
        self._flowing.clear()

    def cut(self) -> None:
        """End all connections and accept no more, as when the daemon was killed."""
        for end in (self._listener, *self._open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with suppress(OSError), client, socket.socket(socket.AF_UNIX) as engine:
            if self._tls:
                client = _secured(client, self._tls)
            engine.connect(self._engine)
            self._open |= {client, engine}
            while self._carried(client, engine) and self._carried(engine, client):
                if not _waiting(client):
                    select.select([client, engine], [], [])
            client.close()

    def _carried(self, source: socket.socket, sink: socket.socket) -> bool:
        """Carry what waits in one direction, and say whether the connection still stands."""
        if not _waiting(source) and not select.select([source], [], [], 0)[0]:
            return True
        content = source.recv(_CHUNK)
        self._flowing.wait()
        sink.sendall(content)
        return bool(content)


def _secured(client: socket.socket, tls: ssl.SSLContext) -> ssl.SSLSocket:
    """Shake hands; where that fails, let the client read why before the connection ends, and raise OSError."""
    secured = tls.wrap_socket(client, server_side=True, do_handshake_on_connect=False)
    try:
        secured.do_handshake()
    except OSError:
        plain = socket.socket(fileno=secured.detach())
        with plain:
            plain.shutdown(socket.SHUT_WR)
            while plain.recv(_CHUNK):
                pass
        raise
    return secured


def _waiting(source: socket.socket) -> bool:
    """Say whether bytes have been decrypted and not yet been read."""
    return isinstance(source, ssl.SSLSocket) and source.pending() > 0
