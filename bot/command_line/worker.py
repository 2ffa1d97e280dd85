"""`sickbay worker`: a job process alone, as many as wanted, near the targets."""

from bot.command_line.common import ConfigOption, Exit, LifelineOption, fail, secrets_or_exit, settings_or_exit


def worker(*, config: ConfigOption = None, lifeline: LifelineOption = None) -> None:
    """Run one worker: it takes the jobs of its zones from Redis. Needs REDIS_URL."""
    settings, secrets = settings_or_exit(config), secrets_or_exit()
    if secrets.redis_url is None:
        fail("REDIS_URL: is not set; a worker takes its jobs from Redis.", Exit.USAGE)
    from bot.command_line.process import begin
    from sickbay.health import AddressError
    from sickbay.settings.model import LONGEST_BUDGET
    from workers.process import run_worker

    try:
        run_worker(
            redis_url=secrets.redis_url.get_secret_value(),
            zones=settings.served_zones,
            targets=settings.targets,
            threads=settings.worker.threads,
            # A job brings its budget along: the bot's settings decide it.
            longest_budget_s=LONGEST_BUDGET.total_seconds(),
            stopping=begin("worker", lifeline),
            # A child of `sickbay up` needs no health check: its parent watches it.
            http=(settings.http.host, settings.http.port) if lifeline is None else None,
        )
    except AddressError as error:
        fail(str(error), Exit.USAGE)
