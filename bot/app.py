"""The Bolt app with every listener there is."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import msgspec
from slack_sdk import WebClient

from bot import failures
from bot.channels import unwelcome
from bot.dispatch import CarefulApp
from bot.people import TimeZones, unfit
from bot.postmortems import share
from bot.seen import Seen
from handlers.actions import cancel, compare, details, explain, home, judge, logs, mute, run_again
from handlers.actions import incident as incident_buttons
from handlers.actions import report as report_buttons
from handlers.commands import diagnose, incident, report
from handlers.desk import Desk
from handlers.events import direct_message, home_opened, mention, message_changed, pinned
from handlers.forms import diagnose as diagnose_form
from handlers.forms import incident as incident_form
from handlers.forms import report as report_form
from handlers.guard import Guard
from handlers.homes import Homes
from handlers.incidents import IncidentDesk
from handlers.reports import ReportDesk
from handlers.shortcuts import diagnose as diagnose_message
from handlers.shortcuts import lint
from handlers.shortcuts import timeline as add_to_timeline
from handlers.workbench import Workbench
from sickbay.diagnostics.targets import Target
from sickbay.incidents.audit import Audit
from sickbay.incidents.database import Database
from sickbay.incidents.diagnoses import Diagnoses
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.marks import Marks
from sickbay.incidents.model import Defaults
from sickbay.incidents.mutes import Mutes
from sickbay.incidents.policy import Policy
from sickbay.incidents.schedules import Schedules
from sickbay.incidents.timeline import Timeline
from sickbay.jobs.queue import Queue

#: Threads for listeners. Bolt's own five let a burst of commands miss Slack's three seconds.
LISTENERS = 16


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """The team's side: what it may do, who is in its user groups, what it did, and where that is kept.

    `wake` tells the threads that show incidents and reports that there is something to show; `defaults` are those of a
    new incident.
    """

    policy: Policy
    groups_of: Callable[[str], frozenset[str]]
    database: Database
    audit: Audit
    wake: Callable[[], None]
    defaults: Defaults = Defaults()


def guard_of(team: Team) -> Guard:
    """Give the guard that every request passes."""
    incident_of = Incidents(team.database).of_channel
    return Guard(team.policy, groups_of=team.groups_of, append=team.audit.append, incident_of=incident_of)


def desk_of(queue: Queue, targets: Mapping[str, Target], team: Team, guard: Guard, *, budget_s: float) -> Desk:
    """Give the desk where diagnoses are asked for."""
    kept = team.database
    return Desk(
        queue, targets, budget_s=budget_s,
        guard=guard, diagnoses=Diagnoses(kept), mutes=Mutes(kept), incidents=Incidents(kept), marks=Marks(kept),
    )  # fmt: skip


def create_app(
    client: WebClient, queue: Queue, seen: Seen, targets: Mapping[str, Target], team: Team, *, budget_s: float
) -> CarefulApp:
    """Make the app. Each request is acknowledged after its listener, so nothing is accepted and then lost."""
    app = CarefulApp(
        seen,
        client=client,
        process_before_response=True,
        listener_executor=ThreadPoolExecutor(LISTENERS, thread_name_prefix="listener"),
        raise_error_for_unhandled_request=True,
        # HTTP mode verifies before it reads (http.py); a socket is Slack's own.
        request_verification_enabled=False,
    )
    failures.register(app)
    guard = guard_of(team)
    desk = desk_of(queue, targets, team, guard, budget_s=budget_s)
    diagnoses, incidents = Diagnoses(team.database), Incidents(team.database)
    workbench = Workbench(desk, guard, diagnoses, Mutes(team.database), incidents, Marks(team.database))
    timeline = Timeline(team.database)
    incident_desk = IncidentDesk(
        guard, incidents, timeline, targets,
        wake=team.wake, defaults=team.defaults,
        unfit=partial(unfit, client), share=partial(share, client, team.database),
    )  # fmt: skip
    report_desk = ReportDesk(
        guard, Schedules(team.database), targets,
        wake=team.wake, zone_of=TimeZones(client).of, unwelcome=partial(unwelcome, client),
    )  # fmt: skip
    homes = Homes(desk, queue, diagnoses, incident_desk, report_desk)
    for interaction in (diagnose, diagnose_form, diagnose_message, lint):
        interaction.register(app, desk)
    for one in (incident, incident_buttons, incident_form, add_to_timeline, pinned):
        one.register(app, incident_desk)
    for asked in (report, report_buttons, report_form):
        asked.register(app, report_desk)
    message_changed.register(app, timeline)
    for spoken in (mention, direct_message):
        spoken.register(app, desk, incident_desk, report_desk)
    for button in (run_again, cancel, compare, details, logs, explain, mute, judge):
        button.register(app, workbench)
    for view in (home_opened, home):
        view.register(app, homes)
    return app
