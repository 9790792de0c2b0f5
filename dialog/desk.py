"""The one place that decides: what a caller said, or keyed, or did not say, becomes a reply.

Nothing here changes: a decision carries the next state, and the call adopts it or not. The parts
are made in `parts.py`; `steps.py` says in which order they are asked.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from dialog.continuing import WritingPage
from dialog.decision import Decision, Turn, say
from dialog.emergencies import Emergencies
from dialog.expectations import Expectations, Expected
from dialog.fixed_speech import FixedSpeech
from dialog.happenings import Happenings
from dialog.intents import Words
from dialog.language_model import LanguageModel
from dialog.outgoing import Means, Outgoing
from dialog.parts import Given, assemble
from dialog.people import People
from dialog.phrasing import Phraser
from dialog.privacy import Terms
from dialog.reply import Action, ForDesk, Reply
from dialog.search import Index
from dialog.sheets import Sheet
from dialog.state import State
from dialog.steps import Steps
from dialog.summary import summary
from dialog.tasks.ticket import TicketDraft, draw_reference
from dialog.town import Town
from dialog.values.phones import national
from dialog.values.streets import Streets

__all__ = ["Decision", "Desk"]

logger = logging.getLogger("allomairie.dialog")


class Desk:
    """Decides for all calls at once; threads share it.

    Args:
        town: services, hours and lines.
        sheets: what may be spoken, once validated and while valid.
        index: over the same sheets.
        language_model: makes full questions of follow-ups; without it rules alone do.
        clock: the time in the town, where a caller of the desk gives none.
        phraser: a capable model that may phrase answers; what it says is checked against the sheet.
        recording: whether every call is recorded, which the greeting must say; a call may differ.
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
        self._model = language_model
        given = Given(
            language_model=language_model,
            phraser=phraser,
            recording=recording,
            streets=streets or Streets(),
            reference=reference,
            writing=writing,
            means=means or Means(),
            terms=terms or Terms(),
            languages=languages,
            voices=voices,
        )
        self._parts = assemble(town, self.sheets, index, given)
        self._steps = Steps(self._parts)
        self._happens = Happenings(town, self._parts)
        self._speech = FixedSpeech(town, self._parts, recorded=recording, terms=given.terms)
        parts = self._parts
        self._expectations = Expectations(
            town, index, parts.intents, parts.people, parts.emergencies, given.streets
        )
        self._titles = {sheet.id: sheet.title for sheet in self.sheets}
        self.written = self._parts.written
        self._warn()

    def _warn(self) -> None:
        """Tell the log of what the town should mend."""
        services = {service.id for service in self.town.services}
        for sheet in self.sheets:
            if sheet.service and sheet.service not in services:
                logger.warning("sheet %s names an unknown service %r", sheet.id, sheet.service)
        emergencies = self._parts.emergencies
        if emergencies.outdated(self._clock().date()):
            logger.error(
                "the emergency numbers were last checked on %s: check them again",
                emergencies.checked_on,
            )

    def greeting(
        self,
        line: str,
        at: datetime | None = None,
        caller: str = "",
        *,
        recorded: bool | None = None,
    ) -> Decision:
        """What is said on answering: an AI, transcription, a person within reach (A01).

        Args:
            line: the dialled number; its greeting name and service hold for the call.
            caller: the calling number, E.164 or national; empty when anonymous.
            recorded: whether the sound of this call is kept, which it says; None: as all calls.
        """
        dialled = self.town.line(line)
        name = (dialled.greeting if dialled else "") or self.town.greeting_name
        text = self._speech.greeting(name, self._local(at).date(), recorded=recorded)
        service = dialled.service if dialled else ""
        number = national("".join(c for c in caller if c.isdigit() or c == "+"))
        state = State(line_service=service, reply=text, caller=number, recorded=recorded)
        relayed = self._parts.people.relay(number, state, name, self._local(at))
        if relayed is not None:
            return self._for_a_person(relayed)
        if dialled is not None:
            first = Turn(Words.of(""), state, self._local(at), dialled.language, ())
            if (foreign := self._parts.foreign.greeting(first)) is not None:
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
        heard, *others = (self._parts.privacy.clean(words) for words in (text, *alternatives))
        turn = Turn(Words.of(heard), state, self._local(at), language, tuple(others))
        decision = self._finished(turn, self._parts.minors.decide(turn, self._steps.decide))
        ms = (time.perf_counter() - started) * 1000
        stages = {"rules": ms - sum(decision.reply.stages.values()), **decision.reply.stages}
        return replace(decision, reply=replace(decision.reply, ms=ms, stages=stages))

    def expects(self, state: State, at: datetime | None = None) -> Expected | None:
        """What may be said next, for the recogniser; None where nothing is likelier."""
        return self._expectations.of(state, self._local(at))

    def key(self, state: State, digit: str, at: datetime | None = None) -> Decision:
        """Decide on a key: 0 a person, * repeat, # go on, 7 slower, digits where awaited."""
        turn = self._nothing_said(state, at)
        return self._finished(turn, self._steps.key(turn, digit))

    def keys(self, state: State, digits: str, at: datetime | None = None) -> Decision:
        """Decide on digits that were keyed one after the other, with a pause behind them.

        Inside a task they are one value; elsewhere each is a key, and the last one's reply holds.
        """
        turn = self._nothing_said(state, at)
        decision = self._parts.foreign.keys(turn, digits)
        decision = (
            decision
            or self._parts.privacy.keyed(turn, digits)
            or self._parts.tasks.keys(turn, digits)
        )
        if decision is not None:
            return self._for_a_person(decision)
        tickets: tuple[TicketDraft, ...] = ()
        sends: tuple[Outgoing, ...] = ()
        for digit in digits:
            decision = self.key(state, digit, at)
            state, tickets = decision.state, (*tickets, *decision.tickets)
            sends = (*sends, *decision.sends)
        turn = self._nothing_said(state, at)
        paused = self._parts.foreign.pause(turn, self._parts.tasks.pause)
        last = paused or decision or say(state, Action.NONE, self._parts.phrases.say("key_unknown"))
        if paused:
            tickets, sends = (*tickets, *last.tickets), (*sends, *last.sends)
        return replace(last, tickets=tickets, sends=sends)

    def hang_up(self, state: State, at: datetime | None = None) -> TicketDraft | None:
        """What a caller who leaves now leaves behind: an incomplete ticket, or nothing."""
        return self._parts.tasks.hang_up(state, self._local(at))

    def not_resumable(self, state: State) -> Decision:
        """A decision's code could not be written: said instead of its reply."""
        return self._parts.continuing.lost(state)

    def not_written(self, state: State, service: str) -> Decision:
        """A decision's ticket for this service could not be written: said instead of its reply."""
        return self._parts.foreign.not_written(state) or self._parts.tasks.lost(state, service)

    def not_sent(self, state: State) -> Decision:
        """A decision's message could not be written: said instead of its reply."""
        return self._parts.sending.lost(state)

    def silence(self, state: State, nth: int, at: datetime | None = None) -> Decision:
        """Decide when nobody speaks, for the `nth` time in a row (from 1)."""
        return self._for_a_person(self._happens.silence(self._nothing_said(state, at), nth))

    def cap_near(self, state: State, at: datetime | None = None) -> Decision:
        """Warn that the call is about to reach its longest time; what was asked stays asked."""
        return self._happens.cap_near(self._nothing_said(state, at))

    def cap_reached(self, state: State, at: datetime | None = None) -> Decision:
        """End a call that is too long: a person, or goodbye; a form under way is kept."""
        return self._for_a_person(self._happens.cap_reached(self._nothing_said(state, at)))

    def transfer_failed(self, state: State, at: datetime | None = None) -> Decision:
        """Nobody answered the transfer: the caller comes back, to the task if there was one."""
        return self._happens.transfer_failed(self._nothing_said(state, at))

    def breakdown(self, state: State, at: datetime | None = None) -> Decision:
        """A part of the program failed: a person, or the number of the front desk."""
        return self._for_a_person(self._happens.breakdown(self._nothing_said(state, at)))

    def urgent(self, text: str, alternatives: Sequence[str] = ()) -> bool:
        """Whether these words tell of an emergency; cheap, for partial transcripts.

        Args:
            alternatives: what the recogniser also considered.
        """
        told = self._parts.emergencies.find(text, alternatives) is not None
        return told or self._parts.foreign.urgent(text)

    def emergency_kind(self, text: str, alternatives: Sequence[str] = ()) -> str:
        """The kind of emergency that these words tell of; empty for none."""
        found = self._parts.emergencies.find(text, alternatives)
        return found.id if found else ""

    @property
    def people(self) -> People:
        """Who can take a call."""
        return self._parts.people

    @property
    def emergencies(self) -> Emergencies:
        """The fixed rules and texts, with the day they were checked on."""
        return self._parts.emergencies

    def urgent_so_far(self, text: str, alternatives: Sequence[str] = ()) -> bool:
        """As `urgent`, for words that the caller is still saying: the last one may go on."""
        told = self._parts.emergencies.find_so_far(text, alternatives) is not None
        return told or self._parts.foreign.urgent(text)

    def shown(self, text: str) -> str:
        """A caller's words as a page may show them: without numbers that must not be given."""
        return self._parts.privacy.clean(text)

    def takes_digits(self, state: State) -> bool:
        """Whether a key pressed now is a digit of a number, and no command."""
        return self._parts.tasks.takes_digits(state)

    def is_backchannel(self, text: str) -> bool:
        """Whether these words only say "I listen": "d'accord", "mm-hmm"."""
        return self._parts.intents.is_("backchannel", Words.of(text))

    def filler(self, state: State, *, again: bool = False) -> Reply:
        """What is said while a reply takes long, and longer."""
        return self._speech.aside("filler_again" if again else "filler", state)

    def waiting(self, state: State) -> Reply:
        """What is said now and then while a desk rings."""
        return self._speech.aside("transfer_waiting", state)

    def for_desk(self, line: str) -> ForDesk:
        """What the desk is told before it takes the call.

        Args:
            line: the summary of the call.
        """
        return self._speech.for_desk(line)

    def fixed_sentences(self) -> list[str]:
        """French sentences that any call may need: worth rendering in advance."""
        return self._speech.all(self._local(None).date())

    def other_fixed_sentences(self) -> dict[str, list[str]]:
        """The same in the other languages that are offered, by language."""
        return self._parts.foreign.fixed_sentences()

    def close(self) -> None:
        """Free the language model."""
        if self._model is not None:
            self._model.close()

    def _finished(self, turn: Turn, decision: Decision) -> Decision:
        """What is the same for every reply: what may be sent, the tone, nobody hung up on."""
        told = self._parts.tone.finish(turn.state, self._parts.sending.after(decision, turn.at))
        return self._for_a_person(self._parts.alarm.kept_on_line(told))

    def _for_a_person(self, decision: Decision) -> Decision:
        """With a line for whoever takes the call, when it is passed on."""
        if not decision.reply.transfer_to:
            return decision
        line = summary(decision.state, self._titles)
        return replace(decision, reply=replace(decision.reply, summary=line))

    def _nothing_said(self, state: State, at: datetime | None) -> Turn:
        return Turn(Words.of(""), state, self._local(at))

    def _local(self, at: datetime | None) -> datetime:
        return self._parts.calendar.local(at or self._clock())
