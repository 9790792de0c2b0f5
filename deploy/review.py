"""Opens the supervisors' page for a town."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from functools import cache

from fastapi import FastAPI

from deploy.outside import recompose
from deploy.parts import Town
from dialog.lint import Folder
from dialog.sheets import Sheet
from dialog.values.streets import Streets
from records import RecordingStore, RecordsError, ReviewStore
from review.app import build
from review.attachments import no_attachments
from review.desk import ReviewDesk
from review.listening import sound_files
from voice.speakable import speakable

logger = logging.getLogger("allomairie.review")


def open_review(
    town: Town,
    store: ReviewStore,
    sheets: Callable[[], Sequence[Sheet]],
    *,
    recordings: RecordingStore | None = None,
) -> FastAPI | None:
    """The application to mount at /review; None when the town does not want it."""
    if not town.settings.review.enabled:
        return None
    return build(review_desk(town, store, sheets, recordings=recordings))


def review_desk(
    town: Town,
    store: ReviewStore,
    sheets: Callable[[], Sequence[Sheet]],
    *,
    recordings: RecordingStore | None = None,
) -> ReviewDesk:
    """What the pages need of the town."""

    @cache
    def streets() -> Streets:
        return town.streets()

    def folder() -> Folder:
        from deploy.cli.kb_check import known_sigles  # the command line imports the server

        pronunciation = town.pronunciation()
        today = town.clock()().date()
        return Folder.read(
            town.folder.root,
            town.settings.town,
            today,
            sigles=known_sigles(pronunciation),
            say=lambda text: speakable(text, pronunciation=pronunciation, today=today),
        )

    return ReviewDesk(
        store=store,
        town=town.settings.town,
        settings=town.settings.review,
        root=town.folder.root,
        sheets=sheets,
        streets=streets,
        lint_folder=folder,
        transcript_days=town.settings.records.transcript_days,
        recompose=recompose(town),
        recording=town.settings.recording.on,
        recordings=recordings,
        sound_days=town.settings.recording.days,
        attachments=no_attachments if recordings is None else sound_files(store, recordings),
    )


class Indexing:
    """Makes calls of before an upgrade searchable, in the background, once."""

    def __init__(self, store: ReviewStore) -> None:
        self._store = store
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Let the step under way finish, then stop."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        written, more = 0, 1
        while more:
            try:
                more = await asyncio.to_thread(self._store.index_some)
            except RecordsError as error:
                logger.warning("older calls cannot be searched yet: %s", error)
                return
            written += more
            await asyncio.sleep(0.2)  # calls come first
        if written:
            logger.info("%d older calls can be searched now", written)
