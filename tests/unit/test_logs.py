"""Logs: one JSON object a line where nobody watches, readable where somebody does, and no secrets in either."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from sickbay.logs import set_up_logging


class Terminal(io.StringIO):
    """A stream that a person watches."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def test_without_a_terminal_each_line_is_json() -> None:
    """Given a file, when something is logged by structlog and by a library, then each is one JSON object."""
    stream = io.StringIO()
    set_up_logging(process="worker", stream=stream)

    structlog.get_logger("sickbay.test").info("worker started", zones=["default"])
    logging.getLogger("library").warning("it %s", "broke")

    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["event"], first["zones"], first["process"], first["level"]) == (
        "worker started",
        ["default"],
        "worker",
        "info",
    )
    assert (second["event"], second["logger"], second["process"]) == ("it broke", "library", "worker")


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["file", "terminal"])
def test_secrets_and_terminal_escapes_do_not_get_in(stream: io.StringIO) -> None:
    """Given a secret and an escape sequence in each place of an event, when it is logged, then neither is written."""
    set_up_logging(process="worker", stream=stream)
    log = structlog.get_logger("sickbay.test")

    try:
        int("password=s3cr3t \x1b[2J")
    except ValueError:
        log.exception("redis://:s3cr3t@redis \x1b[2J", error="xoxb-1234567890-s3cr3t \x1b[2J")

    assert "s3cr3t" not in stream.getvalue()
    assert "\x1b[2J" not in stream.getvalue()
    assert "[redacted" in stream.getvalue()


def test_libraries_that_write_payloads_are_quiet() -> None:
    """Given Slack's libraries, when they log what they received, then that is not written."""
    stream = io.StringIO()
    set_up_logging(process="bot", level=logging.DEBUG, stream=stream)

    logging.getLogger("slack_bolt.App").debug("body: %s", {"token": "t"})
    logging.getLogger("slack_sdk.web.client").info("body")

    assert stream.getvalue() == ""
