"""When the caller can be called back, or would like to come."""

from __future__ import annotations

import re

from dialog.phrases import Phrases
from dialog.rules import Rules
from dialog.tasks.form import Answer, Asked, Slot
from dialog.town import WEEKDAYS
from dialog.values.moments import parse_moment

_NAMED = r"""
(le |l'|la )?(moment|jour|jours|heure|horaire|date)( de rappel)?
(rappelez|rappeler) moi (plutôt )?
"""
_DAY = rf"(?:{'|'.join(WEEKDAYS)}|demain)"
#: between two moments; "entre 14 et 16 heures" is one
_OR = re.compile(rf"\b(?:ou bien|ou|sinon)\b|\bet\b(?=\s+(?:le\s+)?{_DAY})", re.IGNORECASE)
_ANY_TIME = "à n'importe quel moment"


class When(Slot):
    """Days and parts of days, never a slot that the town would have to keep."""

    def __init__(
        self, phrases: Phrases, none: Rules, unsure: Rules, *, name: str, question: str
    ) -> None:
        super().__init__(_NAMED)
        self.name = name
        self.fields = (name, f"{name}_first", f"{name}_last")
        self._phrases = phrases
        self._none = none
        self._unsure = unsure
        self._question = question

    def question(self, asked: Asked) -> str:
        """Open first, then with a hint."""
        return self._phrases.say("task_when_again" if asked.task.tries else self._question)

    def parse(self, asked: Asked) -> Answer | None:
        """A moment; "peu importe" is one."""
        if values := self._moments(asked):
            said = values[self.name]
        elif self._none.covers(asked.words.core) or self._unsure.covers(asked.words.core):
            said, values = _ANY_TIME, {self.name: _ANY_TIME}
        else:
            return None
        return Answer(values, self._phrases.say("task_when_is", when=said))

    def volunteered(self, asked: Asked) -> Answer | None:
        """ "Rappelez-moi demain matin": only next to what it is about."""
        if not self.named.search(asked.words.spoken):
            return None
        values = self._moments(asked)
        return Answer(values) if values else None

    def _moments(self, asked: Asked) -> dict[str, str]:
        """One moment, or several ("mardi ou jeudi matin"), with the dates they fall on.

        The words are as the caller hears them ("demain matin"); who reads the ticket on another
        day needs the dates.
        """
        parts = [parse_moment(part, asked.at) for part in _OR.split(asked.words.text)]
        found = [part for part in parts if part is not None]
        if len(found) < len(parts):
            whole = parse_moment(asked.words.text, asked.at)
            found = [whole] if whole is not None else []
        days = [moment.days for moment in found if moment.days is not None]
        values = {self.name: " ou ".join(moment.said for moment in found)} if found else {}
        if days:
            values[f"{self.name}_first"] = min(day.first for day in days).isoformat()
            values[f"{self.name}_last"] = max(day.last for day in days).isoformat()
        return values
