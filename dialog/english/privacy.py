"""What English-speaking callers ask about their data, and refuse; acted on by `dialog.privacy`."""

from __future__ import annotations

from dataclasses import replace

from dialog.decision import Decision, Turn
from dialog.english.message import EnglishMessage
from dialog.english.speech import Speech
from dialog.intents import Intents
from dialog.privacy import SPOKEN_LABEL, Privacy
from dialog.reply import Action
from dialog.town import Town


class EnglishPrivacy:
    """Answers in every state of an English call. Holds nothing of any of them.

    Args:
        days: how long what callers say is kept.
    """

    def __init__(
        self,
        town: Town,
        privacy: Privacy,
        intents: Intents,
        speech: Speech,
        message: EnglishMessage,
        days: int,
    ) -> None:
        self._town = town
        self._privacy = privacy
        self._intents = intents
        self._speech = speech
        self._message = message
        self._days = str(days)

    def decide(self, turn: Turn) -> Decision | None:
        """The reply to what concerns the caller's data; never after an emergency."""
        if turn.state.awaiting == "person":
            return None
        if self._intents.is_("refuse_transcription", turn.words):
            return self._refuse_transcription(turn)
        if self._intents.is_("refuse_recording", turn.words):
            return self.refuse_recording(turn)
        if turn.state.task is None and self._intents.is_("my_data", turn.words):
            officer = self._town.data_officer
            text = self._speech.text("my_data", days=self._days, officer=officer)
            return self._speech.say(turn.state, Action.ANSWER, text, fixed=False, awaiting="other")
        return None

    def warned(self, turn: Turn, decision: Decision) -> Decision:
        """Where a number was masked, the caller hears it before the reply."""
        if SPOKEN_LABEL not in turn.words.text or decision.reply.action is Action.EMERGENCY:
            return decision
        return self._speech.before(self._speech.text("private_number"), decision)

    def refuse_recording(self, turn: Turn) -> Decision:
        """No recording of this call from now on; a message under way goes on."""
        task = turn.state.task
        refused = self._privacy.refuse_recording(
            replace(turn, state=replace(turn.state, task=None))
        )
        text = self._speech.text("no_recording")
        if task is None:
            return self._speech.instead(refused, f"{text} {self._speech.text('question')}")
        again = self._message.ask_again(replace(turn, state=refused.state), task, text)
        return replace(again, refused=refused.refused)

    def _refuse_transcription(self, turn: Turn) -> Decision:
        """A person now, or the number; nothing of the call is kept."""
        refused = self._privacy.refuse_transcription(turn)
        if refused.reply.transfer_to:
            return self._speech.instead(refused, self._speech.text("transfer"))
        text = self._speech.text("no_transcription_closed", phone=self._town.phone)
        told = self._speech.instead(refused, text)
        state = replace(told.state, awaiting="")
        reply = replace(told.reply, ends_call=not state.emergency)
        return replace(told, reply=reply, state=state)
