"""What callers ask about their data, what they refuse, and what they must not say.

    a number that must not be kept ─► masked before anything sees it; "Ne me donnez pas…"
    "je refuse la transcription" ─► a person, or the number and the hours; no words are kept
    "je ne veux pas être enregistré", key 9 ─► no recording; the service stays complete
    "mes données" ─► the notice, its second layer after "la suite"
    "où en est mon message ?" ─► never read to whoever has the caller's number (requirements R21)

Inside a form the answer is followed by the question that was open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dialog.decision import Decision, Turn, say
from dialog.intents import Intents, Words
from dialog.people import People
from dialog.phrases import Phrases
from dialog.reply import Action, Reply
from dialog.state import State
from dialog.tasks.tasks import Tasks
from dialog.town import Town

RECORDING, TRANSCRIPTION = "recording", "transcription"
REFUSE_KEY = "9"  #: no recording (requirements P05, R05)
#: what a greeting or notice says where the call is recorded; nothing is kept before it was heard
ANNOUNCED = ("transcrit et enregistré", "transcribed and recorded")
SPOKEN_LABEL = "numéro masqué"  #: what a masked number is called in a reply

Mask = Callable[[str], tuple[str, Sequence[str]]]
_LABEL = re.compile(r"\[[^\]]*masqu[^\]]*\]")
_FEWEST_LETTERS = 3
_NUMBER_NAMED = re.compile(
    r"(?:(?:je vous (?:donne|dis|passe|le donne)|voici|voila|tenez|alors|notez|prenez|et) )*"
    r"(?:mon|le|ma|la|un)? ?(?:numero(?: de)?(?: (?:ma )?carte| (?:mon )?compte)?"
    r"|carte|nir|iban|rib)? ?(?:c est|est)?"
    r" ?(?:securite sociale|secu|bancaire|bleue|vitale|iban|rib)? ?(?:c est|est)? ?(?:le|la|oui)?"
)


def announces_recording(text: str) -> bool:
    """Whether these words tell the caller that his call is recorded (requirements R04)."""
    return any(words in text for words in ANNOUNCED)


def keep(text: str) -> tuple[str, Sequence[str]]:
    """A mask that masks nothing: for a desk that no caller talks to."""
    return text, ()


@dataclass(frozen=True)
class Terms:
    """What becomes of what callers say, as the town configured it."""

    transcript_days: int = 90  #: the words of a call are kept so long
    message_days: int = 90  #: and a message, after the service closed it
    audio_days: int = 0  #: the sound of a recorded call is kept so long; 0: none ever is
    audio_purpose: str = "pour améliorer nos réponses"  #: said after "enregistré"
    mask: Mask = keep  #: replaces what must not be kept by a label in brackets; tells the kinds


class Privacy:
    """Answers in every state of a call. Holds nothing of any of them."""

    def __init__(
        self,
        town: Town,
        intents: Intents,
        phrases: Phrases,
        people: People,
        tasks: Tasks,
        *,
        terms: Terms,
        recording: bool,
    ) -> None:
        """
        Args:
            recording: whether calls are recorded where their state does not say it.
        """
        self._town = town
        self._intents = intents
        self._phrases = phrases
        self._people = people
        self._tasks = tasks
        self._terms = terms
        self._recording = recording
        self._mask = terms.mask

    # -- what must not be said ---------------------------------------------------------------

    def clean(self, text: str) -> str:
        """The words without the numbers that must not be kept, in a form that can be read out."""
        masked, kinds = self._mask(text)
        return _LABEL.sub(SPOKEN_LABEL, masked) if kinds else text

    def warned(self, turn: Turn, decide: Callable[[Turn], Decision]) -> Decision:
        """The decision on a turn; where a number was masked, the caller hears it first."""
        if SPOKEN_LABEL not in turn.words.text:
            return decide(turn)
        warning = self._phrases.say("private_number")
        if _is_only_a_number(turn.words):
            return self._answer(turn, warning, "private_number_go_on")
        decision = decide(turn)
        if decision.reply.action is Action.EMERGENCY:
            return decision
        return _after(warning, decision)

    def keyed(self, turn: Turn, digits: str) -> Decision | None:
        """The same for digits that were keyed; None when they may be kept."""
        if not self._mask(digits)[1]:
            return None
        warning = self._phrases.say("private_number")
        return self._answer(turn, warning, "private_number_go_on")

    # -- what is asked and refused -----------------------------------------------------------

    def recorded(self, state: State) -> bool:
        """Whether the sound of this call is kept."""
        return self._recording if state.recorded is None else state.recorded

    def decide(self, turn: Turn) -> Decision | None:
        """The reply to what concerns the caller's data, or None. Never after an emergency (E04)."""
        if turn.state.awaiting == "person":
            return None
        if self._intents.is_("refuse_transcription", turn.words):
            return self.refuse_transcription(turn)
        if self._intents.is_("refuse_recording", turn.words):
            return self.refuse_recording(turn)
        if turn.state.awaiting == "privacy" and self._wants_more(turn.words):
            return self._more(turn)
        if self._intents.is_("my_data", turn.words):
            return self._notice(turn)
        if turn.state.task is None and self._intents.is_("past_contact", turn.words):
            return self._past(turn)
        return None

    def key(self, turn: Turn, digit: str) -> Decision | None:
        """9 refuses the recording; after the notice 1 and # say the rest.

        A number being keyed that must not be kept is dropped.
        """
        task = turn.state.task
        if task is not None and (dropped := self.keyed(turn, task.typed + digit)) is not None:
            return dropped
        if turn.state.awaiting == "person" or self._tasks.takes_digits(turn.state):
            return None
        if digit == REFUSE_KEY:
            return self.refuse_recording(turn)
        if turn.state.awaiting == "privacy" and digit in "1#":
            return self._more(turn)
        return None

    def refuse_recording(self, turn: Turn) -> Decision:
        """No recording of this call from now on; what there is of it is deleted at once."""
        name = "refused_recording" if self.recorded(turn.state) else "not_recorded"
        decision = self._answer(turn, self._phrases.say(name), "private_go_on")
        state = decision.state
        if state.refused != TRANSCRIPTION:
            state = replace(state, refused=RECORDING, recorded=False)
        return replace(decision, state=state, refused=RECORDING)

    def refuse_transcription(self, turn: Turn) -> Decision:
        """A person in opening hours, else how to reach one; nothing heard of the call is kept."""
        state = replace(_forgetful(turn.state), refused=TRANSCRIPTION, recorded=False)
        service = self._people.default(state)
        passed = self._people.pass_to(service, state, turn.at, lead="refused_transfer")
        if not passed.reply.transfer_to:
            passed = self.reachable(state, self._people.how_to_reach(service, turn.at))
        return replace(passed, refused=TRANSCRIPTION)

    def not_reached(self, turn: Turn) -> Decision | None:
        """Nobody took the call of somebody who refused the assistant; None for all others."""
        if turn.state.refused != TRANSCRIPTION:
            return None
        service = self._people.default(turn.state)
        return self.reachable(turn.state, self._people.how_to_reach(service, turn.at))

    def reachable(self, state: State, how: str) -> Decision:
        """How a caller who refused the assistant reaches somebody; a message stays possible."""
        text = self._phrases.say("refused_closed", how=how)
        decision = say(state, Action.TRANSFER, text, fixed=False, awaiting="message")
        service = self._people.default(state)
        return replace(decision, state=replace(decision.state, service=service.id))

    def _notice(self, turn: Turn) -> Decision:
        text = self._phrases.say(
            "notice_recorded" if self.recorded(turn.state) else "notice",
            town=self._town.name,
            days=str(self._terms.transcript_days),
            audio_days=str(self._terms.audio_days),
            purpose=self._terms.audio_purpose,
            dpo=self._town.data_officer,
        )
        return self._answer(turn, text, "more_offer", awaiting="privacy")

    def _more(self, turn: Turn) -> Decision:
        text = self._phrases.say(
            "notice_more",
            days=str(self._terms.message_days),
            page=self._town.privacy_notice,
        )
        return self._answer(turn, text, "private_go_on", awaiting="other")

    def _wants_more(self, words: Words) -> bool:
        return self._intents.is_("yes", words) or self._intents.is_("more", words)

    def _past(self, turn: Turn) -> Decision:
        service = self._people.default(turn.state)
        text = self._phrases.say("past_contact")
        decision = say(turn.state, Action.OUT_OF_SCOPE, text, awaiting="message")
        return replace(decision, state=replace(decision.state, service=service.id))

    def _answer(self, turn: Turn, text: str, then: str, *, awaiting: str = "") -> Decision:
        """Say it; a form goes on with its open question, else the phrase `then` follows."""
        if turn.state.task is not None:
            back = f"{text} {self._phrases.say('task_back')}"
            going_on = self._tasks.go_on(turn, back)
            if going_on is not None:
                return going_on
        whole = f"{text} {self._phrases.say(then)}"
        return say(turn.state, Action.ANSWER, whole, fixed=False, awaiting=awaiting)


def _is_only_a_number(words: Words) -> bool:
    """Whether nothing was said besides the number and what it is."""
    rest = words.core.replace("numero masque", " ")
    letters = sum(c.isalpha() for c in rest)
    return letters < _FEWEST_LETTERS or _NUMBER_NAMED.fullmatch(" ".join(rest.split())) is not None


def _after(lead: str, decision: Decision) -> Decision:
    """The decision with words before its reply."""
    text = f"{lead} {decision.reply.say}".strip()
    state = decision.state
    if state.reply == decision.reply.say:
        state = replace(state, reply=text)
    reply: Reply = replace(decision.reply, say=text, fixed=False)
    return replace(decision, reply=reply, state=state)


def _forgetful(state: State) -> State:
    """The state without what the caller said: the form under way is given up."""
    return replace(state.settled(), task=None, history=(), sheet="", section="", aspects=())
