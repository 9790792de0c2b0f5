"""The one place that decides: what a caller said, or keyed, or did not say, becomes a reply.

    words ─► emergency ─► data and refusals ─► a task: the one under way, or one that is asked for
          ─► what is awaited (oui, non, la suite, un, deux) ─► a person ─► manners
          ─► sheets: answer, one clarifying question, or out of scope ─► a person when lost

Nothing here changes: a decision carries the next state, and the call adopts it or not.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, datetime

from dialog.awaited import Awaited
from dialog.cap import Cap
from dialog.continuing import Continuing, WritingPage
from dialog.decision import Decision, Turn, say
from dialog.emergencies import Emergencies, Emergency
from dialog.english import English
from dialog.finder import Finder
from dialog.foreign import Foreign
from dialog.hours import Calendar
from dialog.intents import Intents, Words
from dialog.keypad import Keypad
from dialog.language_model import LanguageModel
from dialog.manners import Manners
from dialog.minors import Minors
from dialog.opening import Opening
from dialog.outgoing import Means, Outgoing
from dialog.people import People
from dialog.phrases import Phrases
from dialog.phrasing import Phraser
from dialog.privacy import Privacy, Terms
from dialog.reply import Action, ForDesk, Reply
from dialog.search import Index
from dialog.sending import Sending
from dialog.sheets import Sheet
from dialog.silence import Silences
from dialog.state import State
from dialog.summary import summary
from dialog.tasks.tasks import Tasks, Tools
from dialog.tasks.ticket import TicketDraft, draw_reference
from dialog.tone import Tone
from dialog.town import Town
from dialog.values.phones import national
from dialog.values.streets import Streets
from dialog.wishes import Wishes
from dialog.written import Written

__all__ = ["Decision", "Desk"]

logger = logging.getLogger("allomairie.dialog")

_HURRIED = re.compile(r"(?:(?:oui|ouais|mais oui|si|vite|svp|s il vous plait|passez)\b ?)")


class Desk:
    """Decides for all calls at once; threads share it.

    Args:
        town: services, hours and lines.
        sheets: what may be spoken, once validated and while valid.
        index: over the same sheets.
        language_model: makes full questions of follow-ups; without it rules alone do.
        clock: the time in the town, where a caller of the desk gives none.
        phraser: a capable model that may phrase answers; what it says is checked against the sheet.
        recording: whether calls are recorded, which the greeting must say.
        streets: the town's own, to place what callers report.
        reference: six digits for a ticket, that no other ticket has.
        writing: where one can write to the assistant, for callers who prefer it.
        terms: what becomes of what callers say, and what must not be kept of it.
        means: how callers can be sent what was said; nothing is offered without.
        languages: beside French, those that the town switched on.
        voices: languages that a voice of this machine speaks.
    """

    def __init__(
        self,
        town: Town,
        sheets: Sequence[Sheet],
        index: Index,
        *,
        language_model: LanguageModel | None = None,
        clock: Callable[[], datetime],
        phraser: Phraser | None = None,
        recording: bool = False,
        streets: Streets | None = None,
        reference: Callable[[], str] = draw_reference,
        writing: WritingPage | None = None,
        means: Means | None = None,
        terms: Terms | None = None,
        languages: Collection[str] = ("en",),
        voices: Collection[str] = ("fr", "en"),
    ) -> None:
        self.town = town
        self.sheets = tuple(sheets)
        self._clock = clock
        self._recording = recording
        self._model = language_model
        self._intents = Intents.load()
        self._phrases = Phrases.load()
        self._tone = Tone(self._phrases)
        self._emergencies = Emergencies.load()
        self._calendar = Calendar(town)
        self._people = People(town, self._calendar, self._intents, self._phrases)
        self._manners = Manners(town, self._intents, self._phrases)
        opening = Opening(
            town, self._calendar, self._people.directory, self._intents, self._phrases
        )
        self._finder = Finder(
            town,
            index,
            self._intents,
            self._phrases,
            opening,
            language_model,
            phraser,
            grant=lambda turn, wish: self._wishes.grant(turn, wish),
        )
        self._awaited = Awaited(
            self._intents, self._phrases, self._finder, self._people, self._manners
        )
        tools = Tools(
            town,
            self._calendar,
            self._intents,
            self._phrases,
            self._people,
            self._manners,
            self._finder,
            means or Means(),
        )
        self._tasks = Tasks(tools, streets or Streets(), reference)
        self._titles = {sheet.id: sheet.title for sheet in self.sheets}
        self._minors = Minors(self._intents, self._phrases, self._people)
        self._privacy = Privacy(
            town,
            self._intents,
            self._phrases,
            self._people,
            self._tasks,
            terms=terms or Terms(),
            recording=recording,
        )
        self._continuing = Continuing(self._intents, self._phrases, self._tasks, writing, reference)
        self.written = Written(town, self._people, self._phrases, self._tasks, self.sheets)
        self._sending = Sending(
            town,
            self._intents,
            self._phrases,
            self._manners,
            self._finder,
            self._tasks,
            tools.means,
        )
        self._wishes = Wishes(town, self._phrases, self._people, self._manners, self._tasks)
        self._silences = Silences(town, self._phrases, self._people, self._manners, self._tasks)
        self._cap = Cap(self._phrases, self._people, self._tasks)
        self._keypad = Keypad(
            town,
            self.sheets,
            self._intents,
            self._phrases,
            self._finder,
            self._people,
            self._tasks,
        )
        english = English(
            town,
            index,
            self._calendar,
            self._people,
            self._manners,
            self._phrases,
            self._privacy,
            reference=reference,
            recording=recording,
            transcript_days=(terms or Terms()).transcript_days,
        )
        self._foreign = Foreign(
            town,
            self._calendar,
            self._people,
            self._intents,
            self._phrases,
            self._emergencies,
            english,
            resume=self._tasks.resume,
            offered=languages,
            spoken=voices,
            reference=reference,
        )
        services = {service.id for service in town.services}
        for sheet in self.sheets:
            if sheet.service and sheet.service not in services:
                logger.warning("sheet %s names an unknown service %r", sheet.id, sheet.service)
        if self._emergencies.outdated(clock().date()):
            logger.error(
                "the emergency numbers were last checked on %s: check them again",
                self._emergencies.checked_on,
            )

    # -- the turns of a call -----------------------------------------------------------------

    def greeting(self, line: str, at: datetime | None = None, caller: str = "") -> Decision:
        """What is said on answering: an AI, transcription, a person within reach (A01).

        Args:
            line: the dialled number; its greeting name and service hold for the call.
            caller: the calling number, E.164 or national; empty when anonymous.
        """
        dialled = self.town.line(line)
        name = (dialled.greeting if dialled else "") or self.town.greeting_name
        text = self._greeting_text(name, self._local(at).date())
        service = dialled.service if dialled else ""
        number = national("".join(c for c in caller if c.isdigit() or c == "+"))
        state = State(line_service=service, reply=text, caller=number)
        relayed = self._people.relay(number, state, name, self._local(at))
        if relayed is not None:
            return self._for_a_person(relayed)
        if dialled is not None:
            first = Turn(Words.of(""), state, self._local(at), dialled.language, ())
            if (foreign := self._foreign.greeting(first)) is not None:
                return foreign
        return Decision(Reply(Action.CHITCHAT, text, fixed=True), state)

    def hear(
        self,
        state: State,
        text: str,
        *,
        at: datetime | None = None,
        language: str = "fr",
        alternatives: Sequence[str] = (),
    ) -> Decision:
        """Decide on a caller's words; changes nothing.

        Args:
            text: as recognised; empty when speech was heard without words.
            at: the time of the call.
            language: the language heard, as a two-letter code.
            alternatives: what the recogniser also considered; they help the search.
        """
        started = time.perf_counter()
        heard, *others = (self._privacy.clean(words) for words in (text, *alternatives))
        turn = Turn(Words.of(heard), state, self._local(at), language, tuple(others))
        decision = self._finished(turn, self._minors.decide(turn, self._without_numbers))
        ms = (time.perf_counter() - started) * 1000
        stages = {"rules": ms - sum(decision.reply.stages.values()), **decision.reply.stages}
        return replace(decision, reply=replace(decision.reply, ms=ms, stages=stages))

    def key(self, state: State, digit: str, at: datetime | None = None) -> Decision:
        """Decide on a key: 0 a person, * repeat, # go on, 7 slower, digits where awaited."""
        turn = Turn(Words.of(""), state, self._local(at))
        return self._finished(turn, self._key(turn, digit))

    def _key(self, turn: Turn, digit: str) -> Decision:
        state = turn.state
        if (decision := self._foreign.key(turn, digit)) is not None:
            return decision
        if (decision := self._privacy.key(turn, digit)) is not None:
            return decision
        if (decision := self._tasks.key(turn, digit)) is not None:
            return decision
        if (decision := self._people.key(turn, digit)) is not None:
            return decision
        if (decision := self._sending.key(turn, digit)) is not None:
            return decision
        if (decision := self._keypad.key(turn, digit)) is not None:
            return decision
        if digit == "0" and state.awaiting == "person":
            return self._to_duty(turn)
        if digit == "0":
            return self._people.pass_to(self._people.default(state), state, turn.at)
        if digit == "*" or (digit == "#" and state.awaiting == "person"):
            return self._manners.repeat(state)
        if digit == "7":
            return self._manners.slower(state)
        if (decision := self._awaited.key(turn, digit)) is not None:
            return decision
        return say(state, Action.NONE, self._phrases.say("key_unknown"))

    def keys(self, state: State, digits: str, at: datetime | None = None) -> Decision:
        """Decide on digits that were keyed one after the other, with a pause behind them.

        Inside a task they are one value; elsewhere each is a key, and the last one's reply holds.
        """
        turn = Turn(Words.of(""), state, self._local(at))
        decision = self._foreign.keys(turn, digits)
        decision = decision or self._privacy.keyed(turn, digits) or self._tasks.keys(turn, digits)
        if decision is not None:
            return self._for_a_person(decision)
        tickets: tuple[TicketDraft, ...] = ()
        sends: tuple[Outgoing, ...] = ()
        for digit in digits:
            decision = self.key(state, digit, at)
            state, tickets = decision.state, (*tickets, *decision.tickets)
            sends = (*sends, *decision.sends)
        turn = Turn(Words.of(""), state, self._local(at))
        paused = self._foreign.pause(turn, self._tasks.pause)
        last = paused or decision or say(state, Action.NONE, self._phrases.say("key_unknown"))
        if paused:
            tickets, sends = (*tickets, *last.tickets), (*sends, *last.sends)
        return replace(last, tickets=tickets, sends=sends)

    def hang_up(self, state: State, at: datetime | None = None) -> TicketDraft | None:
        """What a caller who leaves now leaves behind: an incomplete ticket, or nothing."""
        return self._tasks.hang_up(state, self._local(at))

    def not_resumable(self, state: State) -> Decision:
        """A decision's code could not be written: said instead of its reply."""
        return self._continuing.lost(state)

    def not_written(self, state: State, service: str) -> Decision:
        """A decision's ticket for this service could not be written: said instead of its reply."""
        return self._foreign.not_written(state) or self._tasks.lost(state, service)

    def not_sent(self, state: State) -> Decision:
        """A decision's message could not be written: said instead of its reply."""
        return self._sending.lost(state)

    def silence(self, state: State, nth: int, at: datetime | None = None) -> Decision:
        """Decide when nobody speaks, for the `nth` time in a row (from 1)."""
        turn = Turn(Words.of(""), state, self._local(at))
        decision = self._foreign.silence(turn, nth) or self._silences.decide(turn, nth)
        return self._for_a_person(decision)

    def cap_near(self, state: State, at: datetime | None = None) -> Decision:
        """Warn that the call is about to reach its longest time; what was asked stays asked."""
        turn = Turn(Words.of(""), state, self._local(at))
        return self._foreign.cap_near(turn) or self._cap.near(turn)

    def cap_reached(self, state: State, at: datetime | None = None) -> Decision:
        """End a call that is too long: a person, or goodbye; a form under way is kept."""
        turn = Turn(Words.of(""), state, self._local(at))
        return self._for_a_person(self._foreign.told(self._cap.reached(turn), "cap_reached"))

    def transfer_failed(self, state: State, at: datetime | None = None) -> Decision:
        """Nobody answered the transfer: the caller comes back, to the task if there was one."""
        turn = Turn(Words.of(""), state, self._local(at))
        if state.over:
            return self._foreign.told(self._cap.goodbye(state), "cap_goodbye")
        if (refused := self._foreign.transfer_failed(turn)) is not None:
            return refused
        if state.emergency and state.awaiting == "person":
            return self._duty_not_reached(state)
        if (refused := self._privacy.not_reached(turn)) is not None:
            return refused
        return self._tasks.resume(turn, "task_not_reached") or self._people.not_reached(
            state, self._local(at)
        )

    def breakdown(self, state: State, at: datetime | None = None) -> Decision:
        """A part of the program failed: a person, or the number of the front desk."""
        turn = Turn(Words.of(""), state, self._local(at))
        if (decision := self._foreign.breakdown(turn)) is not None:
            return self._for_a_person(decision)
        service = self._people.default(state)
        if self._calendar.is_open(service, self._local(at)):
            at = self._local(at)
            passed = self._people.pass_to(service, state, at, lead="breakdown_transfer")
            return self._for_a_person(passed)
        text = self._phrases.say("breakdown", phone=self.town.phone)
        return say(state, Action.NONE, text)

    def urgent(self, text: str, alternatives: Sequence[str] = ()) -> bool:
        """Whether these words tell of an emergency; cheap, for partial transcripts.

        Args:
            alternatives: what the recogniser also considered.
        """
        told = self._emergencies.find(text, alternatives) is not None
        return told or self._foreign.urgent(text)

    def emergency_kind(self, text: str, alternatives: Sequence[str] = ()) -> str:
        """The kind of emergency that these words tell of; empty for none."""
        found = self._emergencies.find(text, alternatives)
        return found.id if found else ""

    @property
    def people(self) -> People:
        """Who can take a call."""
        return self._people

    @property
    def emergencies(self) -> Emergencies:
        """The fixed rules and texts, with the day they were checked on."""
        return self._emergencies

    def urgent_so_far(self, text: str, alternatives: Sequence[str] = ()) -> bool:
        """As `urgent`, for words that the caller is still saying: the last one may go on."""
        told = self._emergencies.find_so_far(text, alternatives) is not None
        return told or self._foreign.urgent(text)

    def shown(self, text: str) -> str:
        """A caller's words as a page may show them: without numbers that must not be given."""
        return self._privacy.clean(text)

    def takes_digits(self, state: State) -> bool:
        """Whether a key pressed now is a digit of a number, and no command."""
        return self._tasks.takes_digits(state)

    def is_backchannel(self, text: str) -> bool:
        """Whether these words only say "I listen": "d'accord", "mm-hmm"."""
        return self._intents.is_("backchannel", Words.of(text))

    def filler(self, state: State) -> Reply:
        """What is said while a reply takes long."""
        text = self._phrases.say("filler", state.language)
        return Reply(Action.NONE, text, language=state.language, fixed=True)

    def waiting(self, state: State) -> Reply:
        """What is said now and then while a desk rings."""
        text = self._phrases.say("transfer_waiting", state.language)
        return Reply(Action.NONE, text, language=state.language, fixed=True)

    def for_desk(self, line: str) -> ForDesk:
        """What the desk is told before it takes the call.

        Args:
            line: the summary of the call.
        """
        return ForDesk(
            announcement=self._phrases.say("desk_announcement", summary=line),
            keys=self._phrases.say("desk_keys"),
            farewell=self._phrases.say("desk_caller_left"),
        )

    def fixed_sentences(self) -> list[str]:
        """French sentences that any call may need: worth rendering in advance."""
        names = [self.town.greeting_name, *(line.greeting for line in self.town.lines)]
        today = self._local(None).date()
        greetings = [self._greeting_text(name, today) for name in names if name]
        emergencies = [self._emergency_text(text) for text in self._emergencies.texts()]
        every = [
            *greetings,
            *emergencies,
            *self._people.transfer_sentences(),
            *self._phrases.fixed(),
        ]
        return list(dict.fromkeys(every))

    def other_fixed_sentences(self) -> dict[str, list[str]]:
        """The same in the other languages that are offered, by language."""
        return self._foreign.fixed_sentences()

    def close(self) -> None:
        """Free the language model."""
        if self._model is not None:
            self._model.close()

    # -- how a turn is decided ---------------------------------------------------------------

    def _without_numbers(self, turn: Turn) -> Decision:
        if turn.state.language != "fr":
            return self._decide(turn)  # the number is masked; the warning is said in that language
        return self._privacy.warned(turn, self._decide)

    def _decide(self, turn: Turn) -> Decision:
        turn = self._foreign.back(turn)
        french = turn.state.language == "fr"
        emergency = self._emergencies.find(turn.words.text, turn.alternatives)
        if french and emergency is not None:
            return self._emergency(emergency, turn)
        if (other := self._foreign.emergency(turn) or self._foreign.decide(turn)) is not None:
            return other
        if (private := self._privacy.decide(turn)) is not None:
            return private
        if (writing := self._continuing.decide(turn)) is not None:
            return writing
        if (sending := self._sending.decide(turn, self._question)) is not None:
            return sending
        if (task := self._tasks.decide(turn)) is not None:
            return task if turn.words.spoken else self._silences.nothing_heard_in_form(turn, task)
        if not turn.words.spoken:
            return self._nothing_heard(turn)
        if turn.state.awaiting == "person" and self._wants_person(turn.words):
            return self._to_duty(turn)
        turn = self._awaited.without_refusal(turn)
        decision = (
            self._people.chosen(turn)
            or self._keypad.decide(turn)
            or self._awaited.decide(turn)
            or self._finder.phone(turn)
            or self._people.decide(turn, self._finder.sheet(turn.state.sheet))
            or self._manners.decide(turn)
        )
        return decision or self._question(turn)

    def _question(self, turn: Turn) -> Decision:
        if turn.state.awaiting == "person" and not self._tasks.asks(turn.words):
            return self._manners.repeat(turn.state)  # "personne ne peut m'aider" is for no sheet
        decision, understood = self._finder.decide(turn, wishes=True)
        if understood:
            return self._with_aside(decision, turn)
        if turn.state.awaiting == "person":
            return self._manners.repeat(turn.state)
        return self._misunderstood(decision, turn)

    def _with_aside(self, decision: Decision, turn: Turn) -> Decision:
        """A question of law about violence is answered, but the number is said first."""
        aside = self._emergencies.aside(turn.words.text)
        if not aside or decision.reply.action not in (Action.ANSWER, Action.CLARIFY):
            return decision
        text = f"{aside} {decision.reply.say}"
        state = replace(decision.state, reply=text)
        return replace(decision, reply=replace(decision.reply, say=text), state=state)

    def _nothing_heard(self, turn: Turn) -> Decision:
        """A sound without words: asked again; the second one may be somebody who cannot speak."""
        if turn.state.awaiting == "person":
            return self._manners.repeat(turn.state)
        again = say(turn.state, Action.NONE, self._phrases.say("nothing_heard"))
        decision = self._people.misunderstood(again, turn.state, turn.at)
        return decision if decision.state.failures else self._silences.with_114(decision)

    def _misunderstood(self, decision: Decision, turn: Turn) -> Decision:
        """Ask again; then a person, or keys when nobody is there or a question back failed."""
        passed = self._people.misunderstood(decision, turn.state, turn.at)
        nobody = passed.reply.action is Action.TRANSFER and not passed.reply.transfer_to
        if nobody or turn.state.awaiting == "choice":
            return self._keypad.offer(turn, passed) or passed
        return passed

    def _wants_person(self, words: Words) -> bool:
        """A person in an emergency, or a hurried yes: "oui vite, dépêchez-vous"."""
        return self._intents.is_("person", words) or _HURRIED.match(words.spoken) is not None

    def _to_duty(self, turn: Turn) -> Decision:
        """A person in an emergency: who is on duty, never a closed front desk."""
        duty = self._awaited.yes(turn)
        return duty or self._people.pass_to(self._people.default(turn.state), turn.state, turn.at)

    def _emergency(self, emergency: Emergency, turn: Turn) -> Decision:
        duty = self._people.duty(turn.at)
        text = self._emergency_text(emergency.say) if duty else emergency.say
        decision = say(turn.state, Action.EMERGENCY, text, awaiting="person")
        state = replace(decision.state, service=duty.id if duty else "", emergency=True)
        return replace(decision, state=state)

    def _duty_not_reached(self, state: State) -> Decision:
        """Nobody on duty answered: the numbers once more, and another try."""
        text = self._phrases.say("emergency_not_reached")
        decision = say(state, Action.EMERGENCY, text, awaiting="person")
        return replace(decision, state=replace(decision.state, service=state.service))

    def _finished(self, turn: Turn, decision: Decision) -> Decision:
        """What is the same for every reply: what may be sent, the tone, nobody hung up on."""
        told = self._tone.finish(turn.state, self._sending.after(decision, turn.at))
        return self._for_a_person(self._kept_on_line(told))

    def _for_a_person(self, decision: Decision) -> Decision:
        """With a line for whoever takes the call, when it is passed on."""
        if not decision.reply.transfer_to:
            return decision
        line = summary(decision.state, self._titles)
        return replace(decision, reply=replace(decision.reply, summary=line))

    @staticmethod
    def _kept_on_line(decision: Decision) -> Decision:
        """Nobody who told of an emergency is hung up on (requirements E04)."""
        if not (decision.state.emergency and decision.reply.ends_call):
            return decision
        return replace(decision, reply=replace(decision.reply, ends_call=False))

    def _greeting_text(self, name: str, day: date) -> str:
        phrase = "greeting_recorded" if self._recording else "greeting"
        return self._phrases.say(phrase, name=name, crisis=self.town.crisis_on(day))

    def _emergency_text(self, text: str) -> str:
        return f"{text} {self._phrases.say('emergency_offer')}"

    def _local(self, at: datetime | None) -> datetime:
        return self._calendar.local(at or self._clock())
