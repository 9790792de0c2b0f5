"""Speech already made: a small memory in front of a bounded folder, found by content.

    key ─► memory (bytes bound) ─► DIR/ab/abcdef….wav (bytes bound, least recently used goes first)

A file is a tagged WAV that carries the checksum of its samples, so a damaged one is a miss.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
from collections import OrderedDict
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voice.audio import SpeechTag, checksum, to_int16, wav_read, wav_tag, wav_write

logger = logging.getLogger("allomairie.voice")

_FORMAT = 1  #: raise it when the same key would sound different
_PRUNE_TO = 0.9


@dataclass(frozen=True)
class SpeechKey:
    """All that decides how a clause sounds."""

    text: str
    language: str
    engine: str
    voice: str
    fingerprint: str  #: of the weights
    speed: float
    rate_hz: int

    @property
    def digest(self) -> str:
        """SHA-256 of every field, hexadecimal."""
        content = json.dumps([_FORMAT, asdict(self)], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


class SpeechCache:
    """Clauses as samples; safe between threads.

    Args:
        folder: where kept speech lies; None keeps nothing on disk.
        max_bytes: the folder's bound.
        memory_bytes: the memory's bound.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        max_bytes: int = 512 * 2**20,
        memory_bytes: int = 32 * 2**20,
    ) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._memory_bytes = memory_bytes
        self._memory: OrderedDict[str, NDArray[np.int16]] = OrderedDict()
        self._in_memory = 0
        self._lock = threading.Lock()
        self._on_disk = sum(size for _, size, _ in self._files())
        self.hits = self.misses = self.dropped = 0

    def get(self, key: SpeechKey) -> NDArray[np.int16] | None:
        """The clause's samples (read-only), or None; looks on disk when memory lacks it."""
        digest = key.digest
        with self._lock:
            samples = self._memory.get(digest)
            if samples is not None:
                self._memory.move_to_end(digest)
        if samples is None:
            samples = self._read(digest, key.rate_hz)
            if samples is not None:
                self._remember(digest, samples)
        with self._lock:
            self.hits += samples is not None
            self.misses += samples is None
        return samples

    def put(self, key: SpeechKey, samples: NDArray[np.int16], *, keep: bool = False) -> None:
        """Remember a clause; `keep` also writes it to disk. A full disk only costs a warning."""
        if not samples.size:
            return
        digest = key.digest
        self._remember(digest, samples)
        if keep:
            self.persist(key, samples)

    def persist(self, key: SpeechKey, samples: NDArray[np.int16]) -> None:
        """Write a clause to disk unless it is there."""
        path = self._path(key.digest)
        if path is None or path.exists():
            return
        tag = SpeechTag(key.engine, key.voice, date.today(), checksum(samples))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            wav_write(path, samples, key.rate_hz, tag=tag)
            size = path.stat().st_size
        except OSError as error:
            logger.warning("speech cache: a clause could not be kept (%s)", error)
            return
        with self._lock:
            self._on_disk += size
            if self._on_disk > self._max_bytes:
                self._prune()

    def kept(self, key: SpeechKey) -> bool:
        """Whether the disk has the clause; it then counts as used now."""
        path = self._path(key.digest)
        try:
            if path is not None:
                os.utime(path)
        except OSError:
            return False
        return path is not None

    def _remember(self, digest: str, samples: NDArray[np.int16]) -> None:
        if samples.nbytes > self._memory_bytes:
            return
        own = samples.copy()
        own.flags.writeable = False
        with self._lock:
            before = self._memory.pop(digest, None)
            self._in_memory += own.nbytes - (before.nbytes if before is not None else 0)
            self._memory[digest] = own
            while self._in_memory > self._memory_bytes:
                _, oldest = self._memory.popitem(last=False)
                self._in_memory -= oldest.nbytes

    def _read(self, digest: str, rate_hz: int) -> NDArray[np.int16] | None:
        path = self._path(digest)
        if path is None or not path.exists():
            return None
        try:
            samples, found_hz = wav_read(path)
            exact = to_int16(samples)
            if found_hz != rate_hz or checksum(exact) not in wav_tag(path):
                raise ValueError(f"{path} is not what was written.")
            os.utime(path)  # the modification time is the time of last use
        except FileNotFoundError:
            return None  # pruned meanwhile
        except (OSError, ValueError) as error:
            logger.warning("speech cache: a damaged file is dropped (%s)", error)
            self._drop(path)
            return None
        return exact

    def _drop(self, path: Path) -> None:
        with self._lock:
            self.dropped += 1
            try:
                self._on_disk -= path.stat().st_size
                path.unlink()
            except OSError as error:
                logger.warning("speech cache: %s cannot be removed (%s)", path.name, error)

    def _prune(self) -> None:
        """Remove the least recently used files down to nine tenths of the bound (lock held)."""
        files = sorted(self._files())
        self._on_disk = sum(size for _, size, _ in files)
        for _, size, path in files:
            if self._on_disk <= self._max_bytes * _PRUNE_TO:
                break
            path.unlink(missing_ok=True)
            self._on_disk -= size

    def _files(self) -> list[tuple[int, int, Path]]:
        """Time of last use in ns, bytes, and path of every file."""
        found = []
        for path in self._folder.glob("??/*.wav") if self._folder else ():
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue
            found.append((stat.st_mtime_ns, stat.st_size, path))
        return found

    def _path(self, digest: str) -> Path | None:
        return self._folder / digest[:2] / f"{digest}.wav" if self._folder else None
