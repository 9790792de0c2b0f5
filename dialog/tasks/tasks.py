"""The one object that the desk asks about messages, street reports and appointment requests.

begin ─► a form is asked slot by slot, read back, recapped ─► oui: a ticket with its reference
             │ a question, a person, repeat, cancel: answered, and the form goes on
             └ the caller leaves: what is known is an incomplete ticket
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from dialog.decision import Decision, Turn, say
from dialog.finder import Finder
from dialog.hours import Calendar, say_day, say_time
from dialog.intents import Intents, Words
from dialog.manners import Manners
from dialog.outgoing import Means
from dialog.people import People
from dialog.phrases import Phrases
from dialog.reply import Action, Reply
from dialog.search.normalise import terms
from dialog.state import State
from dialog.tasks.appointment import Appointment
from dialog.tasks.asides import Aside, Asides
from dialog.tasks.detect import Wish, seen, wish
from dialog.tasks.filling import Filling, Step
from dialog.tasks.form import Asked, Form
from dialog.tasks.message import Message
from dialog.tasks.report import Report
from dialog.tasks.routes import Routes
from dialog.tasks.rules import TaskRules
from dialog.tasks.sending import SENDING, SendingForm
from dialog.tasks.task_state import CONFIRM, CORRECT, TaskState
from dialog.tasks.ticket import TicketDraft, grouped
from dialog.town import Service, Town
from dialog.values.phones import parse_phone
from dialog.values.streets import Streets

_INTERNAL = ("phone_part", "street_choices")  #: of a form being filled, not of its ticket
_PERSON_KEY, _YES_KEY, _NO_KEY, _SKIP_KEY, _REPEAT_KEY, _SLOWER_KEY = "012#*7"
_REFUSED = re.compile(r"(?:ah |mais )?(?:non|nan)\b")
_REFUSAL_WORDS = 10  #: of a "non, c'est bon, ils l'ont éteint" after an emergency
_REFERENCE = re.compile(
    r"\b(?:quoi|quel|quelle|redire|redites|redonner|redonnez|repeter|repetez|rappelez moi|noter?)"
    r"\b.{0,30}\breference\b|\breference c (?:est|etait) quoi\b"
)
#: a question about one's own matter is what the message is about
_OWN = re.compile(
    r"^(?!.*\b(?:faut|besoin|combien|quels?|quelles?|ouvert\w*|coute\w*|horaires?|comment|ouu|"
    r"quand)\b)"
    r".*\b(?:mon|ma|mes|notre|nos|j ai|j avais|on a)\b"
)
_NOT_BUT = re.compile(r"(?:,|\bmais\b|\bplutôt\b)\s*", re.IGNORECASE)
_WANTS_TO_KNOW = re.compile(r"\b(?:savoir|demander|renseignement|connaitre)\b")
_TELLS = 4  #: words of a problem that is told, not only announced
_SILENCES = 2  #: in a row; then a person and the end of the call are up to the desk
_FEWEST_KEYS = 2  #: that make a value; one key alone is a command


@dataclass(frozen=True)
class Tools:
    """Parts of the desk that tasks share with it."""

    town: Town
    calendar: Calendar
    intents: Intents
    phrases: Phrases
    people: People
    manners: Manners
    finder: Finder
    means: Means


class Tasks:
    """Decides every turn of a task, and whether a turn begins one. Holds nothing of any call."""

    def __init__(self, tools: Tools, streets: Streets, reference: Callable[[], str]) -> None:
        """
        Args:
            streets: the town's own list; an empty one keeps every street as heard.
            reference: six digits that no other ticket has.
        """
        self._tools = tools
        self._reference = reference
        self._rules = rules = TaskRules.load()
        phrases = self._phrases = tools.phrases
        self._report = Report(phrases, rules, streets)
        forms: tuple[Form, ...] = (
            Message(phrases, rules, self._is_office),
            self._report,
            Appointment(phrases, rules, self._is_office),
        )
        self._sending = SendingForm(phrases, rules, tools.town, tools.means)
        self._forms = {form.kind: form for form in (*forms, self._sending)}
        self._filling = Filling(tools.intents, phrases, rules)
        self._asides = Asides(
            tools.intents, phrases, rules, tools.people, tools.manners, tools.finder
        )
        self._routes = Routes(tools.town, tools.people, tools.finder, rules)

    # -- what the desk asks ------------------------------------------------------------------

    def decide(self, turn: Turn) -> Decision | None:
        """The decision on a turn inside a task, or that begins one; None: not a matter of tasks."""
        state = turn.state
        if state.task is not None:
            if state.awaiting == "person":  # an emergency came in between: it is not forgotten
                return self._after_emergency(turn, state.task)
            return self._inside(turn, state.task)
        if state.ticket and _REFERENCE.search(turn.words.spoken):
            said = self._phrases.say("task_reference", reference=grouped(state.ticket))
            return say(state, Action.REPEAT, said, fixed=False, awaiting="other")
        offered = state.awaiting in ("message", "appointment")
        if offered and self._tools.intents.is_("yes", turn.words):
            return self._begin(turn, Wish(state.awaiting), state.service, told=False)
        found = wish(turn.words, self._rules)
        if state.awaiting == "appointment" and found is None and self._names_days(turn):
            found = Wish("appointment")  # "mardi matin" takes the offer as well as "oui" does
        service = state.service if offered else ""
        return self._begin(turn, found, service) if found else None

    def begin(self, turn: Turn, kind: str) -> Decision:
        """Begin a task that something else than the rules recognised.

        Args:
            kind: "message", "report" or "appointment".
        """
        problem = seen(turn.words, self._rules) if kind == "report" else None
        told = kind == self._report.kind and problem is None and turn.words.count >= _TELLS
        asks = self._rules.report_wish.matches(turn.words)
        values = self._report.in_own_words(turn.words.text) if told and not asks else None
        return self._begin(turn, Wish(kind, problem), values=values)

    def begin_sending(self, turn: Turn, channel: str, lead: str) -> Decision:
        """Ask where to send what was said; a number in the same breath is taken.

        Args:
            channel: "sms" or "email", one that is configured.
            lead: said before the first question.
        """
        task = self._sending.begin(channel, turn.state.sending.matter)
        step = self._filling.volunteered(self._sending, self._asked(turn, task))
        return self._render(turn, replace(step, lead=f"{lead} {step.lead}".strip()))

    def _names_days(self, turn: Turn) -> bool:
        slot = self._forms["appointment"].slot("days")
        asked = self._asked(turn, TaskState("appointment"))
        question = self._rules.inside("question").search(turn.words.spoken)
        return slot is not None and not question and slot.parse(asked) is not None

    def key(self, turn: Turn, digit: str) -> Decision | None:
        """One key: a digit of a number being keyed, 1 and 2 for oui and non, 0 for a person."""
        state, task = turn.state, turn.state.task
        if task is None or state.awaiting == "person":
            if task is None and state.awaiting in ("message", "appointment") and digit == _YES_KEY:
                return self._begin(turn, Wish(state.awaiting), state.service, told=False)
            return None
        form = self._forms[task.kind]
        slot = form.slot(task.asking)
        # no number begins with 1 or 2: they are oui and non, to a number that was said
        yes_no = digit in (_YES_KEY, _NO_KEY) and not task.typed
        answers = (
            slot is not None and slot.keyed and not (yes_no or (task.proposed and digit in "*#7"))
        )
        if slot is not None and answers and (digit.isdigit() or task.typed):
            return self._typed(turn, task, digit)
        if digit == _PERSON_KEY:
            return self._spoken_aside(turn, task, self._asides.pass_to(turn, task.service))
        if digit == _REPEAT_KEY:
            return self._tools.manners.repeat(state)
        if digit == _SLOWER_KEY:
            return self._tools.manners.slower(state)
        if digit == _SKIP_KEY:
            return self._render(turn, self._filling.skip(form, self._asked(turn, task)))
        asks = task.proposed or task.asking == CONFIRM or (slot is not None and slot.yes_no)
        if digit in (_YES_KEY, _NO_KEY) and (asks or task.asking == "phone"):
            said = Words.of("oui" if digit == _YES_KEY else "non")
            return self._inside(replace(turn, words=said), task)
        return say(state, Action.NONE, self._phrases.say("key_unknown"))

    def keys(self, turn: Turn, digits: str) -> Decision | None:
        """Several digits keyed in one go: one value. None when no value is asked."""
        task = turn.state.task
        if task is None or turn.state.awaiting == "person":
            return None
        form = self._forms[task.kind]
        slot = form.slot(task.asking)
        value = digits.strip("#*")
        if slot is None or not slot.keyed or len(value) < _FEWEST_KEYS:
            return None
        step = self._filling.keyed(form, slot, self._asked(turn, task), value)
        return self._render(turn, step) if step else self._not_whole(turn, task, value)

    def pause(self, turn: Turn) -> Decision | None:
        """The caller stopped keying: take what there is. None when nothing was keyed."""
        task = turn.state.task
        if task is None or not task.typed:
            return None
        if task.typed == _PERSON_KEY:
            turn = replace(turn, state=_with(turn.state, replace(task, typed="")))
            return self._spoken_aside(turn, task, self._asides.pass_to(turn, task.service))
        return self._not_whole(turn, task, task.typed)

    def silence(self, turn: Turn, nth: int) -> Decision | None:
        """Nobody speaks inside a task: asked again, then helped; later the desk decides."""
        task = turn.state.task
        if task is None:
            return None
        if (decision := self.pause(turn)) is not None:
            return decision
        if nth > _SILENCES:
            return None
        lead = self._phrases.say("task_listening" if nth <= 1 else "task_nobody")
        decision = self._ask(turn, task, lead)
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
        return self._ask(turn, task, self._phrases.say(phrase)) if task else None

    def go_on(self, turn: Turn, lead: str) -> Decision | None:
        """As `resume`, after words that are not a phrase; what was being keyed is dropped."""
        task = turn.state.task
        return self._ask(turn, replace(task, typed=""), lead) if task else None

    def takes_digits(self, state: State) -> bool:
        """Whether a digit keyed now is part of a number."""
        task = state.task
        slot = self._forms[task.kind].slot(task.asking) if task else None
        return slot is not None and slot.keyed and state.awaiting != "person"

    def yes_or_no(self, state: State) -> bool:
        """Whether what a task asks now is answered by oui or non."""
        task = state.task
        if task is None:
            return False
        form = self._forms.get(task.kind)
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
        task = state.task
        if task is None or not self._forms[task.kind].known(task):
            return None
        if state.caller and "phone" not in task.values and task.kind != self._report.kind:
            task = task.fill("phone", {"phone": state.caller, "phone_confirmed": "non"})
        return self._ticket(task, at, complete=False)

    # -- inside a task -----------------------------------------------------------------------

    def _inside(self, turn: Turn, task: TaskState) -> Decision:
        """Interruptions first: they hold everywhere; then the answer."""
        form = self._forms[task.kind]
        if not turn.words.spoken:
            return self._ask(turn, task, self._phrases.say("task_sorry"))
        switched = self._switched(turn, task, form)
        if switched is None and self._asides.cancelled(turn):
            text = self._phrases.say("task_cancelled")
            return say(replace(turn.state, task=None), form.action, text, awaiting="other")
        if self._asides.leaving(turn) and not self._filling.agrees(turn.words, task):
            rest = Words.of(self._tools.intents.without("goodbye", turn.words))
            if not (rest.spoken and self._filling.agrees(rest, task)):
                return self._left(turn, task)
            turn = replace(turn, words=rest)  # "oui merci, au revoir" agrees first
        if aside := self._asides.person(turn, self._service(task).id):
            return self._spoken_aside(turn, task, aside)
        if aside := self._asides.manners(turn):
            return self._spoken_aside(turn, task, aside)
        if switched is not None:
            return switched
        if readdressed := self._readdressed(turn, task):
            return readdressed
        if aside := self._about_callback(turn, task):
            return self._spoken_aside(turn, task, aside)
        slot = form.slot(task.asking)
        service = "" if form is self._report else task.service
        own = slot is not None and slot.free and _OWN.search(turn.words.spoken)
        if question := None if own else self._asides.question(turn, service):
            return self._spoken_aside(turn, task, question)
        step = self._filling.answer(form, self._asked(turn, task))
        if step.task.tries > task.tries and not step.say and self._asides.asks(turn):
            step = replace(step, lead=self._phrases.say("task_unknown"))
        return self._render(turn, step)

    def _about_callback(self, turn: Turn, task: TaskState) -> Aside | None:
        """ "Qui va me rappeler ?", "c'est confirmé alors ?"."""
        words = turn.words.spoken
        if task.kind == "appointment" and self._rules.inside("confirmed").covers(words):
            return Aside(self._phrases.say("appointment_not_yet"))
        if self._rules.inside("who_calls").search(words):
            service = self._service(task).name
            return Aside(self._phrases.say("task_who_calls", service=service))
        return None

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
        return self._begin(turn, other, task.service, values=kept)

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
        return self._ask(turn, replace(task, service=service.id), lead)

    def _after_emergency(self, turn: Turn, task: TaskState) -> Decision | None:
        """Only a clear "non" to "voulez-vous quelqu'un ?" goes back to the task."""
        words = turn.words
        refused = _REFUSED.match(words.spoken) and words.count <= _REFUSAL_WORDS
        over = any(self._tools.intents.is_(name, words) for name in ("no", "all_clear"))
        if not words.spoken or not (refused or over):
            return None
        return self._ask(turn, task, self._phrases.say("emergency_no"))

    def _left(self, turn: Turn, task: TaskState) -> Decision:
        """Goodbye in the middle: what is known is kept, at once."""
        ticket = self.hang_up(turn.state, turn.at)
        phrase = "task_left" if ticket else "goodbye"
        state = replace(turn.state, task=None)
        decision = say(state, Action.GOODBYE, self._phrases.say(phrase))
        reply = replace(decision.reply, ends_call=True)
        return replace(decision, reply=reply, tickets=(ticket,) if ticket else ())

    def _spoken_aside(self, turn: Turn, task: TaskState, aside: Decision | Aside) -> Decision:
        if isinstance(aside, Decision):
            return aside
        if aside.answer is None:
            return self._ask(turn, task, aside.lead)
        back = self._phrases.say("task_back")
        asked = self._ask(turn, task, f"{aside.lead} {back}")
        found = aside.answer
        state = replace(asked.state, sheet=found.state.sheet, history=found.state.history)
        reply = replace(found.reply, say=asked.reply.say, fixed=False)
        return Decision(reply, state)

    # -- keys --------------------------------------------------------------------------------

    def _typed(self, turn: Turn, task: TaskState, digit: str) -> Decision:
        """Collect digits without a word, until the number is whole."""
        form = self._forms[task.kind]
        slot = form.slot(task.asking)
        if digit == _REPEAT_KEY:
            return self._ask(turn, replace(task, typed=""), self._phrases.say("task_erased"))
        typed = task.typed + digit.strip("#")
        whole = bool(parse_phone(typed).candidates)
        if slot is not None and (whole or digit == _SKIP_KEY):
            step = self._filling.keyed(form, slot, self._asked(turn, task), typed)
            return self._render(turn, step) if step else self._not_whole(turn, task, typed)
        waiting = replace(task, typed=typed, proposed={})
        return Decision(Reply(Action.NONE, ""), _with(turn.state, waiting))

    def _not_whole(self, turn: Turn, task: TaskState, typed: str) -> Decision:
        said = self._phrases.say("task_typed", typed=" ".join(typed[:20]))
        after = replace(task.failed(), asking=task.asking)
        decision = say(turn.state, self._forms[task.kind].action, said, fixed=False)
        return replace(decision, state=_with(decision.state, after))

    # -- beginning and end -------------------------------------------------------------------

    def _begin(
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
        form = self._forms[asked_for.kind]
        looks = told and form.kind != "message" and not self._bare(turn.words)
        found = self._tools.finder.decide(turn)[0] if looks else None
        if form.kind == "appointment" and told:
            offered = self._offered(turn, found, service)
            if offered is not None:
                return offered
        task = TaskState(form.kind, self._routes.named(turn, found, service), dict(values or {}))
        turn_told = self._wished(turn) if not told or turn.state.awaiting else turn
        if form.kind != self._report.kind:
            person = self._tools.people.directory.person(turn_told.words)
            task = replace(task, values={**task.values, **({"person": person} if person else {})})
        if asked_for.problem is not None:
            description = " ".join(turn.words.text.split())[:300]
            task = task.fill(
                "problem", {"problem": asked_for.problem.id, "description": description}
            )
        if turn.state.awaiting == "appointment" and told:
            task = replace(task, asking="days")
            step = self._filling.answer(form, self._asked(turn, task))
            before = replace(step.task, asking="")
            reason = self._filling.volunteered(form, self._asked(turn_told, before))
            step = replace(reason, lead=f"{step.lead} {reason.lead}".strip())
        else:
            step = self._filling.volunteered(form, self._asked(turn_told, task))
        lead = form.opening(step.task, self._service(step.task), self._asked(turn, step.task))
        state = turn.state
        if any(slot.free for slot in form.slots) and not state.warned:
            lead = f"{lead} {self._phrases.say('task_health')}"
            state = replace(state, warned=True)
        # the opening replaces read-backs of what was said a second ago; a question stays
        complete = form.next(step.task) is None and step.task.values.get("street_known") != "non"
        if complete and form.kind == self._report.kind:
            step = replace(step, lead="")  # the recap says it all
        decision = self._render(replace(turn, state=state), replace(step, lead=_joined(lead, step)))
        return _about(decision, found)

    @staticmethod
    def _wished(turn: Turn) -> Turn:
        """The turn with the wish that an offer was made to: "oui" says nothing itself."""
        history = turn.state.history if turn.state.awaiting == "appointment" else ()
        return replace(turn, words=Words.of(history[-1] if history else ""))

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
        if not terms(self._rules.appointment.anywhere.without(turn.words.core)):
            return None  # "je voudrais un rendez-vous": nobody knows yet what for
        if found is None or named is not None or not _tells_of_appointments(found.reply):
            return None
        told = self._asides.without_offer(found.reply.say)
        text = f"{told} {self._phrases.say('appointment_offer')}"
        state = replace(
            found.state.settled(), awaiting="appointment", service=wanted.id, reply=text
        )
        return Decision(replace(found.reply, say=text), state)

    def _finish(self, turn: Turn, task: TaskState) -> Decision:
        if task.kind == SENDING:
            return self._sending.finish(turn.state, task)
        form, service = self._forms[task.kind], self._service(task)
        ticket = self._ticket(task, turn.at, complete=True)
        duty = self._tools.people.duty(turn.at) if self._dangerous(task) else None
        state = replace(turn.state, task=None, ticket=ticket.reference)
        said = {
            "reference": self._phrases.say("task_reference", reference=grouped(ticket.reference)),
            "now": f"aujourd'hui à {say_time(turn.at.time())}",
            "due": say_day(ticket.due, turn.at.date()) if ticket.due else "",
        }
        if duty is not None:
            text = self._report.done_duty(service, duty, **said)
            decision = say(state, form.action, text, fixed=False)
            reply = replace(decision.reply, transfer_to=duty.id)
            return Decision(reply, replace(decision.state, service=duty.id), (ticket,))
        text = form.done(task, service, **said)
        decision = say(state, form.action, text, fixed=False, awaiting="other")
        return replace(decision, tickets=(ticket,))

    def _bare(self, words: Words) -> bool:
        """Whether only the wish is said: "je voudrais un rendez-vous" is no matter of a sheet."""
        rest = self._rules.appointment.anywhere.without(words.core)
        return rest != words.core and not terms(rest)

    def _is_office(self, text: str) -> bool:
        return self._tools.people.directory.only_office(text) is not None

    def _dangerous(self, task: TaskState) -> bool:
        return task.kind == self._report.kind and self._report.is_danger(task)

    def _ticket(self, task: TaskState, at: datetime, *, complete: bool) -> TicketDraft:
        service = self._service(task)
        days = self._tools.town.callback_working_days
        due = self._tools.calendar.working_days_after(service, at.date(), days)
        wished = task.values.get("when_first", "")  # not before the caller wants to be called
        fields = {name: v for name, v in task.values.items() if v and name not in _INTERNAL}
        if task.proposed:  # read back, and the caller left before saying oui
            fields |= {name: v for name, v in task.proposed.items() if v}
            fields["phone_confirmed"] = "non"
        return TicketDraft(
            kind=task.kind,
            fields=fields,
            service=service.id,
            due=max(due, date.fromisoformat(wished)) if wished else due,
            reference=task.reference or self._reference(),
            complete=complete,
            goes_on=bool(task.reference),
        )

    # -- replies -----------------------------------------------------------------------------

    def _render(self, turn: Turn, step: Step) -> Decision:
        """What a step is answered with: a read-back, the next question, the recap, or the end."""
        task = self._routes.by_subject(turn, step.task)
        if step.finished:
            return self._finish(turn, task)
        if step.say:
            action = self._forms[task.kind].action
            text = f"{step.lead} {step.say}".strip()
            decision = say(turn.state, action, text, fixed=False)
            return replace(decision, state=_with(decision.state, task))
        return self._ask(turn, task, step.lead)

    def _ask(self, turn: Turn, task: TaskState, lead: str) -> Decision:
        """Ask what is open, after a few words."""
        form = self._forms[task.kind]
        slot = form.slot(task.asking) if task.proposed else form.next(task)
        if slot is None and not form.recaps:
            return self._finish(turn, task)
        if task.proposed and slot is not None:
            after, question = task, slot.check(task.proposed)
        elif slot is not None:
            after = task.ask(slot.name)
            question = slot.question(self._asked(turn, after))
        else:
            after, question = task.ask(CONFIRM), form.recap(task, self._service(task))
        text = f"{lead} {question}".strip()
        decision = say(turn.state, form.action, text, fixed=False)
        return replace(decision, state=_with(decision.state, after))

    def _service(self, task: TaskState) -> Service:
        return self._routes.of(task)

    def _asked(self, turn: Turn, task: TaskState) -> Asked:
        return Asked(turn.words, task, turn.at, turn.state.caller)


def _with(state: State, task: TaskState) -> State:
    return replace(state, task=task)


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
