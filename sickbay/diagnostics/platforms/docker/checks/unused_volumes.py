"""Volumes that no container uses."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot

_NAMED = 5


@check(
    "DKR-V104",
    title="Unused volumes",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Look what is in them, then remove those that nobody wants: `docker volume rm NAME`. Removed data is gone.",
    explains=("DKR-E107",),
)
def unused_volumes(host: Snapshot) -> Iterator[Finding]:
    """No container, running or stopped, has these volumes mounted (RefCount 0 in `/system/df`).

    They keep what a removed container had written, which may be wanted: `docker volume prune` takes all those without
    a name at once, with `--all` the named ones too.
    """
    if host.request.scope:
        return
    unused = [item for item in (host.disk.volumes if host.disk else ()) if item.usage_data.ref_count == 0]
    if not unused:
        return
    unused.sort(key=lambda item: -item.usage_data.size)
    size = sum(max(0, item.usage_data.size) for item in unused)
    named = ", ".join(f"{item.name[:40]} ({max(0, item.usage_data.size) / 1e6:.0f} MB)" for item in unused[:_NAMED])
    some = f"{len(unused)} volumes are" if len(unused) > 1 else f"Volume {unused[0].name} is"
    yield Finding(
        subject=host.subject,
        summary=f"{some} used by no container and {'take' if len(unused) > 1 else 'takes'} {size / 1e9:.1f} GB.",
        evidence=(host.evidence("GET /system/df Volumes RefCount 0", named),),
        count=len(unused),
    )
