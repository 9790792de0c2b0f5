"""What a caller says inside a task that is not its answer: he is answered, and the task goes on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from dialog.decision import Decision, Turn
from dialog.finder import Finder
from dialog.intents import Intents, Words
from dialog.manners import Manners
from dialog.people import People
from dialog.phrases import Phrases
from dialog.reply import Action
from dialog.state import State
from dialog.tasks.rules import TaskRules

_SHORT = 8  #: words; in a longer answer "plus lentement" may be about the neighbour's car
_SHORT_REASON = 16  #: the same with a reason: "laissez tomber, mon mari va le faire"
_PART = re.compile(r"[,.;!?]")
_MISHEARD = ("bye", "bye bye", "ciao", "adieu")  #: what a recogniser makes of "Brun", "Cio"
_QUESTION_WORDS = 4  #: "Dupont ?" is a name that the recogniser doubts

#: intent -> phrase said before the question is asked again
_SMALL_TALK = (
    ("robot", "task_robot"),
    ("name", "task_robot"),
    ("insulted", "task_insulted"),
    ("opinion", "task_opinion"),
    ("hello", "task_here"),
)


@dataclass(frozen=True)
class Aside:
    """Words to say before the open question is asked again."""

    lead: str
    answer: Decision | None = None  #: of a question, with its sheet


class Asides:
    """Recognises what interrupts a task, by the rules that hold outside it too."""

    def __init__(
        self,
        intents: Intents,
        phrases: Phrases,
        rules: TaskRules,
        people: People,
        manners: Manners,
        finder: Finder,
    ) -> None:
        self._intents = intents
        self._phrases = phrases
        self._rules = rules
        self._people = people
        self._manners = manners
        self._finder = finder

    def cancelled(self, turn: Turn) -> bool:
        """Whether the caller gives the task up: in a short turn, or in a part of one."""
        if turn.words.count <= _SHORT:
            return bool(self._rules.inside("cancel").search(turn.words.spoken))
        gives_up = self._rules.inside("give_up")
        parts = map(Words.of, _PART.split(turn.words.text))
        told = any(gives_up.search(part.spoken) for part in parts if part.count <= _SHORT)
        return turn.words.count <= _SHORT_REASON and told

    def leaving(self, turn: Turn) -> bool:
        """Whether the caller says goodbye in the middle; "Bye!" may be a name that was misheard."""
        if turn.words.core in _MISHEARD:
            return False
        return turn.words.count <= _SHORT and self._intents.is_("goodbye", turn.words)

    def person(self, turn: Turn, service: str) -> Decision | Aside | None:
        """A transfer, or an aside when nobody is there: the task itself is the way to be reached.

        Args:
            service: the one the task is for.
        """
        if not self._asks_person(turn.words):
            return None
        if self._rules.message.matches(turn.words):
            return None
        return self.pass_to(turn, service)

    def _asks_person(self, words: Words) -> bool:
        """In a short turn, or first in one with a reason: "un agent, plutôt, que j'explique"."""
        if words.count <= _SHORT:
            return self._intents.is_("person", words)
        first = Words.of(_PART.split(words.text, maxsplit=1)[0])
        return words.count <= _SHORT_REASON and self._intents.is_("person", first)

    def pass_to(self, turn: Turn, service: str) -> Decision | Aside:
        """As when a person is asked for."""
        named = self._people.directory.named(turn.words)
        wanted = named or self._people.town_service(service)
        passed = self._people.pass_to(wanted, turn.state, turn.at)
        if passed.reply.transfer_to:
            return passed
        fallback = self._people.pass_to(self._people.default(turn.state), turn.state, turn.at)
        if fallback.reply.transfer_to and named is None:
            return fallback
        return Aside(self._phrases.say("task_closed"))

    def manners(self, turn: Turn) -> Decision | Aside | None:
        """Repeat, slower, wait, small talk."""
        words = turn.words
        if words.count > _SHORT or self._intents.is_("yes", words):
            return None
        steps: tuple[tuple[str, Callable[[State], Decision]], ...] = (
            ("slower", self._manners.slower),
            ("repeat", self._manners.repeat),
        )
        for intent, act in steps:
            if self._intents.is_(intent, words):
                return act(turn.state)
        if self._intents.is_("wait", words):
            return self._manners.wait(turn.state)
        for intent, phrase in _SMALL_TALK:
            if self._intents.is_(intent, words):
                return Aside(self._phrases.say(phrase))
        return None

    def question(self, turn: Turn, service: str = "") -> Aside | None:
        """A clear question that a sheet or the opening hours answer.

        Args:
            service: the one the task is for: "vous fermez à quelle heure ?" is about it.
        """
        if not self.asks(turn):
            return None
        if self._rules.inside("why").search(turn.words.spoken):
            return Aside(self._phrases.say("task_why"))
        asked_of = service or turn.state.line_service
        outside = replace(turn.state.settled(), task=None, line_service=asked_of)
        if service and (hours := self._finder.hours(replace(turn, state=outside))) is not None:
            return Aside(hours.reply.say, hours)
        found, understood = self._finder.decide(replace(turn, state=outside))
        if understood and found.reply.action == Action.ANSWER:
            return Aside(self.without_offer(found.reply.say), found)
        return None

    def asks(self, turn: Turn) -> bool:
        """Whether the turn is a question, whatever it is about."""
        if self._rules.inside("question").search(turn.words.spoken):
            return True
        return turn.words.text.rstrip().endswith("?") and turn.words.count >= _QUESTION_WORDS

    def without_offer(self, text: str) -> str:
        """Without "voulez-vous la suite ?": the next question is the task's."""
        return text.removesuffix(self._phrases.say("more_offer")).strip()
