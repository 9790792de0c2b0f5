"""A value that was understood goes into the form, with what the same words say of others."""

from __future__ import annotations

from dataclasses import replace

from dialog.phrases import Phrases
from dialog.tasks.form import Answer, Asked, Form, Slot
from dialog.tasks.step import Step

MOST_TRIES = 3  #: answers not understood before a slot is left out


class Taking:
    """Puts values into forms. Holds nothing of any call."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases

    def apply(self, form: Form, slot: Slot, given: Answer, asked: Asked) -> Step:
        """Take a value: proposed where it has to be confirmed, else filled."""
        task = replace(asked.task, skipped=(*asked.task.skipped, *given.skips))
        if given.confirm:
            step = self.others(form, slot, asked, Step(task))
            said = f"{step.lead} {given.read_back}".strip()
            return Step(step.task.propose(slot.name, given.values), say=said)
        if slot.fields[0] not in given.values:
            known = {**task.values, **given.values}
            return Step(replace(task, values=known, tries=0, typed=""), given.read_back)
        task = task.forget(
            slot.fields
        )  # the coordinates of a corrected street are not the new one's
        filled = Step(task.fill(slot.name, given.values), given.read_back)
        return self.others(form, slot, asked, filled)

    def others(self, form: Form, slot: Slot | None, asked: Asked, step: Step) -> Step:
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

    def elsewhere(self, form: Form, slot: Slot, asked: Asked) -> Step | None:
        """An answer to another question than the one asked, when it is surely that."""
        for other in form.slots:
            if other is slot or other.filled(asked.task):
                continue
            told = None if slot.free or not other.wanted(asked.task) else other.volunteered(asked)
            if given := told or other.whole(asked):
                return self.apply(form, other, given, asked)
        return None

    def failed(self, slot: Slot, asked: Asked) -> Step:
        """An answer that was not understood: asked again, or left out after too many."""
        task = asked.task.failed()
        if task.tries >= MOST_TRIES:
            return Step(task.skip(slot.name), self._phrases.say("task_agreed"))
        return Step(task, slot.refused(asked) or self._phrases.say("task_sorry"))
