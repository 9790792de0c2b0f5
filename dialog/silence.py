"""Nobody speaks: addressed once, then shown a way out, never left alone.

7 s ─► "je vous écoute" ─► 10 s ─► the 114 once (E07), and a person, or a message when all is closed
    ─► 10 s ─► the way out again ─► 10 s ─► goodbye with the number of the front desk

In a form the open question is asked twice first. After an emergency the numbers are said again, and
the call is never ended by us.
"""

from __future__ import annotations

from dataclasses import replace

from dialog.decision import Decision, Turn
from dialog.manners import Manners
from dialog.people import MOST_IN_A_ROW, MOST_IN_TOTAL, People
from dialog.phrases import Phrases
from dialog.reply import Action, Reply
from dialog.state import State
from dialog.tasks.tasks import Tasks
from dialog.town import Town

SILENCES = 4  #: in a row, after which the call ends
_OPEN_QUESTIONS = ("choice", "menu", "message", "appointment")  #: worth asking once more


class Silences:
    """Decides when nobody speaks. Holds nothing of any call."""

    def __init__(
        self, town: Town, phrases: Phrases, people: People, manners: Manners, tasks: Tasks
    ) -> None:
        self._town = town
        self._phrases = phrases
        self._people = people
        self._manners = manners
        self._tasks = tasks

    def decide(self, turn: Turn, nth: int) -> Decision:
        """The reply to the `nth` silence in a row, from 1."""
        state = turn.state
        if state.awaiting == "person":
            return self._manners.repeat(state)  # an emergency: say the numbers again, never leave
        if (asked := self._tasks.silence(turn, nth)) is not None:
            return self.with_114(asked) if nth > 1 else asked
        if nth >= SILENCES:
            return self._last(state)
        if nth > 1:
            return self.with_114(self._way_out(turn, "transfer"))
        if state.failures or state.failures_total + 1 >= MOST_IN_TOTAL:
            return self._way_out(turn, "transfer_failures")
        return self._first(state)

    def nothing_heard_in_form(self, turn: Turn, asked: Decision) -> Decision:
        """Sounds without words in a form: asked again, then with the 114, then a person.

        Args:
            asked: the open question, asked again.
        """
        failed = turn.state.failed()
        if failed.failures > MOST_IN_A_ROW:
            passed = self._way_out(turn, "transfer_failures")
            if passed.reply.transfer_to:
                return passed
        decision = self.with_114(asked) if failed.failures == MOST_IN_A_ROW else asked
        counted = replace(
            decision.state, failures=failed.failures, failures_total=failed.failures_total
        )
        return replace(decision, state=counted)

    def with_114(self, decision: Decision) -> Decision:
        """The reply with the number for who cannot speak before it, once a call (E07)."""
        if decision.state.told_114:
            return decision
        text = f"{self._phrases.say('silence_second')} {decision.reply.say}"
        state = replace(decision.state, reply=text, told_114=True)
        return replace(decision, reply=replace(decision.reply, say=text), state=state)

    def _way_out(self, turn: Turn, lead: str) -> Decision:
        """A person when somebody answers, else a message."""
        state = turn.state
        service = self._people.default(state)
        passed = self._people.pass_to(service, state.failed(), turn.at, lead=lead)
        kept = replace(passed.state, failures_total=state.failures_total + 1)
        return replace(passed, state=kept)

    def _first(self, state: State) -> Decision:
        after = replace(state.failed(), repeats=state.repeats, paused=False)
        if state.awaiting in _OPEN_QUESTIONS and state.reply:
            text = f"{self._phrases.say('task_listening')} {state.reply}"
            return Decision(Reply(Action.NONE, text), after)
        text = self._phrases.say("silence_first")
        return Decision(Reply(Action.NONE, text, fixed=True), after)

    def _last(self, state: State) -> Decision:
        if state.emergency:
            text = self._phrases.say("emergency_no")
            after = replace(state, awaiting="person", reply=text)
            return Decision(Reply(Action.EMERGENCY, text, fixed=True), after)
        text = self._phrases.say("silence_last", phone=self._town.phone)
        return Decision(Reply(Action.GOODBYE, text, ends_call=True, fixed=True), state)
