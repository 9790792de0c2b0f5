"""What happens to a call without a word: silence, its longest time, nobody answers, a failure."""

from __future__ import annotations

from dialog.decision import Decision, Turn, say
from dialog.parts import Parts
from dialog.reply import Action
from dialog.town import Town


class Happenings:
    """Decides on everything that is neither words nor keys. Holds nothing of any call."""

    def __init__(self, town: Town, parts: Parts) -> None:
        self._town = town
        self._parts = parts

    def silence(self, turn: Turn, nth: int) -> Decision:
        """Nobody speaks, for the `nth` time in a row (from 1)."""
        parts = self._parts
        return parts.foreign.silence(turn, nth) or parts.silences.decide(turn, nth)

    def cap_near(self, turn: Turn) -> Decision:
        """The call is about to reach its longest time; what was asked stays asked."""
        return self._parts.foreign.cap_near(turn) or self._parts.cap.near(turn)

    def cap_reached(self, turn: Turn) -> Decision:
        """The call is too long: a person, or goodbye; a form under way is kept."""
        return self._parts.foreign.told(self._parts.cap.reached(turn), "cap_reached")

    def transfer_failed(self, turn: Turn) -> Decision:
        """Nobody answered the transfer: the caller comes back, to the task if there was one."""
        state, parts = turn.state, self._parts
        if state.over:
            return parts.foreign.told(parts.cap.goodbye(state), "cap_goodbye")
        if (refused := parts.foreign.transfer_failed(turn)) is not None:
            return refused
        if state.emergency and state.awaiting == "person":
            return parts.alarm.not_reached(state)
        if (refused := parts.privacy.not_reached(turn)) is not None:
            return refused
        resumed = parts.tasks.resume(turn, "task_not_reached")
        return resumed or parts.people.not_reached(state, turn.at)

    def breakdown(self, turn: Turn) -> Decision:
        """A part of the program failed: a person, or the number of the front desk."""
        state, parts = turn.state, self._parts
        if (decision := parts.foreign.breakdown(turn)) is not None:
            return decision
        service = parts.people.default(state)
        if parts.calendar.is_open(service, turn.at):
            return parts.people.pass_to(service, state, turn.at, lead="breakdown_transfer")
        text = parts.phrases.say("breakdown", phone=self._town.phone)
        return say(state, Action.NONE, text)
