"""What is read from the parts of the server when somebody asks, and what is degraded.

`Parts` is a handful of functions that the server fills in once each part exists; until then they
say "nothing".
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version

from prometheus_client.core import CounterMetricFamily

from deploy.metrics.registry import CollectorRegistry, Read, Values
from telephony.progress import CallNow
from telephony.status import Connection

#: why the server is degraded though calls are taken; a fixed list, so that alerts can name them
REASONS = (
    "emergency_numbers",
    "connection",
    "recognition",
    "synthesis",
    "decision",
    "records",
)
SENTENCES = {
    "recognition": "the last recognition failed: callers are passed on",
    "synthesis": "the last synthesis failed: some sentences are not said",
    "decision": "the last decision failed: callers are passed on",
    "records": "the last write of the records failed: calls are not written down",
}
_STATES = {True: 1.0, False: 0.0, None: float("nan")}


@dataclass(frozen=True)
class Work:
    """What waits for the people of the town hall."""

    tickets_open: int = 0
    tickets_due: int = 0  #: today or before
    tickets_overdue: int = 0
    alerts_open: int = 0  #: emergencies that no supervisor has seen


@dataclass
class Parts:
    """Where the figures are; each is asked from the event loop and answers at once."""

    calls: Callable[[], Sequence[CallNow]] = tuple
    writing: Callable[[], int] = lambda: 0
    refused: Callable[[], Mapping[Values, float]] = dict  #: by channel and reason
    queues: Callable[[], Mapping[str, float]] = dict
    cache: Callable[[], tuple[int, int]] = lambda: (0, 0)  #: hits, misses
    connections: Callable[[], Sequence[Connection]] = tuple
    troubles: Callable[[], Mapping[str, str]] = dict  #: reason, and its sentence
    ready: Callable[[], bool] = lambda: False
    draining: Callable[[], bool] = lambda: False
    work: Work = field(default_factory=Work)


def product_version() -> str:
    """The version that is installed."""
    try:
        return version("allomairie")
    except PackageNotFoundError:
        return "unknown"


def add_parts(registry: CollectorRegistry, parts: Parts, profile: str) -> None:
    """Show what the parts know."""
    build = (product_version(), platform.python_version(), profile)
    for one in (
        Read(
            "allomairie_build_info",
            "Always 1; its labels say what runs.",
            lambda: {build: 1.0},
            ("version", "python", "profile"),
        ),
        Read("allomairie_ready", "1 while calls are taken.", lambda: float(parts.ready())),
        Read("allomairie_draining", "1 while `drain` holds.", lambda: float(parts.draining())),
        Read(
            "allomairie_degraded",
            "1 while this must be mended though calls are taken.",
            lambda: {(reason,): float(reason in parts.troubles()) for reason in REASONS},
            ("reason",),
        ),
        Read(
            "allomairie_connection_up",
            "Trunks and accounts: 1 up, 0 down, NaN not known yet.",
            lambda: {(c.name, c.kind): _STATES[c.up] for c in parts.connections()},
            ("name", "kind"),
        ),
    ):
        registry.register(one)
    _add_calls(registry, parts)
    _add_work(registry, parts)


def _add_calls(registry: CollectorRegistry, parts: Parts) -> None:
    def in_progress() -> dict[Values, float]:
        channels = [call.channel for call in parts.calls()]
        found: dict[Values, float] = {
            (one,): float(channels.count(one)) for one in ("sip", "webrtc")
        }
        return found | {("text",): float(parts.writing())}

    def lookups() -> dict[Values, float]:
        hits, misses = parts.cache()
        return {("hit",): hits, ("miss",): misses}

    for one in (
        Read(
            "allomairie_calls_in_progress",
            "Calls and written conversations now.",
            in_progress,
            ("channel",),
        ),
        Read(
            "allomairie_calls_refused_total",
            "Calls that were not taken: busy (all lines taken), draining, stranger (no declared "
            "peer), failed; of the page also rate (too many), closed, visitor (it asked wrongly).",
            lambda: parts.refused(),
            ("channel", "reason"),
            kind=CounterMetricFamily,
        ),
        Read(
            "allomairie_queue_waiting",
            "Work that waits for an engine or the disk, the one under way included.",
            lambda: {(name,): value for name, value in parts.queues().items()},
            ("queue",),
        ),
        Read(
            "allomairie_speech_cache_lookups_total",
            "Clauses looked for among speech already made.",
            lookups,
            ("result",),
            kind=CounterMetricFamily,
        ),
    ):
        registry.register(one)


def _add_work(registry: CollectorRegistry, parts: Parts) -> None:
    def tickets() -> dict[Values, float]:
        work = parts.work
        counts = (work.tickets_open, work.tickets_due, work.tickets_overdue)
        return {
            (state,): float(count)
            for state, count in zip(("open", "due", "overdue"), counts, strict=True)
        }

    for one in (
        Read(
            "allomairie_tickets",
            "Tickets not closed: all, due today or before, due before today.",
            tickets,
            ("state",),
        ),
        Read(
            "allomairie_alerts_open",
            "Emergencies that no supervisor has acknowledged.",
            lambda: float(parts.work.alerts_open),
        ),
    ):
        registry.register(one)
