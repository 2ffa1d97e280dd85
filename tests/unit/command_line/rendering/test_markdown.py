"""A report as Markdown: complete, and with nothing from a target that would be markup or ping anyone."""

import re

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.command_line.rendering.markdown import markdown
from sickbay.diagnostics.events import Coverage, Event, EventKind, Likelihood, Suspect
from sickbay.diagnostics.model import Evidence, Remedy, Table
from tests.unit.command_line.reports import AT, CAUSE, EVIL, GAP, LOG, SYMPTOM, finding, report


def html(text: str) -> str:
    return str(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


def test_everything_is_there() -> None:
    """Given a cause, a symptom and a gap, when rendered, then a reader finds all of them in that order."""
    page = html(markdown(report(CAUSE, SYMPTOM, gaps=(GAP,))))

    order = [
        "local (docker), all of it",
        "HIGH DKR-C101",
        "Read its log.",
        "docker logs db",
        "State.ExitCode",
        "Explains",
    ]
    order += ["DKR-C102", "(inferred)", "Could not be read", "disk usage: no answer within 10 s", "Looked at 1 engine"]
    positions = [page.index(words) for words in order]
    assert positions == sorted(positions)


def test_a_log_stands_in_a_block() -> None:
    """Given a log with its own fence, when rendered, then all of it is one block of code."""
    log = f"{LOG}\n```\nafter"
    page = html(markdown(report(finding(evidence=(Evidence(source="GET /logs", value=log, at=AT),)))))

    assert f"{log}\n</code>" in page


def test_nothing_from_a_target_is_markup() -> None:
    """Given markup in every text, when rendered, then it makes no element."""
    evil = finding(
        subject=EVIL, summary=EVIL, evidence=(Evidence(source=EVIL, value=EVIL, at=AT),), remedy=Remedy(text=EVIL)
    )
    page = html(markdown(report(evil, scope=EVIL)))

    assert "<a " not in page
    assert "<strong>x" not in page
    assert "<!channel>" not in page
    assert "\x1b" not in page


def test_nothing_from_a_target_is_a_mention() -> None:
    """Given a mention in prose, when rendered, then no service that looks for them sees one."""
    assert "@everyone" not in markdown(report(finding(summary=EVIL, remedy=Remedy(text=EVIL)), scope=EVIL))


@given(st.text(alphabet="`*_<>&@#[]()!|\\\n\t -+1.~$:/a", max_size=60))
def test_prose_is_shown_as_it_was(text: str) -> None:
    """Given any signs of Markdown, when rendered, then the reader sees the same signs."""
    page = html(markdown(report(finding(summary=f"x{text}x"))))

    shown = re.sub(r"<[^>]+>", "", page)
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        shown = shown.replace(entity, sign)
    assert " ".join(f"x{text}x".split()) in " ".join(shown.split())


def test_a_ranking_is_a_table_in_which_nothing_is_markup() -> None:
    """Given a ranking with a bar and a mention in a name, when written, then the row has as many cells as columns."""
    table = Table(title="Top by CPU: 1 pod", columns=("Pod", "CPU"), rows=(("a|b @everyone", "1.0 %"),))

    page = markdown(report(tables=(table,)))

    assert "| Pod | CPU |\n|---|---|\n| a\\|b &#64;everyone | 1\\.0 % |\n" in page


def test_what_changed_is_a_list_without_markup() -> None:
    """Given a suspect and changes with any names, when rendered, then all is there and nothing of it is markup."""
    change = Event(at=AT, source="watch", subject=f"container/{EVIL}", kind=EventKind.CONFIG, actor=EVIL)
    suspect = Suspect(change=change, likelihood=Likelihood.LIKELY, onset=AT, runner_up=change, tell_apart=EVIL)
    coverage = Coverage(since=AT, until=AT, sources=(EVIL,))

    written = markdown(report(finding(suspect=suspect), changes=(change,), coverage=coverage))
    page = html(written)

    assert page.index("Likely cause: container/web") < page.index("<strong>Fix:</strong>") < page.index("What changed")
    assert "Watched: web" in page
    assert "<strong>x" not in page
    assert "@everyone" not in written


def test_changes_alone_are_not_called_healthy() -> None:
    """Given a request for changes, when rendered, then it says how many there were, and not that nothing is wrong."""
    page = markdown(report(coverage=Coverage(since=AT, until=AT, sources=("recorder",))), changes=True)

    assert "Nothing changed since 2026-11-23 20:41:03 UTC." in page
    assert "wrong" not in page
