"""How a task begins: with what the turn says already, or with the town's own way first."""

from __future__ import annotations

from dataclasses import replace

from dialog.decision import Decision, Turn, say
from dialog.intents import Words
from dialog.reply import Action, Reply
from dialog.search.normalise import terms
from dialog.tasks.appointment import CHANGE
from dialog.tasks.asides import Asides
from dialog.tasks.asking import Asking, asked_of
from dialog.tasks.detect import Wish, seen
from dialog.tasks.filling import Filling
from dialog.tasks.form import Form
from dialog.tasks.forms import Forms
from dialog.tasks.routes import Routes
from dialog.tasks.rules import TaskRules
from dialog.tasks.step import Step
from dialog.tasks.subject import Subject
from dialog.tasks.task_state import TaskState
from dialog.tasks.tools import Tools

_LONGEST_SUBJECT = 300  #: characters
_TELLS = 4  #: words of a problem that is told, not only announced


class Beginning:
    """Begins every kind of task. Holds nothing of any call."""

    def __init__(
        self,
        tools: Tools,
        rules: TaskRules,
        forms: Forms,
        filling: Filling,
        asides: Asides,
        routes: Routes,
        asking: Asking,
    ) -> None:
        self._tools = tools
        self._phrases = tools.phrases
        self._rules = rules
        self._forms = forms
        self._filling = filling
        self._asides = asides
        self._routes = routes
        self._asking = asking

    def begin(self, turn: Turn, kind: str) -> Decision:
        """Begin a task that something else than the rules recognised.

        Args:
            kind: "message", "report" or "appointment".
        """
        problem = seen(turn.words, self._rules) if kind == "report" else None
        told = kind == self._forms.report.kind and problem is None and turn.words.count >= _TELLS
        asks = self._rules.report_wish.matches(turn.words)
        values = self._forms.report.in_own_words(turn.words.text) if told and not asks else None
        return self.wished(turn, Wish(kind, problem), values=values)

    def wished(
        self,
        turn: Turn,
        asked_for: Wish,
        service: str = "",
        *,
        told: bool = True,
        values: dict[str, str] | None = None,
    ) -> Decision:
        """Start a form with what the turn says already.

        Args:
            service: that the caller was just offered.
            told: whether the words tell something; a "oui" does not.
        """
        form = self._forms.by_kind[asked_for.kind]
        looks = told and form.kind != "message" and not self._bare(turn.words)
        found = self._tools.finder.decide(turn)[0] if looks else None
        if form.kind == "appointment" and told and not asked_for.change:
            offered = self._offered(turn, found, service)
            if offered is not None:
                return offered
        task = TaskState(form.kind, self._routes.named(turn, found, service), dict(values or {}))
        if asked_for.change:
            return self._changed(turn, asked_for.change, task)
        if form.kind == "appointment" and told and self._bare(turn.words):
            task = self._about_last(turn, task)
        taken = turn.state.awaiting == "appointment"  # the offer of one was just taken
        turn_told = _with_wish(turn) if taken or not told else turn
        if form.kind != self._forms.report.kind:
            person = self._tools.people.directory.person(turn_told.words)
            task = replace(task, values={**task.values, **({"person": person} if person else {})})
        if asked_for.problem is not None:
            description = " ".join(turn.words.text.split())[:300]
            task = task.fill(
                "problem", {"problem": asked_for.problem.id, "description": description}
            )
        if taken and told:
            task = replace(task, asking="days")
            step = self._filling.answer(form, asked_of(turn, task))
            before = replace(step.task, asking="")
            reason = self._filling.volunteered(form, asked_of(turn_told, before))
            step = replace(reason, lead=f"{step.lead} {reason.lead}".strip())
        else:
            step = self._filling.volunteered(form, asked_of(turn_told, task))
            step = self._with_matter(form, step, turn_told) if told else step
        lead = form.opening(step.task, self._asking.service(step.task), asked_of(turn, step.task))
        state = turn.state
        if any(slot.free for slot in form.slots) and not state.warned:
            lead = f"{lead} {self._phrases.say('task_health')}"
            state = replace(state, warned=True)
        # the opening replaces read-backs of what was said a second ago; a question stays
        complete = form.next(step.task) is None and step.task.values.get("street_known") != "non"
        if complete and form.kind == self._forms.report.kind:
            step = replace(step, lead="")  # the recap says it all
        decision = self._asking.render(
            replace(turn, state=state), replace(step, lead=_joined(lead, step))
        )
        return _about(decision, found)

    def _with_matter(self, form: Form, step: Step, turn: Turn) -> Step:
        """What the sentence tells beside the wish, where no reason was found in it."""
        slot = form.slot("subject")
        if not isinstance(slot, Subject) or slot.filled(step.task):
            return step
        wish = {"message": self._rules.message, "appointment": self._rules.appointment}[form.kind]
        given = slot.beside(asked_of(turn, step.task), wish.anywhere)
        if given is None:
            return step
        lead = f"{given.read_back} {step.lead}".strip()
        return replace(
            step, task=replace(step.task, values={**step.task.values, **given.values}), lead=lead
        )

    def _about_last(self, turn: Turn, task: TaskState) -> TaskState:
        """ "Oui, un rendez-vous", after an answer: about what was just asked."""
        state = turn.state
        if not (state.sheet and state.history) or state.awaiting == "appointment":
            return task
        return replace(
            task, values={**task.values, "subject": state.history[-1][:_LONGEST_SUBJECT]}
        )

    def _changed(self, turn: Turn, change: str, task: TaskState) -> Decision:
        """An appointment that exists: its day, told now, is not the one that is wished."""
        form, words = self._forms.by_kind["appointment"], " ".join(turn.words.text.split())
        told = {CHANGE: change, "subject": words[:_LONGEST_SUBJECT] if task.service else ""}
        task = replace(task, values={name: value for name, value in told.items() if value})
        step = self._filling.volunteered(form, asked_of(turn, task.skip("days")))
        left = step.task.skipped if change == "cancel" else task.skipped
        after = replace(step.task, skipped=left)
        lead = form.opening(after, self._asking.service(after), asked_of(turn, after))
        return self._asking.render(
            turn, replace(step, task=after, lead=f"{lead} {step.lead}".strip())
        )

    def sending(self, turn: Turn, channel: str, lead: str) -> Decision:
        """Ask where to send what was said; a number in the same breath is taken.

        Args:
            channel: "sms" or "email", one that is configured.
            lead: said before the first question.
        """
        task = self._forms.sending.begin(channel, turn.state.sending.matter)
        step = self._filling.volunteered(self._forms.sending, asked_of(turn, task))
        return self._asking.render(turn, replace(step, lead=f"{lead} {step.lead}".strip()))

    def _offered(self, turn: Turn, found: Decision | None, service: str) -> Decision | None:
        """The town's own way to an appointment, before a request: its booking page, or its sheet.

        Whoever names the service itself, or was offered this already, wants the request.
        """
        if turn.state.awaiting == "appointment":
            return None
        wanted = self._tools.town.service(self._routes.named(turn, found, service))
        if wanted.booking:
            text = self._phrases.say("appointment_link", service=wanted.name, link=wanted.booking)
            decision = say(turn.state, Action.APPOINTMENT, text, awaiting="appointment")
            state = replace(decision.state, service=wanted.id).remember(turn.words.text)
            return replace(decision, state=state)
        named = self._tools.people.directory.named(turn.words)
        if self._bare(turn.words):
            return None  # "je voudrais un rendez-vous": nobody knows yet what for
        if found is None or named is not None or not _tells_of_appointments(found.reply):
            return None
        told = self._asides.without_offer(found.reply.say)
        text = f"{told} {self._phrases.say('appointment_offer')}"
        state = replace(
            found.state.settled(), awaiting="appointment", service=wanted.id, reply=text
        )
        return Decision(replace(found.reply, say=text), state)

    def _bare(self, words: Words) -> bool:
        """Whether only the wish is said: "je voudrais un rendez-vous" is no matter of a sheet."""
        asked = self._rules.appointment
        if asked.whole.covers(words.spoken) or asked.whole.covers(words.core):
            return True
        rest = asked.anywhere.without(words.core)
        return rest != words.core and not terms(rest)


def _with_wish(turn: Turn) -> Turn:
    """The turn with the wish that an offer was made to: "oui" says nothing itself."""
    history = turn.state.history if turn.state.awaiting == "appointment" else ()
    return replace(turn, words=Words.of(history[-1] if history else ""))


def _joined(lead: str, step: Step) -> str:
    """The opening, and what was understood beside it; the opening says the problem itself."""
    return lead if step.say else f"{lead} {step.lead}".strip()


def _tells_of_appointments(reply: Reply) -> bool:
    """Whether a sheet is spoken that says how appointments are made for just this."""
    return bool(reply.sheet and reply.sentences) and "rendez-vous" in reply.say.lower()


def _about(decision: Decision, found: Decision | None) -> Decision:
    """Note which sheet is about the same, for the records and for follow-ups."""
    if found is None:
        return decision
    seen = found.reply
    sheet = seen.sheet if seen.action == Action.ANSWER else None
    reply = replace(decision.reply, sheet=sheet, candidates=seen.candidates)
    return replace(decision, reply=reply)
