"""Decides the turns of a call in English, in the order that `dialog.desk` has in French.

words ─► privacy ─► a message under way ─► what is awaited (yes, no, go on, one, two)
      ─► a message ─► a person ─► manners ─► sheets in English
      ─► a message or a person is offered
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from typing import Any

from dialog.decision import Decision, Turn
from dialog.emergencies import Emergencies, Emergency
from dialog.english.answers import Answers
from dialog.english.manners import EnglishManners
from dialog.english.message import EnglishMessage
from dialog.english.people import EnglishPeople
from dialog.english.privacy import EnglishPrivacy
from dialog.english.speech import LANGUAGE, Speech
from dialog.hours import Calendar
from dialog.intents import Intents, Words
from dialog.manners import Manners
from dialog.people import People
from dialog.phrases import Phrases
from dialog.privacy import REFUSE_KEY, Privacy
from dialog.reply import Action, Reply
from dialog.search import Index
from dialog.state import State
from dialog.tasks.ticket import draw_reference
from dialog.town import Town

_SHORT = 8  #: words of an interruption inside a form
_FIRST = re.compile(r"\b(?:one|1|first)\b")
_SECOND = re.compile(r"\b(?:two|2|second|last)\b")
_CHOICE_WORDS = 5
_SILENCES = 4  #: in a row, after which the call ends


def _table(name: str) -> dict[str, Any]:
    text = files("dialog").joinpath(f"data/{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


class English:
    """One for all calls; holds nothing of any of them.

    Args:
        index: over all sheets; those in English are searched.
        reference: six digits that no other ticket has.
        transcript_days: how long what callers say is kept.
    """

    def __init__(
        self,
        town: Town,
        index: Index,
        calendar: Calendar,
        people: People,
        manners: Manners,
        phrases: Phrases,
        privacy: Privacy,
        *,
        reference: Callable[[], str] = draw_reference,
        transcript_days: int = 90,
    ) -> None:
        table = _table("english")
        departments = table.pop("departments")
        self._town = town
        self._duty = people.duty
        self._intents = intents = Intents(table)
        self._emergencies = Emergencies(_table("emergencies_en"))
        self._speech = speech = Speech(phrases)
        self._recorded = privacy.recorded
        self._answers = Answers(index, intents, speech)
        self._people = EnglishPeople(town, calendar, people, intents, speech, departments)
        self._manners = EnglishManners(manners, intents, speech)
        self._message = EnglishMessage(town, calendar, intents, speech, reference)
        self._privacy = EnglishPrivacy(
            town, privacy, intents, speech, self._message, transcript_days
        )

    # -- emergencies -------------------------------------------------------------------------

    def emergency(self, text: str) -> Emergency | None:
        """The emergency that English words tell of."""
        return self._emergencies.find(text)

    def like(self, french: Emergency | None) -> Emergency | None:
        """The English text for a kind of emergency that French rules found."""
        kinds = {kind.id: kind for kind in self._emergencies.kinds}
        return kinds.get(french.id) if french else None

    def alarm(self, turn: Turn, emergency: Emergency | None) -> Decision:
        """Say what to do in an emergency; None: of a kind that has no text of its own."""
        found = emergency or self._emergencies.kinds[-1]
        duty = self._duty(turn.at)
        text = f"{found.say} {self._speech.text('emergency_offer')}" if duty else found.say
        state = replace(turn.state, emergency=True)
        awaiting = "person" if duty else ""
        decision = self._speech.say(state, Action.EMERGENCY, text, awaiting=awaiting)
        service = duty.id if duty else ""
        return replace(decision, state=replace(decision.state, service=service))

    # -- words -------------------------------------------------------------------------------

    def enter(self, turn: Turn, *, asked: bool) -> Decision:
        """The first turn in English: who answers, in English (A01), then the reply.

        Args:
            asked: nothing but English was asked for.
        """
        state = replace(turn.state, language=LANGUAGE, foreign="")
        first = LANGUAGE not in state.told
        state = replace(state, told=tuple(dict.fromkeys((*state.told, LANGUAGE))))
        lead = self._notice(recorded=self._recorded(state)) if first else ""
        inner = replace(turn, state=state)
        if state.task is not None:
            return self._message.resume(inner, state.task, lead)
        if asked:
            text = f"{lead} {self._speech.text('question')}".strip()
            return self._speech.say(state, Action.CHITCHAT, text)
        return self._speech.before(lead, self.decide(inner))

    def _notice(self, *, recorded: bool) -> str:
        """Who answers, and what becomes of the call."""
        name = "assistant_notice_recorded" if recorded else "assistant_notice"
        return self._speech.text(name, town=self._town.name)

    def decide(self, turn: Turn) -> Decision:
        """The reply to a turn of an English call."""
        decision = self._privacy.decide(turn) or self._decide(turn)
        return self._privacy.warned(turn, decision)

    def _decide(self, turn: Turn) -> Decision:
        state = turn.state
        if state.awaiting == "person":
            return self._after_alarm(turn)
        if state.task is not None:
            return self._inside(turn)
        if not turn.words.spoken:
            heard = self._speech.say(state, Action.NONE, self._speech.text("nothing_heard"))
            return self._people.misunderstood(heard, turn)
        sheet = self._answers.sheet(state.sheet)
        decision = (
            self._awaited(turn)
            or self._wanted_message(turn)
            or self._people.decide(turn, sheet)
            or self._manners.decide(turn)
            or self._answers.decide(turn)
        )
        return decision or self._nothing(turn)

    # -- keys, silence, failures -------------------------------------------------------------

    def key(self, turn: Turn, digit: str) -> Decision:
        """A key in an English call: as in French."""
        state = turn.state
        if state.task is not None and state.awaiting != "person":
            inside = self._message.key(turn, state.task, digit)
            if inside is not None:
                return inside
        if digit == "0":
            return self._person(turn)
        if digit == "*":
            return self._manners.repeat(state)
        if digit == REFUSE_KEY and state.awaiting != "person":
            return self._privacy.refuse_recording(turn)
        if digit == "7":
            return self._manners.slower(state)
        if digit == "#" and (told := self._answers.go_on(turn)):
            return told
        if state.awaiting == "choice" and digit in "12":
            return self._answers.chosen(turn, int(digit) - 1) or self._nothing(turn)
        if state.awaiting and digit in "12":
            said = Words.of("yes" if digit == "1" else "no")
            return self.decide(replace(turn, words=said))
        return self._speech.say(state, Action.NONE, self._speech.text("key_unknown"))

    def keys(self, turn: Turn, typed: str) -> Decision | None:
        """Digits keyed in one go where they are one value; None elsewhere."""
        task = turn.state.task
        if task is None or turn.state.awaiting == "person":
            return None
        return self._message.keys(turn, task, typed)

    def pause(self, turn: Turn) -> Decision | None:
        """The caller stopped keying: 0 alone is a person, more is a number."""
        task = turn.state.task
        if task is None:
            return None
        if task.typed == "0":
            free = replace(turn.state, task=replace(task, typed=""))
            return self._person(replace(turn, state=free))
        return self._message.pause(turn, task)

    def silence(self, turn: Turn, nth: int) -> Decision:
        """Nobody speaks, for the `nth` time in a row."""
        state, task = turn.state, turn.state.task
        if state.awaiting == "person":
            return self._manners.repeat(state)
        if (paused := self.pause(turn)) is not None:
            return paused
        if task is not None and nth < _SILENCES - 1:
            lead = self._speech.text("task_listening" if nth <= 1 else "silence_second")
            return _quiet(self._message.ask_again(turn, task, lead))
        if nth >= _SILENCES:
            last = self._speech.text("silence_last", phone=self._town.phone)
            return self._speech.say(state, Action.GOODBYE, last, ends_call=not state.emergency)
        text = self._speech.text("silence_first" if nth <= 1 else "silence_second")
        decision = self._speech.say(state, Action.NONE, text)
        return replace(decision, state=replace(state, reply=text, told_114=nth > 1))

    def transfer_failed(self, turn: Turn) -> Decision:
        """Nobody took the call."""
        if turn.state.task is None:
            return self._people.not_reached(turn)
        lead = self._speech.text("transfer_failed")
        return self._message.ask_again(turn, turn.state.task, lead)

    def breakdown(self, turn: Turn) -> Decision:
        """A part of the program failed."""
        return self._people.breakdown(turn)

    def cap_near(self, turn: Turn) -> Decision:
        """The call is about to reach its longest time; what was asked stays asked."""
        lead = self._speech.text("cap_near")
        if turn.state.task is not None:
            return _quiet(self._message.ask_again(turn, turn.state.task, lead))
        text = f"{lead} {self._speech.text('cap_last_question')}"
        return Decision(Reply(Action.NONE, text, language=LANGUAGE, fixed=True), turn.state)

    def told(self, decision: Decision, phrase: str) -> Decision:
        """What the French desk decided, said in English."""
        if decision.reply.transfer_to:
            phrase = "transfer"
        kept = self._speech.text("cap_kept") if decision.tickets else ""
        text = f"{kept} {self._speech.text(phrase, phone=self._town.phone)}".strip()
        return self._speech.instead(decision, text)

    def not_written(self, state: State) -> Decision:
        """A ticket could not be written."""
        text = self._speech.text("task_lost", phone=self._town.phone)
        return self._speech.say(replace(state, task=None), Action.NONE, text)

    def fixed_sentences(self) -> list[str]:
        """What any English call may need, worth rendering in advance."""
        offer = self._speech.text("emergency_offer")
        notices = [self._notice(recorded=recorded) for recorded in (False, True)]
        names = (
            "question",
            "filler",
            "filler_again",
            "transfer",
            "out_of_scope",
            "silence_first",
            "goodbye",
        )
        alarms = [f"{text} {offer}" for text in self._emergencies.texts()]
        return [*notices, *alarms, *(self._speech.text(name) for name in names)]

    # -- steps -------------------------------------------------------------------------------

    def _after_alarm(self, turn: Turn) -> Decision:
        """An emergency was told: a person, or the numbers again; never goodbye."""
        state, words = turn.state, turn.words
        if self._intents.is_("yes", words) or self._intents.is_("person", words):
            return self._people.duty(turn)
        if self._intents.is_("no", words):
            text = self._speech.text("emergency_no")
            if state.task is not None:
                free = replace(turn, state=replace(state, awaiting=""))
                return self._message.ask_again(free, state.task, text)
            kept = self._speech.say(state, Action.EMERGENCY, text, awaiting="person")
            return replace(kept, state=replace(kept.state, service=state.service))
        asks = words.spoken and state.task is None
        return (self._answers.decide(turn) if asks else None) or self._manners.repeat(state)

    def _person(self, turn: Turn) -> Decision:
        """The key 0: who is on duty, a colleague, or the message that is being taken."""
        state, task = turn.state, turn.state.task
        if state.awaiting == "person":
            return self._people.duty(turn)
        if task is None:
            return self._people.pass_to(turn)
        lead = self._speech.text("task_closed")
        passed = self._people.reachable(turn, task.service)
        return passed or self._message.ask_again(turn, task, lead)

    def _inside(self, turn: Turn) -> Decision:
        """A message is being taken; what interrupts it, then the answer."""
        task, words = turn.state.task, turn.words
        assert task is not None  # noqa: S101 - the caller looked
        if words.spoken and words.count <= _SHORT and not task.proposed:
            if self._intents.is_("person", words) and task.asking != "subject":
                return self._person(turn)
            if (again := self._manners.again(turn) or self._manners.wait(turn)) is not None:
                return again
        return self._message.answer(turn, task)

    def _awaited(self, turn: Turn) -> Decision | None:
        state, words = turn.state, turn.words
        yes, no = self._intents.is_("yes", words), self._intents.is_("no", words)
        if state.awaiting == "choice" and (decision := self._choice(turn, yes=yes)) is not None:
            return decision
        if state.more and (yes or self._intents.is_("more", words)):
            return self._answers.go_on(turn)
        if state.awaiting == "message" and yes:
            return self._message.begin(turn, state.service)
        if yes:
            return self._speech.say(state, Action.CHITCHAT, self._speech.text("question"))
        if no and state.awaiting in ("more", "message", "choice"):
            text = self._speech.text("acknowledged")
            return self._speech.say(state, Action.CHITCHAT, text, awaiting="other")
        return self._manners.goodbye(state) if no else None

    def _choice(self, turn: Turn, *, yes: bool) -> Decision | None:
        if turn.words.count > _CHOICE_WORDS:
            return None
        several = len(turn.state.choices) > 1
        if several and _SECOND.search(turn.words.spoken):
            return self._answers.chosen(turn, 1)
        first = _FIRST.search(turn.words.spoken) or (yes and not several)
        return self._answers.chosen(turn, 0) if first else None

    def _wanted_message(self, turn: Turn) -> Decision | None:
        if not self._intents.is_("message", turn.words):
            return None
        service = self._people.named(turn, self._answers.sheet(turn.state.sheet))
        return self._message.begin(turn, service.id if service else turn.state.service)

    def _nothing(self, turn: Turn) -> Decision:
        """No English sheet: say so, and offer a message, or a person ("agent", 0)."""
        text = self._speech.text("out_of_scope")
        decision = self._speech.say(turn.state, Action.OUT_OF_SCOPE, text, awaiting="message")
        return self._people.misunderstood(decision, turn)


def _quiet(decision: Decision) -> Decision:
    return replace(decision, reply=replace(decision.reply, action=Action.NONE))
