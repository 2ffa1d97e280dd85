"""The bot's process: Slack, threads that deliver, lint, report and show incidents, the sweep of late jobs, health."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial

import dramatiq
import redis
import structlog
from dramatiq.errors import Retry
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from bot.alerts import AlertEndpoint
from bot.app import Team, create_app, desk_of, guard_of
from bot.delivery import Delivery
from bot.groups import UserGroups, following
from bot.http import SlackEndpoint
from bot.incidents import Board
from bot.linting import linting
from bot.remembering import Remembering
from bot.report_jobs import ReportJobs
from bot.reports import Reports
from bot.seen import Seen
from bot.slack import Slack, web_client
from bot.turns import turning
from sickbay.diagnostics.errors import DiagnosticsError, TemporaryError
from sickbay.diagnostics.targets import Target
from sickbay.health import HealthServer
from sickbay.incidents.alerts.intake import Alerts
from sickbay.incidents.alerts.rules import AlertSettings, SenderName
from sickbay.incidents.alerts.senders import Sender
from sickbay.incidents.audit import Audit
from sickbay.incidents.database import Database
from sickbay.incidents.diagnoses import Diagnoses
from sickbay.incidents.digests import digest_of
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.model import Defaults
from sickbay.incidents.mutes import Mutes
from sickbay.incidents.policy import Policy
from sickbay.incidents.schedules import Schedules
from sickbay.incidents.timeline import Timeline
from sickbay.jobs.broker import connect, make_broker
from sickbay.jobs.errors import QueueUnavailableError
from sickbay.jobs.queue import DELIVERY, Queue
from sickbay.shapes import build_shapes

log = structlog.get_logger()

#: Threads that deliver; few, since people who wait to be acknowledged come first.
DELIVERERS = 4
#: Seconds between two looks for overdue jobs.
_SWEEP_EVERY = 1.0
#: Threads of the socket that hand envelopes to listeners. More of them only wait for each other in a burst: a command
#: takes 3 ms of processor time, and one commit of the audit serves as many as wait for it.
_SOCKET_THREADS = 16
#: Milliseconds that idle threads wait between two looks: the root card should stand at once.
_LOOK = 50
#: Milliseconds that a delivery under way has to end.
_GRACE = 5_000
_DAY = 24 * 3600 * 1000
#: Seconds that a delivery stands back at most for those who wait to be acknowledged, and between two looks.
_STANDS_BACK, _BACK_LOOK = 1.0, 0.005


def run_bot(
    *,
    redis_url: str,
    bot_token: str,
    app_token: str | None = None,
    signing_secret: str | None = None,
    api_url: str,
    targets: Mapping[str, Target],
    budget_s: float,
    policy: Policy,
    database: Database,
    audit_key: bytes,
    stopping: threading.Event,
    http: tuple[str, int] | None = None,
    defaults: Defaults = Defaults(),  # noqa: B008 - it is frozen
    stakeholders: str = "",
    senders: Mapping[SenderName, Sender] | None = None,
    alerts: AlertSettings = AlertSettings(),  # noqa: B008 - it is frozen
) -> None:
    """Serve Slack until `stopping` is set: by Socket Mode with `app_token`, with `signing_secret` over HTTP.

    `http` is the address to listen on, for alerts of `senders` as well; `defaults` are those of a new incident, and
    `stakeholders` is the channel that is told of their status. Raises SlackApiError when Slack refuses a token at the
    start, and AddressError.
    """
    build_shapes("sickbay", "bot", "handlers")
    client = web_client(bot_token, api_url)
    sender = connect(redis_url, sender=True)
    queue = Queue(sender, make_broker(sender))
    groups = UserGroups(Slack(client), policy.groups)
    changed, wanted = threading.Event(), threading.Event()

    def wake() -> None:
        changed.set()
        wanted.set()

    team = Team(
        policy=policy, groups_of=groups.of, database=database, audit=Audit(database, audit_key),
        wake=wake, defaults=defaults,
    )  # fmt: skip
    app = create_app(client, queue, Seen(sender), targets, team, budget_s=budget_s)
    handler = SocketModeHandler(app, app_token, concurrency=_SOCKET_THREADS) if app_token else None
    endpoint = SlackEndpoint(app, SignatureVerifier(signing_secret)) if signing_secret else None
    with ExitStack() as stack:
        stack.callback(database.close)
        stack.enter_context(following(groups))
        stack.enter_context(_delivering(redis_url, client, Remembering(database), lambda: app.busy))
        stack.enter_context(linting(redis_url, Slack(client), longest_budget_s=budget_s))
        desk = desk_of(queue, targets, team, guard_of(team), budget_s=budget_s)
        board = Board(Incidents(database), Timeline(database), desk, sender, Slack(client), stakeholders=stakeholders)
        stack.enter_context(turning("incidents", board.turn, changed))
        reports = _reports(queue, targets, team, sender, Slack(client), budget_s=budget_s)
        stack.enter_context(turning("schedules", reports.begin, wanted))
        stack.enter_context(turning("reports", reports.end, threading.Event()))
        if endpoint:
            stack.callback(endpoint.close)
        if http:
            kept = Alerts(database, alerts, targets, remind_every=team.defaults.remind_every)
            taking = AlertEndpoint(senders or {}, kept.take)
            stack.callback(taking.close)
            routes = [*([endpoint.route] if endpoint else []), *taking.routes]
            stack.enter_context(HealthServer(*http, lambda: _ailment(queue, handler), routes))
        if handler:
            stack.callback(hang_up, handler)
            handler.connect()  # type: ignore[no-untyped-call]  # the handler carries no types here
        log.info("bot connected" if handler else "bot waits for Slack's requests", targets=len(targets))
        _sweep(queue, stopping)


def hang_up(handler: SocketModeHandler) -> None:
    """End a socket's client: it reads no more, acknowledges what it handles, and then closes.

    What it has not read, or not begun, Slack sends to another. Left alone, the client's reader would wait for three
    seconds. An SSLSocket's own `shutdown` would have the rest sent in the clear.
    """
    client = handler.client
    client.closed, client.auto_reconnect_enabled = True, False
    session = client.current_session
    if session and session.sock:
        with suppress(OSError):
            socket.socket.shutdown(session.sock, socket.SHUT_RD)
    client.enqueue_message("")  # wakes who waits for one
    client.message_processor.shutdown()  # type: ignore[no-untyped-call]  # these carry no types
    client.message_workers.shutdown()
    handler.close()  # type: ignore[no-untyped-call]


def _reports(
    queue: Queue, targets: Mapping[str, Target], team: Team, client: redis.Redis, slack: Slack, *, budget_s: float
) -> Reports:
    """Give what runs the schedules."""
    kept = team.database
    jobs = ReportJobs(queue, targets, guard_of(team), Mutes(kept), budget_s=budget_s)
    digest = partial(digest_of, Incidents(kept), Diagnoses(kept))
    return Reports(Schedules(kept), jobs, client, slack, digest=digest, note=Remembering(kept).note)


@contextmanager
def _delivering(redis_url: str, slack: WebClient, remembering: Remembering, busy: Callable[[], bool]) -> Iterator[None]:
    """Deliver in threads of their own, with a broker that may wait for Redis as long as it takes."""
    client = connect(redis_url, sender=False)
    broker = make_broker(client)
    queue = Queue(client, broker)
    declare_sync(broker, Delivery(queue, client, Slack(slack), note=remembering.note), busy=busy)
    worker = dramatiq.Worker(broker, queues={DELIVERY}, worker_threads=DELIVERERS, worker_timeout=_LOOK)
    worker.start()
    try:
        yield
    finally:
        try:
            worker.stop(timeout=_GRACE)
        except redis.RedisError as error:
            log.warning("ended without Redis: what it was delivering is delivered by the next bot", error=str(error))


def declare_sync(broker: dramatiq.Broker, delivery: Delivery, *, busy: Callable[[], bool]) -> None:
    """Declare the actor of the queue `delivery`; what may succeed later is tried again later, for a day.

    While `busy`, people wait to be acknowledged, and a delivery stands back for a moment: they have three seconds.
    """

    def sync(job_id: str) -> None:
        waited = 0.0
        while busy() and waited < _STANDS_BACK:
            time.sleep(_BACK_LOOK)
            waited += _BACK_LOOK
        try:
            delivery.sync(job_id)
        except TemporaryError as error:
            raise Retry(str(error), delay=max(1, int(error.delay * 1000))) from error
        except (redis.ConnectionError, redis.TimeoutError) as error:
            raise Retry(str(error), delay=1000) from error
        except DiagnosticsError as error:
            log.warning("a thread cannot be brought up to date", job_id=job_id, error=str(error))

    declare = dramatiq.actor(broker=broker, actor_name="sync", queue_name=DELIVERY, max_retries=10_000, max_age=_DAY)
    declare(sync)


def _sweep(queue: Queue, stopping: threading.Event) -> None:
    """End overdue jobs and repeat lost messages every second, so that every thread reaches a final state."""
    while not stopping.wait(_SWEEP_EVERY):
        try:
            queue.sweep()
        except QueueUnavailableError as error:
            log.warning("the queue does not answer", error=str(error))


def _ailment(queue: Queue, socket: SocketModeHandler | None) -> str:
    """Give what is wrong: no Redis, or in Socket Mode no connection to Slack."""
    try:
        queue.ping()
    except QueueUnavailableError as error:
        return str(error)
    return "" if socket is None or socket.client.is_connected() else "not connected to Slack"
