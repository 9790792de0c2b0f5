"""`allomairie serve`: opens the parts, answers calls, stops kindly.

startup   models, desk, voices, records ─► fixed sentences rendered ─► SIP and HTTP listen
serve     until SIGTERM or SIGINT
shutdown  refuse new calls, let callers finish until a deadline, end the rest, close the parts
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import numpy as np

from deploy.alerts import Alerts
from deploy.config import Sip
from deploy.control import Control, remove_key, write_key
from deploy.erasure import Erasure
from deploy.errors import CannotStart
from deploy.http import Health, bind, build_app, serving
from deploy.metrics.instruments import Instruments
from deploy.metrics.observing import Observed, observe
from deploy.outside import Leaving, routes
from deploy.parts import Town
from deploy.preparation import Preparation
from deploy.recording import open_recording
from deploy.review import Indexing, open_review
from dialog.desk import Desk
from dialog.patience import Patience
from dialog.search import Progress
from dialog.state import USUAL_SPEED, State
from dialog.tasks.ticket import draw_reference
from records import AsyncRecords, RecordingStore, RecordsError
from telephony.recorder import Recording
from telephony.session import Engines, Session
from telephony.sip import SipServer, SipSettings, check_ports
from telephony.status import Status
from telephony.web_calls import WebCalls
from telephony.written import Writing
from telephony.written_limits import Limits
from voice.endpointing import EndOfTurnJudge
from voice.partials import PartialRules
from voice.recognition import Recognizer
from voice.speaker import Speaker
from voice.synthesis import Synthesizer
from voice.turns import RATE_HZ

logger = logging.getLogger("allomairie")

THREADS = 24  #: short blocking work of all calls together
WARMING_S = 1.0  #: of silence, so that the first caller does not pay for the first inference


@dataclass(frozen=True)
class Opened:
    """The parts that were opened and must be closed."""

    desk: Desk
    recognizer: Recognizer
    voices: Mapping[str, Synthesizer]
    speaker: Speaker
    judge: EndOfTurnJudge
    records: AsyncRecords


class References:
    """References for tickets that no other ticket has, once the records are open."""

    def __init__(self) -> None:
        self.records: AsyncRecords | None = None

    def draw(self) -> str:
        """Six digits; the desk asks from its thread."""
        if self.records is not None:
            with contextlib.suppress(RecordsError):  # the write itself will tell of the failure
                return self.records.draw_ticket_reference()
        return draw_reference()


class Job(Protocol):
    """What runs beside the calls."""

    def start(self) -> None:
        """Begin."""

    async def stop(self) -> None:
        """End, and return when it has ended."""


class Server:
    """One town's server. `run` returns when it was asked to stop and everything is closed.

    Args:
        town: opened configuration.
        say: tells the person at the terminal what happens, one line at a time.
        progress: shows long work such as the first indexing.
        starts_at: moment that the clock starts from, to rehearse opening hours.
    """

    def __init__(
        self,
        town: Town,
        say: Callable[[str], None],
        progress: Progress | None = None,
        starts_at: datetime | None = None,
    ) -> None:
        self._town = town
        self._clock = town.clock(starts_at)
        self._say = say
        self._progress = progress
        self._references = References()
        self._connections = Status()
        self._instruments = Instruments(town.profile.name, lambda: self._clock().date())
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()

    async def run(self) -> None:
        """Start, serve, stop.

        Raises:
            CannotStart: a part cannot be opened; one sentence with the remedy.
        """
        self._catch_signals()
        # asyncio's default on 2 cores is 6 threads, shared with WebRTC's codecs
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))
        settings = self._town.settings
        listener = bind(settings.http)
        if settings.sip.enabled:
            _check_sip_ports(settings.sip)
            self._town.trunks(self._connections)  # files and passwords, before anything slow
        leaving = Leaving(self._town)
        parts = await self._open_parts()
        leaving.attach(parts.records, self._clock)
        try:
            await self._carry(parts, listener, leaving)
        finally:
            await self._close_parts(parts)
        self._say("Stopped.")

    async def _carry(self, parts: Opened, listener: socket.socket, leaving: Leaving) -> None:
        """Carry calls and conversations until somebody stops the server."""
        settings, store = self._town.settings, parts.records.review
        sound = await self._open_sound(parts.records)
        recording = open_recording(settings.recording, sound)
        session = Session(self._engines(parts, recording))
        health = Health(
            degraded=lambda: "; ".join(self._troubles(parts).values()),
            connections=lambda: self._connections.all,
        )
        writing, control = self._writing(parts), Control()
        review = open_review(self._town, store, lambda: parts.desk.sheets, recordings=sound)
        figures = self._instruments.text
        app, web_calls = build_app(settings, session, health, writing, review, control, figures)
        app.router.routes.extend(routes(self._town, store))
        jobs = (leaving, *self._jobs(parts, sound))
        try:
            async with serving(app, listener), self._sip(session) as sip:
                control.carriers = [web_calls] if sip is None else [sip, web_calls]
                observed = Observed(
                    town=self._town,
                    session=session,
                    web=web_calls,
                    sip=sip,
                    writing=writing,
                    speaker=parts.speaker,
                    recognizer=parts.recognizer,
                    records=parts.records,
                    health=health,
                    control=control,
                    troubles=lambda: self._troubles(parts),
                )
                observe(self._instruments.parts, observed)
                self._instruments.start(store)
                key = write_key(self._town.folder, control, settings.http)
                health.ready = True
                for job in jobs:
                    job.start()
                self._announce()
                preparation = self._preparation(
                    parts, lambda: web_calls.active + (sip.active if sip else 0)
                )
                await self._stop.wait()
                health.ready = False
                remove_key(key, control)
                await preparation.stop()
                writing.refuse_new()
                await self._drain(sip, web_calls)
                await web_calls.close()
                await writing.close()
        finally:
            for job in reversed(jobs):
                await job.stop()
            await self._instruments.stop()
            if recording is not None:
                await asyncio.to_thread(recording.close)

    def _engines(self, parts: Opened, recording: Recording | None) -> Engines:
        settings = self._town.settings
        return Engines(
            desk=parts.desk,
            recognizer=parts.recognizer,
            judge=parts.judge,
            speaker=parts.speaker,
            records=parts.records,
            clock=self._clock,
            hints=self._town.hints(),
            partials=PartialRules(every_s=settings.voice.partials_every_s),
            patience=Patience(
                transfer_s=settings.transfer.ring_s,
                longest_call_s=settings.conversation.longest_call_s,
                warning_s=settings.conversation.warning_s,
            ),
            watch=self._instruments.calls,
            recording=recording,
        )

    def _jobs(self, parts: Opened, sound: RecordingStore) -> tuple[Job, ...]:
        """What runs beside the calls."""
        settings = self._town.settings
        zone = ZoneInfo(settings.town.timezone)
        alerts = Alerts(parts.records, settings.alerts, town=settings.town.name, zone=zone)
        days = settings.records.transcript_days
        erasure = Erasure(parts.records, days, sound=sound, sound_days=settings.recording.days)
        return alerts, erasure, Indexing(parts.records.review)

    def _preparation(self, parts: Opened, busy: Callable[[], int]) -> Preparation:
        """Rendering of what will be said, under way where it is wanted."""
        preparation = Preparation(parts.speaker, busy)
        if self._town.settings.voice.prepare:
            own = [sheet for sheet in parts.desk.sheets if not sheet.national]
            fixed = {"fr": parts.desk.fixed_sentences()} | parts.desk.other_fixed_sentences()
            preparation.start(fixed, own)  # all 3,000 sheets would take days
        return preparation

    # -- startup -----------------------------------------------------------------------------

    async def _open_parts(self) -> Opened:
        town = self._town
        self._say(f"Opening {town.settings.town.name} with the {town.profile.name} models…")
        recognizer, voices, judge, desk = await asyncio.gather(
            asyncio.to_thread(self._open_recognizer),
            asyncio.to_thread(town.open_voices),
            asyncio.to_thread(EndOfTurnJudge),
            asyncio.to_thread(
                town.open_desk, progress=self._progress, reference=self._references.draw
            ),
        )
        try:
            records = await AsyncRecords.open(town.records_url, hash_key=town.hash_key)
            interrupted = await records.close_interrupted()
            await records.forget_resumptions()
        except RecordsError as error:
            raise CannotStart(str(error)) from error
        self._references.records = records
        voices = self._instruments.voices(voices)
        if interrupted:
            self._say(f"{interrupted} call(s) of a server that was killed are marked interrupted.")
        parts = Opened(desk, recognizer, voices, town.open_speaker(voices), judge, records)
        await self._warm_up(parts)
        return parts

    async def _open_sound(self, records: AsyncRecords) -> RecordingStore:
        """The recordings; those of a killed server are ended, whatever is recorded now."""
        wanted = self._town.settings.recording
        sound = self._town.open_sound(records)
        if wanted.warning:
            self._say(wanted.warning)
        try:
            left = await asyncio.to_thread(sound.recover)
        except RecordsError as error:
            raise CannotStart(str(error)) from error
        if left:
            self._say(f"{left} recording(s) of a server that was killed are ended.")
        return sound

    def _open_recognizer(self) -> Recognizer:
        engine, workers = self._town.open_whisper()
        return Recognizer(self._instruments.transcriber(engine), workers=workers)

    async def _warm_up(self, parts: Opened) -> None:
        silence = np.zeros(int(WARMING_S * RATE_HZ), np.int16)
        await parts.recognizer.hear(silence)
        await asyncio.to_thread(parts.judge.probability, silence)
        greeting = parts.desk.greeting("", at=self._clock()).reply
        fillers = [parts.desk.filler(State(), again=again).say for again in (False, True)]
        first = [greeting.say, *fillers]
        await parts.speaker.prerender(first, speed=USUAL_SPEED)

    @contextlib.asynccontextmanager
    async def _sip(self, session: Session) -> AsyncIterator[SipServer | None]:
        settings = self._town.settings.sip
        if not settings.enabled:
            yield None
            return
        server = SipServer(
            SipSettings(
                address=settings.address,
                port=settings.port,
                rtp_first_port=settings.rtp_first_port,
                rtp_last_port=settings.rtp_last_port,
                max_calls=settings.max_calls,
                rtp_timeout_s=settings.rtp_timeout_s,
                media_networks=settings.media_networks,
                extensions_at=settings.extensions_at,
                transfer=self._town.settings.transfer.settings(self._town.settings.town),
                trunks=self._town.trunks(self._connections),
            ),
            session.run,
        )
        try:
            await server.start()
        except OSError as error:
            raise CannotStart(str(error)) from error
        try:
            yield server
        finally:
            await server.stop()

    def _writing(self, parts: Opened) -> Writing:
        """Conversations in writing, with the same desk and records as calls."""
        wanted = self._town.settings.writing
        limits = Limits(
            conversations=wanted.conversations,
            idle_s=wanted.idle_minutes * 60.0,
            begun_per_minute=wanted.per_minute,
        )
        return Writing(
            parts.desk,
            parts.records,
            self._clock,
            enabled=wanted.enabled,
            resume=wanted.resume,
            limits=limits,
            watch=self._instruments.calls,
        )

    def _troubles(self, parts: Opened) -> dict[str, str]:
        """What must be mended while calls go on: a word of `metrics.parts.REASONS`, a sentence."""
        found = {}
        emergencies = parts.desk.emergencies
        if emergencies.outdated(self._clock().date()):
            told = f"the emergency numbers were last checked on {emergencies.checked_on}"
            found["emergency_numbers"] = told
        if trouble := self._connections.trouble:
            found["connection"] = trouble
        return found | self._instruments.troubles()

    def _announce(self) -> None:
        settings = self._town.settings
        if settings.sip.enabled:
            self._say(
                f"Ready. Call sip:mairie@{settings.sip.address}:{settings.sip.port} "
                "with a SIP telephone,"
            )
        self._say(f"or open http://{settings.http.host}:{settings.http.port}/ in a browser.")

    # -- shutdown ----------------------------------------------------------------------------

    async def _drain(self, sip: SipServer | None, web: WebCalls) -> None:
        """Refuse new calls on every channel and wait for those in progress, within the limit."""
        limit_s = self._town.settings.shutdown.drain_s
        carriers: list[SipServer | WebCalls] = [web] if sip is None else [sip, web]
        active = sum(carrier.active for carrier in carriers)
        if active:
            self._say(f"Stopping: {active} call(s) may finish within {limit_s} s (again to hurry).")
        drained = asyncio.gather(*(carrier.drain(limit_s) for carrier in carriers))
        hurried = asyncio.ensure_future(self._hurry.wait())
        ends: list[asyncio.Future[Any]] = [drained, hurried]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        if left := sum(carrier.active for carrier in carriers):
            self._say(f"{left} call(s) are ended now.")

    async def _close_parts(self, parts: Opened) -> None:
        parts.recognizer.close()
        await asyncio.to_thread(parts.speaker.close)
        for voice in parts.voices.values():
            voice.close()
        await asyncio.to_thread(parts.desk.close)
        await parts.records.close()

    def _catch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._asked_to_stop)

    def _asked_to_stop(self) -> None:
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()


def _check_sip_ports(settings: Sip) -> None:
    try:
        check_ports(settings.address, settings.port, tls=settings.listens_to_tls)
    except OSError as error:
        raise CannotStart(str(error)) from error
