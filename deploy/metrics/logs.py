"""How many warnings and errors the log had: a rise tells of what no other figure knows."""

from __future__ import annotations

import logging

from prometheus_client import CollectorRegistry, Counter


class LogMetrics(logging.Handler):
    """Counts what reaches the root logger; writes nothing."""

    def __init__(self, registry: CollectorRegistry) -> None:
        super().__init__(logging.WARNING)
        self._lines = Counter(
            "allomairie_log_lines_total",
            "Lines of the log, by level.",
            ("level",),
            registry=registry,
        )
        for level in ("warning", "error"):
            self._lines.labels(level)

    def start(self) -> None:
        """Count from now on."""
        logging.getLogger().addHandler(self)

    def stop(self) -> None:
        """Count no more."""
        logging.getLogger().removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """One more."""
        self._lines.labels("error" if record.levelno >= logging.ERROR else "warning").inc()
