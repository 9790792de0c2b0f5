"""What was said, in writing: asked for by the caller, or offered once, and only where it can be.

answer with a number, a date, papers, a link ─► "Voulez-vous le recevoir par SMS ?" ─► oui ─► form
"envoyez-moi ça", "je n'ai pas de quoi noter" ──────────────────────────────────────────► form
nothing is configured ─► said kindly, and repeated slowly
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from importlib.resources import files

from dialog.answers import sentences
from dialog.composing import Composer
from dialog.decision import Decision, Turn, say
from dialog.finder import Finder
from dialog.intents import Intent, Intents, Words
from dialog.manners import Manners
from dialog.matter import Matter, on_domain, worth_noting
from dialog.outgoing import EMAIL, SMS, Means
from dialog.phrases import Phrases
from dialog.reply import Action
from dialog.rules import Rules
from dialog.search.normalise import terms
from dialog.sections import condition
from dialog.sheets import Sheet
from dialog.state import State
from dialog.tasks.tasks import Tasks
from dialog.town import Town

Answer = Callable[[Turn], Decision]

MOST_SENT = 3  #: messages of one call
MOST_WORDS = 55  #: of a reply with its offer (requirements P09)
AWAITING = "sending"  #: `State.awaiting` while the offer is open
_NOT_KEPT = (Action.EMERGENCY, Action.REPEAT, Action.SLOWER, Action.GOODBYE, Action.CLARIFY)
_LONGEST = 9  #: words that say what to send; a longer turn tells a story
_OTHER = "Avez-vous une autre question ?"


class SendingRules:
    """The rules of `data/sending.toml`."""

    def __init__(self, table: dict[str, str]) -> None:
        self.request = Intent(Rules(table["request"]), Rules(table["whole"]))
        self.no_pen = Rules(table["no_pen"])
        self.refused = Rules(table["not"])
        self.email = Rules(table["email"])
        self.sms = Rules(table["sms"])
        self.frame = Rules(table["frame"])
        self.things = Rules(table["things"])

    @classmethod
    def load(cls) -> SendingRules:
        """The rules shipped with the program."""
        text = files("dialog").joinpath("data/sending.toml").read_text(encoding="utf-8")
        return cls(tomllib.loads(text))

    def asks(self, words: Words) -> bool:
        """Whether the caller wants something in writing; what it is comes after."""
        return self.request.matches(words) and not self.refused.search(words.spoken)

    def channel(self, words: Words) -> str:
        """ "email", "sms", or "" when the words name none."""
        if self.email.search(words.spoken):
            return EMAIL
        return SMS if self.sms.search(words.spoken) else ""


class Sending:
    """Decides what is about writing, and notes after each reply what could be sent."""

    def __init__(
        self,
        town: Town,
        intents: Intents,
        phrases: Phrases,
        manners: Manners,
        finder: Finder,
        tasks: Tasks,
        means: Means,
    ) -> None:
        self._town = town
        self._intents = intents
        self._phrases = phrases
        self._manners = manners
        self._finder = finder
        self._tasks = tasks
        self._means = means
        self._rules = SendingRules.load()
        self._composer = Composer(town, means.sms_parts)

    # -- what is asked -----------------------------------------------------------------------

    def decide(self, turn: Turn, answer: Answer) -> Decision | None:
        """The reply to a wish to have it in writing, or to the offer; None: something else.

        Args:
            answer: the desk's decision on the rest of the words: "… les horaires par SMS".
        """
        state = turn.state
        if state.task is not None or state.awaiting == "person" or not turn.words.spoken:
            return None
        if turn.state.awaiting == AWAITING and (reply := self._to_offer(turn)) is not None:
            return reply
        if self._rules.no_pen.search(turn.words.spoken):
            return self._begin(turn, "")
        if not self._rules.asks(turn.words):
            return None
        rest = self._rules.frame.without(turn.words.spoken)
        channel = self._rules.channel(turn.words)
        if not terms(rest) or any(c.isdigit() for c in rest):
            return self._begin(turn, channel)
        if not self._rules.things.search(rest) or len(rest.split()) > _LONGEST:
            return None  # a certificate, a file: a question for a sheet
        return self._answer_and_send(turn, rest, answer, channel)

    def key(self, turn: Turn, digit: str) -> Decision | None:
        """1 and 2 answer the offer."""
        if turn.state.awaiting != AWAITING or digit not in ("1", "2"):
            return None
        return self._begin(turn, "") if digit == "1" else self._declined(turn.state)

    def _to_offer(self, turn: Turn) -> Decision | None:
        if self._intents.is_("yes", turn.words) or self._rules.request.matches(turn.words):
            return self._begin(turn, self._rules.channel(turn.words))
        if self._intents.is_("goodbye", turn.words):
            return None
        return self._declined(turn.state) if self._intents.is_("no", turn.words) else None

    def _declined(self, state: State) -> Decision:
        sending = replace(state.sending, declined=True)
        text = self._phrases.say("acknowledged")
        return say(replace(state, sending=sending), Action.CHITCHAT, text, awaiting="other")

    def _answer_and_send(self, turn: Turn, rest: str, answer: Answer, channel: str) -> Decision:
        """ "Les papiers pour le passeport par SMS": the answer is said, and sent.

        When the rest is no question of its own ("la liste"), the last answer is what is meant.
        """
        found = answer(replace(turn, words=Words.of(rest), alternatives=()))
        matter = self._matter(found, turn.at)
        if found.reply.action != Action.ANSWER or matter is None:
            return self._begin(turn, channel)
        before = turn.state.sending.matter
        known = before is not None and set(matter.sentences) <= set(before.sentences)
        joined = before.joined(matter) if before is not None else matter
        state = replace(found.state, sending=replace(turn.state.sending, matter=joined))
        begun = self._begin(replace(turn, state=state), channel)
        told = found.reply.say.removesuffix(self._phrases.say("more_offer")).strip()
        if known or begun.state.task is None:
            return begun
        text = f"{told} {begun.reply.say}"
        reply = replace(found.reply, say=text, fixed=False)
        return replace(begun, reply=reply, state=replace(begun.state, reply=text))

    def _begin(self, turn: Turn, channel: str) -> Decision:
        state = turn.state
        if not self._means.any:
            return self._unable(state, channel)
        if state.sending.matter is None:
            return say(state, Action.CHITCHAT, self._phrases.say("send_what"))
        if state.sending.sent >= MOST_SENT:
            text = self._phrases.say("send_enough")
            return say(state, Action.CHITCHAT, text, awaiting="other")
        used = self._means.channel(channel)
        lead = self._phrases.say(f"send_only_{used}") if channel and used != channel else ""
        return self._tasks.begin_sending(turn, used, lead)

    def _unable(self, state: State, channel: str) -> Decision:
        """Nothing can be sent: say so, and say the last reply again, slowly."""
        name = "send_unable_email" if channel == EMAIL else "send_unable_sms"
        slow = self._manners.slower(state)
        if state.sending.matter is None:
            text = self._phrases.say("send_unable_question")
            return say(slow.state, Action.CHITCHAT, text)
        text = f"{self._phrases.say(name)} {state.reply}"
        return replace(slow, reply=replace(slow.reply, say=text))

    def lost(self, state: State) -> Decision:
        """The message could not be written down: say so; "répétez" says the matter again."""
        text = self._phrases.say("send_lost")
        decision = say(replace(state, task=None), Action.NONE, text, awaiting="other")
        matter = state.sending.matter
        told = " ".join(matter.sentences) if matter else text
        sending = replace(state.sending, sent=max(0, state.sending.sent - 1))
        return replace(decision, state=replace(decision.state, reply=told, sending=sending))

    # -- what was said -----------------------------------------------------------------------

    def after(self, decision: Decision, at: datetime) -> Decision:
        """The decision with what it says noted, and with the offer where there is one to make."""
        matter = self._matter(decision, at)
        if matter is None:
            return decision
        before = decision.state.sending
        joined = before.matter.joined(matter) if before.matter else matter
        state = replace(decision.state, sending=replace(before, matter=joined))
        return self._offered(replace(decision, state=state), matter)

    def _offered(self, decision: Decision, matter: Matter) -> Decision:
        reply, state = decision.reply, decision.state
        used, remembered = self._means.channel(""), state.sending
        if not used or remembered.declined or state.emergency or state.written:
            return decision
        if reply.transfer_to or reply.ends_call or reply.language != "fr":
            return decision
        if matter.ticket:  # A12: asked after each ticket
            told = reply.say.removesuffix(_OTHER).strip()
            offer = self._phrases.say(f"send_offer_ticket_{used}")
        else:
            told, offer = reply.say, self._phrases.say(f"send_offer_{used}")
            if not self._may_offer(decision, matter, f"{told} {offer}"):
                return decision
        text = f"{told} {offer}"
        remembered = replace(remembered, offered=True)
        state = replace(state, reply=text, awaiting=AWAITING, sending=remembered)
        return replace(decision, reply=replace(reply, say=text), state=state)

    @staticmethod
    def _may_offer(decision: Decision, matter: Matter, text: str) -> bool:
        """Whether an answer may end with the offer: once a call, when nothing else is asked."""
        state, reply = decision.state, decision.reply
        return (
            reply.action == Action.ANSWER
            and not state.sending.offered
            and state.awaiting in ("", "other")
            and not reply.say.endswith("?")
            and len(text.split()) <= MOST_WORDS
            and bool(worth_noting(matter.sentences))
        )

    def _matter(self, decision: Decision, at: datetime) -> Matter | None:
        reply = decision.reply
        for ticket in decision.tickets:
            return self._composer.of_ticket(ticket, at) if ticket.complete else None
        if decision.state.task is not None or reply.action in _NOT_KEPT or decision.sends:
            return None
        sheet = self._finder.sheet(reply.sheet or "")
        if sheet is not None and reply.action == Action.ANSWER and reply.sentences:
            return self._of_sheet(sheet, decision)
        told = tuple(s for s in sentences(reply.say) if not s.rstrip().endswith("?"))
        if told and reply.action == Action.ANSWER and sheet is None:
            return Matter(sentences=told)  # opening hours, from the configuration
        return Matter(sentences=told) if "phone" in worth_noting(told) else None

    def _of_sheet(self, sheet: Sheet, decision: Decision) -> Matter:
        pages = [sheet.url, *(link.url for link in sheet.links)]
        link = next((page for page in pages if page and on_domain(page, self._town.website)), "")
        return Matter(
            title=sheet.title,
            sentences=_with_condition(sheet, decision),
            link=link.removeprefix("https://"),
            sheet=sheet.id,
        )


def _with_condition(sheet: Sheet, decision: Decision) -> tuple[str, ...]:
    """The sentences said; the first one with the case for which they hold, as it was said."""
    reply, first = decision.reply, decision.reply.sentences[0]
    for section in sheet.sections:
        case = condition(section)
        held = any(first.rstrip(" ;") in paragraph for paragraph in section.paragraphs)
        if case and held and (section.heading == decision.state.section or case in reply.say):
            return (f"{case} : {first}", *reply.sentences[1:])
    return reply.sentences
