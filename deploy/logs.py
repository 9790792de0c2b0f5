"""The server's log: one line an event on standard error, text or JSON, never a caller's words.

records of all libraries ─► MaskedLog (numbers, e-mail) ─► text or JSON ─► standard error
pipecat's own log (warnings) ─┘
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TextIO

from loguru import logger as pipecat_logger
from pydantic import BaseModel, ConfigDict, Field

from records import MaskedLog
from telephony.watching import CALL

if TYPE_CHECKING:
    from loguru import Message

TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_NOISY = ("alembic", "baresip", "httpx", "aioice", "aiortc")


class LogSettings(BaseModel):
    """How the log is written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["text", "json"] = Field(
        "text", description="text: lines for people; json: one JSON object a line, for a collector."
    )
    level: Literal["info", "warning", "error"] = Field(
        "info", description="The least important line that is written."
    )
    security_to: str = Field(
        "",
        pattern=r"^$|^/\S+$|^[^\s/]+:\d{1,5}$",
        description="Security events go there by syslog, too: /dev/log, or host:port (UDP).",
    )


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, call, message, facts, error."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON; what is not there is left out."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if (call := getattr(record, "call", "")) not in ("", "-"):
            line["call"] = call
        line["message"] = record.getMessage()
        if isinstance(facts := getattr(record, "facts", None), dict):
            line["facts"] = facts
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            line["error"] = record.exc_text
        return json.dumps(line, ensure_ascii=False, default=str)


class NamesCall(logging.Filter):
    """Adds the reference of the call that the running task works for."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Name it; the record is always kept."""
        if not hasattr(record, "call"):
            record.call = CALL.get()
        return True


def start_log(settings: LogSettings, stream: TextIO | None = None) -> logging.Handler:
    """Write the log of this process from now on; returns the handler that does."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if settings.format == "json" else logging.Formatter(TEXT))
    handler.addFilter(NamesCall())
    handler.addFilter(MaskedLog())
    logging.basicConfig(level=settings.level.upper(), handlers=[handler])
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # pipecat logs frames' contents at debug level: callers' words must not reach a log
    pipecat_logger.remove()
    pipecat_logger.add(_pass_on, level="WARNING", format="{message}")
    return handler


def _pass_on(message: Message) -> None:
    """pipecat's line, written like all others."""
    said = message.record
    logging.getLogger("pipecat").log(said["level"].no, "%s", said["message"])
