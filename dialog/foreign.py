"""A caller who does not speak French: English has a path of its own, others get a person.

    words ─► a cry for help ─► 112, in that language
          ─► an English call ─► `dialog.english`;  "French please", clear French ─► French again
          ─► English told or asked for, and switched on ─► `dialog.english`, the AI notice first
          ─► another language ─► one sentence in it: 0 a person, 1 a message (requirements P12)

French is the language of every call until there is no doubt (A15). A language that is not switched
on, or that no voice speaks, gets the English and the French sentence, slowly.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from dialog.decision import Decision, Turn, say
from dialog.dictation import Dictation
from dialog.emergencies import Emergencies
from dialog.english import English
from dialog.hours import Calendar
from dialog.intents import Intents
from dialog.interpreter import Interpreter
from dialog.languages import ENGLISH, FRENCH, Languages
from dialog.people import People
from dialog.phrases import Phrases
from dialog.reply import Action
from dialog.rules import Rules
from dialog.state import State
from dialog.tasks.ticket import draw_reference
from dialog.town import Town

AWAITING = "foreign"  #: 0 or a word for a person, 1 or a word for a message
PERSON_KEY, MESSAGE_KEY = "0", "1"
OFFERS = 2  #: of the same choice; then a person is called without asking
_ANSWER_WORDS = 4  #: "una persona, por favor"
_LEAST_KEYED = 6  #: digits of a number from anywhere
_FORM_WORDS = 6  #: fewest words of another language inside a French form, which dictates names
_NEVER = Rules("")
_MESSAGE = Rules("(un |laisser un |a |leave a )?message|un|une|one|1")
_PERSON = Rules("zéro|zero|0|person|personne")


class Foreign:
    """Decides turns that are not French. Holds nothing of any call.

    Args:
        resume: goes on with a French form, after a phrase by its name.
        offered: languages that the town switched on.
        spoken: languages that a voice of this machine speaks.
    """

    def __init__(
        self,
        town: Town,
        calendar: Calendar,
        people: People,
        intents: Intents,
        phrases: Phrases,
        emergencies: Emergencies,
        english: English,
        *,
        resume: Callable[[Turn, str], Decision | None],
        offered: Collection[str] = (ENGLISH,),
        spoken: Collection[str] = (ENGLISH,),
        reference: Callable[[], str] = draw_reference,
    ) -> None:
        self._people = people
        self._intents = intents
        self._phrases = phrases
        self._emergencies = emergencies
        self._english = english
        self._resume = resume
        self._has_english = ENGLISH in offered
        self._languages = languages = Languages.load()
        others = set(spoken) & set(offered) - {ENGLISH, FRENCH}
        self._interpreter = Interpreter(languages, phrases, others)
        self._dictation = Dictation(town, calendar, people, self._interpreter, reference)

    def greeting(self, turn: Turn) -> Decision | None:
        """The first words on a line for callers of another language; None: in French."""
        if turn.language != ENGLISH or not self._has_english:
            return None
        return self._english.enter(turn, asked=True)

    # -- words -------------------------------------------------------------------------------

    def emergency(self, turn: Turn) -> Decision | None:
        """A cry for help in another language; the desk has looked for French ones first.

        In an English call nothing French is looked for, so this decides on both.
        """
        text, state = turn.words.text, turn.state
        if state.language == ENGLISH:
            found = self._english.emergency(text)
            french = self._emergencies.find(text)
            if found is None and french is None:
                return None
            return self._english.alarm(turn, found or self._english.like(french))
        found = self._english.emergency(text)
        if found is not None and not self._languages.french(text, ENGLISH):
            english = self._has_english
            return self._english.alarm(turn, found) if english else self._alarm(turn, ENGLISH)
        told = self._languages.told(text, turn.language)
        crying = self._languages.urgent(text, (state.foreign, turn.language, told))
        return self._alarm(turn, crying) if crying else None

    def urgent(self, text: str) -> bool:
        """Whether words heard so far cry for help in another language."""
        if self._english.emergency(text) and not self._languages.french(text, ENGLISH):
            return True
        return bool(self._languages.urgent(text))

    def back(self, turn: Turn) -> Turn:
        """The turn in French again, when an English call goes on in clear French."""
        state, text = turn.state, turn.words.text
        if state.language != ENGLISH or not self._languages.french(text, ENGLISH):
            return turn
        if self._languages.asks_french(text) or self._languages.asked(text):
            return turn
        dictated = state.task is not None and turn.language != FRENCH
        return turn if dictated else self._in_french(turn)

    def decide(self, turn: Turn) -> Decision | None:
        """The decision on a turn in another language; None: it is French."""
        text, state = turn.words.text, turn.state
        if state.language == ENGLISH:
            return (
                self._french_again(turn)
                if self._languages.asks_french(text)
                else (self._english.decide(turn))
            )
        if state.task is not None and state.foreign:
            return self._dictation.answer(turn, state.task)
        if state.awaiting == AWAITING and (answer := self._answered(turn)) is not None:
            return answer
        asked = self._languages.asked(text)
        language = asked or self._told(turn)
        wants_person = asked and self._intents.is_("person", turn.words)
        if language == FRENCH or wants_person:  # "quelqu'un qui parle anglais": a person
            return None
        if language == ENGLISH and self._has_english:
            only = bool(asked) and turn.words.count <= _FORM_WORDS
            return self._english.enter(turn, asked=only)
        return self._offer(turn, language)

    def _told(self, turn: Turn) -> str:
        """The language of the words; inside a form only when they are many, or heard so too."""
        told = self._languages.told(turn.words.text, turn.language)
        sure = told == turn.language or len(turn.words.spoken.split()) >= _FORM_WORDS
        return told if turn.state.task is None or sure else FRENCH

    # -- keys, silence, failures -------------------------------------------------------------

    def key(self, turn: Turn, digit: str) -> Decision | None:
        """A key in a call in another language; None: a French one."""
        state = turn.state
        if state.language == ENGLISH:
            return self._english.key(turn, digit)
        if state.foreign and state.task is not None:
            typed = self._dictation.key(turn, state.task, digit)
            free = replace(turn, state=replace(state, task=None))
            person = digit == PERSON_KEY and typed is None
            return self._person(free, state.foreign) if person else typed
        if state.awaiting != AWAITING:
            return None
        if digit == PERSON_KEY:
            return self._person(turn, state.foreign)
        if digit == MESSAGE_KEY:
            return self._dictation.begin(turn, state.foreign)
        return self._again(turn)

    def keys(self, turn: Turn, digits: str) -> Decision | None:
        """Digits keyed in one go, where they are one value."""
        state = turn.state
        if state.language == ENGLISH:
            return self._english.keys(turn, digits)
        if state.foreign and state.task is not None and len(digits) >= _LEAST_KEYED:
            return self._dictation.number(turn, state.task, digits.strip("#*"))
        return None

    def pause(self, turn: Turn, pause: Callable[[Turn], Decision | None]) -> Decision | None:
        """The caller stopped keying.

        Args:
            pause: what decides it in French.
        """
        state = turn.state
        if state.language == ENGLISH:
            return self._english.pause(turn)
        if not state.foreign:
            return pause(turn)
        task = state.task
        return self._dictation.number(turn, task, task.typed) if task and task.typed else None

    def silence(self, turn: Turn, nth: int) -> Decision | None:
        """Nobody speaks; None: in French."""
        state = turn.state
        if state.language == ENGLISH:
            return self._english.silence(turn, nth)
        if not state.foreign:
            return None
        if state.task is not None:
            return self._dictation.silence(turn, state.task, nth)
        return self._person(turn, state.foreign) if nth > 1 else self._again(turn)

    def transfer_failed(self, turn: Turn) -> Decision | None:
        """Nobody took the transferred call."""
        state = turn.state
        if state.language == ENGLISH:
            return self._english.transfer_failed(turn)
        return self._dictation.begin(turn, state.foreign, "closed") if state.foreign else None

    def breakdown(self, turn: Turn) -> Decision | None:
        """A part of the program failed."""
        return self._english.breakdown(turn) if turn.state.language == ENGLISH else None

    def cap_near(self, turn: Turn) -> Decision | None:
        """The call is about to reach its longest time."""
        return self._english.cap_near(turn) if turn.state.language == ENGLISH else None

    def told(self, decision: Decision, phrase: str) -> Decision:
        """A decision of the French desk, said in English in an English call."""
        english = decision.state.language == ENGLISH
        return self._english.told(decision, phrase) if english else decision

    def not_written(self, state: State) -> Decision | None:
        """A ticket could not be written."""
        return self._english.not_written(state) if state.language == ENGLISH else None

    def fixed_sentences(self) -> dict[str, list[str]]:
        """Sentences worth rendering in advance, by language."""
        english = {ENGLISH: self._english.fixed_sentences()} if self._has_english else {}
        return {**english, **self._interpreter.sentences()}

    # -- the offer ---------------------------------------------------------------------------

    def _offer(self, turn: Turn, language: str) -> Decision:
        """One sentence: a person or a message; after the second one a person at once."""
        if turn.state.foreign == language and turn.state.failures >= OFFERS:
            return self._person(turn, language)
        return self._again(replace(turn, state=replace(turn.state, foreign=language)))

    def _again(self, turn: Turn) -> Decision:
        state = turn.state
        decision = self._interpreter.say(
            state, state.foreign, ("offer",), Action.CHITCHAT, AWAITING
        )
        return replace(decision, state=replace(decision.state, failures=state.failures + 1))

    def _answered(self, turn: Turn) -> Decision | None:
        """The answer to the offer, in that language or in French; None: something else."""
        language, words = turn.state.foreign, turn.words
        known = self._languages.get(language)
        person, message = (known.person, known.message) if known else (_NEVER, _NEVER)
        short = len(words.spoken.split()) <= _ANSWER_WORDS
        if _PERSON.covers(words.spoken) or self._intents.is_("person", words):
            return self._person(turn, language)
        if _MESSAGE.covers(words.core):
            return self._dictation.begin(turn, language)
        if short and person.search(words.spoken):
            return self._person(turn, language)
        if short and message.search(words.spoken):
            return self._dictation.begin(turn, language)
        french = self._languages.french(words.text, language)
        return self._offer(turn, language) if short and not french else None

    def _person(self, turn: Turn, language: str) -> Decision:
        """A person now, or a message when nobody is there."""
        duty = self._people.duty(turn.at) if turn.state.emergency else None
        service = duty or self._people.default(turn.state)
        passed = self._people.pass_to(service, turn.state, turn.at)
        if not passed.reply.transfer_to:
            return self._dictation.begin(turn, language, "closed")
        said = self._interpreter.say(passed.state, language, ("hold",), Action.TRANSFER)
        reply = replace(said.reply, transfer_to=passed.reply.transfer_to)
        state = replace(passed.state, reply=reply.say, foreign=language)
        return Decision(reply, state)

    def _alarm(self, turn: Turn, language: str) -> Decision:
        """The 112, which speaks many languages; then a person is within reach."""
        state = replace(turn.state, emergency=True)
        names = ("alarm", "offer")
        return self._interpreter.say(state, language, names, Action.EMERGENCY, AWAITING)

    # -- French again ------------------------------------------------------------------------

    def _french_again(self, turn: Turn) -> Decision:
        """French was asked for: the form, or the question, goes on in French."""
        french = self._in_french(turn)
        again = self._resume(french, "french_again")
        return again or say(french.state, Action.CHITCHAT, self._phrases.say("back_to_french"))

    @staticmethod
    def _in_french(turn: Turn) -> Turn:
        """The turn of a call that goes on in French, with the form that was begun in English."""
        state, task = replace(turn.state, language=FRENCH), turn.state.task
        if task is not None:
            values = {name: v for name, v in task.values.items() if name != "language"}
            state = replace(state, task=replace(task, values=values))
        return replace(turn, state=state)
