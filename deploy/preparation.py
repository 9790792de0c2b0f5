"""Renders speech ahead of need, while nobody calls: most answers then start from memory.

Order: what every call says, then how each answer begins, then the rest of the answers.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence

from dialog.sheets import Sheet
from dialog.state import USUAL_SPEED
from voice.speaker import Speaker
from voice.speech_queue import SpeechBusy

logger = logging.getLogger("allomairie.voice")

CALM_S = 3.0  #: how long no call may have been there before work goes on


class Preparation:
    """The background work of one server.

    Args:
        speaker: shared with the calls, which come first.
        calls: how many calls there are now.
    """

    def __init__(self, speaker: Speaker, calls: Callable[[], int]) -> None:
        self._speaker = speaker
        self._calls = calls
        self._quiet = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, fixed: Mapping[str, Sequence[str]], sheets: Sequence[Sheet]) -> None:
        """Begin; returns at once.

        Args:
            fixed: what every call may need, by language, the first one first.
            sheets: spoken in the language of each; one that no voice speaks is left out.
        """
        self._tasks = [
            asyncio.create_task(self._watch()),
            asyncio.create_task(self._work(fixed, sheets)),
        ]

    async def stop(self) -> None:
        """Leave the rest for another day."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _watch(self) -> None:
        """Work only while it is calm."""
        while True:
            if self._calls():
                self._quiet.clear()
            elif not self._quiet.is_set():
                await asyncio.sleep(CALM_S)
                if not self._calls():
                    self._quiet.set()
            await asyncio.sleep(0.1)

    async def _work(self, fixed: Mapping[str, Sequence[str]], sheets: Sequence[Sheet]) -> None:
        spoken = [lang for lang in fixed if lang in self._speaker.languages]
        try:
            for lang in spoken:
                await self._render(fixed[lang], lang)
            for lang in spoken:
                own = [sheet for sheet in sheets if sheet.lang == lang]
                paragraphs = [p for s in own for part in s.sections for p in part.paragraphs]
                beginnings = await asyncio.to_thread(self._beginnings, paragraphs, lang)
                await self._render(beginnings, lang)
                await self._render(paragraphs, lang)
        except SpeechBusy as error:
            logger.warning("speech is not rendered in advance: %s", error)

    async def _render(self, texts: Sequence[str], lang: str) -> None:
        made = await self._speaker.prerender(texts, lang=lang, speed=USUAL_SPEED, quiet=self._quiet)
        if made:
            logger.info("%d clauses rendered in advance (%s)", made, lang)

    def _beginnings(self, paragraphs: Sequence[str], lang: str) -> list[str]:
        """The first clause of each paragraph; hundreds of them take too long for the event loop."""
        return [clause for text in paragraphs for clause in self._speaker.clauses(text, lang)[:1]]
