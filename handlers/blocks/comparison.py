"""'Compare with last run': what appeared since then, what went away, and what is still there."""

from collections.abc import Sequence

from handlers.blocks.findings import SEVERITY, moment
from handlers.blocks.text import Block, bullets, context, counted, emoji, plain, rich, section
from handlers.blocks.view import modal
from sickbay.diagnostics.model import Severity
from sickbay.incidents.diagnoses import PastDiagnosis, PastFinding
from sickbay.incidents.summaries import FoundOnce

#: Findings listed of each kind, beyond those a count.
_LISTED = 20


def comparison(before: PastDiagnosis, now: PastDiagnosis) -> Block:
    """Give the modal that compares two runs of the same diagnosis."""
    old = {(finding.code, finding.subject): finding for finding in before.findings}
    new = {(finding.code, finding.subject): finding for finding in now.findings}
    appeared = [finding for key, finding in new.items() if key not in old]
    gone = [finding for key, finding in old.items() if key not in new]
    still = [finding for key, finding in new.items() if key in old]
    what = f"{now.target} › {now.scope}" if now.scope else now.target
    blocks = [
        rich(section(plain(what, bold=True, most=300))),
        context(f"{moment(before.submitted_at)} compared with {moment(now.submitted_at)}"),
    ]
    if now.gaps or before.gaps:
        unread = counted({"things": now.gaps or before.gaps})
        when = "This run" if now.gaps else "The run before"
        blocks.append(context(f"{when} could not read {unread}: what is told of them may only have been unseen."))
    if not appeared and not gone:
        found = f"{counted({'findings': len(still)})} as before" if still else "no finding, then and now"
        blocks.append(rich(section(plain(f"Nothing changed: {found}."))))
    blocks += [
        *_part("rotating_light", "Appeared", appeared),
        *_part("white_check_mark", "Went away", gone),
        *_part("hourglass_flowing_sand", "Still there", still),
    ]
    return modal("Since the last run", blocks)


def _part(icon: str, title: str, findings: Sequence[PastFinding]) -> list[Block]:
    if not findings:
        return []
    lines = in_lines(findings, most=_LISTED, summary=160)
    return [rich(section(emoji(icon), plain(f" {title} ({len(findings)})", bold=True)), lines)]


def in_lines(found: Sequence[PastFinding | FoundOnce], *, most: int, summary: int) -> Block:
    """Give a list of kept findings, a line each, further ones as a count; so many characters of a summary."""
    lines = [
        [
            emoji(SEVERITY[Severity(one.severity)][0]),
            plain(" "),
            plain(one.code, mono=True, most=20),
            plain(" "),
            plain(one.subject, bold=True, most=120),
            plain(f" {one.summary}", most=summary),
        ]
        for one in found[:most]
    ]
    if rest := len(found) - len(lines):
        lines.append([plain(f"and {rest} more")])
    return bullets(lines)
