"""'Compare with last run': what appeared since then, what went away, and what is still there."""

from collections.abc import Sequence

from handlers.blocks.findings import SEVERITY, moment
from handlers.blocks.text import Block, bullets, context, counted, emoji, plain, rich, section
from handlers.blocks.view import modal
from sickbay.diagnostics.model import Severity
from sickbay.incidents.diagnoses import PastDiagnosis, PastFinding

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
    lines = [
        [
            emoji(SEVERITY[Severity(finding.severity)][0]),
            plain(" "),
            plain(finding.code, mono=True, most=20),
            plain(" "),
            plain(finding.subject, bold=True, most=120),
            plain(f" {finding.summary}", most=160),
        ]
        for finding in findings[:_LISTED]
    ]
    if rest := len(findings) - len(lines):
        lines.append([plain(f"and {rest} more")])
    return [rich(section(emoji(icon), plain(f" {title} ({len(findings)})", bold=True)), bullets(lines))]
