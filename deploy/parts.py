"""Opens the engines that a command or the server needs, from one configuration.

Each `open_*` is one part; the server opens them all, `ask` only the desk. Whoever opens closes.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from deploy.config import Settings
from deploy.errors import CannotStart
from deploy.folder import TownFolder
from deploy.recording import open_vault
from deploy.sending.opening import offered, open_routes, open_ticket_routes
from dialog.continuing import WritingPage
from dialog.desk import Desk
from dialog.election import with_quiet_days
from dialog.language_model import LlamaRewriter
from dialog.llama_phraser import LlamaPhraser
from dialog.national import NationalError, spoken_sheets
from dialog.outgoing import Means
from dialog.privacy import Terms
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
    State,
    Store,
    choose_profile,
    detect_hardware,
)
from records import (
    AsyncRecords,
    RecordingStore,
    Records,
    RecordsError,
    mask_numbers,
    sqlite_url,
)
from records.tickets import KEPT_AFTER_CLOSING
from telephony.status import Status
from telephony.trunks import TrunkSettings
from voice.recognition import Recognizer
from voice.speakable import Pronunciation
from voice.speaker import Speaker
from voice.speech_cache import SpeechCache
from voice.synthesis import Synthesizer
from voice.voices import open_synthesizer
from voice.whisper_engine import WhisperEngine

if TYPE_CHECKING:
    from voice.kokoro_engine import KokoroSynthesizer

logger = logging.getLogger("allomairie")

KOKORO, KOKORO_VOICES = "kokoro-82m-int8", "kokoro-caller-voices"
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
        phrased = with_phrasings(spoken, shipped_bank(), own_phrasings)
        return with_quiet_days(phrased, self.settings.town)

    def open_desk(
        self,
        *,
        language_model: bool = True,
        progress: Progress | None = None,
        reference: Callable[[], str] = draw_reference,
        means: Means | None = None,
    ) -> Desk:
        """Sheets, their index, the streets and, when wanted and present, the language model.

        Args:
            reference: six digits for a ticket that no other ticket has.
            means: how callers can be sent what was said; None: as configured.
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
            recording=self.settings.recording.mode == "all",
            clock=self.clock(),
            streets=self.streets(),
            reference=reference,
            writing=self.writing_page(),
            means=means or offered(self.settings.sms, self.settings.email),
            terms=self.terms(),
            languages=self.settings.languages.offered,
            voices=("fr", "en", *self._kokoro_languages()),
        )

    def trunks(self, status: Status | None = None) -> TrunkSettings:
        """Peers, accounts and certificates.

        Raises:
            ConfigError: a password or a certificate cannot be read.
        """
        town = self.settings.town
        desks = set(town.directory)
        if self.settings.sip.extensions_at:
            desks.add(f"sip:desk@{self.settings.sip.extensions_at}")
        return self.settings.sip.trunks([line.number for line in town.lines], desks, status)

    def check_sending(self) -> None:
        """Whether what `[sms]`, `[email]` and `[tickets]` name is there.

        Raises:
            ConfigError: a secret or a certificate cannot be read.
        """
        settings = self.settings
        open_routes(settings.town, settings.sms, settings.email)
        open_ticket_routes(settings.town, settings.tickets, settings.email.ticket_link, _no_ticket)

    def check_recording(self) -> None:
        """Whether the recordings can be encrypted and read.

        Raises:
            ConfigError: their key cannot be read.
        """
        open_vault(self.settings.recording, self.folder.data, make=False)

    def writing_page(self) -> WritingPage | None:
        """Where one can write to the assistant; None when the page does not take it."""
        wanted = self.settings.writing
        if not wanted.enabled:
            return None
        return WritingPage(wanted.page, resume=wanted.resume, hours=wanted.code_hours)

    def terms(self) -> Terms:
        """What becomes of what callers say, as the desk has to tell them."""
        return Terms(
            transcript_days=self.settings.records.transcript_days,
            message_days=KEPT_AFTER_CLOSING.days,
            mask=mask_numbers,
            audio_days=self.settings.recording.days if self.settings.recording.on else 0,
            audio_purpose=self.settings.recording.purpose,
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
        return voices | self._foreign_voices(voices["fr"])

    def _kokoro_languages(self) -> list[str]:
        """Languages beside French and English that are offered and that Kokoro speaks here."""
        offered = [code for code in self.settings.languages.offered if code != "en"]
        if not offered or self.store.state(KOKORO) is not State.PRESENT:
            return []
        from voice.kokoro_engine import LANGUAGES  # only now: it loads a library

        return [code for code in offered if code in LANGUAGES]

    def _foreign_voices(self, french: Synthesizer) -> dict[str, Synthesizer]:
        """The voices of `_kokoro_languages`: one network for all, the French voice's if it has one.

        A language without a voice of its own is spoken by the French one.
        """
        wanted = self._kokoro_languages()
        if not wanted:
            return {}
        from voice.kokoro_engine import KokoroSynthesizer

        try:
            opened = french if isinstance(french, KokoroSynthesizer) else self._kokoro()
            return {code: opened.speaking(code, self._own_voice(code)) for code in wanted}
        except (ModelError, RuntimeError, ValueError) as error:
            raise CannotStart(str(error)) from error

    def _kokoro(self) -> KokoroSynthesizer:
        from voice.kokoro_engine import KokoroModel, KokoroSynthesizer, voice_file

        folder = self.store.path(KOKORO)
        model = KokoroModel(folder, threads=self.threads, device=self.profile.device)
        return KokoroSynthesizer(model, voice_file(folder, "fr"))

    def _own_voice(self, language: str) -> Path | None:
        """The file of a voice that was trained on this language, if it is here."""
        from voice.kokoro_engine import voice_file

        for model_id in (KOKORO, KOKORO_VOICES):
            if self.store.state(model_id) is State.PRESENT:
                with contextlib.suppress(ValueError):
                    return voice_file(self.store.path(model_id), language)
        return None

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
    def hash_key(self) -> bytes:
        """The key of this installation's number hashes, made when first needed."""
        path = self.folder.data / "hash.key"
        with contextlib.suppress(FileExistsError):
            with path.open("xb") as stream:
                stream.write(secrets.token_bytes(32))
            path.chmod(0o600)
        return path.read_bytes()

    def open_records(self, *, migrate: bool = True) -> Records:
        """The records, for a command beside the server; the caller closes them.

        Raises:
            CannotStart: the database cannot be opened; one sentence.
        """
        try:
            return Records.open(self.records_url, hash_key=self.hash_key, migrate=migrate)
        except RecordsError as error:
            raise CannotStart(str(error)) from error

    def open_sound(self, records: Records | AsyncRecords) -> RecordingStore:
        """The recordings of calls, in the town's data.

        Raises:
            ConfigError: their key cannot be read or made.
        """
        return records.recordings(open_vault(self.settings.recording, self.folder.data))

    @property
    def records_url(self) -> str:
        """The database of calls."""
        return self.settings.records.url or sqlite_url(self.folder.data / "records.db")


async def _no_ticket(_: str) -> None:
    """Stands in for the records where routes are only checked."""
