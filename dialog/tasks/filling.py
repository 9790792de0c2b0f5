"""One answer in a form: understood, read back, corrected, or asked again.

answer ─► a proposed value: oui, a correction, non
       ─► "non, …": the slot that is named, the last one filled, the one asked
       ─► the slot asked ─► another slot ─► left out ─► asked again
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from dialog.intents import Intents, Words
from dialog.phrases import Phrases
from dialog.tasks.form import Answer, Asked, Form, Slot
from dialog.tasks.rules import TaskRules
from dialog.tasks.task_state import CONFIRM, CORRECT, TaskState

MOST_TRIES = 3  #: answers not understood before a slot is left out
#: a yes that goes on, and takes nothing back
_SAYS_YES = re.compile(
    r"(?:(?:ah|ben|bah|mais|euh) )*(?:oui|ouais|voila|exact|c est ca)\b"
    r"(?!.*\b(?:mais|sauf|par contre|non|erreur|trompee?|plutot|changer|corriger|ajouter)\b)"
)
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


@dataclass(frozen=True)
class Step:
    """What an answer does to a task."""

    task: TaskState
    lead: str = ""  #: said before the next question
    say: str = ""  #: said instead of the next question
    finished: bool = False  #: the caller agreed to the recap


class Filling:
    """Understands answers. Holds nothing of any call."""

    def __init__(self, intents: Intents, phrases: Phrases, rules: TaskRules) -> None:
        self._intents = intents
        self._phrases = phrases
        self._rules = rules

    def answer(self, form: Form, asked: Asked) -> Step:
        """What these words do."""
        task = asked.task
        if task.asking == CONFIRM:
            return self._confirmed(form, asked)
        if task.asking == CORRECT:
            return self._amended(form, asked) or self._again(asked)
        slot = form.slot(task.asking)
        if slot is None:
            return Step(task)
        if task.proposed:
            return self._proposed(form, slot, asked)
        return self._answered(form, slot, asked)

    def agrees(self, words: Words, task: TaskState) -> bool:
        """Whether the words find right what was just read back: "c'est parfait" is no goodbye."""
        return bool(task.proposed or task.asking == CONFIRM) and self._agreed(words)

    def volunteered(self, form: Form, asked: Asked) -> Step:
        """What a turn that starts a task tells already."""
        return self._others(form, None, asked, Step(asked.task))

    def skip(self, form: Form, asked: Asked) -> Step:
        """Go on without the slot asked, or agree to what was read back (the key #)."""
        task = asked.task
        slot = form.slot(task.asking)
        if task.asking == CONFIRM:
            return Step(task, finished=True)
        if slot is None:
            return Step(task)
        if task.proposed:
            return self._accepted(slot, task)
        return Step(task.skip(slot.name), self._phrases.say("task_agreed"))

    def keyed(self, form: Form, slot: Slot, asked: Asked, digits: str) -> Step | None:
        """Take keyed digits as the slot's value; None when they are none."""
        given = slot.keys(asked, digits)
        return self._apply(form, slot, given, asked) if given else None

    # -- answers -----------------------------------------------------------------------------

    def _answered(self, form: Form, slot: Slot, asked: Asked) -> Step:
        if given := slot.parse(asked) if slot.keyed else slot.first(asked):
            return self._apply(form, slot, given, asked)
        if self._yes(asked.words) and not slot.yes_no:
            return self._failed(slot, asked)  # "oui" says neither a name nor a place
        rest = self._rules.corrected(asked.words)
        if rest and not slot.yes_no and (step := self._corrected(form, slot, asked, rest)):
            return step
        last = form.slot(asked.task.last)
        if last is not None and last is not slot and (more := last.refined(asked)):
            return self._apply(form, last, more, asked)
        elsewhere = self._elsewhere(form, slot, asked)
        if elsewhere is not None:
            return elsewhere
        if given := slot.parse(asked):
            return self._apply(form, slot, given, asked)
        if (told := self._told_again(form, slot, asked)) is not None:
            return told
        core = asked.words.core
        left_out = self._rules.inside("unsure").covers(core) or self._no(asked.words)
        if slot.optional and (left_out or self._rules.inside("none").covers(core)):
            return Step(asked.task.skip(slot.name), self._phrases.say("task_agreed"))
        return self._failed(slot, asked)

    def _elsewhere(self, form: Form, slot: Slot, asked: Asked) -> Step | None:
        """An answer to another question than the one asked, when it is surely that."""
        for other in form.slots:
            if other is slot or other.filled(asked.task):
                continue
            told = None if slot.free or not other.wanted(asked.task) else other.volunteered(asked)
            if given := told or other.whole(asked):
                return self._apply(form, other, given, asked)
        return None

    def _told_again(self, form: Form, slot: Slot, asked: Asked) -> Step | None:
        """ "Pour l'extension de ma maison": more of what was told in the first sentence."""
        when = form.slot("when") or form.slot("days")
        open_ = when is not None and when is not slot and not when.filled(asked.task)
        if when is not None and open_ and (given := when.parse(asked)):
            return self._apply(form, when, given, asked)  # "le plus tôt", where a name was asked
        for other in form.slots:
            if other is slot or not (other.free and other.filled(asked.task)):
                continue
            more = None if slot.keyed else self._more(other, asked)
            if given := other.volunteered(asked) or more:
                return self._apply(form, other, given, asked)
        return None

    def _more(self, slot: Slot, asked: Asked) -> Answer | None:
        """What was just told is told again in full, although the next thing was asked."""
        task, words = asked.task, asked.words
        short = self._no(words) or self._rules.inside("unsure").covers(words.core)
        if short or task.last != slot.name or task.tries or words.text.rstrip().endswith("?"):
            return None
        return slot.more(asked)

    def _apply(self, form: Form, slot: Slot, given: Answer, asked: Asked) -> Step:
        task = replace(asked.task, skipped=(*asked.task.skipped, *given.skips))
        if given.confirm:
            step = self._others(form, slot, asked, Step(task))
            said = f"{step.lead} {given.read_back}".strip()
            return Step(step.task.propose(slot.name, given.values), say=said)
        if slot.fields[0] not in given.values:
            known = {**task.values, **given.values}
            return Step(replace(task, values=known, tries=0, typed=""), given.read_back)
        task = task.forget(
            slot.fields
        )  # the coordinates of a corrected street are not the new one's
        filled = Step(task.fill(slot.name, given.values), given.read_back)
        return self._others(form, slot, asked, filled)

    def _others(self, form: Form, slot: Slot | None, asked: Asked, step: Step) -> Step:
        """Fill the slots that the same words fill too."""
        # what has to be confirmed comes last: its question ends the reply
        for other in sorted(form.slots, key=lambda one: one.keyed):
            task = step.task
            dictated = slot is not None and slot.free and not other.keyed
            if other is slot or other.filled(task) or dictated:
                continue
            given = other.volunteered(replace(asked, task=task))
            if given is None:
                continue
            if given.confirm:
                said = f"{step.lead} {given.read_back}".strip()
                return Step(task.propose(other.name, given.values), say=said)
            lead = f"{step.lead} {given.read_back}".strip()
            last = slot.name if slot else other.name
            if other.fields[0] not in given.values:
                step = Step(replace(task, values={**task.values, **given.values}), lead)
                continue
            step = Step(replace(task.fill(other.name, given.values), last=last), lead)
        return step

    def _failed(self, slot: Slot, asked: Asked) -> Step:
        task = asked.task.failed()
        if task.tries >= MOST_TRIES:
            return Step(task.skip(slot.name), self._phrases.say("task_agreed"))
        return Step(task, slot.refused(asked) or self._phrases.say("task_sorry"))

    # -- corrections -------------------------------------------------------------------------

    def _proposed(self, form: Form, slot: Slot, asked: Asked) -> Step:
        """The answer to "c'est bien ça ?"."""
        if self._agreed(asked.words):
            return self._accepted(slot, asked.task)
        rest = self._rules.corrected(asked.words)
        told = _with(asked, rest) if rest else asked
        if given := slot.correct(told):
            return self._apply(form, slot, given, told)
        if self._no(asked.words):
            return Step(asked.task.failed(), self._phrases.say("task_again"))
        if named := self._named(form, told):
            return self._rename(form, named, told)
        elsewhere = self._elsewhere(form, slot, asked)
        if elsewhere is not None:  # the caller goes on: the value was right
            task = self._accepted(slot, asked.task).task
            return self._elsewhere(form, slot, replace(asked, task=task)) or elsewhere
        task = asked.task
        if task.tries + 1 >= MOST_TRIES:
            return self._accepted(slot, task)
        failed = replace(task.failed(), proposed=task.proposed)
        return Step(failed, say=f"{self._phrases.say('task_sorry')} {slot.check(task.proposed)}")

    def _accepted(self, slot: Slot, task: TaskState) -> Step:
        return Step(task.fill(slot.name, task.proposed), self._phrases.say("task_noted"))

    def _corrected(self, form: Form, slot: Slot, asked: Asked, rest: str) -> Step | None:
        """ "Non, …" where something else was asked already."""
        told = _with(asked, rest)
        if named := self._named(form, told):
            return self._rename(form, named, told)
        if (problem := form.slot("problem")) is not None and problem.filled(asked.task):
            given = None if slot.free else problem.correct(told)
            if given is not None:
                return self._apply(form, problem, given, told)
        last = form.slot(asked.task.last)
        if slot.free and slot.volunteered(told):
            last = None
        if last is not None and last.free and _REFUSES.match(rest):
            last = None  # "non merci, …" refuses what is asked
        for one in (last, None if slot.free else slot):
            if one is not None and (given := one.correct(told)):
                return self._apply(form, one, given, told)
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
            return self._apply(form, slot, given, asked)
        task = asked.task.forget(slot.fields)
        left = tuple(name for name in task.skipped if name != slot.name)
        return Step(replace(task, skipped=left), self._phrases.say("task_again"))

    def _confirmed(self, form: Form, asked: Asked) -> Step:
        """The answer to the recap."""
        if self._agreed(asked.words):
            return Step(asked.task, finished=True)
        rest = self._rules.corrected(asked.words)
        if rest or not self._no(asked.words):
            told = _with(asked, rest) if rest else asked
            if (step := self._amended(form, told, bare=bool(rest))) is not None:
                yes = not rest and _SAYS_YES.match(asked.words.spoken) is not None
                if yes and step.task.values == asked.task.values:  # "oui voilà, vingt et un"
                    return Step(asked.task, finished=True)
                return step
        if not rest and _SAYS_YES.match(asked.words.spoken):
            return Step(asked.task, finished=True)  # "oui, il faut faire quelque chose"
        if rest or self._no(asked.words):
            return Step(asked.task.ask(CORRECT), say=self._phrases.say("task_which"))
        return self._again(asked)

    def _again(self, asked: Asked) -> Step:
        """Not understood after the recap: say it again; then keep what was read back."""
        task = asked.task.failed()
        if task.tries >= MOST_TRIES:
            return Step(task, finished=True)
        return Step(task, self._phrases.say("task_sorry"))

    def _amended(self, form: Form, asked: Asked, *, bare: bool = True) -> Step | None:
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
        first = self._one(form, _with(asked, parts[0]))
        if first is None or first.say or asked.task.asking not in (CONFIRM, CORRECT):
            return None
        second = self._one(form, replace(_with(asked, parts[1]), task=first.task))
        if second is None or second.task.last == first.task.last:
            return None  # "à l'angle de la rue Colette et de la rue Pasteur" is one place
        return replace(second, lead=f"{first.lead} {second.lead}".strip())

    def _one(self, form: Form, asked: Asked, *, bare: bool = True) -> Step | None:
        named = self._named(form, asked)
        if named is not None and (given := named.correct(asked)):
            return self._apply(form, named, given, asked)
        for name in _GUESSES:  # "la lumière de la rue" names a place, and tells the problem
            slot = form.slot(name)
            if slot is None:
                continue
            if given := slot.correct(asked):
                return self._apply(form, slot, given, asked)
        if named is not None:
            return self._rename(form, named, asked)
        slot = form.slot("name")
        if slot and bare and asked.words.count <= _NAME_WORDS and (given := slot.correct(asked)):
            return self._apply(form, slot, given, asked)
        return None

    def _yes(self, words: Words) -> bool:
        return any(self._intents.is_(name, words) for name in ("yes", "acknowledge", "thanks"))

    def _agreed(self, words: Words) -> bool:
        """Whether the caller finds right what was read back: "c'est bon" is no "non" here."""
        agreed = self._rules.inside("agreed")
        return self._yes(words) or agreed.covers(words.spoken) or agreed.covers(words.core)

    def _no(self, words: Words) -> bool:
        return self._intents.is_("no", words)


def _with(asked: Asked, text: str) -> Asked:
    return replace(asked, words=Words.of(text))
