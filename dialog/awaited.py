"""Answers to what the assistant asked: yes or no, "la suite", the first or the second."""

from __future__ import annotations

import re
from dataclasses import replace

from dialog.decision import Decision, Turn, say
from dialog.finder import Finder
from dialog.intents import Intents, Words
from dialog.manners import Manners
from dialog.people import ORDINALS, People
from dialog.phrases import Phrases
from dialog.reply import Action, Reply
from dialog.values.words import after

_NO_CHOICE = (
    r"(?:non|nan|aucun|aucune|rien de tout ca|ni l une? ni l autre|pas du tout|rien|c est pas ca"
    r"|c est ni l une? ni l autre)"
)
_NEITHER = re.compile(
    rf"(?:mais )?{_NO_CHOICE}\b(?: (?:{_NO_CHOICE}|des deux|des trois|mais|merci|en fait)\b)*"
)
_OUI = re.compile(r"(?:oui|ouais)\b")
_BOTH = re.compile(
    r"(?:(?:ben|bah|euh|oui|alors|en fait|moi|c est|pour|je veux|je voudrais|un peu) )*"
    r"(?:(?:tous |toutes )?les (?:deux|trois)|l une? et l autre|un peu (?:de |des )?(?:tout|deux)"
    r"|tout(?: ca)?)(?: (?:s il vous plait|en fait|merci|je crois|a la fois))*"
)
_UNSURE = re.compile(
    r"(?:(?:ben|bah|euh|ah|oh|alors|non|moi|la|franchement|je|j|ne|n|en|y|vous|vraiment) )*"
    r"(?:(?:sais|sait) (?:pas|plus)|aucune idee|sais rien|(?:comprends|comprend) pas|hesite|"
    r"ai aucune idee|suis perdue?)"
    r"(?: (?:trop|moi|du tout|bien|lequel|laquelle|la difference|vraiment|madame|monsieur|quoi|dire"
    r"|vous|choisir|ce que c est))*"
)
_OWN_WORDS = 2  #: that follow a refusal and ask for something
_ORDINAL_WORDS = 5  #: "le premier, s'il vous plaît"; a longer turn is a question


class Awaited:
    """Understands a turn by the question that was asked before it."""

    def __init__(
        self,
        intents: Intents,
        phrases: Phrases,
        finder: Finder,
        people: People,
        manners: Manners,
    ) -> None:
        self._intents = intents
        self._phrases = phrases
        self._finder = finder
        self._people = people
        self._manners = manners

    def decide(self, turn: Turn) -> Decision | None:
        """The reply, or None when the turn does not answer what was asked."""
        if self._intents.is_("wait", turn.words):
            return None  # "une seconde" is no choice
        if self._calmed(turn):
            return self.no(turn)
        if self._manners.leaves(turn) or self._only_thanks(turn):
            return None  # "très bien, au revoir" asks for nothing more
        if turn.state.awaiting == "choice" and (told := self._both_or_neither(turn)) is not None:
            return told
        if turn.state.awaiting == "choice" and (number := self._number(turn)) is not None:
            return self._finder.chosen(turn, number)
        if turn.state.more and self._intents.is_("more", turn.words):
            return self.yes(turn)
        yes = self._intents.is_("yes", turn.words)
        if yes and (turn.state.awaiting or _OUI.match(turn.words.spoken)):
            return self.yes(turn)
        if self._intents.is_("no", turn.words):
            return self.no(turn)
        return None

    def _both_or_neither(self, turn: Turn) -> Decision | None:
        """ "Les deux": one after the other; "je ne sais pas": what would help to choose."""
        state = turn.state
        if len(state.choices) > 1 and _BOTH.fullmatch(turn.words.spoken):
            told = self._finder.chosen(turn, 0)
            second = self._finder.sheet(state.choices[1])
            if told is None or second is None:
                return told
            rest = self._phrases.say("clarify_then", second=second.title)
            text = f"{told.reply.say.removesuffix(self._phrases.say('more_offer')).strip()} {rest}"
            after = replace(
                told.state,
                awaiting="choice",
                choices=state.choices[1:2],
                question=state.question,
                more=(),
                reply=text,
            )
            return replace(told, reply=replace(told.reply, say=text, fixed=False), state=after)
        if not _UNSURE.fullmatch(turn.words.spoken):
            return None
        again = say(state, Action.NONE, self._phrases.say("clarify_unsure"))
        kept = replace(again.state, awaiting="choice", choices=state.choices)
        kept = replace(kept, question=state.question)
        return self._people.misunderstood(replace(again, state=kept), state, turn.at)

    def _only_thanks(self, turn: Turn) -> bool:
        """ "Merci", but not "oui merci"."""
        said = turn.words
        return self._intents.is_("thanks", said) and not self._intents.is_("yes", said)

    def without_refusal(self, turn: Turn) -> Turn:
        """After a question back: what is wanted instead, in "non, aucun des deux, je veux …"."""
        match = _NEITHER.match(turn.words.spoken) if turn.state.awaiting == "choice" else None
        rest = Words.of(after(turn.words.text, match.group())) if match else turn.words
        if match is None or rest.count < _OWN_WORDS:
            return turn
        state = replace(turn.state, choices=())  # the choices are refused for good
        return replace(turn, words=rest, state=state)

    def _calmed(self, turn: Turn) -> bool:
        """Whether an emergency is over, or thanked for: nothing else is asked, nobody passed."""
        told = any(self._intents.is_(name, turn.words) for name in ("all_clear", "thanks"))
        return turn.state.awaiting == "person" and told

    def key(self, turn: Turn, digit: str) -> Decision | None:
        """1 and 2 where yes or no, or a choice, is awaited; # goes on."""
        awaiting = turn.state.awaiting
        if digit == "#":
            return self._go_on(turn) if turn.state.more else self._skipped(turn)
        if awaiting == "choice" and digit in "123":
            return self._finder.chosen(turn, int(digit) - 1)
        if awaiting and digit in "12":
            return self.yes(turn) if digit == "1" else self.no(turn)
        return None

    def yes(self, turn: Turn) -> Decision | None:
        """What a "oui" means here."""
        state = turn.state
        if state.awaiting == "person":
            return self._to_duty(turn)
        if state.awaiting == "choice":
            sure = len(state.choices) == 1 or self._number(turn) is not None
            return self._finder.chosen(turn, 0) if sure else None
        if state.awaiting == "menu":
            return None  # which key is meant is not said
        if state.more:
            return self._go_on(turn)
        return say(state, Action.CHITCHAT, self._phrases.say("acknowledged"), awaiting="other")

    def no(self, turn: Turn) -> Decision:
        """What a "non" means here."""
        state = turn.state
        if state.awaiting == "person":
            decision = say(state, Action.EMERGENCY, self._phrases.say("emergency_no"))
            return replace(
                decision, state=replace(decision.state, awaiting="person", service=state.service)
            )
        if state.awaiting == "choice":
            again = say(state, Action.CLARIFY, self._phrases.say("clarify_again"))
            return self._people.misunderstood(again, state, turn.at)
        if state.awaiting in ("more", "message", "appointment", "privacy"):
            text = self._phrases.say("acknowledged")
            decision = say(state, Action.CHITCHAT, text, awaiting="other")
            # "et demain, c'est ouvert ?" is about the service that did not answer
            closed = state.service if state.awaiting == "message" else ""
            return replace(decision, state=replace(decision.state, hours_of=closed))
        return self._manners.goodbye(state, "nothing_else")

    def _go_on(self, turn: Turn) -> Decision:
        told = self._finder.go_on(turn.state, turn.at.date())
        return told or say(
            turn.state, Action.CHITCHAT, self._phrases.say("no_more"), awaiting="other"
        )

    def _skipped(self, turn: Turn) -> Decision:
        """The rest of the reply is skipped; what it asked stays asked."""
        state = turn.state
        if state.sheet and not state.awaiting:
            text = self._phrases.say("no_more")
            return say(state, Action.CHITCHAT, text, awaiting="other")
        reply = Reply(Action.CHITCHAT, self._phrases.say("task_listening"), fixed=True)
        return Decision(reply, replace(state, failures=0))

    def _to_duty(self, turn: Turn) -> Decision | None:
        duty = self._people.duty(turn.at)
        if duty is None:
            return None
        text = self._phrases.say("emergency_transfer", service=duty.name)
        state = replace(turn.state, reply=text, service=duty.id)  # a refusal finds it again
        return Decision(Reply(Action.TRANSFER, text, transfer_to=duty.id, fixed=True), state)

    def _number(self, turn: Turn) -> int | None:
        """Which choice is meant, from 0."""
        if turn.words.count <= _ORDINAL_WORDS:
            for number, ordinal in enumerate(ORDINALS[: len(turn.state.choices)]):
                if ordinal.search(turn.words.core):
                    return number
        return self._finder.choice_named(turn)
