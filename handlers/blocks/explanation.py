"""What a check means, how it knows, and what to do: the words of docs/checks.md, in Slack."""

from inspect import cleandoc
from typing import Any

from handlers.blocks.text import Block, clean, code, context, emoji, escape, plain, rich, section, sentence
from handlers.blocks.view import modal
from sickbay.diagnostics.catalogue import load_checks
from sickbay.diagnostics.check import Check


def explanation(check: Check[Any]) -> Block:
    """Give the modal of a check."""
    return modal(
        check.code,
        [
            rich(section(plain(check.title, bold=True))),
            *(rich(section(*sentence(part, 2500))) for part in _paragraphs(check)),
            rich(section(emoji("wrench"), plain(" What to do: ", bold=True), *sentence(check.remedy, 1500))),
            context(_relations(check)),
        ],
    )


def explained_in_words(check: Check[Any]) -> str:
    """Give the same as mrkdwn, for where a person typed `explain CODE`."""
    paragraphs = "\n".join(escape(part, 2000) for part in _paragraphs(check))
    remedy = escape(check.remedy, 800)
    return f"{code(check.code)} *{escape(check.title)}*\n{paragraphs}\n*What to do:* {remedy}\n_{_relations(check)}_"


def _paragraphs(check: Check[Any]) -> list[str]:
    return [" ".join(part.split()) for part in clean(cleandoc(check.explanation), 6000).split("\n\n")]


def _relations(check: Check[Any]) -> str:
    known = load_checks()
    explains = [f"{symptom} {known[symptom].title}" for symptom in check.explains if symptom in known]
    start = f"{check.severity} {check.kind}"
    return f"{start} · explains {', '.join(explains)}" if explains else start
