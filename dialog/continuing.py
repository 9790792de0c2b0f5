"""A telephone call that goes on in writing: a reference and a code, given when the caller asks.

Only whoever heard both finds the conversation on the page again; the code is never written down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from dialog.decision import Decision, Turn, say
from dialog.intents import Intents
from dialog.phrases import Phrases
from dialog.reply import Action, Reply
from dialog.resumption import Resumption, draw_code
from dialog.state import State
from dialog.tasks.tasks import Tasks
from dialog.tasks.ticket import draw_reference, grouped


@dataclass(frozen=True)
class WritingPage:
    """Where one can write to the assistant, and whether a call may go on there."""

    page: str = "la page de l'assistant de la mairie"  #: as spoken after "sur"
    resume: bool = True
    hours: int = 48  #: how long a code holds


class Continuing:
    """Answers "je voudrais continuer par écrit", in every state of a call."""

    def __init__(
        self,
        intents: Intents,
        phrases: Phrases,
        tasks: Tasks,
        writing: WritingPage | None,
        reference: Callable[[], str] = draw_reference,
    ) -> None:
        """
        Args:
            writing: None: nobody can write here, and nothing is offered.
            reference: six digits that no ticket has, for a call that left none.
        """
        self._intents = intents
        self._phrases = phrases
        self._tasks = tasks
        self._writing = writing
        self._reference = reference

    def decide(self, turn: Turn) -> Decision | None:
        """A reference and a code, or None when writing is not asked for."""
        if self._writing is None or not self._wanted(turn):
            return None
        state = turn.state
        if state.written:
            return self._answer(turn, "written_already")
        if not self._writing.resume or state.refused == "transcription":
            return self._answer(turn, "writing_page", page=self._writing.page)
        given = Resumption(state.ticket or self._reference(), draw_code(), self._writing.hours)
        decision = self._answer(
            turn,
            "resume_given",
            page=self._writing.page,
            reference=grouped(given.reference),
            code=grouped(given.code),
            delay=f"{given.hours} heures",
        )
        return replace(decision, resume=given)

    def lost(self, state: State) -> Decision:
        """The code could not be written: said instead of it."""
        page = self._writing.page if self._writing else ""
        return say(state, Action.NONE, self._phrases.say("resume_lost", page=page), fixed=False)

    def _wanted(self, turn: Turn) -> bool:
        if self._intents.is_("in_writing", turn.words):
            return True
        # said once it asks to repeat; said again, repeating did not help
        return turn.state.repeats > 0 and self._intents.is_("hard_of_hearing", turn.words)

    def _answer(self, turn: Turn, phrase: str, **fields: str) -> Decision:
        """Say it; a form under way stays, and its question is asked again in writing."""
        state = turn.state
        text = self._phrases.say(phrase, state.language, **fields)
        if state.task is None:
            return say(state, Action.CHITCHAT, text, fixed=False)
        if state.written and (back := self._tasks.resume(turn, phrase)) is not None:
            return back
        reply = Reply(Action.CHITCHAT, text)
        return Decision(reply, replace(state, reply=text, reply_sheet="", failures=0))
