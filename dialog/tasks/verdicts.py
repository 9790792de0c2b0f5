"""Oui and non inside a form, in all the words callers have for them."""

from __future__ import annotations

from dialog.intents import Intents, Words
from dialog.tasks.form import Slot
from dialog.tasks.rules import TaskRules


class Verdicts:
    """Recognises what agrees and what refuses. Holds nothing of any call."""

    def __init__(self, intents: Intents, rules: TaskRules) -> None:
        self._intents = intents
        self._rules = rules

    def yes(self, words: Words) -> bool:
        """Whether it agrees, thanks, or says that it was heard."""
        return any(self._intents.is_(name, words) for name in ("yes", "acknowledge", "thanks"))

    def agreed(self, words: Words) -> bool:
        """Whether the caller finds right what was read back: "c'est bon" is no "non" here."""
        agreed = self._rules.inside("agreed")
        return self.yes(words) or agreed.covers(words.spoken) or agreed.covers(words.core)

    def says_yes(self, words: Words, slot: Slot) -> bool:
        """As `yes`; where anything is an answer, "oui c'est bon" is none either."""
        return self.agreed(words) if slot.free else self.yes(words)

    def no(self, words: Words) -> bool:
        """Whether it refuses."""
        return self._intents.is_("no", words)
