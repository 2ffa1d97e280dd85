"""What `@sickbay lint`, a direct message with files and the shortcut 'Lint this' share: what to lint, and where."""

import re
from collections.abc import Mapping
from typing import Any

from handlers.blocks import notices
from handlers.desk import Desk
from handlers.documents import LARGEST, MOST, Documents, documents_of
from sickbay.jobs.model import Destination

_VERB = re.compile(r"\s*/?lint(?![\w./:@-])", re.IGNORECASE)
_WORD = re.compile(r"(?<![\w./:@-])lint(?![\w./:@-])", re.IGNORECASE)


def asks_to_lint(words: str, message: Mapping[str, Any]) -> bool:
    """Say whether the words ask for it: by the verb, or anywhere beside files."""
    return bool(_VERB.match(words) or (message.get("files") and _WORD.search(words)))


def take_said(event: Mapping[str, Any], desk: Desk, *, request_id: str) -> str | None:
    """Take the documents of what was said; of an answer without any, those at the head of its thread."""
    found = documents_of(event)
    if found.count or found.others or "thread_ts" not in event:
        notice = why_not(found)
        source = event["ts"]
    else:
        notice, source = None, event["thread_ts"]
    place = Destination(channel=event["channel"], thread_ts=event.get("thread_ts") or event["ts"])
    return notice or desk.lint(source, asked_by=event["user"], destination=place, request_id=request_id)


def why_not(found: Documents) -> str | None:
    """Give the sentence for the asker where nothing of it can be linted."""
    if found.count > MOST:
        return notices.too_many_documents(found.count, MOST)
    if found.count == 0:
        return notices.nothing_to_lint([file.label for file in found.others])
    if not found.code and all(file.size > LARGEST for file in found.files):
        return notices.document_too_large(found.files[0].label)
    return None
