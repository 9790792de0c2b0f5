"""What is said around questions: repeat, slower, thanks, goodbye, "vous êtes un robot ?"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from dialog.decision import Decision, Turn, say
from dialog.intents import Intents
from dialog.phrases import Phrases
from dialog.reply import Action, Reply
from dialog.state import State
from dialog.town import Town

SLOW, SLOWEST = 0.80, 0.70  #: speeds after "plus lentement", once and again (requirements P06)
_ASKS = re.compile(
    r"\b(?:combien|comment|savoir|renseignement|quels?|quelles?|est ce que|voudrais|j aimerais|"
    r"besoin|question|faut il|pouvez|pourriez|peut on|quand|pourquoi|ou est|probleme)\b"
)
_TAKES_LEAVE = re.compile(
    r"(?:(?:bon|ben|eh|ah|ok|d accord|tres bien|parfait|merci|allez|alors) )*"
    r"(?:voila|j ai|je vous remercie|merci|c est (?:bon|gentil|parfait|tout)|tout) "
    r"(?!.*\b(?:je voudrais|j aimerais|est ce|comment|combien|quand|quel|quelle"
    r"|question|savoir|besoin|faut)\b).{0,80}"
    r"\b(?:au revoir|bonne (?:journee|soiree|nuit|fin de journee|continuation|apres midi))"
    r"(?: (?:a vous|madame|monsieur|a tous))*"
)
_ENDS = re.compile(
    r".*\b(?:au revoir|a bientot|a la prochaine)(?: (?:a vous|a tous|madame|monsieur))*"
    r"|.*\b(?:merci|voila|tout|fallait|reponse|note|noter|compris|parfait|allez)\b.*"
    r"\bbonsoir(?: (?:a vous|a tous|madame|monsieur))*"
)
_LAST = 16  #: words of a turn that may end with a goodbye and ask nothing
_SHORT = 8  #: words of a goodbye; a longer turn that wishes a good day still asks something

#: intent -> phrase that answers it
_SMALL_TALK = (
    ("robot", "robot"),
    ("name", "name"),
    ("opinion", "neutral"),
    ("insulted", "insulted"),
    ("how_are_you", "how_are_you"),
    ("what_can_you_do", "what_can_you_do"),
    ("hello", "hello"),
)


class Manners:
    """Answers what is not a question, by fixed rules."""

    def __init__(self, town: Town, intents: Intents, phrases: Phrases) -> None:
        self._town = town
        self._intents = intents
        self._phrases = phrases

    def decide(self, turn: Turn) -> Decision | None:
        """The reply to small talk, or None when it is something else."""
        steps: tuple[Callable[[Turn], Decision | None], ...] = (
            self._slower,
            self._repeat,
            self._farewell,
            self._thanks,
            self._wait,
            self._small_talk,
            self._goodbye,
            self._other_town,
        )
        return next((d for step in steps if (d := step(turn)) is not None), None)

    def repeat(self, state: State) -> Decision:
        """Say the last reply again, identically; slower the second time."""
        if not state.reply:
            return say(state, Action.REPEAT, self._phrases.say("nothing_to_repeat"))
        again = replace(state, repeats=state.repeats + 1, failures=0)
        if again.repeats == 2:
            again = self._slow(again)
        # not kept in the cache of speech: the reply may hold a caller's name or number
        reply = Reply(Action.REPEAT, state.reply, sheet=state.reply_sheet or None)
        return Decision(reply, again)

    def slower(self, state: State) -> Decision:
        """Speak more slowly for the rest of the call, and say the last reply again."""
        slow = self._slow(state)
        said = state.reply or self._phrases.say("nothing_said")
        text = f"{self._phrases.say('slower')} {said}".strip()
        sheet = state.reply_sheet or None
        return Decision(Reply(Action.SLOWER, text, sheet=sheet), replace(slow, failures=0))

    @staticmethod
    def _slow(state: State) -> State:
        return replace(state, speed=SLOW if state.speed > SLOW else SLOWEST)

    def wait(self, state: State) -> Decision:
        """The caller looks for something: what was asked stays asked, and silence may last."""
        reply = Reply(Action.CHITCHAT, self._phrases.say("wait"), fixed=True)
        return Decision(reply, replace(state, paused=True, failures=0))

    @staticmethod
    def soothed(state: State, text: str) -> Decision:
        """Answer an insult; what was asked stays asked."""
        return Decision(Reply(Action.CHITCHAT, text, fixed=True), replace(state, failures=0))

    def _wait(self, turn: Turn) -> Decision | None:
        return self.wait(turn.state) if self._intents.is_("wait", turn.words) else None

    def _slower(self, turn: Turn) -> Decision | None:
        return self.slower(turn.state) if self._intents.is_("slower", turn.words) else None

    def _repeat(self, turn: Turn) -> Decision | None:
        return self.repeat(turn.state) if self._intents.is_("repeat", turn.words) else None

    def _small_talk(self, turn: Turn) -> Decision | None:
        for intent, phrase in _SMALL_TALK:
            if self._intents.is_(intent, turn.words):
                text = self._phrases.say(phrase, town=self._town.name)
                if intent == "insulted":
                    return self.soothed(turn.state, text)
                return say(turn.state, Action.CHITCHAT, text)
        return None

    def _thanks(self, turn: Turn) -> Decision | None:
        if self._intents.is_("thanks", turn.words):
            text = self._phrases.say("thanks")
        elif self._intents.is_("acknowledge", turn.words):
            text = self._phrases.say("acknowledged")
        else:
            return None
        return say(turn.state, Action.CHITCHAT, text, awaiting="other")

    def leaves(self, turn: Turn) -> bool:
        """Whether the caller says goodbye, and nothing else."""
        asks = _ASKS.search(turn.words.spoken) is not None  # "…combien coûte…, bonne journée"
        ends = turn.words.count <= _LAST and _ENDS.fullmatch(turn.words.spoken) is not None
        if ends and not asks:
            return True
        if turn.words.count > _SHORT:  # "ben voilà, j'ai ce que je voulais, bonne journée"
            return _TAKES_LEAVE.fullmatch(turn.words.spoken) is not None
        return not asks and self._intents.is_("goodbye", turn.words)

    def _goodbye(self, turn: Turn) -> Decision | None:
        return self.goodbye(turn.state) if self.leaves(turn) else None

    def _farewell(self, turn: Turn) -> Decision | None:
        """ "Merci pour tout, à bientôt" is more than thanks."""
        ends = _ENDS.fullmatch(turn.words.spoken) is not None
        return self.goodbye(turn.state) if ends and self.leaves(turn) else None

    def goodbye(self, state: State, phrase: str = "goodbye") -> Decision:
        """Thank the caller and hang up."""
        decision = say(state, Action.GOODBYE, self._phrases.say(phrase))
        return replace(decision, reply=replace(decision.reply, ends_call=True))

    def _other_town(self, turn: Turn) -> Decision | None:
        if not self._intents.is_("other_town", turn.words):
            return None
        text = self._phrases.say("other_town", town=self._town.name)
        return say(turn.state, Action.OUT_OF_SCOPE, text)
