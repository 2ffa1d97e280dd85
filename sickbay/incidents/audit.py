"""Who asked for what, and what was decided: a log in the database in which nothing can be changed unnoticed.

Each row carries an HMAC-SHA256 over itself and over that of the row before, and the last row's is sealed beside them,
so that rows changed, taken out, moved, forged or cut off at the end are found by whoever holds the key. Each new head
goes to the log stream as well: who can write the database can put an old copy of all of it back, and only a head that
was kept elsewhere tells.
"""

import hmac
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import lru_cache

import msgspec
import structlog
from sqlalchemy import Connection, Select, exc, insert, select, true, update

from sickbay.diagnostics.redaction import redact
from sickbay.incidents.database import Database, DatabaseUnavailableError, upsert
from sickbay.incidents.tables import AUDIT, AUDIT_HEAD, storable

log = structlog.get_logger()

#: Characters that are kept of one text: what people type is short, and a command may have 40,000.
LONGEST_TEXT = 4_000
#: Rows that are read at a time.
_PAGE = 5_000
#: The table's only row that counts.
_HEAD = select(AUDIT_HEAD).where(AUDIT_HEAD.c.id == 1)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One request and what came of it; `rule` allowed it or could have, `detail` is what was asked for in words."""

    at: datetime
    actor: str
    channel: str
    action: str
    target: str
    detail: str
    rule: str
    outcome: str


class Head(msgspec.Struct, frozen=True):
    """The last row of the log as it once was: its sequence, counted from 1 without gaps, and its mac in hex."""

    sequence: int
    mac: str


#: Of a log without rows.
_NOTHING = Head(0, "")


class Row(msgspec.Struct, frozen=True):
    """An entry as it is kept: `at` in ISO 8601 with microseconds, UTC; `previous` is the mac of the row before."""

    sequence: int
    at: str
    actor: str
    channel: str
    action: str
    target: str
    detail: str
    rule: str
    outcome: str
    previous: str
    mac: str = ""

    @property
    def head(self) -> Head:
        """Give the head of a log that ends with this row."""
        return Head(self.sequence, self.mac)


class Verdict(msgspec.Struct, frozen=True):
    """How far the log is as it was written: the head of its sound part, and what is wrong after it, or nothing."""

    head: Head
    problem: str = ""


class _Waiting(msgspec.Struct, frozen=True):
    entry: Entry
    sequence: "Future[int]"


class Audit:
    """Writes and proves the log. Several bots may write to one database: each waits for the other's row."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._key = key
        self._waiting: list[_Waiting] = []
        self._turn = threading.Condition()
        self._writing = False
        self._last = _NOTHING

    def append(self, entry: Entry) -> int:
        """Write the entry, without secrets, and give its sequence; it is committed by then.

        One transaction takes all that wait, so many threads cost little more than one. Raises DatabaseUnavailableError
        where it cannot be written, or where the log is no longer what was written: adding to it would hide that.
        """
        mine = _Waiting(_kept(entry), Future())
        with self._turn:
            self._waiting.append(mine)
            # Whoever is first when nobody writes does it for all that have come by then; the others find it done.
            self._turn.wait_for(lambda: mine.sequence.done() or not self._writing)
            if mine.sequence.done():
                return mine.sequence.result()
            self._writing = True
            batch, self._waiting = self._waiting, []
        self._settle(batch)
        with self._turn:
            self._writing = False
            self._turn.notify_all()
        return mine.sequence.result()

    def verify(self, exported: Head | None = None) -> Verdict:
        """Look through the whole log for the first row that is not as it was written, and for rows cut off at the end.

        `exported` is a head of this log that was kept elsewhere. Raises DatabaseUnavailableError.
        """
        # Read before the rows: those that are added meanwhile come after it.
        with self._database.read() as connection:
            kept = _kept_head(connection)
        sealed = kept[0] if kept and self._is_sealed(*kept) else None
        last = _NOTHING
        for row in self.rows():
            if problem := self._problem(row, last, sealed) or _contradicted(row, sealed, exported):
                return Verdict(last, problem)
            last = row.head
        if kept and not sealed:
            return Verdict(last, "the sealed head was changed, so rows may be cut off at the end")
        if last.sequence and not kept:
            return Verdict(last, "the sealed head was removed, so rows may be cut off at the end")
        for head, name in ((sealed, "the sealed head"), (exported, "the exported head")):
            if head and head.sequence > last.sequence:
                return Verdict(last, f"the end is cut off: {name} is row {head.sequence}")
        return Verdict(last)

    def rows(self, since: datetime | None = None) -> Iterator[Row]:
        """Yield the rows in their order, those of that moment and later. Raises DatabaseUnavailableError."""
        wanted = select(AUDIT).order_by(AUDIT.c.sequence).limit(_PAGE)
        if since:
            wanted = wanted.where(AUDIT.c.at >= _text_of(since))
        page = wanted
        while True:
            with self._database.read() as connection:
                rows = [Row(**found) for found in connection.execute(page).mappings()]
            yield from rows
            if len(rows) < _PAGE:
                return
            page = wanted.where(AUDIT.c.sequence > rows[-1].sequence)

    def _settle(self, batch: Sequence[_Waiting]) -> None:
        """Write the entries and tell each who waits its sequence, or each the same error."""
        try:
            first = self._write([waiting.entry for waiting in batch])
        except BaseException as error:
            for waiting in batch:
                waiting.sequence.set_exception(error)
        else:
            for sequence, waiting in enumerate(batch, first):
                waiting.sequence.set_result(sequence)

    def _write(self, entries: Sequence[Entry]) -> int:
        """Write the entries in one transaction, and give the sequence of the first."""
        try:
            with self._database.begin() as connection:
                before = self._locked_head(connection)
                rows = list(self._chained(entries, before))
                connection.execute(insert(AUDIT), [msgspec.structs.asdict(row) for row in rows])
                head = rows[-1].head
                sealed = {"sequence": head.sequence, "mac": head.mac, "seal": self._seal(head)}
                connection.execute(update(AUDIT_HEAD).where(AUDIT_HEAD.c.id == 1).values(sealed))
        except exc.IntegrityError as error:
            raise _broken("there are rows after its sealed head") from error
        self._last = head
        log.info("audit head", sequence=head.sequence, mac=head.mac)
        return before.sequence + 1

    def _locked_head(self, connection: Connection) -> Head:
        """Give the head to go on from, which no other bot can then move before this transaction ends."""
        locked = _HEAD.with_for_update()
        kept = _kept_head(connection, locked)
        if kept is None:
            genesis = {"id": 1, "sequence": 0, "mac": "", "seal": self._seal(_NOTHING)}
            # Another bot may be writing its first row as well.
            connection.execute(upsert(connection, AUDIT_HEAD, genesis, unless=true()))
            kept = _kept_head(connection, locked)
        if kept is None or not self._is_sealed(*kept):
            raise _broken("its sealed head was changed, or the key is not the one that it was written with")
        if kept[0].sequence < self._last.sequence:
            raise _broken(f"row {self._last.sequence} was written, and the log ends before it")
        return kept[0]

    def _chained(self, entries: Sequence[Entry], before: Head) -> Iterator[Row]:
        for entry in entries:
            words = msgspec.structs.asdict(entry) | {"at": _text_of(entry.at)}
            row = Row(sequence=before.sequence + 1, previous=before.mac, **words)
            row = msgspec.structs.replace(row, mac=self._mac(row))
            yield row
            before = row.head

    def _problem(self, row: Row, last: Head, sealed: Head | None) -> str:
        """Say what is wrong with a row that comes after the head `last`; nothing where it is as it was written."""
        if row.sequence != last.sequence + 1:
            return f"row {last.sequence + 1} is missing: row {row.sequence} stands in its place"
        if not hmac.compare_digest(self._mac(row).encode(), str(row.mac).encode()):
            other_key = "" if sealed or last.sequence else ", or the key is not the one that it was written with"
            return f"row {row.sequence} is not as it was written: it was changed, moved or forged{other_key}"
        if row.previous != last.mac:
            return f"row {row.sequence} was not written after the row before it"
        return ""

    def _is_sealed(self, head: Head, seal: str) -> bool:
        return hmac.compare_digest(self._seal(head).encode(), str(seal).encode())

    def _seal(self, head: Head) -> str:
        return self._signed(["head", head.sequence, head.mac])

    def _mac(self, row: Row) -> str:
        return self._signed(["row", *msgspec.structs.astuple(row)[:-1]])

    def _signed(self, words: list[object]) -> str:
        """Sign the words as a JSON array: no two lists of words look the same in it."""
        return hmac.new(self._key, msgspec.json.encode(words), "sha256").hexdigest()


def _kept_head(connection: Connection, wanted: Select[int, int, str, str] = _HEAD) -> tuple[Head, str] | None:
    """Give the head in the database and its seal."""
    found = connection.execute(wanted).one_or_none()
    return (Head(found.sequence, found.mac), found.seal) if found else None


def _contradicted(row: Row, sealed: Head | None, exported: Head | None) -> str:
    for head, name in ((sealed, "the sealed head"), (exported, "the exported head")):
        if head and head.sequence == row.sequence and head.mac != row.mac:
            return f"row {row.sequence} is not the one that was {name}: rows before it were written anew"
    return ""


def _broken(what: str) -> DatabaseUnavailableError:
    return DatabaseUnavailableError(f"The audit log cannot go on: {what}. Run `sickbay audit verify`.")


def _kept(entry: Entry) -> Entry:
    """Give the entry as it may be kept: no secrets, nothing that a database refuses, nothing endless."""
    words = {name: _known_clean(text) for name, text in msgspec.structs.asdict(entry).items() if name not in _FREE}
    return msgspec.structs.replace(entry, detail=_clean(entry.detail), **words)


def _clean(text: str) -> str:
    return storable(redact(text)[:LONGEST_TEXT])


#: People, channels, actions, rules and outcomes are few: to look for secrets in each anew would cost the most of a row.
_known_clean = lru_cache(1024)(_clean)
#: What is not one of a few: the moment, and the words of whoever asked.
_FREE = ("at", "detail")


def _text_of(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
