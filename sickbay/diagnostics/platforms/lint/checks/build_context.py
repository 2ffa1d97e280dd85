"""A build sends far more than it needs."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.lint.findings import Fault, told
from sickbay.diagnostics.platforms.lint.snapshot import Context, Dockerfile, Snapshot

_LARGE, _MEGABYTE = 100e6, 1e6
_WHOLE = re.compile(r"\.?/?")


@check(
    "LNT-110",
    title="Build context",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Write a .dockerignore that leaves out all but what is copied, and build from the project's own folder.",
)
def build_context(lint: Snapshot) -> Iterator[Finding]:
    """The folder to build from is the root of the disk or holds more than 100 MB; or it is copied whole, secrets too.

    Where the whole context is copied and no .dockerignore leaves it out, `.git`, `.env`, keys and `node_modules` end in
    the image, and any change of them undoes the build's cache. The context is taken to be the Dockerfile's own folder;
    it is looked at only for files of this machine, and not to its end where it is huge.
    """
    for file in lint.dockerfiles:
        if file.context:
            yield from told(lint, file, _faults(file, file.context))


def _faults(file: Dockerfile, context: Context) -> Iterator[Fault]:
    if context.whole_disk:
        yield Fault(line=0, what="is built from the root of the disk", shown=context.path)
    elif context.size > _LARGE:
        least = "at least " if context.more else ""
        most = ", ".join(f"{name} {size / _MEGABYTE:.0f} MB" for name, size in context.largest)
        what = f"has {least}{context.size / _MEGABYTE:.0f} MB to build from"
        yield Fault(line=0, what=what, shown=f"{context.path}: {most}")
    if context.risky:
        for item in file.instructions:
            whole = item.keyword in {"COPY", "ADD"} and "from" not in item.flags and len(item.words) > 1
            if whole and any(_WHOLE.fullmatch(word) for word in item.words[:-1]):
                what = f"copies the whole context, {', '.join(context.risky)} too"
                yield Fault(line=item.line, what=what, shown=item.text)
