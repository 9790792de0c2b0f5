"""A decision made ahead of need, on the words of a predicted end of turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from dialog.decision import Decision
from voice.recognition import Heard

Decide = Callable[[str, Heard], Coroutine[Any, Any, Decision]]
Spawn = Callable[[Coroutine[Any, Any, Decision]], "asyncio.Task[Decision]"]


@dataclass(frozen=True)
class _Prepared:
    text: str
    decision: asyncio.Task[Decision]


class Ahead:
    """At most one decision waits here: nothing is said of it, and it may be dropped.

    Args:
        decide: asks the desk.
        spawn: makes a task of the call.
    """

    def __init__(self, decide: Decide, spawn: Spawn) -> None:
        self._decide = decide
        self._spawn = spawn
        self._prepared: _Prepared | None = None

    def prepare(self, text: str, heard: Heard) -> None:
        """Begin to decide on these words, instead of any before."""
        self.forget()
        if text:
            self._prepared = _Prepared(text, self._spawn(self._decide(text, heard)))

    def forget(self) -> None:
        """The end of the turn was none, or the call is over."""
        prepared, self._prepared = self._prepared, None
        if prepared is not None:
            prepared.decision.cancel()

    def take(self, text: str, heard: Heard) -> asyncio.Task[Decision]:
        """What was prepared on the same words, or a decision begun now."""
        prepared, self._prepared = self._prepared, None
        if prepared is not None and prepared.text == text:
            return prepared.decision
        if prepared is not None:
            prepared.decision.cancel()
        return self._spawn(self._decide(text, heard))
