"""A caller who says that he is a child: simple words, no identity asked, an adult offered (R17)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dialog.decision import Decision, Turn, say
from dialog.intents import Intents
from dialog.people import People
from dialog.phrases import Phrases
from dialog.reply import Action

_ASKS_NAME = ("message", "appointment")  #: forms that ask who is calling
_NOTHING_ELSE = 3  #: words beside "j'ai neuf ans" that ask nothing


class Minors:
    """Answers children. Holds nothing of any call."""

    def __init__(self, intents: Intents, phrases: Phrases, people: People) -> None:
        self._intents = intents
        self._phrases = phrases
        self._people = people

    def decide(self, turn: Turn, decide: Callable[[Turn], Decision]) -> Decision:
        """The decision on a turn, made fit for a child when the caller is one."""
        told = self._intents.is_("child", turn.words)
        if told:
            turn = replace(turn, state=replace(turn.state, child=True))
        decision = decide(turn)
        if not turn.state.child or decision.reply.action is Action.EMERGENCY:
            return decision
        if decision.state.task is not None and decision.state.task.kind in _ASKS_NAME:
            return self._to_adult(turn)
        if told and self._asks_nothing(turn):
            return say(turn.state, Action.CHITCHAT, self._phrases.say("child"))
        if told and decision.reply.action is Action.ANSWER:
            return self._and_adult(decision)
        return decision

    def _asks_nothing(self, turn: Turn) -> bool:
        rest = self._intents.without("child", turn.words)
        return len(rest.split()) <= _NOTHING_ELSE and turn.state.awaiting != "person"

    def _to_adult(self, turn: Turn) -> Decision:
        """No form: somebody of the town hall, or how to reach one with an adult."""
        state = replace(turn.state, task=None)
        service = self._people.default(state)
        passed = self._people.pass_to(service, state, turn.at, lead="child_transfer")
        if passed.reply.transfer_to:
            return passed
        how = self._people.how_to_reach(service, turn.at)
        return say(state, Action.TRANSFER, self._phrases.say("child_closed", how=how), fixed=False)

    def _and_adult(self, decision: Decision) -> Decision:
        text = f"{decision.reply.say} {self._phrases.say('child_adult')}"
        reply = replace(decision.reply, say=text, fixed=False)
        return replace(decision, reply=reply, state=replace(decision.state, reply=text))
