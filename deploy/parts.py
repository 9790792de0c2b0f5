"""Opens the engines that a command or the server needs, from one configuration.

Each `open_*` is one part; the server opens them all, `ask` only the desk. Whoever opens closes.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from deploy.config import Settings, TownFolder
from deploy.errors import CannotStart
from dialog.desk import Desk
from dialog.language_model import LlamaRewriter
from dialog.llama_phraser import LlamaPhraser
from dialog.national import NationalError, spoken_sheets
from dialog.search import Index, Progress
from dialog.search.bank import BankError, read_bank, shipped_bank, with_phrasings
from dialog.sheets import Sheet, SheetError, load_sheets
from dialog.tasks.ticket import draw_reference
from dialog.values.streets import Streets
from dialog.wish_bank import wish_sheets
from models import (
    ModelError,
    ModelMissing,
    Profile,
    Store,
    choose_profile,
    detect_hardware,
)
from records import sqlite_url
from voice.recognition import Recognizer
from voice.speakable import Pronunciation
from voice.speaker import Speaker
from voice.speech_cache import SpeechCache
from voice.synthesis import Synthesizer
from voice.voices import open_synthesizer
from voice.whisper_engine import WhisperEngine

logger = logging.getLogger("allomairie")

MOST_THREADS = 4  #: one phrase gains nothing from more


@dataclass(frozen=True)
class Town:
    """A town's folder with its checked configuration, and the models this machine uses."""

    folder: TownFolder
    settings: Settings
    store: Store
    profile: Profile

    @classmethod
    def open(cls, root: Path) -> Town:
        """Read the configuration and look at the hardware.

        Raises:
            ConfigError: the configuration is wrong.
        """
        folder = TownFolder(root)
        settings = folder.load()
        profile = choose_profile(detect_hardware(), settings.models.profile)
        return cls(folder, settings, Store(settings.models.store), profile)

    @property
    def threads(self) -> int:
        """Cores for one synthesis, and for the language model unless it has its own key."""
        return self.settings.voice.threads or min(MOST_THREADS, len(os.sched_getaffinity(0)))

    def clock(self, starts_at: datetime | None = None) -> Callable[[], datetime]:
        """The time in the town; with `starts_at` the clock runs on from that moment instead."""
        zone = ZoneInfo(self.settings.town.timezone)
        if starts_at is None:
            return lambda: datetime.now(zone)
        local = starts_at.replace(tzinfo=zone) if starts_at.tzinfo is None else starts_at
        shift = local - datetime.now(zone)
        return lambda: datetime.now(zone) + shift

    def sheets(self) -> list[Sheet]:
        """The town's own sheets, then the national ones that it validated, with callers' phrasings.

        An own sheet takes the place of the national one with its id.

        Raises:
            CannotStart: a sheet is wrong; the sentence names file and line.
        """
        try:
            own = load_sheets(self.folder.sheets)
            national = spoken_sheets(self.folder.national)
            own_phrasings = read_bank(self.folder.phrasings)
        except (SheetError, NationalError, BankError) as error:
            raise CannotStart(str(error)) from error
        ids = {sheet.id for sheet in own}
        for sheet in national:
            if sheet.id in ids:
                logger.warning(
                    "%s: the town's own sheet is spoken, not the one of service-public.fr "
                    "with the same id",
                    sheet.id,
                )
        spoken = [*own, *(sheet for sheet in national if sheet.id not in ids)]
        return with_phrasings(spoken, shipped_bank(), own_phrasings)

    def open_desk(
        self,
        *,
        language_model: bool = True,
        progress: Progress | None = None,
        reference: Callable[[], str] = draw_reference,
    ) -> Desk:
        """Sheets, their index, the streets and, when wanted and present, the language model.

        Args:
            reference: six digits for a ticket that no other ticket has.
        """
        sheets = self.sheets()
        searched = [*sheets, *wish_sheets()]
        index = Index.build(searched, self.folder.data / "index", progress=progress)
        rewriter = self._open_language_model() if language_model else None
        wanted = self.settings.language_model.phrasing
        phrases = wanted == "on" or (wanted == "auto" and self.profile.name == "gpu")
        return Desk(
            self.settings.town,
            sheets,
            index,
            language_model=rewriter,
            phraser=LlamaPhraser(rewriter) if rewriter is not None and phrases else None,
            clock=self.clock(),
            streets=self.streets(),
            reference=reference,
        )

    def streets(self) -> Streets:
        """The town's streets; none when the file was not imported.

        Raises:
            CannotStart: the file is not what `allomairie town streets import` writes.
        """
        path = self.folder.root / "streets.csv"
        try:
            return Streets.load(path) if path.exists() else Streets()
        except (OSError, ValueError) as error:
            raise CannotStart(str(error)) from error

    def _open_language_model(self) -> LlamaRewriter | None:
        wanted = self.settings.language_model
        if not wanted.enabled:
            return None
        try:
            model = self.store.resolve("llm", "fr", self.profile)
        except ModelMissing as missing:
            logger.warning("follow-ups are understood by rules alone: %s", missing)
            return None
        return LlamaRewriter(
            self.store.file(model.id),
            threads=wanted.threads or self.threads,
            gpu_layers=self.profile.gpu_layers,
        )

    def open_recognizer(self) -> Recognizer:
        """The speech recogniser."""
        engine, workers = self.open_whisper()
        return Recognizer(engine, workers=workers)

    def open_whisper(self) -> tuple[WhisperEngine, int]:
        """The recognition engine, and how many turns it takes at once.

        One core a turn: a second one made recognition 15 % slower here (docs/benchmarks.md), while
        two turns at once on two cores take no longer than one.
        """
        workers = min(MOST_THREADS, len(os.sched_getaffinity(0)))
        try:
            folder = self.store.file(self.store.resolve("stt", "fr", self.profile).id)
            return (
                WhisperEngine(folder, device=self.profile.device, threads=1, workers=workers),
                workers,
            )
        except (ModelError, RuntimeError) as error:
            raise CannotStart(str(error)) from error

    def open_voice(self, language: str) -> Synthesizer:
        """The best voice of the profile for this language that is here."""
        try:
            model = self.store.resolve("tts", language, self.profile)
            return open_synthesizer(
                model,
                self.store.path(model.id),
                language=language,
                threads=self.threads,
                device=self.profile.device,
            )
        except (ModelError, RuntimeError, ValueError) as error:
            raise CannotStart(str(error)) from error

    def open_voices(self) -> dict[str, Synthesizer]:
        """French, which must be there, and English where it is."""
        voices = {"fr": self.open_voice("fr")}
        try:
            voices["en"] = self.open_voice("en")
        except CannotStart as error:
            logger.warning("English is spoken with the French voice: %s", error)
        return voices

    def open_speaker(self, voices: Mapping[str, Synthesizer]) -> Speaker:
        """The voices behind one queue, with the cache of rendered speech."""
        cache = SpeechCache(
            self.folder.data / "speech", max_bytes=self.settings.voice.cache_mib * 2**20
        )
        return Speaker(voices, cache, pronunciation=self.pronunciation())

    def pronunciation(self) -> Pronunciation | None:
        """How the town's words are said, if it wrote that down."""
        path = self.folder.pronunciation
        try:
            return Pronunciation.load(path) if path.exists() else None
        except ValueError as error:
            raise CannotStart(str(error)) from error

    def hints(self) -> str:
        """What recognition should expect, as a sentence: a bare list makes words worse."""
        words = ", ".join(self.settings.voice.vocabulary)
        return f"Bonjour, {self.settings.town.greeting_name}. {words[:1].upper()}{words[1:]}."

    @property
    def records_url(self) -> str:
        """The database of calls."""
        return self.settings.records.url or sqlite_url(self.folder.data / "records.db")
