"""A form: slots in the order they are asked. Each slot asks, understands, reads back, corrects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dialog.intents import Words
from dialog.reply import Action
from dialog.rules import Rules
from dialog.tasks.task_state import TaskState
from dialog.town import Service


@dataclass(frozen=True)
class Asked:
    """A turn as a slot sees it."""

    words: Words
    task: TaskState
    at: datetime  #: on the town's clock
    caller: str = ""  #: the calling number, ten national digits; empty when anonymous


@dataclass(frozen=True)
class Answer:
    """What an answer gave."""

    values: dict[str, str]
    read_back: str = ""  #: said before the next question
    confirm: bool = False  #: `read_back` is a question, and the values hold once it is answered oui
    skips: tuple[str, ...] = ()  #: what is not to be offered again


class Slot:
    """One thing to know. Subclasses say how it is asked and understood."""

    name = ""
    fields: tuple[str, ...] = ()  #: what it fills; the first one is always there once it is filled
    optional = True  #: left out after answers that are not understood
    free = False  #: dictation: whatever is said is an answer
    keyed = False  #: digits of the keypad are its value
    yes_no = False  #: "oui" and "non" are answers, and the keys 1 and 2

    def __init__(self, named: str = "") -> None:
        """
        Args:
            named: rules by which a correction names this slot ("le nom c'est Durand").
        """
        self.named = Rules(named)

    def wanted(self, task: TaskState) -> bool:
        """Whether it has to be asked: a form may leave it out for what is known already."""
        return True

    def filled(self, task: TaskState) -> bool:
        """Whether it is known, or the caller does without."""
        return self.fields[0] in task.values or self.name in task.skipped

    def question(self, asked: Asked) -> str:
        """How it is asked; `asked.task.tries` counts the answers not understood."""
        raise NotImplementedError

    def parse(self, asked: Asked) -> Answer | None:
        """The value in the answer to `question`, None when there is none."""
        raise NotImplementedError

    def volunteered(self, asked: Asked) -> Answer | None:
        """What a turn says of this slot without being asked; only what is sure."""
        return None

    def first(self, asked: Asked) -> Answer | None:
        """The value that an answer begins with, before it goes on with other things."""
        return None

    def whole(self, asked: Asked) -> Answer | None:
        """The value, where the words are nothing else: a number, a day, whatever was asked."""
        return None

    def correct(self, asked: Asked) -> Answer | None:
        """The value after "non, …"; the words come without that "non"."""
        return self.parse(asked)

    def check(self, proposed: dict[str, str]) -> str:
        """The question whether a proposed value is right, asked again."""
        return ""

    def refused(self, asked: Asked) -> str:
        """Why an answer was not taken, where more than "je n'ai pas compris" can be said."""
        return ""

    def refined(self, asked: Asked) -> Answer | None:
        """More of what was said just before: a name is spelled once the next thing was asked."""
        return None

    def more(self, asked: Asked) -> Answer | None:
        """The value with words that go on with it, where another thing was asked."""
        return None

    def keys(self, asked: Asked, digits: str) -> Answer | None:
        """The value in keyed digits."""
        return None

    def say(self, task: TaskState) -> str:
        """The value as the recap says it; empty when there is none."""
        return task.values.get(self.fields[0], "")


class Form:
    """The slots of one kind of task, and what is said around them."""

    kind = ""
    action = Action.NONE
    recaps = True  #: False: the last answer ends it, because each was confirmed

    def __init__(self, slots: Sequence[Slot]) -> None:
        self.slots = tuple(slots)

    def next(self, task: TaskState) -> Slot | None:
        """The first slot that is still to be asked."""
        return next((s for s in self.slots if not s.filled(task) and s.wanted(task)), None)

    def slot(self, name: str) -> Slot | None:
        """The slot with this name."""
        return next((slot for slot in self.slots if slot.name == name), None)

    def opening(self, task: TaskState, service: Service, asked: Asked) -> str:
        """What is said first; the first question follows."""
        raise NotImplementedError

    def recap(self, task: TaskState, service: Service) -> str:
        """Everything that is known, and whether it is right."""
        raise NotImplementedError

    def done(self, task: TaskState, service: Service, **said: str) -> str:
        """What is said once it is written: when, for whom, until when, and what it is not.

        Args:
            said: `reference`, `due` and `now`, as they are spoken.
        """
        raise NotImplementedError

    def known(self, task: TaskState) -> bool:
        """Whether there is enough to be kept when the caller leaves now."""
        said = {**task.values, **task.proposed}
        return any(
            said.get(name) for slot in self.slots for name in slot.fields if slot.free
        ) or any(said.get(name) for name in ("name", "phone", "place"))
