"""ADD and COPY bring other files than they seem to."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.lint.dockerfile import Instruction
from sickbay.diagnostics.platforms.lint.findings import Fault, told
from sickbay.diagnostics.platforms.lint.hadolint_rules import told_by
from sickbay.diagnostics.platforms.lint.snapshot import Snapshot

_REMOTE = re.compile(r"https?://(?!\S+\.git(?:#\S*)?$)\S+", re.IGNORECASE)


@check(
    "LNT-103",
    title="ADD and COPY",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="COPY what lies in the context; ADD only archives, and from a URL only with `--checksum=sha256:…`.",
)
def copying(lint: Snapshot) -> Iterator[Finding]:
    """ADD stands where COPY would do or brings a file from a URL that nothing checks; a path leads out of the context.

    ADD unpacks local archives and fetches URLs. What it fetched belongs to root with mode 600, is not unpacked, and is
    whatever the server sends that day. Both know only the context: `../` ends at its root. A folder as the target needs
    its slash at the end. `--chown` and `--chmod` set owner and mode without a layer more.
    """
    for file in lint.dockerfiles:
        own = [fault for item in file.instructions for fault in _faults(item)]
        yield from told(lint, file, [*told_by("LNT-103", file), *own])


def _faults(item: Instruction) -> Iterator[Fault]:
    if item.keyword not in {"ADD", "COPY"} or "from" in item.flags:
        return
    for source in item.words[:-1]:
        if item.keyword == "ADD" and _REMOTE.fullmatch(source) and "checksum" not in item.flags:
            yield Fault(line=item.line, what="adds a file from a URL that nothing checks", shown=item.text)
        elif source.startswith("../"):
            yield Fault(line=item.line, what=f"takes {source}, which is outside of the context", shown=item.text)
