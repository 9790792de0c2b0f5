"""The longest call (requirements Q13): a warning, then a person or a kind goodbye.

What is known of a form under way is kept as an incomplete ticket. A call in which an emergency was
heard has no cap.
"""

from __future__ import annotations

from dataclasses import replace

from dialog.decision import Decision, Turn
from dialog.people import People
from dialog.phrases import Phrases
from dialog.reply import Action, Reply
from dialog.state import State
from dialog.tasks.tasks import Tasks


class Cap:
    """Decides when a call has lasted long. Holds nothing of any call."""

    def __init__(self, phrases: Phrases, people: People, tasks: Tasks) -> None:
        self._phrases = phrases
        self._people = people
        self._tasks = tasks

    def near(self, turn: Turn) -> Decision:
        """The warning; what was asked stays asked, and "répétez" still means the reply before."""
        state = turn.state
        asked = self._tasks.resume(turn, "cap_near")
        if asked is not None:
            reply = replace(asked.reply, action=Action.NONE)
            return replace(asked, reply=reply)
        text = f"{self._phrases.say('cap_near')} {self._phrases.say('cap_last_question')}"
        return Decision(Reply(Action.NONE, text, fixed=True), state)

    def reached(self, turn: Turn) -> Decision:
        """The end: what is known is kept, and the caller is passed on, or told whom to call."""
        ticket = self._tasks.hang_up(turn.state, turn.at)
        state = replace(turn.state.settled(), task=None)
        kept = self._phrases.say("cap_kept") if ticket else ""
        tried = turn.state.over
        passed = None if tried else self._passed(replace(turn, state=state))
        decision = passed or self.goodbye(state)
        text = f"{kept} {decision.reply.say}".strip()
        return Decision(
            replace(decision.reply, say=text, fixed=not kept),
            replace(decision.state, reply=text, over=True),
            (ticket,) if ticket else (),
        )

    def goodbye(self, state: State) -> Decision:
        """The last words, with the number of the desk."""
        service = self._people.default(state)
        phone = self._people.phone(service)
        text = self._phrases.say("cap_goodbye", service=service.name, phone=phone)
        return Decision(Reply(Action.GOODBYE, text, ends_call=True, fixed=True), state)

    def _passed(self, turn: Turn) -> Decision | None:
        service = self._people.default(turn.state)
        passed = self._people.pass_to(service, turn.state, turn.at, lead="cap_transfer")
        return passed if passed.reply.transfer_to else None
