"""Saying the assistant's own words in English, as decisions."""

from __future__ import annotations

from dataclasses import replace

from dialog.decision import Decision
from dialog.phrases import Phrases
from dialog.reply import Action, Reply
from dialog.state import State

LANGUAGE = "en"


class Speech:
    """English phrases, and decisions that say them."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases

    def text(self, name: str, /, **fields: str) -> str:
        """One sentence of the part [en] of `data/phrases.toml`."""
        return self._phrases.say(name, LANGUAGE, **fields)

    def say(
        self,
        state: State,
        action: Action,
        text: str,
        *,
        fixed: bool = True,
        awaiting: str = "",
        ends_call: bool = False,
    ) -> Decision:
        """Decide to say a text; the caller was understood."""
        after = replace(
            state.settled(), awaiting=awaiting, reply=text, reply_sheet="", language=LANGUAGE
        )
        reply = Reply(action, text, language=LANGUAGE, fixed=fixed, ends_call=ends_call)
        return Decision(reply, after)

    def instead(self, decision: Decision, text: str, *, fixed: bool = True) -> Decision:
        """The same decision said in English: who is called, and what is awaited, stay."""
        reply = replace(decision.reply, say=text, language=LANGUAGE, parts=(), fixed=fixed)
        state = replace(decision.state, reply=text, reply_sheet="", language=LANGUAGE)
        return replace(decision, reply=reply, state=state)

    def before(self, lead: str, decision: Decision) -> Decision:
        """The same decision with a sentence before it."""
        text = f"{lead} {decision.reply.say}".strip()
        reply = replace(decision.reply, say=text, fixed=False)
        return replace(decision, reply=reply, state=replace(decision.state, reply=text))
