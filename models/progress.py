"""How a download tells how far it is, without knowing who looks."""

from __future__ import annotations

import threading
from typing import Protocol


class Progress(Protocol):
    """What a display of downloads must answer to; called from several threads."""

    def begin(self, model_id: str, source: str, total_bytes: int) -> None:
        """A model's download starts, or starts again from another source."""

    def advance(self, model_id: str, done_bytes: int) -> None:
        """So many bytes of the model are here, of the total given at its beginning."""

    def end(self, model_id: str) -> None:
        """The model is verified and in the store."""


class Silent:
    """Shows nothing."""

    def begin(self, model_id: str, source: str, total_bytes: int) -> None: ...

    def advance(self, model_id: str, done_bytes: int) -> None: ...

    def end(self, model_id: str) -> None: ...


class Meter:
    """Adds up the bytes that several downloads of one model bring in."""

    def __init__(self, progress: Progress, model_id: str, total_bytes: int) -> None:
        self._progress = progress
        self._model_id = model_id
        self._total_bytes = total_bytes
        self._done_bytes = 0
        self._lock = threading.Lock()

    def add(self, received_bytes: int) -> None:
        """Count bytes as they come; a negative number takes back what must come again."""
        with self._lock:
            self._done_bytes = max(0, self._done_bytes + received_bytes)
            done_bytes = min(self._done_bytes, self._total_bytes)
            self._progress.advance(self._model_id, done_bytes)
