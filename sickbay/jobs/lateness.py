"""Why a job was not done in time, as a sentence for the person who asked."""

from sickbay.jobs.model import BOT_ZONE, JobRecord, JobState


def why_late(record: JobRecord, workers: int) -> str:
    """Say why a job that is not final is overdue, and what to do; `workers` are those of its zone that are alive."""
    zone = record.job.zone
    if record.state is JobState.RUNNING:
        return "The worker that took this did not finish in time: it was lost or its target hangs. Run it again."
    if zone == BOT_ZONE:
        return "Sickbay's bot did not get to this in time. Run it again."
    if workers:
        return f"No worker of zone {zone} was free in time. Run it again, or start more workers."
    return f"No worker serves zone {zone}. Start one (`sickbay worker` with this zone), then run it again."
