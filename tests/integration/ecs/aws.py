"""AWS in one process: moto's HTTP server behind a small layer that records the calls and edits the answers.

What moto does not produce (messages of the scheduler, reasons of stopped tasks, failed calls) is given by `answer`, in
the wire format of the API and with the texts that AWS documents.
"""

import json
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIEnvironment

import boto3
from moto.core.base_backend import BackendDict
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

REGION = "eu-west-1"
#: What a test gives as an answer: the body (text for an API in XML), or a status and the body that goes with it.
Body = dict[str, Any] | str
Answer = Body | tuple[int, Body]


class Aws:
    """The server. `called` names the operations in the order in which they came."""

    def __init__(self) -> None:
        BackendDict.reset()  # moto keeps one AWS for the whole process
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._answers: dict[str, Callable[[dict[str, Any]], Answer | None]] = {}
        self._edits: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {}
        self.called: list[str] = []
        self._asked: dict[str, bytes] = {}
        self._server = make_server("127.0.0.1", 0, self._serve, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def client(self, service: str, **credentials: str) -> Any:
        """Give a client of the server, with the environment's credentials unless told otherwise."""
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, **credentials)

    def answer(self, operation: str, answer: Answer) -> None:
        """Let this operation be answered so, in place of moto."""
        self._answers[operation] = lambda _asked: answer

    def answer_by(self, operation: str, answer: Callable[[dict[str, Any]], Answer | None]) -> None:
        """Let this operation be answered by what was asked; None leaves it to moto."""
        self._answers[operation] = answer

    def edit(self, operation: str, edit: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Let moto answer this operation of a JSON API, and change the answer."""
        self._edits[operation] = edit

    def forget(self) -> None:
        """Answer as moto does again, but for what moto does not know; count the calls anew."""
        self._answers, self._edits, self.called = {}, {}, []
        for operation, empty in _UNKNOWN_TO_MOTO.items():
            self.answer(operation, empty)

    def asked_for(self, operation: str) -> dict[str, str]:
        """Give what an operation of an API with form fields was last asked."""
        return {name: values[0] for name, values in parse_qs(self._asked[operation].decode("latin-1")).items()}

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        operation = _operation(environ, body)
        self.called.append(operation)
        self._asked[operation] = body
        given = self._answers.get(operation)
        answer = given(json.loads(body) if body.startswith(b"{") else {}) if given else None
        if answer is not None:
            return _respond(start, *(answer if isinstance(answer, tuple) else (200, answer)))
        environ["wsgi.input"] = _Body(body)
        edit = self._edits.get(operation)
        if edit is None:
            return self._moto(environ, start)  # type: ignore[no-any-return]
        told = b"".join(self._moto(environ, lambda *_told: lambda _data: None))
        return _respond(start, 200, edit(json.loads(told)))


#: Operations that moto 5.2 has not, as an account without any such thing answers.
_UNKNOWN_TO_MOTO: dict[str, dict[str, Any]] = {
    "DescribeScalingActivities": {"ScalingActivities": []},
    "ListServiceDeployments": {"serviceDeployments": []},
    "LookupEvents": {"Events": []},
}


class _Body:
    """A request's body that can be read once more."""

    def __init__(self, body: bytes) -> None:
        self._rest = body

    def read(self, size: int = -1) -> bytes:
        size = len(self._rest) if size < 0 else size
        given, self._rest = self._rest[:size], self._rest[size:]
        return given

    def readline(self, _size: int = -1) -> bytes:
        return self.read()


def _operation(environ: WSGIEnvironment, body: bytes) -> str:
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        return str(target).rpartition(".")[2]
    if "/operation/" in environ["PATH_INFO"]:
        return str(environ["PATH_INFO"]).rpartition("/")[2]
    return parse_qs(body.decode("latin-1")).get("Action", [""])[0]


def _respond(start: StartResponse, status: int, body: Body) -> Iterable[bytes]:
    text = (body if isinstance(body, str) else json.dumps(body)).encode()
    start(f"{status} -", [("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", str(len(text)))])
    return [text]


def error(code: str, message: str = "no", status: int = 400) -> tuple[int, dict[str, Any]]:
    """Give an error as a JSON API answers it."""
    return status, {"__type": code, "message": message}
