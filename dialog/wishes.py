"""What callers want that no sheet answers: a person, a message, a report, small talk, the weather.

Rules (`dialog/data/*.toml`) catch the plain ways to say it. The rest is found as sheets are, by
likeness to a bank of phrasings (`wish_bank.py`). Emergencies are not among them: they are for fixed
rules alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dialog.decision import Decision, Turn, say
from dialog.manners import Manners
from dialog.people import People
from dialog.phrases import Phrases
from dialog.reply import Action
from dialog.rules import Rules
from dialog.tasks.tasks import Tasks
from dialog.town import Town
from dialog.wish_bank import PREFIX

#: without one of these no likeness makes a goodbye: "je sais pas comment vous dire" is none
_LEAVES = Rules(
    "(revoir|bye|ciao|tchao|merci|remercie|bonne?|bientôt|raccroche|tout|terminé|fini|salut|"
    "laisse|quitte|prochaine|revoyure|adieu|tant pis|ça ira|ça suffit|rien|plus|suffit|parfait)"
)
SHORT = 8  #: words of a goodbye
_SMALL_TALK = {
    "robot": "robot",
    "nom": "name",
    "bonjour": "hello",
    "merci": "thanks",
    "remarque": "remark",
    "insulte": "insulted",
    "attente": "wait",
    "capacites": "what_can_you_do",
}


@dataclass(frozen=True)
class Wishes:
    """Grants what was wished."""

    town: Town
    phrases: Phrases
    people: People
    manners: Manners
    tasks: Tasks

    def grant(self, turn: Turn, wish: str) -> Decision | None:
        """The decision on a wish, named as in the bank; None when nothing can be done about it."""
        action, _, kind = wish.removeprefix(PREFIX).partition("-")
        granted: Mapping[str, Callable[[Turn, str], Decision | None]] = {
            "transfer": self._transfer,
            "message": lambda t, _: self.tasks.begin(t, "message"),
            "report": lambda t, _: self.tasks.begin(t, "report"),
            "appointment": lambda t, _: self.tasks.begin(t, "appointment"),
            "chitchat": self._small_talk,
            "outofscope": self._out_of_scope,
            "goodbye": self._goodbye,
            "repeat": lambda t, _: self.manners.repeat(t.state),
            "slower": lambda t, _: self.manners.slower(t.state),
        }
        return granted[action](turn, kind) if action in granted else None

    def _goodbye(self, turn: Turn, kind: str) -> Decision | None:
        """Only a short turn: to hang up on somebody who asks something is the worst mistake."""
        told = turn.words.count <= SHORT and _LEAVES.search(turn.words.spoken)
        return self.manners.goodbye(turn.state) if told else None

    def _transfer(self, turn: Turn, kind: str) -> Decision:
        named = self.people.directory.named(turn.words)
        service = named or self.people.default(turn.state)
        return self.people.pass_to(service, turn.state, turn.at)

    def _small_talk(self, turn: Turn, kind: str) -> Decision | None:
        phrase = _SMALL_TALK.get(kind)
        if phrase is None:
            return None
        if phrase == "wait":
            return self.manners.wait(turn.state)
        awaiting = "other" if phrase == "thanks" else ""
        text = self.phrases.say(phrase, town=self.town.name)
        if phrase == "insulted":
            return self.manners.soothed(turn.state, text)
        return say(turn.state, Action.CHITCHAT, text, awaiting=awaiting)

    def _out_of_scope(self, turn: Turn, kind: str) -> Decision:
        phrase = "other_town" if kind == "autreville" else "out_of_scope"
        text = self.phrases.say(phrase, town=self.town.name)
        return say(turn.state, Action.OUT_OF_SCOPE, text)
