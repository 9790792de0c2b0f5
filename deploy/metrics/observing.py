"""Connects the instruments to the parts of a server that takes calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from deploy.control import Control
from deploy.http import Health
from deploy.metrics.parts import Parts
from deploy.metrics.registry import Values
from deploy.parts import Town
from deploy.status import status_of
from records import AsyncRecords
from telephony.session import Session
from telephony.sip import SipServer
from telephony.web_calls import WebCalls
from telephony.written import Writing
from voice.recognition import Recognizer
from voice.speaker import Speaker


@dataclass(frozen=True)
class Observed:
    """The parts that are looked at; `sip` is None where only the page answers."""

    town: Town
    session: Session
    web: WebCalls
    sip: SipServer | None
    writing: Writing
    speaker: Speaker
    recognizer: Recognizer
    records: AsyncRecords
    health: Health
    control: Control
    troubles: Callable[[], Mapping[str, str]]

    def refused(self) -> dict[Values, float]:
        """Calls that were not taken, by channel and reason."""
        carriers = {"webrtc": self.web.refused, "sip": self.sip.refused if self.sip else {}}
        shown: dict[Values, float] = {
            (channel, reason): 0.0 for channel in carriers for reason in ("busy", "draining")
        }
        for channel, reasons in carriers.items():
            shown |= {(channel, reason): float(count) for reason, count in reasons.items()}
        return shown

    def queues(self) -> dict[str, float]:
        """Work that waits, by queue."""
        return {
            "recognition": self.recognizer.waiting,
            "synthesis": self.speaker.waiting,
            "records": self.records.waiting,
        }

    def cache(self) -> tuple[int, int]:
        """Hits and misses of the speech cache."""
        return self.speaker.cache.hits, self.speaker.cache.misses


def observe(parts: Parts, observed: Observed) -> None:
    """From now on the figures are read there, and `allomairie status` shows them."""
    parts.calls = observed.session.progress.calls
    parts.writing = lambda: observed.writing.active
    parts.refused = observed.refused
    parts.queues = observed.queues
    parts.cache = observed.cache
    parts.connections = observed.health.connections
    parts.troubles = observed.troubles
    parts.ready = lambda: observed.health.ready
    parts.draining = lambda: observed.control.draining
    settings = observed.town.settings
    observed.control.status = lambda: status_of(
        parts, town=settings.town.name, max_calls=settings.sip.max_calls
    )
