"""Security events (requirements C07): in the log, and to a syslog collector where one is named.

    access log, calls of strangers, drain ─┐
    start, stop, changed configuration ────┼─► logger "allomairie.security" ─► the log
                                           └────────────────────► bounded queue ─► syslog (thread)

An event names accounts, peers and counts; never a caller, a number or a word. A collector that does
not answer costs its events, never a call.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import queue
from collections.abc import Iterator
from logging.handlers import QueueHandler, QueueListener, SysLogHandler
from pathlib import Path
from typing import Any

from deploy.config import Settings
from deploy.errors import CannotStart
from deploy.logs import JsonLines
from deploy.parts import Town

SECURITY = logging.getLogger("allomairie.security")
LAST = "configuration.sha256"  #: in the town's data: what ran last
MOST_WAITING = 1000  #: events that wait for the collector; more are lost
_APP = "allomairie: "  #: the tag by which collectors sort lines (RFC 3164)


class Bounded(QueueHandler):
    """Drops what does not fit: the program must not wait for a collector."""

    def enqueue(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(queue.Full):
            self.queue.put_nowait(record)

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record  # formatted in the listener, with its facts


class _Tagged(JsonLines):
    def format(self, record: logging.LogRecord) -> str:
        return _APP + super().format(record)


def event(name: str, message: str, level: int = logging.INFO, **facts: object) -> None:
    """Tell of one event; `facts` are for machines."""
    SECURITY.log(level, "%s", message, extra={"facts": {"event": name, **facts}})


@contextlib.contextmanager
def security_log(town: Town) -> Iterator[None]:
    """Tell the collector from here to the end, and of the start and the end themselves.

    Raises:
        CannotStart: the local socket of syslog is not there.
    """
    with _to_collector(town.settings.log.security_to):
        changed = configuration_changed(town.settings, town.folder.data / LAST)
        peers = [one.name for one in town.settings.sip.peers]
        event("started", "the server starts", peers=peers)
        if changed:
            event("configuration", "the configuration is not the last one", peers=peers)
        try:
            yield
        finally:
            event("stopped", "the server has stopped")


@contextlib.contextmanager
def _to_collector(where: str) -> Iterator[None]:
    if not where:
        yield
        return
    handler = Bounded(queue.Queue(MOST_WAITING))
    syslog = open_syslog(where)
    listener = QueueListener(handler.queue, syslog)
    listener.start()
    SECURITY.addHandler(handler)
    try:
        yield
    finally:
        SECURITY.removeHandler(handler)
        listener.stop()
        syslog.close()


def open_syslog(where: str) -> SysLogHandler:
    """The way to a collector.

    Args:
        where: a path such as "/dev/log", or "host:port" over UDP.

    Raises:
        CannotStart: it cannot be opened.
    """
    address: Any = where
    try:
        if where.startswith("/"):
            _must_be_socket(Path(where))  # the handler itself would only lose every event
        else:
            host, _, port = where.rpartition(":")
            address = (host.strip("[]"), int(port))
        syslog = SysLogHandler(address, facility=SysLogHandler.LOG_AUTHPRIV)
    except (OSError, OverflowError) as error:
        raise CannotStart(
            f"log.security_to: {where} cannot be reached ({error}); start the syslog service, or "
            "name a collector as host:port"
        ) from error
    syslog.append_nul = False
    syslog.setFormatter(_Tagged())
    syslog.handleError = lambda record: None  # type: ignore[method-assign]  # it may come back
    return syslog


def _must_be_socket(path: Path) -> None:
    if not path.is_socket():
        raise FileNotFoundError("there is no socket")


def configuration_changed(settings: Settings, kept: Path) -> bool:
    """Whether it differs from the last start's; secrets are not compared, nor kept."""
    now = hashlib.sha256(settings.model_dump_json().encode()).hexdigest()
    try:
        before = kept.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        before = ""
    if before == now:
        return False
    with contextlib.suppress(OSError):
        kept.write_text(now + "\n", encoding="ascii")
    return bool(before)
