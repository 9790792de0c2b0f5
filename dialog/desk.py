"""The one place that decides: what a caller said, or keyed, or did not say, becomes a reply.

    words ─► emergency ─► a task: the one under way, or one that is asked for
          ─► what is awaited (oui, non, la suite, un, deux) ─► a person ─► manners
          ─► sheets: answer, one clarifying question, or out of scope ─► a person when lost

Nothing here changes: a decision carries the next state, and the call adopts it or not.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from dialog.awaited import Awaited
from dialog.decision import Decision, Turn, say
from dialog.emergencies import Emergencies, Emergency
from dialog.finder import Finder
from dialog.hours import Calendar
from dialog.intents import Intents, Words
from dialog.language_model import LanguageModel
from dialog.manners import Manners
from dialog.opening import Opening
from dialog.people import People
from dialog.phrases import Phrases
from dialog.phrasing import Phraser
from dialog.reply import Action, Reply
from dialog.search import Index
from dialog.sheets import Sheet
from dialog.state import State
from dialog.tasks.tasks import Tasks, Tools
from dialog.tasks.ticket import TicketDraft, draw_reference
from dialog.town import Town
from dialog.values.phones import national
from dialog.values.streets import Streets
from dialog.wishes import Wishes

__all__ = ["Decision", "Desk"]

logger = logging.getLogger("allomairie.dialog")

SILENCES = 4  #: silences in a row after which the call ends
FOREIGN_WORDS = 4  #: a shorter turn in another language may be a mistake of the recogniser


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
    ) -> None:
        self.town = town
        self.sheets = tuple(sheets)
        self._clock = clock
        self._recording = recording
        self._model = language_model
        self._intents = Intents.load()
        self._phrases = Phrases.load()
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
        )
        self._tasks = Tasks(tools, streets or Streets(), reference)
        self._wishes = Wishes(town, self._phrases, self._people, self._manners, self._tasks)
        services = {service.id for service in town.services}
        for sheet in self.sheets:
            if sheet.service and sheet.service not in services:
                logger.warning("sheet %s names an unknown service %r", sheet.id, sheet.service)
        if self._emergencies.outdated(clock().date()):
            logger.warning("emergency numbers were checked on %s", self._emergencies.checked_on)

    # -- the turns of a call -----------------------------------------------------------------

    def greeting(self, line: str, at: datetime | None = None, caller: str = "") -> Decision:
        """What is said on answering: an AI, transcription, a person within reach (A01).

        Args:
            line: the dialled number; its greeting name and service hold for the call.
            caller: the calling number, E.164 or national; empty when anonymous.
        """
        dialled = self.town.line(line)
        name = (dialled.greeting if dialled else "") or self.town.greeting_name
        text = self._greeting_text(name)
        service = dialled.service if dialled else ""
        number = national("".join(c for c in caller if c.isdigit() or c == "+"))
        state = State(line_service=service, reply=text, caller=number)
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
        turn = Turn(Words.of(text), state, self._local(at), language, tuple(alternatives))
        decision = self._decide(turn)
        ms = (time.perf_counter() - started) * 1000
        stages = {"rules": ms - sum(decision.reply.stages.values()), **decision.reply.stages}
        return replace(decision, reply=replace(decision.reply, ms=ms, stages=stages))

    def key(self, state: State, digit: str, at: datetime | None = None) -> Decision:
        """Decide on a key: 0 a person, * repeat, # go on, 7 slower, digits where awaited."""
        turn = Turn(Words.of(""), state, self._local(at))
        if (decision := self._tasks.key(turn, digit)) is not None:
            return decision
        if digit == "0":
            return self._people.pass_to(self._people.default(state), state, turn.at)
        if digit == "*":
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
        decision = self._tasks.keys(Turn(Words.of(""), state, self._local(at)), digits)
        if decision is not None:
            return decision
        for digit in digits:
            decision = self.key(state, digit, at)
            state = decision.state
        paused = self._tasks.pause(Turn(Words.of(""), state, self._local(at)))
        return paused or decision or say(state, Action.NONE, self._phrases.say("key_unknown"))

    def hang_up(self, state: State, at: datetime | None = None) -> TicketDraft | None:
        """What a caller who leaves now leaves behind: an incomplete ticket, or nothing."""
        return self._tasks.hang_up(state, self._local(at))

    def not_written(self, state: State, service: str) -> Decision:
        """A decision's ticket for this service could not be written: said instead of its reply."""
        return self._tasks.lost(state, service)

    def silence(self, state: State, nth: int, at: datetime | None = None) -> Decision:
        """Decide when nobody speaks, for the `nth` time in a row (from 1)."""
        if state.awaiting == "person":
            return self._manners.repeat(state)  # an emergency: say the numbers again, never leave
        turn = Turn(Words.of(""), state, self._local(at))
        if (decision := self._tasks.silence(turn, nth)) is not None:
            return decision
        if nth <= 1:
            name = "silence_first"
        elif nth == 2:
            name = "silence_second"
        elif nth < SILENCES:
            return self._people.pass_to(
                self._people.default(state), state, self._local(at), lead="transfer_failures"
            )
        else:
            text = self._phrases.say("silence_last", phone=self.town.phone)
            return Decision(Reply(Action.GOODBYE, text, ends_call=True, fixed=True), state)
        return Decision(Reply(Action.NONE, self._phrases.say(name), fixed=True), state)

    def transfer_failed(self, state: State, at: datetime | None = None) -> Decision:
        """Nobody answered the transfer: the caller comes back, to the task if there was one."""
        turn = Turn(Words.of(""), state, self._local(at))
        return self._tasks.resume(turn, "task_not_reached") or self._people.not_reached(
            state, self._local(at)
        )

    def breakdown(self, state: State, at: datetime | None = None) -> Decision:
        """A part of the program failed: a person, or the number of the front desk."""
        service = self._people.default(state)
        if self._calendar.is_open(service, self._local(at)):
            return self._people.pass_to(service, state, self._local(at), lead="breakdown_transfer")
        text = self._phrases.say("breakdown", phone=self.town.phone)
        return say(state, Action.NONE, text)

    def urgent(self, partial_text: str) -> bool:
        """Whether words heard so far tell of an emergency; cheap, for partial transcripts."""
        return self._emergencies.find(partial_text) is not None

    def is_backchannel(self, text: str) -> bool:
        """Whether these words only say "I listen": "d'accord", "mm-hmm"."""
        return self._intents.is_("backchannel", Words.of(text))

    def filler(self, state: State) -> Reply:
        """What is said while a reply takes long."""
        text = self._phrases.say("filler", state.language)
        return Reply(Action.NONE, text, language=state.language, fixed=True)

    def fixed_sentences(self) -> list[str]:
        """French sentences that any call may need: worth rendering in advance."""
        names = [self.town.greeting_name, *(line.greeting for line in self.town.lines)]
        greetings = [self._greeting_text(name) for name in names if name]
        emergencies = [self._emergency_text(text) for text in self._emergencies.texts()]
        every = [
            *greetings,
            *emergencies,
            *self._people.transfer_sentences(),
            *self._phrases.fixed(),
        ]
        return list(dict.fromkeys(every))

    def close(self) -> None:
        """Free the language model."""
        if self._model is not None:
            self._model.close()

    # -- how a turn is decided ---------------------------------------------------------------

    def _decide(self, turn: Turn) -> Decision:
        if (emergency := self._emergencies.find(turn.words.text)) is not None:
            return self._emergency(emergency, turn)
        if (task := self._tasks.decide(turn)) is not None:
            return task
        if not turn.words.spoken:
            text = self._phrases.say("nothing_heard")
            heard = say(turn.state, Action.NONE, text)
            return self._people.misunderstood(heard, turn.state, turn.at)
        if turn.language == "en" and turn.words.count >= FOREIGN_WORDS:
            return self._in_english(turn)
        decision = (
            self._awaited.decide(turn)
            or self._people.decide(turn, self._finder.sheet(turn.state.sheet))
            or self._manners.decide(turn)
        )
        return decision or self._question(turn)

    def _question(self, turn: Turn) -> Decision:
        decision, understood = self._finder.decide(turn, wishes=True)
        if understood:
            return decision
        if turn.state.awaiting == "person":
            return self._manners.repeat(turn.state)
        return self._people.misunderstood(decision, turn.state, turn.at)

    def _emergency(self, emergency: Emergency, turn: Turn) -> Decision:
        duty = self._people.duty(turn.at)
        text = self._emergency_text(emergency.say) if duty else emergency.say
        decision = say(turn.state, Action.EMERGENCY, text, awaiting="person" if duty else "")
        return replace(decision, state=replace(decision.state, service=duty.id if duty else ""))

    def _in_english(self, turn: Turn) -> Decision:
        text = self._phrases.say("english", "en")
        decision = say(turn.state, Action.CHITCHAT, text)
        return replace(decision, reply=replace(decision.reply, language="en"))

    def _greeting_text(self, name: str) -> str:
        phrase = "greeting_recorded" if self._recording else "greeting"
        return self._phrases.say(phrase, name=name)

    def _emergency_text(self, text: str) -> str:
        return f"{text} {self._phrases.say('emergency_offer')}"

    def _local(self, at: datetime | None) -> datetime:
        return self._calendar.local(at or self._clock())
