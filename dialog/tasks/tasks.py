"""The one object that the desk asks about messages, street reports and appointment requests.

begin ─► a form is asked slot by slot, read back, recapped ─► oui: a ticket with its reference
             │ a question, a person, repeat, cancel: answered, and the form goes on
             └ the caller leaves: what is known is an incomplete ticket
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from dialog.decision import Decision, Turn, say
from dialog.intents import Words
from dialog.reply import Action
from dialog.state import State
from dialog.tasks.asides import Asides
from dialog.tasks.asking import Asking, asked_of
from dialog.tasks.beginning import Beginning
from dialog.tasks.detect import Wish, wish
from dialog.tasks.filling import Filling
from dialog.tasks.forms import Forms
from dialog.tasks.inside import Inside
from dialog.tasks.keys import Keys
from dialog.tasks.routes import Routes
from dialog.tasks.rules import TaskRules
from dialog.tasks.task_state import CONFIRM, TaskState
from dialog.tasks.ticket import TicketDraft, grouped
from dialog.tasks.tools import Tools
from dialog.values.streets import Streets

_REFERENCE = re.compile(
    r"\b(?:quoi|quel|quelle|redire|redites|redonner|redonnez|repeter|repetez|rappelez moi|noter?)"
    r"\b.{0,30}\breference\b|\breference c (?:est|etait) quoi\b"
)
_WANTS_TO_KNOW = re.compile(r"\b(?:savoir|demander|renseignement|connaitre)\b")
_SILENCES = 2  #: in a row; then a person and the end of the call are up to the desk


class Tasks:
    """Decides every turn of a task, and whether a turn begins one. Holds nothing of any call."""

    def __init__(self, tools: Tools, streets: Streets, reference: Callable[[], str]) -> None:
        """
        Args:
            streets: the town's own list; an empty one keeps every street as heard.
            reference: six digits that no other ticket has.
        """
        self._tools = tools
        self._phrases = phrases = tools.phrases
        self._rules = rules = TaskRules.load()
        self._forms = forms = Forms.of(tools, rules, streets)
        filling = Filling(tools.intents, phrases, rules)
        asides = Asides(tools.intents, phrases, rules, tools.people, tools.manners, tools.finder)
        routes = Routes(tools.town, tools.people, tools.finder, rules)
        self._asking = asking = Asking(tools, forms, routes, reference)
        self._beginning = beginning = Beginning(
            tools, rules, forms, filling, asides, routes, asking
        )
        self._inside = inside = Inside(tools, rules, forms, filling, asides, beginning, asking)
        self._keys = Keys(tools, forms, filling, asides, beginning, inside, asking)

    def decide(self, turn: Turn) -> Decision | None:
        """The decision on a turn inside a task, or that begins one; None: not a matter of tasks."""
        state = turn.state
        if state.task is not None:
            if state.awaiting == "person":  # an emergency came in between: it is not forgotten
                return self._inside.after_emergency(turn, state.task)
            return self._inside.answer(turn, state.task)
        if state.ticket and _REFERENCE.search(turn.words.spoken):
            said = self._phrases.say("task_reference", reference=grouped(state.ticket))
            return say(state, Action.REPEAT, said, fixed=False, awaiting="other")
        offered = state.awaiting in ("message", "appointment")
        if offered and self._tools.intents.is_("yes", turn.words):
            return self._beginning.wished(turn, Wish(state.awaiting), state.service, told=False)
        found = wish(turn.words, self._rules)
        if offered and found is None and self._answers(turn, state.awaiting):
            found = Wish(state.awaiting)  # "mardi matin" takes the offer as well as "oui" does
        service = state.service if offered else ""
        return self._beginning.wished(turn, found, service) if found else None

    def _answers(self, turn: Turn, kind: str) -> bool:
        """Whether the words are what the offered form would ask: a day, a reason, a name."""
        if self._rules.inside("question").search(turn.words.spoken) or self.asks(turn.words):
            return False
        asked = asked_of(turn, TaskState(kind))
        slots = [slot for slot in self._forms.by_kind[kind].slots if not slot.yes_no]
        days = [slot for slot in slots if slot.name == "days"]
        told = any(slot.volunteered(asked) or slot.whole(asked) for slot in slots)
        return told or any(slot.parse(asked) is not None for slot in days)

    def begin(self, turn: Turn, kind: str) -> Decision:
        """Begin a task that something else than the rules recognised.

        Args:
            kind: "message", "report" or "appointment".
        """
        return self._beginning.begin(turn, kind)

    def begin_sending(self, turn: Turn, channel: str, lead: str) -> Decision:
        """Ask where to send what was said; a number in the same breath is taken.

        Args:
            channel: "sms" or "email", one that is configured.
            lead: said before the first question.
        """
        return self._beginning.sending(turn, channel, lead)

    def key(self, turn: Turn, digit: str) -> Decision | None:
        """One key: a digit of a number being keyed, 1 and 2 for oui and non, 0 for a person."""
        return self._keys.one(turn, digit)

    def keys(self, turn: Turn, digits: str) -> Decision | None:
        """Several digits keyed in one go: one value. None when no value is asked."""
        return self._keys.several(turn, digits)

    def pause(self, turn: Turn) -> Decision | None:
        """The caller stopped keying: take what there is. None when nothing was keyed."""
        return self._keys.pause(turn)

    def takes_digits(self, state: State) -> bool:
        """Whether a digit keyed now is part of a number."""
        return self._keys.takes_digits(state)

    def silence(self, turn: Turn, nth: int) -> Decision | None:
        """Nobody speaks inside a task: asked again, then helped; later the desk decides."""
        task = turn.state.task
        if task is None:
            return None
        if (decision := self._keys.pause(turn)) is not None:
            return decision
        if nth > _SILENCES:
            return None
        lead = self._phrases.say("task_listening" if nth <= 1 else "task_nobody")
        decision = self._asking.ask(turn, task, lead)
        return replace(decision, reply=replace(decision.reply, action=Action.NONE))

    def asks(self, words: Words) -> bool:
        """Whether a question is asked, by its first words or its mark."""
        asked = bool(
            self._rules.inside("question").search(words.spoken)
            or _WANTS_TO_KNOW.search(words.spoken)
        )
        return asked or words.text.rstrip().endswith("?")

    def resume(self, turn: Turn, phrase: str) -> Decision | None:
        """Go on with the task after something that was not the caller's doing."""
        task = turn.state.task
        return self._asking.ask(turn, task, self._phrases.say(phrase)) if task else None

    def go_on(self, turn: Turn, lead: str) -> Decision | None:
        """As `resume`, after words that are not a phrase; what was being keyed is dropped."""
        task = turn.state.task
        return self._asking.ask(turn, replace(task, typed=""), lead) if task else None

    def yes_or_no(self, state: State) -> bool:
        """Whether what a task asks now is answered by oui or non."""
        task = state.task
        if task is None:
            return False
        form = self._forms.by_kind.get(task.kind)
        slot = form.slot(task.asking) if form else None
        return bool(task.proposed) or task.asking == CONFIRM or (slot is not None and slot.yes_no)

    def lost(self, state: State, service_id: str) -> Decision:
        """The ticket could not be written: say so, and who takes it."""
        service = self._tools.town.service(service_id)
        phone = service.phone or self._tools.town.phone
        text = self._phrases.say("task_lost", service=service.name, phone=phone)
        return say(replace(state, task=None), Action.NONE, text, fixed=False)

    def hang_up(self, state: State, at: datetime) -> TicketDraft | None:
        """What is known of a task that the caller leaves; None when that is nothing."""
        return self._inside.hang_up(state, at)
