"""When the words of a turn under way are worth looking at: clocked in seconds of audio.

A pause is recognised anyway. A caller who speaks on without one must still be heard when he says
"il y a le feu", so the end of his turn is written down every second, when the recogniser has
nothing better to do, and in any case when it was put off for too long.
"""

from __future__ import annotations

from dataclasses import dataclass

from voice.turns import CHUNK_S


@dataclass(frozen=True)
class PartialRules:
    """How often, and how much of the turn."""

    first_s: float = 1.5  #: of the turn, before the first look
    every_s: float = 1.0  #: of speech, between two looks
    window_s: float = 7.0  #: the end of the turn that is looked at
    patience: int = 3  #: looks that a busy recogniser may put off


class Partials:
    """One call's looks at the turn under way."""

    def __init__(self, rules: PartialRules | None = None) -> None:
        self.rules = rules or PartialRules()
        self._since_s = 0.0
        self._looked = False

    def start(self) -> None:
        """A turn opened, or a pause in it was recognised as a whole."""
        self._since_s, self._looked = 0.0, False

    def due(self, *, busy: bool) -> bool:
        """One more chunk of the turn: look now?

        Args:
            busy: the recogniser has other work, which should not wait for this.
        """
        self._since_s += CHUNK_S
        wait_s = self.rules.every_s if self._looked else self.rules.first_s
        if self._since_s < (wait_s * self.rules.patience if busy else wait_s):
            return False
        self._since_s, self._looked = 0.0, True
        return True
