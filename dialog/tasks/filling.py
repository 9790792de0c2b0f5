"""One answer in a form: understood, read back, corrected, or asked again.

answer ─► a proposed value: oui, a correction, non
       ─► "non, …": the slot that is named, the last one filled, the one asked
       ─► the slot asked ─► another slot ─► left out ─► asked again
"""

from __future__ import annotations

import re

from dialog.intents import Intents, Words
from dialog.phrases import Phrases
from dialog.rules import spoken
from dialog.tasks.correcting import Correcting
from dialog.tasks.form import Answer, Asked, Form, Slot
from dialog.tasks.rules import TaskRules
from dialog.tasks.step import Step
from dialog.tasks.taking import Taking
from dialog.tasks.task_state import CONFIRM, CORRECT, TaskState
from dialog.tasks.verdicts import Verdicts

_OF_A_NAME = re.compile(r"\b(?:c est|est|comme|mon|le) (?:mon |le |un )?(?:nom|prenom)\b")
_AT_ONCE = 12  #: characters before "mon numéro"
_FINDS_RIGHT = re.compile(r"\bc est (?:bien )?(?:ca|cela|exact|bon|parfait|tout)\b")
_MOMENT_WORDS = 5
_NAME_WORDS = 10  #: of a remark on the own name


class Filling:
    """Understands answers. Holds nothing of any call."""

    def __init__(self, intents: Intents, phrases: Phrases, rules: TaskRules) -> None:
        self._phrases = phrases
        self._rules = rules
        self._verdicts = Verdicts(intents, rules)
        self._taking = Taking(phrases)
        self._correcting = Correcting(phrases, rules, self._verdicts, self._taking)

    def answer(self, form: Form, asked: Asked) -> Step:
        """What these words do."""
        task = asked.task
        if task.asking == CONFIRM:
            return self._correcting.confirmed(form, asked)
        right = _FINDS_RIGHT.search(asked.words.spoken) and self.agrees(asked.words, task)
        if task.asking == CORRECT and right:  # "qu'est-ce que je dois corriger ?" – "c'est bon"
            return Step(task, finished=True)
        if task.asking == CORRECT:
            return self._correcting.amended(form, asked) or self._correcting.again(asked)
        slot = form.slot(task.asking)
        if slot is None:
            return Step(task)
        if task.proposed:
            return self._correcting.proposed(form, slot, asked)
        return self._answered(form, slot, asked)

    def agrees(self, words: Words, task: TaskState) -> bool:
        """Whether the words find right what was just read back: "c'est parfait" is no goodbye."""
        asked = task.proposed or task.asking in (CONFIRM, CORRECT)
        return bool(asked) and self._verdicts.agreed(words)

    def volunteered(self, form: Form, asked: Asked) -> Step:
        """What a turn that starts a task tells already."""
        return self._taking.others(form, None, asked, Step(asked.task))

    def skip(self, form: Form, asked: Asked) -> Step:
        """Go on without the slot asked, or agree to what was read back (the key #)."""
        task = asked.task
        slot = form.slot(task.asking)
        if task.asking == CONFIRM:
            return Step(task, finished=True)
        if slot is None:
            return Step(task)
        if task.proposed:
            return self._correcting.accepted(slot, task)
        return Step(task.skip(slot.name), self._phrases.say("task_agreed"))

    def keyed(self, form: Form, slot: Slot, asked: Asked, digits: str) -> Step | None:
        """Take keyed digits as the slot's value; None when they are none."""
        given = slot.keys(asked, digits)
        return self._taking.apply(form, slot, given, asked) if given else None

    def _answered(self, form: Form, slot: Slot, asked: Asked) -> Step:
        if slot.free and (about := self._about_name(form, asked)) is not None:
            return about
        if slot.free and (number := self._number(form, asked)) is not None:
            return number
        if given := slot.parse(asked) if slot.keyed else slot.first(asked):
            return self._taking.apply(form, slot, given, asked)
        yes = self._verdicts.says_yes(asked.words, slot) and not slot.yes_no
        if yes and slot.optional and _FINDS_RIGHT.search(asked.words.spoken):
            return Step(asked.task.skip(slot.name), self._phrases.say("task_agreed"))
        if yes:
            return self._taking.failed(slot, asked)  # "oui" says neither a name nor a place
        rest = self._rules.corrected(asked.words)
        if (
            rest
            and not slot.yes_no
            and (step := self._correcting.corrected(form, slot, asked, rest))
        ):
            return step
        last = form.slot(asked.task.last)
        if last is not None and last is not slot and (more := last.refined(asked)):
            return self._taking.apply(form, last, more, asked)
        elsewhere = self._taking.elsewhere(form, slot, asked)
        if elsewhere is not None:
            return elsewhere
        if given := slot.parse(asked):
            return self._taking.apply(form, slot, given, asked)
        if (told := self._told_again(form, slot, asked)) is not None:
            return told
        core = asked.words.core
        left_out = self._rules.inside("unsure").covers(core) or self._verdicts.no(asked.words)
        if slot.optional and (left_out or self._rules.inside("none").covers(core)):
            return Step(asked.task.skip(slot.name), self._phrases.say("task_agreed"))
        return self._taking.failed(slot, asked)

    def _about_name(self, form: Form, asked: Asked) -> Step | None:
        """ "Robert, c'est le nom de famille", where the subject was asked."""
        slot, words = form.slot("name"), asked.words
        told = asked.task.values.get("name", "")
        if slot is None or not told or words.count > _NAME_WORDS:
            return None
        if not (_OF_A_NAME.search(words.spoken) and _shares_word(told, words.spoken)):
            return None
        return Step(asked.task, self._phrases.say("task_agreed"))

    def _number(self, form: Form, asked: Asked) -> Step | None:
        """ "Mon numéro, attendez, c'est le 02…", where the subject was asked."""
        slot = form.slot("phone")
        if slot is None or slot.filled(asked.task):
            return None
        named = slot.named.search(asked.words.spoken)
        given = slot.volunteered(asked) if named and named.start() <= _AT_ONCE else None
        return self._taking.apply(form, slot, given, asked) if given else None

    def _told_again(self, form: Form, slot: Slot, asked: Asked) -> Step | None:
        """ "Pour l'extension de ma maison": more of what was told in the first sentence."""
        when = form.slot("when") or form.slot("days")
        open_ = when is not None and when is not slot and not when.filled(asked.task)
        if when is not None and open_ and (given := _moment(when, asked)):
            return self._taking.apply(
                form, when, given, asked
            )  # "le plus tôt", where a name was asked
        for other in form.slots:
            if other is slot or not (other.free and other.filled(asked.task)):
                continue
            more = None if slot.keyed else self._more(other, asked)
            if given := other.volunteered(asked) or more:
                return self._taking.apply(form, other, given, asked)
        return None

    def _more(self, slot: Slot, asked: Asked) -> Answer | None:
        """What was just told is told again in full, although the next thing was asked."""
        task, words = asked.task, asked.words
        short = self._verdicts.no(words) or self._rules.inside("unsure").covers(words.core)
        if short or task.last != slot.name or task.tries or words.text.rstrip().endswith("?"):
            return None
        return slot.more(asked)


def _moment(when: Slot, asked: Asked) -> Answer | None:
    """A moment and little else: a date in a sentence may be that of what it is about."""
    short = asked.words.count <= _MOMENT_WORDS
    return when.whole(asked) or (when.parse(asked) if short else None)


def _shares_word(name: str, said: str) -> bool:
    return bool(set(spoken(name).split()) & set(said.split()))
