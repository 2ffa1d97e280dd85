"""The host's clock is wrong, or Sickbay's is."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot

_MOST = timedelta(seconds=60)


@check(
    "DKR-E109",
    title="Clock off",
    severity=Severity.MEDIUM,
    remedy="Let both hosts set their clocks by NTP (chrony, systemd-timesyncd), and see why one of them does not.",
)
def clock(host: Snapshot) -> Iterator[Finding]:
    """The engine's clock differs from Sickbay's by more than 60 s, beyond what the call itself took.

    `/info` SystemTime is compared with the middle of the call. Which of the two is wrong is not known from here. A
    wrong clock makes certificates and tokens 'not yet valid' or 'expired', and puts log lines and events at wrong
    times. A virtual machine that was suspended, or a host that cannot reach its time server, are the usual causes.
    """
    told = _moment(host.info.system_time)
    if told is None or host.clock_at is None:
        return
    skew, unsure = told - host.clock_at, timedelta(seconds=host.info_seconds / 2)
    if abs(skew) - unsure <= _MOST:
        return
    way = "ahead of" if skew > timedelta() else "behind"
    yield Finding(
        subject=host.subject,
        summary=f"{host.host}'s clock is {_span(abs(skew))} {way} Sickbay's: one of the two is wrong.",
        evidence=(
            host.evidence("GET /info SystemTime", f"{told:%Y-%m-%d %H:%M:%S} UTC"),
            host.evidence("Sickbay's clock", f"{host.clock_at:%Y-%m-%d %H:%M:%S} UTC"),
        ),
        last_seen=host.taken_at,
    )


def _moment(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _span(span: timedelta) -> str:
    minutes = span / timedelta(minutes=1)
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.0f} h" if minutes < 2880 else f"{span.days} days"
