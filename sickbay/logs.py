"""Set up logging for a process: for people on a terminal, else one JSON object a line; secrets never get into it.

The standard library's loggers, those of libraries included, and structlog's end in the same place.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog

from sickbay.diagnostics.redaction import redact, redact_named
from sickbay.terminal import printable

#: At their lower levels these write whole Slack payloads, or a line for each request.
_QUIET = ("slack_sdk", "slack_bolt", "uvicorn", "websockets", "docker", "urllib3", "paramiko", "dramatiq", "azure",
          "msal")  # fmt: skip


def set_up_logging(*, process: str, level: int = logging.INFO, stream: TextIO = sys.stderr) -> None:
    """Send this process's logs to `stream`; each line says which `process` it comes from."""
    terminal = stream.isatty()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if terminal else "iso", utc=not terminal),
        structlog.processors.format_exc_info,
        _naming(process),
        _without_secrets,
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(pad_event_to=0) if terminal else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    handler.addFilter(_is_wanted)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _is_wanted(record: logging.LogRecord) -> bool:
    """Say whether to write the record; asked here, since some of these libraries set their loggers' levels anew."""
    return record.levelno >= logging.WARNING or not record.name.startswith(_QUIET)


def _naming(process: str) -> structlog.typing.Processor:
    def add_process(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        event["process"] = process
        return event

    return add_process


def _without_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Redact every text of the event, and make it harmless for a terminal; structlog's own begin with `_`."""
    return {key: value if key.startswith("_") else _safe(key, value) for key, value in event.items()}


def _safe(name: str, value: object) -> object:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return printable(redact_named(name, value))
        case Mapping():
            return {printable(redact(str(key))): _safe(str(key), item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_safe(name, item) for item in value]
    return printable(redact(repr(value)))
