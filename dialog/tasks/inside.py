"""A turn inside a task: interruptions first, because they hold everywhere, then the answer."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from dialog.decision import Decision, Turn, say
from dialog.intents import Words
from dialog.reply import Action
from dialog.rules import Rules
from dialog.state import State
from dialog.tasks.appointment import CHANGE
from dialog.tasks.asides import Aside, Asides
from dialog.tasks.asking import Asking, asked_of
from dialog.tasks.beginning import Beginning
from dialog.tasks.detect import wish
from dialog.tasks.filling import Filling
from dialog.tasks.form import Form
from dialog.tasks.forms import Forms
from dialog.tasks.rules import TaskRules
from dialog.tasks.task_state import CONFIRM, CORRECT, TaskState
from dialog.tasks.ticket import TicketDraft
from dialog.tasks.tools import Tools

_REFUSED = re.compile(r"(?:ah |mais )?(?:non|nan)\b")
_REFUSAL_WORDS = 10  #: of a "non, c'est bon, ils l'ont éteint" after an emergency
#: a question about one's own matter is what the message is about
_OWN = re.compile(
    r"^(?!.*\b(?:faut|besoin|combien|quels?|quelles?|ouvert\w*|coute\w*|horaires?|comment|ouu|"
    r"quand)\b)"
    r".*\b(?:mon|ma|mes|notre|nos|j ai|j avais|on a)\b"
)
_CANCELS = re.compile(r"\b(?:annuler|annule|annulez|l annuler|supprimer)\b")
_WISH_WORDS = 10
_BESIDE_WISH = Rules(
    "(non|oui|je|j'|veux|voudrais|aimerais|juste|simplement|seulement|bien|vouloir|un|une|le|mon|"
    "pour|c'est|s'il|vous|plaît|merci|message|demande|moi|euh|donc|voilà)"
)
_NOT_BUT = re.compile(r"(?:,|\bmais\b|\bplutôt\b)\s*", re.IGNORECASE)


class Inside:
    """Decides on the turns of a task under way. Holds nothing of any call."""

    def __init__(
        self,
        tools: Tools,
        rules: TaskRules,
        forms: Forms,
        filling: Filling,
        asides: Asides,
        beginning: Beginning,
        asking: Asking,
    ) -> None:
        self._tools = tools
        self._phrases = tools.phrases
        self._rules = rules
        self._forms = forms
        self._filling = filling
        self._asides = asides
        self._beginning = beginning
        self._asking = asking

    def answer(self, turn: Turn, task: TaskState) -> Decision:
        """Interruptions first: they hold everywhere; then the answer."""
        form = self._forms.by_kind[task.kind]
        if not turn.words.spoken:
            return self._asking.ask(turn, task, self._phrases.say("task_sorry"))
        switched = self._switched(turn, task, form)
        if switched is None and (given_up := self._given_up(turn, task, form)) is not None:
            return given_up
        if self._asides.leaving(turn) and not self._filling.agrees(turn.words, task):
            rest = Words.of(self._tools.intents.without("goodbye", turn.words))
            if not (rest.spoken and self._filling.agrees(rest, task)):
                return self._left(turn, task)
            turn = replace(turn, words=rest)  # "oui merci, au revoir" agrees first
        if aside := self._asides.person(turn, self._asking.service(task).id):
            return self.aside(turn, task, aside)
        if aside := self._asides.manners(turn):
            return self.aside(turn, task, aside)
        if switched is not None:
            return switched
        if readdressed := self._readdressed(turn, task):
            return readdressed
        if aside := self._about_task(turn, task):
            return self.aside(turn, task, aside)
        slot = form.slot(task.asking)
        service = "" if form is self._forms.report else task.service
        own = slot is not None and slot.free and _OWN.search(turn.words.spoken)
        if question := None if own else self._asides.question(turn, service):
            return self.aside(turn, task, question)
        step = self._filling.answer(form, asked_of(turn, task))
        if step.task.tries > task.tries and not step.say and self._asides.asks(turn):
            step = replace(step, lead=self._phrases.say("task_unknown"))
        return self._asking.render(turn, step)

    def _given_up(self, turn: Turn, task: TaskState, form: Form) -> Decision | None:
        """The request is cancelled; or the appointment is, where another day for it was asked."""
        moves = task.values.get(CHANGE) == "move" and task.asking == "days"
        if moves and _CANCELS.search(turn.words.spoken):
            cancels = replace(task.skip("days"), values={**task.values, CHANGE: "cancel"})
            return self._asking.ask(turn, cancels, self._phrases.say("task_noted"))
        if not self._asides.cancelled(turn):
            return None
        text = self._phrases.say("task_cancelled")
        return say(replace(turn.state, task=None), form.action, text, awaiting="other")

    def _wished_again(self, turn: Turn, task: TaskState) -> bool:
        """ "Non, je veux juste laisser un message", and nothing else, while one is taken."""
        intent = {"message": self._rules.message, "appointment": self._rules.appointment}
        words, asked = turn.words, intent.get(task.kind)
        if asked is None or task.asking == CONFIRM or words.count > _WISH_WORDS:
            return False
        if asked.whole.covers(words.core) or asked.whole.covers(words.spoken):
            return True
        rest = asked.anywhere.without(words.core)
        return rest != words.core and not _BESIDE_WISH.without(rest)

    def _about_task(self, turn: Turn, task: TaskState) -> Aside | None:
        """ "Qui va me rappeler ?", "c'est confirmé alors ?", or the wish once more."""
        words = turn.words.spoken
        if task.kind == "appointment" and self._rules.inside("confirmed").covers(words):
            return Aside(self._phrases.say("appointment_not_yet"))
        if self._rules.inside("who_calls").search(words):
            service = self._asking.service(task).name
            return Aside(self._phrases.say("task_who_calls", service=service))
        return Aside(self._phrases.say("task_agreed")) if self._wished_again(turn, task) else None

    def _switched(self, turn: Turn, task: TaskState, form: Form) -> Decision | None:
        """ "En fait je voudrais un rendez-vous": another task, with what is known of the caller."""
        slot = form.slot(task.asking)
        rest = self._rules.corrected(turn.words)
        if slot is not None and slot.free and not rest:
            return None
        other = wish(Words.of(rest) if rest else turn.words, self._rules)
        if other is None or other.kind == task.kind or not other.said:
            return None
        kept = {name: v for name, v in task.values.items() if name in ("name", "phone")}
        return self._beginning.wished(turn, other, task.service, values=kept)

    def _readdressed(self, turn: Turn, task: TaskState) -> Decision | None:
        """ "Non, c'est pour le service des sports": another service gets it."""
        corrected = self._rules.corrected(turn.words)
        if task.kind not in ("message", "appointment"):
            return None
        first = not task.service and task.asking in ("name", "subject")
        if not (corrected or first or task.asking in (CONFIRM, CORRECT)):
            return None
        meant = _NOT_BUT.split(corrected or turn.words.text)[-1]
        by_title = task.asking == "subject"
        service = self._tools.people.directory.only_office(meant, by_title=by_title)
        if service is None or service.duty or service.id == task.service:
            return None
        lead = self._phrases.say("task_noted" if first else "task_fixed")
        return self._asking.ask(turn, replace(task, service=service.id), lead)

    def after_emergency(self, turn: Turn, task: TaskState) -> Decision | None:
        """Only a clear "non" to "voulez-vous quelqu'un ?" goes back to the task."""
        words = turn.words
        refused = _REFUSED.match(words.spoken) and words.count <= _REFUSAL_WORDS
        over = any(self._tools.intents.is_(name, words) for name in ("no", "all_clear"))
        if not words.spoken or not (refused or over):
            return None
        return self._asking.ask(turn, task, self._phrases.say("emergency_no"))

    def _left(self, turn: Turn, task: TaskState) -> Decision:
        """Goodbye in the middle: what is known is kept, at once."""
        ticket = self.hang_up(turn.state, turn.at)
        phrase = "task_left" if ticket else "goodbye"
        state = replace(turn.state, task=None)
        decision = say(state, Action.GOODBYE, self._phrases.say(phrase))
        reply = replace(decision.reply, ends_call=True)
        return replace(decision, reply=reply, tickets=(ticket,) if ticket else ())

    def aside(self, turn: Turn, task: TaskState, aside: Decision | Aside) -> Decision:
        """Say what interrupts the task, and ask again what was open."""
        if isinstance(aside, Decision):
            return aside
        if aside.answer is None:
            return self._asking.ask(turn, task, aside.lead)
        back = self._phrases.say("task_back")
        asked = self._asking.ask(turn, task, f"{aside.lead} {back}")
        found = aside.answer
        state = replace(asked.state, sheet=found.state.sheet, history=found.state.history)
        reply = replace(found.reply, say=asked.reply.say, fixed=False)
        return Decision(reply, state)

    def hang_up(self, state: State, at: datetime) -> TicketDraft | None:
        """What is known of a task that the caller leaves; None when that is nothing."""
        task = state.task
        if task is None or not self._forms.by_kind[task.kind].known(task):
            return None
        if state.caller and "phone" not in task.values and task.kind != self._forms.report.kind:
            task = task.fill("phone", {"phone": state.caller, "phone_confirmed": "non"})
        return self._asking.ticket(task, at, complete=False)
