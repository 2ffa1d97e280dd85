"""The command line: one file a command, each importing what is heavy only when it runs, so that `--help` is quick."""

import typer

from bot.command_line import (
    audit,
    bot,
    checks,
    config,
    db,
    diagnose,
    doctor,
    incident,
    lint,
    logs,
    manifest,
    policy,
    recorder,
    replay,
    up,
    worker,
    workspace,
)


def application() -> typer.Typer:
    """Give the command line with all of its commands."""
    app = _group("sickbay", "Finds out why containers misbehave, and answers in Slack or right here.")
    app.command("up")(up.up)
    app.command("bot")(bot.bot)
    app.command("worker")(worker.worker)
    app.command("recorder")(recorder.recorder)
    app.command("diagnose")(diagnose.diagnose)
    app.command("logs")(logs.logs)
    app.command("lint")(lint.lint)
    app.command("replay")(replay.replay)
    app.command("doctor")(doctor.doctor)
    app.command("manifest")(manifest.manifest)
    groups = {
        "audit": audit, "checks": checks, "config": config, "db": db, "incident": incident, "policy": policy,
        "workspace": workspace,
    }  # fmt: skip
    for name, module in groups.items():
        group = _group(name, module.HELP)
        module.add_commands(group)
        app.add_typer(group)
    return app


def _group(name: str, text: str) -> typer.Typer:
    """Give a group of commands with plain help: rich costs more to import than all the rest of `sickbay --help`."""
    return typer.Typer(
        name=name,
        help=text,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
