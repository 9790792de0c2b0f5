"""The recordings of a town: rows in the database, encrypted files beside it."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from records import access_log, calls, holds, recordings
from records.ogg import BadOgg, seconds_of, silenced
from records.recording_tables import RecordingRow
from records.recordings import Mark, Recording
from records.vault import SealedFile, Vault, VaultError

logger = logging.getLogger("allomairie.records")

PIECE_BYTES = 256 * 1024
Opens = Callable[[], AbstractContextManager[Session]]


class BeingMade:
    """A recording that is being written; for one thread at a time."""

    def __init__(self, store: RecordingStore, name: str, file: SealedFile) -> None:
        self._store = store
        self._file = file
        self.name = name

    def append(self, piece: bytes) -> None:
        """More of the Ogg file; it survives a killed program."""
        for at in range(0, len(piece), PIECE_BYTES):
            self._file.append(piece[at : at + PIECE_BYTES])

    def mark(self, marks: Sequence[Mark]) -> None:
        """Where the turns are, so far."""
        self._store.note(self.name, marks=recordings.plain(marks))

    def finish(self, seconds: float, marks: Sequence[Mark], *, whole: bool = True) -> bool:
        """The call is over; False when the recording was erased meanwhile, and its file with it."""
        self._file.close(whole=whole)
        values = {"seconds": seconds, "size": self._file.size, "marks": recordings.plain(marks)}
        return self._store.note(self.name, **values)

    def drop(self, reason: str) -> None:
        """Erase all of it."""
        self._file.close(whole=False)
        self._store.drop(self.name, reason)


class RecordingStore:
    """Blocking and thread-safe. Methods may raise `RecordsError` and `VaultError`."""

    def __init__(
        self, writing: Opens, reading: Opens, now: Callable[[], datetime], vault: Vault
    ) -> None:
        self._writing = writing
        self._reading = reading
        self._now = now
        self.vault = vault

    # -- while a call goes on ----------------------------------------------------------------

    def begin(self, call_id: str, mode: str, started_at: datetime) -> BeingMade:
        """A recording of this call; only then is a file made.

        Raises:
            UnknownRecord: the call is gone.
        """
        name = uuid.uuid4().hex
        key = self.vault.new_key(name)
        with self._writing() as session:  # the row first: a file without one is swept away
            calls.find(session, call_id)
            session.add(
                RecordingRow(
                    id=name,
                    call_id=call_id,
                    started_at=started_at,
                    seconds=None,
                    size=0,
                    marks=[],
                    mode=mode,
                    key_id=key.key_id,
                    sealed_key=key.sealed,
                    deleted_at=None,
                    deleted_reason="",
                )
            )
        try:
            return BeingMade(self, name, self.vault.create(name, key))
        except VaultError:
            self.drop(name, recordings.LOST)
            raise

    def note(self, name: str, **values: object) -> bool:
        """Write what became of a recording; False when it was erased: then its file goes, too."""
        with self._writing() as session:
            kept = recordings.note(session, name, values)
        if not kept:
            self.vault.remove(name)
        return kept

    def drop(self, name: str, reason: str) -> None:
        """Erase a recording."""
        with self._writing() as session:
            recordings.forget(session, RecordingRow.id == name, self._now(), reason)
        self.vault.remove(name)

    # -- listening ---------------------------------------------------------------------------

    def of_call(self, call_id: str) -> Recording | None:
        """The recording of a call that can be heard, or None."""
        with self._reading() as session:
            return recordings.of_call(session, call_id)

    def every_of(self, call_id: str) -> tuple[Recording, ...]:
        """All of a call, the proofs of those that were erased too."""
        with self._reading() as session:
            return recordings.every_of(session, call_id)

    def sound(self, recording: Recording, hidden: Iterable[int] = ()) -> bytes:
        """The Ogg file, decrypted in memory, with silence where these turns are.

        Raises:
            VaultError: it cannot be read, or it is not known where a hidden turn is.
        """
        opened = self.vault.open(recording.id, recording.sealed_key)
        turns = tuple(hidden)
        if not turns:
            return opened.data
        try:
            return silenced(opened.data, recording.spans(turns))
        except LookupError as error:
            raise VaultError(str(error)) from error
        except BadOgg as error:
            raise VaultError(f"the recording {recording.id} is damaged: {error}") from error

    # -- erasing -----------------------------------------------------------------------------

    def erase_turn(self, call_id: str, turn: int) -> bool:
        """Erase what was said in one turn: silence takes its place, under a new key.

        Where it cannot be told where the turn is, the whole recording goes. A held call keeps its
        sound. Returns whether there was any.
        """
        with self._reading() as session:
            kept = recordings.of_call(session, call_id)
            holds.refuse_held(session, call_id, self._now())
        if kept is None:
            return False
        try:
            sound = self.sound(kept, (turn,))
        except VaultError as error:
            logger.warning("a recording goes with a passage of it: %s", error)
            self.drop(kept.id, recordings.ERASED)
            return True
        self.drop(kept.id, recordings.SPARED)  # first: what was to go is gone, whatever follows
        copy = self.begin(call_id, kept.mode, kept.started_at)
        copy.append(sound)
        copy.finish(kept.seconds or seconds_of(sound), kept.marks)
        return True

    def due(self, days: int) -> int:
        """How many recordings `purge` would erase now."""
        condition = recordings.over(days, self._now())
        with self._reading() as session:
            rows = select(RecordingRow.id).where(condition, RecordingRow.deleted_at.is_(None))
            return len(session.scalars(rows).all())

    def purge(self, days: int, by: str) -> int:
        """Erase what is older than so many days and not held; returns how many.

        Files without a key go, too, and proofs of more than a year ago.
        """
        now = self._now()
        with self._writing() as session:
            gone = recordings.forget(session, recordings.over(days, now), now, recordings.AGE)
            recordings.drop_proofs(session, now)
            if gone:
                detail = f"{len(gone)} recordings"
                access_log.add(
                    session, login=by, action="purge", call_id="", detail=detail, now=now
                )
        self.sweep()
        return len(gone)

    def sweep(self) -> int:
        """Delete the files whose key is gone; returns how many."""
        there = self.vault.names()
        with self._reading() as session:
            kept = RecordingRow.deleted_at.is_(None)
            live = set(session.scalars(select(RecordingRow.id).where(kept)))
        for name in there - live:
            self.vault.remove(name)
        return len(there - live)

    def recover(self) -> int:
        """End the recordings of a server that was killed; for the start. Returns how many."""
        with self._reading() as session:
            unfinished = select(RecordingRow).where(
                RecordingRow.seconds.is_(None), RecordingRow.deleted_at.is_(None)
            )
            left = [recordings.snapshot(row) for row in session.scalars(unfinished)]
        for one in left:
            self._recover(one)
        return len(left)

    def _recover(self, one: Recording) -> None:
        path = self.vault.path(one.id)
        if not path.exists():
            self.drop(one.id, recordings.LOST)
            return
        try:
            seconds = seconds_of(self.vault.open(one.id, one.sealed_key).data)
        except (VaultError, BadOgg) as error:
            logger.warning("a recording of a killed server cannot be measured: %s", error)
            return
        self.note(one.id, seconds=seconds, size=path.stat().st_size)
