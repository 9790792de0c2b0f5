"""What is asked of each part of the desk, in which order, until one decides.

words ─► emergency ─► data and refusals ─► a task: the one under way, or one that is asked for
      ─► what is awaited (oui, non, la suite, un, deux) ─► a person ─► manners
      ─► sheets: answer, one clarifying question, or out of scope ─► a person when lost
"""

from __future__ import annotations

from dataclasses import replace

from dialog.decision import Decision, Turn, say
from dialog.parts import Parts
from dialog.reply import Action
from dialog.search.normalise import terms


class Steps:
    """Decides on words and on keys. Holds nothing of any call."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def decide(self, turn: Turn) -> Decision:
        """The decision on words; a number that must not be given is warned of."""
        if turn.state.language != "fr":
            return self._in_order(
                turn
            )  # the number is masked; the warning is said in that language
        return self._parts.privacy.warned(turn, self._in_order)

    def _in_order(self, turn: Turn) -> Decision:
        turn = self._parts.foreign.back(turn)
        french = turn.state.language == "fr"
        emergency = self._parts.emergencies.find(turn.words.text, turn.alternatives)
        if french and emergency is not None:
            return self._parts.alarm.told(emergency, turn)
        if (
            other := self._parts.foreign.emergency(turn) or self._parts.foreign.decide(turn)
        ) is not None:
            return other
        if (private := self._parts.privacy.decide(turn)) is not None:
            return private
        if (writing := self._parts.continuing.decide(turn)) is not None:
            return writing
        if (sending := self._parts.sending.decide(turn, self._question)) is not None:
            return sending
        if (task := self._parts.tasks.decide(turn)) is not None:
            return (
                task
                if turn.words.spoken
                else self._parts.silences.nothing_heard_in_form(turn, task)
            )
        if not turn.words.spoken:
            return self._nothing_heard(turn)
        if turn.state.awaiting == "person" and self._parts.alarm.wants_person(turn.words):
            return self._parts.alarm.to_duty(turn)
        turn = self._parts.awaited.without_refusal(turn)
        decision = (
            self._parts.people.chosen(turn)
            or self._parts.keypad.decide(turn)
            or self._parts.awaited.decide(turn)
            or self._parts.finder.phone(turn)
            or self._parts.people.decide(turn, self._parts.finder.sheet(turn.state.sheet))
            or self._parts.manners.decide(turn)
        )
        return decision or self._question(turn)

    def key(self, turn: Turn, digit: str) -> Decision:
        """The decision on one key."""
        state = turn.state
        if (decision := self._parts.foreign.key(turn, digit)) is not None:
            return decision
        if (decision := self._parts.privacy.key(turn, digit)) is not None:
            return decision
        if (decision := self._parts.tasks.key(turn, digit)) is not None:
            return decision
        if (decision := self._parts.people.key(turn, digit)) is not None:
            return decision
        if (decision := self._parts.sending.key(turn, digit)) is not None:
            return decision
        if (decision := self._parts.keypad.key(turn, digit)) is not None:
            return decision
        if digit == "0" and state.awaiting == "person":
            return self._parts.alarm.to_duty(turn)
        if digit == "0":
            return self._parts.people.pass_to(self._parts.people.default(state), state, turn.at)
        if digit == "*" or (digit == "#" and state.awaiting == "person"):
            return self._parts.manners.repeat(state)
        if digit == "7":
            return self._parts.manners.slower(state)
        if (decision := self._parts.awaited.key(turn, digit)) is not None:
            return decision
        return say(state, Action.NONE, self._parts.phrases.say("key_unknown"))

    def _question(self, turn: Turn) -> Decision:
        if turn.state.awaiting == "person" and not self._parts.tasks.asks(turn.words):
            return self._parts.manners.repeat(
                turn.state
            )  # "personne ne peut m'aider" is for no sheet
        found, understood = self._parts.finder.decide(turn, wishes=True)
        decision = self._not_asked_twice(turn, found)
        if understood or decision is not found:
            return self._parts.alarm.with_aside(decision, turn)
        if turn.state.awaiting == "person":
            return self._parts.manners.repeat(turn.state)
        return self._misunderstood(decision, turn)

    def _not_asked_twice(self, turn: Turn, decision: Decision) -> Decision:
        """Who asks the same again after a question back is answered with what is likeliest."""
        state = turn.state
        if state.awaiting != "choice" or not state.choices:
            return decision
        if decision.reply.action is Action.CLARIFY:
            same = set(decision.state.choices) & set(state.choices)
            asked = replace(turn, state=decision.state)
            return (self._parts.finder.chosen(asked, 0) or decision) if same else decision
        again = set(terms(turn.words.core)) & set(terms(state.question))
        lost = decision.reply.action is Action.OUT_OF_SCOPE and again
        return (self._parts.finder.chosen(turn, 0) or decision) if lost else decision

    def _nothing_heard(self, turn: Turn) -> Decision:
        """A sound without words: asked again; the second one may be somebody who cannot speak."""
        if turn.state.awaiting == "person":
            return self._parts.manners.repeat(turn.state)
        again = say(turn.state, Action.NONE, self._parts.phrases.say("nothing_heard"))
        decision = self._parts.people.misunderstood(again, turn.state, turn.at)
        return decision if decision.state.failures else self._parts.silences.with_114(decision)

    def _misunderstood(self, decision: Decision, turn: Turn) -> Decision:
        """Ask again; then a person, or keys when nobody is there or a question back failed."""
        passed = self._parts.people.misunderstood(decision, turn.state, turn.at)
        nobody = passed.reply.action is Action.TRANSFER and not passed.reply.transfer_to
        if nobody or (turn.state.awaiting == "choice" and not passed.reply.transfer_to):
            return self._parts.keypad.offer(turn, passed) or passed
        return passed
