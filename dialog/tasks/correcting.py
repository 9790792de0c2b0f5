"""What was read back is agreed to, or corrected: one value, or the whole recap.

"Non, …" means the slot that is named, the last one filled, or the one asked, in this order.
"""

from __future__ import annotations

import re
from dataclasses import replace

from dialog.intents import Words
from dialog.phrases import Phrases
from dialog.tasks.form import Asked, Form, Slot
from dialog.tasks.rules import TaskRules
from dialog.tasks.step import Step
from dialog.tasks.taking import MOST_TRIES, Taking
from dialog.tasks.task_state import CONFIRM, CORRECT, TaskState
from dialog.tasks.verdicts import Verdicts

#: a yes that goes on, and takes nothing back
_SAYS_YES = re.compile(
    r"(?:(?:ah|ben|bah|mais|euh) )*(?:oui|ouais|voila|exact|c est ca)\b"
    r"(?!.*\b(?:mais|sauf|par contre|non|erreur|trompee?|plutot|changer|corriger|ajouter)\b)"
)
_FEWEST_MORE = 4  #: words that add something
_LAST_PART = re.compile(r"[,;.:]|\bc['’]est\b", re.IGNORECASE)
_NAME_WORDS = 4  #: a correction that may be nothing but a name
_REFUSES = re.compile(
    r"(?:merci|pas (?:besoin|la peine)|je (?:ne |n')?(?:veux|préfère|préférerais|souhaite|peux|"
    r"sais)|j'ai pas|je n'ai|ça va|c'est bon)\b",
    re.IGNORECASE,
)
#: between two corrections
_AND = re.compile(
    r"\s*,?\s+(?:et|puis|et puis)\s+(?=(?:c['’]est\s+)?(?:le|la|mon|ma|pour|au)\b|c['’]est)",
    re.IGNORECASE,
)
#: slots that a correction is tried on when it names none: the most exact first
_GUESSES = ("phone", "when", "days", "problem", "place", "landmark", "urgent")


class Correcting:
    """Understands what a caller says to a read-back. Holds nothing of any call."""

    def __init__(
        self, phrases: Phrases, rules: TaskRules, verdicts: Verdicts, taking: Taking
    ) -> None:
        self._phrases = phrases
        self._rules = rules
        self._verdicts = verdicts
        self._taking = taking

    def proposed(self, form: Form, slot: Slot, asked: Asked) -> Step:
        """The answer to "c'est bien ça ?"."""
        if self._verdicts.agreed(asked.words):
            return self.accepted(slot, asked.task)
        rest = self._rules.corrected(asked.words)
        told = _said(asked, rest) if rest else asked
        if given := slot.correct(told):
            return self._taking.apply(form, slot, given, told)
        if self._verdicts.no(asked.words):
            return Step(asked.task.failed(), self._phrases.say("task_again"))
        if named := self._named(form, told):
            return self._rename(form, named, told)
        elsewhere = self._taking.elsewhere(form, slot, asked)
        if elsewhere is not None:  # the caller goes on: the value was right
            task = self.accepted(slot, asked.task).task
            return self._taking.elsewhere(form, slot, replace(asked, task=task)) or elsewhere
        task = asked.task
        if task.tries + 1 >= MOST_TRIES:
            return self.accepted(slot, task)
        failed = replace(task.failed(), proposed=task.proposed)
        return Step(failed, say=f"{self._phrases.say('task_sorry')} {slot.check(task.proposed)}")

    def accepted(self, slot: Slot, task: TaskState) -> Step:
        """The value read back was right."""
        return Step(task.fill(slot.name, task.proposed), self._phrases.say("task_noted"))

    def corrected(self, form: Form, slot: Slot, asked: Asked, rest: str) -> Step | None:
        """ "Non, …" where something else was asked already."""
        told = _said(asked, rest)
        if named := self._named(form, told):
            return self._rename(form, named, told)
        if (problem := form.slot("problem")) is not None and problem.filled(asked.task):
            given = None if slot.free else problem.correct(told)
            if given is not None:
                return self._taking.apply(form, problem, given, told)
        last = form.slot(asked.task.last)
        answers = not (slot.free or slot.filled(asked.task)) and last is not None and last.free
        if answers and (given := slot.parse(told)):
            return self._taking.apply(form, slot, given, told)  # "plutôt mardi" to "quel jour ?"
        if slot.free and slot.volunteered(told):
            last = None
        if last is not None and last.free and _REFUSES.match(rest):
            last = None  # "non merci, …" refuses what is asked
        for one in (last, None if slot.free else slot):
            if one is not None and (given := one.correct(told)):
                return self._taking.apply(form, one, given, told)
        return None

    @staticmethod
    def _named(form: Form, asked: Asked) -> Slot | None:
        """The slot that the words name: "le nom, c'est Durand"."""
        found = [
            (match.start(), slot)
            for slot in form.slots
            if (match := slot.named.search(asked.words.spoken)) and slot.filled(asked.task)
        ]
        return min(found, key=lambda pair: pair[0])[1] if found else None

    def _rename(self, form: Form, slot: Slot, asked: Asked) -> Step:
        """Correct the slot that was named, or ask it again."""
        if given := slot.correct(asked):
            return self._taking.apply(form, slot, given, asked)
        task = asked.task.forget(slot.fields)
        left = tuple(name for name in task.skipped if name != slot.name)
        return Step(replace(task, skipped=left), self._phrases.say("task_again"))

    def confirmed(self, form: Form, asked: Asked) -> Step:
        """The answer to the recap."""
        if self._verdicts.agreed(asked.words):
            return Step(asked.task, finished=True)
        rest = self._rules.corrected(asked.words)
        if rest or not self._verdicts.no(asked.words):
            told = _said(asked, rest) if rest else asked
            if (step := self.amended(form, told, bare=bool(rest))) is not None:
                yes = not rest and _SAYS_YES.match(asked.words.spoken) is not None
                if yes and step.task.values == asked.task.values:  # "oui voilà, vingt et un"
                    return Step(asked.task, finished=True)
                return step
        if not rest and _SAYS_YES.match(asked.words.spoken):
            return Step(asked.task, finished=True)  # "oui, il faut faire quelque chose"
        if not rest and (added := self._added(form, asked)) is not None:
            return added
        if rest or self._verdicts.no(asked.words):
            return Step(asked.task.ask(CORRECT), say=self._phrases.say("task_which"))
        return self.again(asked)

    def _added(self, form: Form, asked: Asked) -> Step | None:
        """ "Je crois qu'il y en a deux d'éteints": more of what is reported, after the recap."""
        slot = next((one for one in form.slots if one.fields[0] in ("problem", "subject")), None)
        said = self._verdicts.no(asked.words) or asked.words.text.rstrip().endswith("?")
        if slot is None or said or asked.words.count < _FEWEST_MORE:
            return None
        given = slot.more(asked)
        return self._taking.apply(form, slot, given, asked) if given else None

    def again(self, asked: Asked) -> Step:
        """Not understood after the recap: say it again; then keep what was read back."""
        task = asked.task.failed()
        if task.tries >= MOST_TRIES:
            return Step(task, finished=True)
        return Step(task, self._phrases.say("task_sorry"))

    def amended(self, form: Form, asked: Asked, *, bare: bool = True) -> Step | None:
        """What a correction after the recap changes; None when that is not clear.

        Args:
            bare: whether a few words may be a new name; "impec" without a "non" is none.
        """
        return self._both(form, asked) or self._one(form, asked, bare=bare)

    def _both(self, form: Form, asked: Asked) -> Step | None:
        """Two corrections in a breath: "c'est jeudi matin et le nom c'est Thierry"."""
        parts = _AND.split(asked.words.text)
        if len(parts) != 2:
            return None
        first = self._one(form, _said(asked, parts[0]))
        if first is None or first.say or asked.task.asking not in (CONFIRM, CORRECT):
            return None
        second = self._one(form, replace(_said(asked, parts[1]), task=first.task))
        if second is None or second.task.last == first.task.last:
            return None  # "à l'angle de la rue Colette et de la rue Pasteur" is one place
        return replace(second, lead=f"{first.lead} {second.lead}".strip())

    def _spelled(self, form: Form, asked: Asked) -> Step | None:
        """ "C'est pas Amrani avec un i, c'est A M R A N Y": letters are the name's."""
        slot = form.slot("name")
        parts = [part.strip() for part in _LAST_PART.split(asked.words.text) if part.strip()]
        last = _said(asked, parts[-1] if parts else "")
        if slot is None or not slot.filled(asked.task) or slot.refined(last) is None:
            return None
        given = slot.correct(last)
        return self._taking.apply(form, slot, given, asked) if given else None

    def _one(self, form: Form, asked: Asked, *, bare: bool = True) -> Step | None:
        named = self._named(form, asked)
        if named is not None and (given := named.correct(asked)):
            return self._taking.apply(form, named, given, asked)
        if (spelled := self._spelled(form, asked)) is not None:
            return spelled
        for name in _GUESSES:  # "la lumière de la rue" names a place, and tells the problem
            slot = form.slot(name)
            if slot is None:
                continue
            if given := slot.correct(asked):
                return self._taking.apply(form, slot, given, asked)
        if named is not None:
            return self._rename(form, named, asked)
        slot = form.slot("name")
        if slot and bare and asked.words.count <= _NAME_WORDS and (given := slot.correct(asked)):
            return self._taking.apply(form, slot, given, asked)
        return None


def _said(asked: Asked, text: str) -> Asked:
    return replace(asked, words=Words.of(text))
