"""Read the end of a log without ever holding more than a bound of it."""

from sickbay.diagnostics.asked_logs import FEWER
from sickbay.diagnostics.cleaning import clean_log
from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.platforms.docker.collector.connection import Connection

#: Lines and bytes read of one log.
LINES, BYTES = 200, 256 * 1024
_HEADER = 8
_STANDARD_ERROR = 2


def read_log(connection: Connection, of: str, *, tty: bool, lines: int = LINES, most: int = BYTES) -> LogTail:
    """Give the tail of the log `of` (`/containers/ID`), each line after its time as the engine writes it.

    Of at most so many `lines`; of fewer where these have more than `most` bytes. Raises CallError.
    """
    body, cut = _tail(connection, of, lines, most)
    more = cut
    while more and lines >= FEWER:
        lines //= FEWER
        body, more = _tail(connection, of, lines, most)
    text = body if tty else demultiplexed(body)
    return LogTail(text=clean_log(text.decode(errors="replace")), cut=cut)


def _tail(connection: Connection, of: str, lines: int, most: int) -> tuple[bytes, bool]:
    return connection.read(f"{of}/logs", most, {"stdout": 1, "stderr": 1, "timestamps": 1, "tail": lines})


def demultiplexed(body: bytes) -> bytes:
    """Give the content of frames of `stream (1 byte), 0, 0, 0, size (4 bytes), content`, both streams in their order.

    The last frame may be cut off. A body that is not framed (Podman may not) comes back as it is.
    """
    content, at = bytearray(), 0
    while len(body) - at >= _HEADER:
        header = body[at : at + _HEADER]
        if header[0] > _STANDARD_ERROR or any(header[1:4]):
            return body
        end = at + _HEADER + int.from_bytes(header[4:], "big")
        content += body[at + _HEADER : end]
        at = end
    return bytes(content)
