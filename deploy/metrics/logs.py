"""How many warnings and errors the log had: a rise tells of what no other figure knows."""

from __future__ import annotations

import logging

from deploy.metrics.registry import Counter, Registry


class LogMetrics(logging.Handler):
    """Counts what reaches the root logger; writes nothing."""

    def __init__(self, registry: Registry) -> None:
        super().__init__(logging.WARNING)
        self._lines = Counter(
            "allomairie_log_lines_total", "Lines of the log, by level.", ("level",)
        )
        for level in ("warning", "error"):
            self._lines.declare(level)
        registry.add(self._lines)

    def start(self) -> None:
        """Count from now on."""
        logging.getLogger().addHandler(self)

    def stop(self) -> None:
        """Count no more."""
        logging.getLogger().removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """One more."""
        self._lines.inc("error" if record.levelno >= logging.ERROR else "warning")
