"""`sickbay recorder`: remembers what happens in the targets; one a zone is enough, others stand by."""

from bot.command_line.common import ConfigOption, Exit, LifelineOption, fail, secrets_or_exit, settings_or_exit


def recorder(*, config: ConfigOption = None, lifeline: LifelineOption = None) -> None:
    """Run one recorder: it watches the targets of its zones, and remembers what changes in Redis. Needs REDIS_URL."""
    settings, secrets = settings_or_exit(config), secrets_or_exit()
    if secrets.redis_url is None:
        fail("REDIS_URL: is not set; a recorder writes to Redis what it sees.", Exit.USAGE)
    from bot.command_line.process import begin
    from sickbay.health import AddressError
    from workers.recording import run_recorder

    try:
        run_recorder(
            redis_url=secrets.redis_url.get_secret_value(),
            zones=settings.served_zones,
            targets=settings.recorded,
            keep=settings.memory.keep,
            most_events=settings.memory.most_events,
            stopping=begin("recorder", lifeline),
            # A child of `sickbay up` needs no health check: its parent watches it.
            http=(settings.http.host, settings.http.port) if lifeline is None else None,
        )
    except AddressError as error:
        fail(str(error), Exit.USAGE)
