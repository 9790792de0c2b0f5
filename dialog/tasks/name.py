"""Who the caller is: a name, spelled when the recogniser guesses."""

from __future__ import annotations

from dialog.phrases import Phrases
from dialog.rules import Rules
from dialog.tasks.form import Answer, Asked, Slot
from dialog.tasks.task_state import TaskState
from dialog.values.names import parse_name
from dialog.values.spelling import spell

_NAMED = r"(le |mon )?(nom|prénom)( de famille)?"
_MOST_LETTERS = 20  #: words of a spelling; a longer turn is something else
_SURE = Rules("""
(je m'appelle|je me nomme|mon nom (c'est|est)|au nom de|nom de famille)
je suis (madame|monsieur|mademoiselle|docteur|maître) \\w+
^(ici|c'est|moi c'est) (madame|monsieur|mademoiselle|docteur|maître) \\w+
^(madame|monsieur|mademoiselle) \\w+( à l'appareil)?
""")


class Name(Slot):
    """A name as it is said or spelled; read back so that it can be corrected."""

    name = "name"
    fields = ("name",)

    def __init__(self, phrases: Phrases, refusal: Rules) -> None:
        super().__init__(_NAMED)
        self._phrases = phrases
        self._refusal = refusal

    def question(self, asked: Asked) -> str:
        """Asked again, it suggests spelling."""
        return self._phrases.say("task_name_again" if asked.task.tries else "task_name")

    def parse(self, asked: Asked) -> Answer | None:
        """A name, or a caller who gives none."""
        if self._refusal.covers(asked.words.core):
            return Answer({"name": ""}, self._phrases.say("task_agreed"))
        reading = parse_name(asked.words.text)
        if reading is None:
            return None
        if reading.spelled:
            letters = spell(reading.name)
            text = self._phrases.say("task_name_spelled", name=reading.said, letters=letters)
        else:
            text = self._phrases.say("task_name_is", name=reading.said)
        return Answer({"name": reading.said}, text)

    def volunteered(self, asked: Asked) -> Answer | None:
        """Only where the caller introduces himself."""
        return self.parse(asked) if _SURE.search(asked.words.spoken) else None

    def refined(self, asked: Asked) -> Answer | None:
        """The name spelled, after it was read back wrong."""
        reading = parse_name(asked.words.text)
        spelled = reading is not None and reading.spelled
        few = asked.words.count <= _MOST_LETTERS
        return self.parse(asked) if spelled and few else None

    def say(self, task: TaskState) -> str:
        """As read back: "madame Dupont"."""
        return task.values.get("name", "")
