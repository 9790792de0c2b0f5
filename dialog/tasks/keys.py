"""Keys inside a task: digits of a number, oui and non, a person, repeat, slower, leave out."""

from __future__ import annotations

from dataclasses import replace

from dialog.decision import Decision, Turn, say
from dialog.intents import Words
from dialog.reply import Action, Reply
from dialog.state import State
from dialog.tasks.asides import Asides
from dialog.tasks.asking import Asking, asked_of, with_task
from dialog.tasks.beginning import Beginning
from dialog.tasks.detect import Wish
from dialog.tasks.filling import Filling
from dialog.tasks.forms import Forms
from dialog.tasks.inside import Inside
from dialog.tasks.task_state import CONFIRM, TaskState
from dialog.tasks.tools import Tools
from dialog.values.phones import parse_phone

_PERSON_KEY, _YES_KEY, _NO_KEY, _SKIP_KEY, _REPEAT_KEY, _SLOWER_KEY = "012#*7"
_FEWEST_KEYS = 2  #: that make a value; one key alone is a command


class Keys:
    """Decides on keys while a task is under way. Holds nothing of any call."""

    def __init__(
        self,
        tools: Tools,
        forms: Forms,
        filling: Filling,
        asides: Asides,
        beginning: Beginning,
        inside: Inside,
        asking: Asking,
    ) -> None:
        self._tools = tools
        self._phrases = tools.phrases
        self._forms = forms
        self._filling = filling
        self._asides = asides
        self._beginning = beginning
        self._inside = inside
        self._asking = asking

    def one(self, turn: Turn, digit: str) -> Decision | None:
        """One key: a digit of a number being keyed, 1 and 2 for oui and non, 0 for a person."""
        state, task = turn.state, turn.state.task
        if task is None or state.awaiting == "person":
            if task is None and state.awaiting in ("message", "appointment") and digit == _YES_KEY:
                return self._beginning.wished(turn, Wish(state.awaiting), state.service, told=False)
            return None
        form = self._forms.by_kind[task.kind]
        slot = form.slot(task.asking)
        # no number begins with 1 or 2: they are oui and non, to a number that was said
        yes_no = digit in (_YES_KEY, _NO_KEY) and not task.typed
        answers = (
            slot is not None and slot.keyed and not (yes_no or (task.proposed and digit in "*#7"))
        )
        if slot is not None and answers and (digit.isdigit() or task.typed):
            return self._typed(turn, task, digit)
        if digit == _PERSON_KEY:
            return self._inside.aside(turn, task, self._asides.pass_to(turn, task.service))
        if digit == _REPEAT_KEY:
            return self._tools.manners.repeat(state)
        if digit == _SLOWER_KEY:
            return self._tools.manners.slower(state)
        if digit == _SKIP_KEY:
            return self._asking.render(turn, self._filling.skip(form, asked_of(turn, task)))
        asks = task.proposed or task.asking == CONFIRM or (slot is not None and slot.yes_no)
        if digit in (_YES_KEY, _NO_KEY) and (asks or task.asking == "phone"):
            said = Words.of("oui" if digit == _YES_KEY else "non")
            return self._inside.answer(replace(turn, words=said), task)
        return say(state, Action.NONE, self._phrases.say("key_unknown"))

    def several(self, turn: Turn, digits: str) -> Decision | None:
        """Several digits keyed in one go: one value. None when no value is asked."""
        task = turn.state.task
        if task is None or turn.state.awaiting == "person":
            return None
        form = self._forms.by_kind[task.kind]
        slot = form.slot(task.asking)
        value = digits.strip("#*")
        if slot is None or not slot.keyed or len(value) < _FEWEST_KEYS:
            return None
        step = self._filling.keyed(form, slot, asked_of(turn, task), value)
        return self._asking.render(turn, step) if step else self._not_whole(turn, task, value)

    def pause(self, turn: Turn) -> Decision | None:
        """The caller stopped keying: take what there is. None when nothing was keyed."""
        task = turn.state.task
        if task is None or not task.typed:
            return None
        if task.typed == _PERSON_KEY:
            turn = replace(turn, state=with_task(turn.state, replace(task, typed="")))
            return self._inside.aside(turn, task, self._asides.pass_to(turn, task.service))
        return self._not_whole(turn, task, task.typed)

    def takes_digits(self, state: State) -> bool:
        """Whether a digit keyed now is part of a number."""
        task = state.task
        slot = self._forms.by_kind[task.kind].slot(task.asking) if task else None
        return slot is not None and slot.keyed and state.awaiting != "person"

    def _typed(self, turn: Turn, task: TaskState, digit: str) -> Decision:
        """Collect digits without a word, until the number is whole."""
        form = self._forms.by_kind[task.kind]
        slot = form.slot(task.asking)
        if digit == _REPEAT_KEY:
            return self._asking.ask(turn, replace(task, typed=""), self._phrases.say("task_erased"))
        typed = task.typed + digit.strip("#")
        whole = bool(parse_phone(typed).candidates)
        if slot is not None and (whole or digit == _SKIP_KEY):
            step = self._filling.keyed(form, slot, asked_of(turn, task), typed)
            return self._asking.render(turn, step) if step else self._not_whole(turn, task, typed)
        waiting = replace(task, typed=typed, proposed={})
        return Decision(Reply(Action.NONE, ""), with_task(turn.state, waiting))

    def _not_whole(self, turn: Turn, task: TaskState, typed: str) -> Decision:
        said = self._phrases.say("task_typed", typed=" ".join(typed[:20]))
        after = replace(task.failed(), asking=task.asking)
        decision = say(turn.state, self._forms.by_kind[task.kind].action, said, fixed=False)
        return replace(decision, state=with_task(decision.state, after))
