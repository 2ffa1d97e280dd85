"""What is linted of a message: its files and blocks of code, read from Slack by the bot, held in memory alone.

One file that cannot be read is a gap; where none can, there is nothing to judge, and the reason is the answer.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from msgspec import Struct, convert

from bot.download import MissingError, SignInError, TooLargeError
from bot.slack import GoneError, NoEntryError, Slack
from handlers.documents import LARGEST, MOST, File, documents_of
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.errors import PermanentError
from sickbay.diagnostics.model import Gap
from sickbay.diagnostics.platforms.lint.target import Document

#: Downloads at a time, and the seconds that one may take.
_AT_A_TIME, _SECONDS = 4, 10.0
_SCOPE = (
    "Slack does not let me read files: the app lacks the scope files:read. "
    "Add it to the app (deploy/slack/manifest.yaml has it), install the app again, then run this again."
)
_TOO_LARGE, _DELETED = "it is larger than 1 MB, the most that is linted", "it was deleted"
_NO_DOCUMENT = "There is no Dockerfile and no Compose file in that message, neither as a file nor between ``` and ```."


class Attached(Struct, frozen=True):
    """The documents of a message, and what of it could not be read."""

    documents: tuple[Document, ...]
    gaps: tuple[Gap, ...]


def read_attached(slack: Slack, channel: str, thread_ts: str, ts: str, budget: Budget) -> Attached:
    """Read what can be linted of a message. Raises PermanentError with a sentence for the asker, or TemporaryError."""
    found = documents_of(_message(slack, channel, thread_ts, ts))
    files = found.files[:MOST]
    gaps = [Gap(what=file.label, reason=_unfit(file)) for file in found.others]
    gaps += [Gap(what=file.label, reason=f"only {MOST} files of a message are read") for file in found.files[MOST:]]
    documents = [Document(path=name, content=text.encode()) for name, text in found.code[:MOST]]
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        for read in pool.map(lambda file: _read(slack, file, budget), files):
            if isinstance(read, Gap):
                gaps.append(read)
            else:
                documents.append(read)
    if not documents:
        raise PermanentError(" ".join(_sentences(gaps)) or _NO_DOCUMENT)
    return Attached(tuple(_told_apart(documents)), tuple(gaps))


def _message(slack: Slack, channel: str, thread_ts: str, ts: str) -> dict[str, object]:
    try:
        return slack.message(channel, thread_ts, ts)
    except GoneError as error:
        raise PermanentError("That message is not there any more, so there is nothing to lint.") from error
    except NoEntryError as error:
        raise PermanentError(
            f"Slack does not let me read that message ({error.code}). Invite me, then ask again."
        ) from error


def _read(slack: Slack, file: File, budget: Budget) -> Document | Gap:
    """Give a file with its bytes, or why there are none. Raises TemporaryError, CancelledError."""
    budget.raise_if_cancelled()
    known = file
    try:
        # Of a file from another workspace a message tells little: Slack wants to be asked.
        known = file if file.url_private else convert(slack.file(file.id), File, strict=False)
        if known.fits and known.size <= LARGEST:
            content = slack.download(known.url_private, most=LARGEST, seconds=budget.timeout(_SECONDS))
            return Document(path=known.label, content=content)
        reason = _TOO_LARGE if known.fits else _unfit(known)
    except TooLargeError:
        reason = _TOO_LARGE
    except SignInError:
        reason = _SCOPE
    except (MissingError, GoneError):
        reason = _DELETED
    except PermanentError as error:
        reason = _SCOPE if "missing_scope" in str(error) else str(error)
    return Gap(what=known.label, reason=reason)


def _unfit(file: File) -> str:
    return _DELETED if file.mode == "tombstone" else "it is neither a Dockerfile nor a Compose file"


def _sentences(gaps: list[Gap]) -> Iterator[str]:
    """Yield each reason once, the missing scope as it is, others by their file."""
    for reason in dict.fromkeys(gap.reason for gap in gaps):
        names = ", ".join(gap.what for gap in gaps if gap.reason == reason)
        yield reason if reason == _SCOPE else f"{names}: {reason.rstrip('.')}."


def _told_apart(documents: list[Document]) -> Iterator[Document]:
    """Yield the documents, of which those of one name get a folder each."""
    seen: set[str] = set()
    for number, document in enumerate(documents, start=1):
        path = f"{number}/{document.path}" if document.path in seen else document.path
        seen.add(path)
        yield Document(path=path, content=document.content)
