"""The workspace's HTTP server: Slack's API, Socket Mode, the page and its API, on loopback alone, in a thread."""

import asyncio
import socket
import threading
from pathlib import Path
from urllib.parse import urlencode

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from sickbay.simulator import files
from sickbay.simulator.errors import SlackError
from sickbay.simulator.faults_api import FaultsApi
from sickbay.simulator.gate import Gate, OnlyLocal
from sickbay.simulator.journal import Journal
from sickbay.simulator.one_time import OneTime
from sickbay.simulator.page_api import PageApi
from sickbay.simulator.responses import Responses
from sickbay.simulator.socket_mode import SocketMode
from sickbay.simulator.store import Store
from sickbay.simulator.web_api.dispatch import WebApi
from sickbay.simulator.wire import Wire, decode_object

_PAGE = Path(__file__).parent / "page"
#: What a response URL answers where it leads nowhere any more, and where it was sent no JSON object.
_GONE, _BAD = 404, 400
#: A task may swallow a cancellation; how often it is told to end, and for how many seconds it may take over it.
_CANCELLED_TIMES, _CANCELLED_WITHIN = 10, 0.5


class Site:
    """Everything that has an address."""

    def __init__(
        self,
        store: Store,
        web_api: WebApi,
        sockets: SocketMode,
        page_api: PageApi,
        faults_api: FaultsApi,
        gate: Gate,
        one_time: OneTime,
        responses: Responses,
        journal: Journal,
    ) -> None:
        self._store = store
        self._web_api = web_api
        self._sockets = sockets
        self._page_api = page_api
        self._faults_api = faults_api
        self._gate = gate
        self._one_time = one_time
        self._responses = responses
        self._journal = journal

    def application(self) -> Starlette:
        """Give the application."""
        routes: list[BaseRoute] = [
            Route("/", self._page),
            Route("/api/{method}", self._api, methods=["POST", "GET"]),
            Route("/hooks/{key}", self._response_url, methods=["POST"]),
            Route("/upload/{file_id}", self._upload, methods=["POST"]),
            Route("/files-pri/{place}/{name:path}", self._private_file),
            Route("/signin", _sign_in),
            WebSocketRoute("/link/", self._sockets.serve),
            Mount("/page", StaticFiles(directory=_PAGE)),
            *self._page_api.routes,
            *self._faults_api.routes,
        ]
        return Starlette(routes=routes, middleware=[Middleware(OnlyLocal, gate=self._gate)])

    async def _page(self, request: Request) -> Response:
        if not self._gate.opens(request):
            return self._gate.refusal()
        return FileResponse(_PAGE / "index.html")

    async def _api(self, request: Request) -> Response:
        return await self._web_api(request)

    async def _response_url(self, request: Request) -> Response:
        try:
            body = decode_object(await request.body())
        except SlackError:
            return JSONResponse({"ok": False, "error": "invalid_payload"}, _BAD)
        entry = self._journal.begin("from_app", "response_url", "response_url", body)
        try:
            url = self._one_time.respond(request.path_params["key"])
        except SlackError as error:
            return self._refused(entry, error, _GONE)
        try:
            self._responses.follow(url, body)
        except SlackError as error:
            return self._refused(entry, error)
        self._journal.end(entry, "ok")
        return PlainTextResponse("ok")

    def _refused(self, entry: Wire, error: SlackError, status: int = 200) -> Response:
        self._journal.end(entry, error.code)
        return JSONResponse({"ok": False, "error": error.code}, status)

    async def _private_file(self, request: Request) -> Response:
        """Give a file's bytes to who may read files; all others are shown the way to the sign-in page, as by Slack."""
        file_id = request.path_params["place"].partition("-")[2]
        entry = self._journal.begin("from_app", "file", f"url_private {request.path_params['name']}", None)
        if not self._web_api.reads_files(request):
            self._journal.end(entry, "sign in")
            return RedirectResponse(f"/signin?{urlencode({'redir': request.url.path})}", 302)
        content = self._store.contents.get(file_id)
        if content is None:
            self._journal.end(entry, "file_not_found")
            return HTMLResponse("<!DOCTYPE html><title>Not found</title>", _GONE)
        self._journal.end(entry, "ok")
        return Response(content, media_type=self._store.files[file_id]["mimetype"])

    async def _upload(self, request: Request) -> Response:
        """Take a file's bytes, whatever type they are said to be: Slack's client calls them a form."""
        file_id, content = request.path_params["file_id"], await request.body()
        if file_id not in self._store.files:
            return PlainTextResponse("file_not_found", _GONE)
        files.hold(self._store, file_id, content)
        return PlainTextResponse(f"OK - {len(content)}")


async def _sign_in(_request: Request) -> Response:
    return HTMLResponse("<!DOCTYPE html><title>Sign in</title><p>Sign in to the workspace to see this file.</p>")


class Server:
    """Runs an application in a thread with an event loop of its own."""

    def __init__(self, port: int) -> None:
        self.listening = socket.socket()
        self.listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self.listening.bind(("127.0.0.1", port))
        except OSError as error:
            self.listening.close()
            raise OSError(f"port {port} of 127.0.0.1 is taken") from error
        self.port = int(self.listening.getsockname()[1])
        self.loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self, application: Starlette) -> None:
        """Serve until `stop`; returns once it answers."""
        # No pings of uvicorn's own: Slack's socket client sends its own.
        config = uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
            ws_ping_interval=None,
        )
        self._server = uvicorn.Server(config)
        self.listening.listen(128)
        self._thread = threading.Thread(target=self._run, name="workspace", daemon=True)
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """End the server and its thread."""
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join()
            self._thread = None
        self.listening.close()

    def _run(self) -> None:
        assert self._server is not None  # noqa: S101 - `start` made it
        asyncio.set_event_loop(self.loop)
        self.loop.call_soon(self._ready.set)
        self.loop.run_until_complete(self._server.serve(sockets=[self.listening]))
        for _ in range(_CANCELLED_TIMES):
            left = asyncio.all_tasks(self.loop)
            if not left:
                break
            for task in left:
                task.cancel()
            self.loop.run_until_complete(asyncio.wait(left, timeout=_CANCELLED_WITHIN))
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.close()
