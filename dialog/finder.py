"""Finds what to answer to a question: from a sheet, by a question back, or not at all."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from dialog.answers import choose, speak
from dialog.decision import Decision, Turn, candidates
from dialog.difference import differences
from dialog.follow_up import Lean, lean
from dialog.intents import Intents
from dialog.language_model import LanguageModel
from dialog.opening import Opening
from dialog.phrases import Phrases
from dialog.phrasing import Phraser, phrase
from dialog.reply import Action, Reply
from dialog.search import Hit, Index, Query, Ranking
from dialog.search.normalise import terms
from dialog.sheets import Sheet
from dialog.state import Place, State
from dialog.sureness import MOST_CHOICES, at_home, close_choices, is_sure, least
from dialog.town import Town
from dialog.wish_bank import is_wish

Grant = Callable[[Turn, str], Decision | None]  #: the decision on a wish, by its name in the bank

REWRITTEN = 0.9  #: the same for what the language model made of a follow-up
NOWHERE = 0.3  #: confidence under which nothing was near
WISHED = 0.45  #: the same for a wish, such as a person: a mistake costs little
KNOWN = 6.5  #: score under which no sheet speaks of what was said
FEW = 12  #: words of a turn; a longer one is asked for again in fewer words
CHOSEN = 0.75  #: confidence from which an answer in free words picks a choice


class Finder:
    """Searches, and turns what it finds into a reply. Holds nothing of any call."""

    def __init__(
        self,
        town: Town,
        index: Index,
        intents: Intents,
        phrases: Phrases,
        opening: Opening,
        model: LanguageModel | None,
        phraser: Phraser | None = None,
        grant: Grant | None = None,
    ) -> None:
        self._town = town
        self._index = index
        self._intents = intents
        self._phrases = phrases
        self._opening = opening
        self._model = model
        self._phraser = phraser
        self._grant = grant
        self._sheets = {sheet.id: sheet for sheet in index.sheets}

    def sheet(self, sheet_id: str) -> Sheet | None:
        """The sheet with this id."""
        return self._sheets.get(sheet_id)

    # -- finding -----------------------------------------------------------------------------

    def decide(self, turn: Turn, *, wishes: bool = False) -> tuple[Decision, bool]:
        """The reply to a question, and whether it was understood.

        Args:
            wishes: whether what is no question (a person, a report) is granted too.
        """
        started = time.perf_counter()
        before = self._before(turn.state)
        leaning = lean(turn, before, self._intents)
        day = turn.at.date()
        same = leaning.text == turn.words.text  # a correction is not what the recogniser heard
        query = self._index.query(leaning.text, turn.alternatives if same else ())
        last = before if leaning.after else None
        ranking = self._index.rank(query, day, context=leaning.context, last=last)
        stages = {"search": _ms_since(started)}
        if self._model is not None and leaning.follow_up and not is_sure(ranking):
            started = time.perf_counter()
            query, ranking = self._rewritten(turn, leaning, query, ranking)
            stages["rewrite"] = _ms_since(started)
        ranking = at_home(ranking)
        granted = self._wish(turn, ranking) if wishes else None
        if granted is not None:
            return replace(granted, reply=replace(granted.reply, stages=stages)), True
        decision, understood = self._reply(turn, leaning, query, ranking)
        return replace(decision, reply=replace(decision.reply, stages=stages)), understood

    def hours(self, turn: Turn) -> Decision | None:
        """The opening hours of the office that is meant, when nothing else is asked."""
        return self._opening.decide(turn)

    def phone(self, turn: Turn) -> Decision | None:
        """ "Et celui de la voirie ?" after a number: no wish to be passed there."""
        return self._opening.phone(turn) if self._opening.phone_goes_on(turn) else None

    def _before(self, state: State) -> Sheet | None:
        """The sheet that a turn may lean on: the last one spoken, or the likeliest just offered."""
        offered = state.choices[0] if state.choices else ""
        return self.sheet(offered or state.sheet)

    def _rewritten(
        self, turn: Turn, leaning: Lean, query: Query, ranking: Ranking
    ) -> tuple[Query, Ranking]:
        """Search the language model's full question: it may make sure of what was near, or find
        where nothing was.
        """
        full = self._model.rewrite(turn.state.history, turn.words.text) if self._model else ""
        if not terms(full):
            return query, ranking
        other = self._index.query(full)
        found = self._index.rank(other, turn.at.date())
        near = {hit.sheet.id for hit in ranking.hits[:MOST_CHOICES]}
        helps = is_sure(found, REWRITTEN) and (
            ranking.confidence < NOWHERE or found.hits[0].sheet.id in near
        )
        return (other, found) if helps else (query, ranking)

    def _reply(
        self, turn: Turn, leaning: Lean, query: Query, ranking: Ranking
    ) -> tuple[Decision, bool]:
        if (told := self._opening.of_office(turn)) is not None:
            return told, True
        phone = self._opening.phone(turn)
        if is_sure(ranking, least(turn, leaning, ranking)):
            hit = ranking.hits[0]
            asked_again = leaning.follow_up and hit.sheet.id == turn.state.sheet
            told = self.answer(turn, hit, query, leaning, ranking, follow_up=asked_again)
            return (told if phone is None or _same_number(told, phone) else phone), True
        if phone is not None:
            return phone, True
        if (configured := self._opening.decide(turn)) is not None:
            return configured, True
        choices = () if self._unknown(turn, ranking) else close_choices(ranking)
        if choices and turn.state.awaiting != "choice":
            return self._clarify(turn, choices, ranking), True
        return self._nothing(turn, ranking), False

    def _wish(self, turn: Turn, ranking: Ranking) -> Decision | None:
        """What was found is no sheet but a wish: grant it."""
        best = ranking.best
        if best is None or not is_wish(best.sheet.id) or best.probability < WISHED:
            return None
        decision = self._grant(turn, best.sheet.id) if self._grant else None
        if decision is None:
            return None
        reply = replace(
            decision.reply,
            confidence=best.probability,
            candidates=candidates(ranking.hits),
        )
        return replace(decision, reply=reply)

    # -- replies -----------------------------------------------------------------------------

    def answer(
        self,
        turn: Turn,
        hit: Hit,
        query: Query,
        leaning: Lean,
        ranking: Ranking,
        *,
        follow_up: bool,
    ) -> Decision:
        """Say the part of the sheet that was asked for."""
        sheet = hit.sheet
        titled = any(self._intents.names_aspect(h, sheet.title) for h in leaning.aspects)
        aspects = () if titled and not follow_up else leaning.aspects
        entitled = self._intents.is_("entitled", turn.words)
        if entitled and "Qui" not in aspects:
            aspects = ("Qui", *aspects)
        closeness = self._index.paragraphs(query, sheet)
        wanted = choose(sheet, aspects, closeness, leaning.text, follow_up=follow_up)
        base = Reply(
            Action.ANSWER,
            "",
            sheet=sheet.id,
            sheet_version=sheet.version,
            confidence=hit.probability,
            candidates=candidates(ranking.hits),
        )
        state = replace(
            turn.state.settled().remember(turn.words.text), sheet=sheet.id, aspects=leaning.aspects
        )
        if not wanted:
            return self._missing(base, state, sheet)
        lead = self._opening.lead(turn)
        if lead:
            state = replace(state, hours_of=state.line_service or self._town.default_service)
        elif entitled:
            lead = self._phrases.say("entitled")
        return self.tell(base, state, sheet, wanted, lead=lead)

    def tell(
        self,
        base: Reply,
        state: State,
        sheet: Sheet,
        wanted: tuple[Place, ...],
        *,
        lead: str = "",
    ) -> Decision:
        """Speak the first of these places and offer the others."""
        spoken = speak(sheet, wanted, said=len(lead.split()))
        offer = self._phrases.say("more_offer") if spoken.more else ""
        question = state.history[-1] if state.history else ""
        told = phrase(question, spoken.text, sheet, self._phraser)
        text = " ".join(part for part in (lead, told, offer) if part)
        after = replace(
            state,
            section=spoken.heading,
            reply=text,
            reply_sheet=sheet.id,
            awaiting="more" if spoken.more else "",
            more=spoken.more,
        )
        return Decision(replace(base, say=text, sentences=spoken.sentences), after)

    def go_on(self, state: State, day: date) -> Decision | None:
        """Say what "la suite" promised, if anything is left."""
        sheet = self.sheet(state.sheet)
        if sheet is None or not state.more or not sheet.speakable(day):
            return None
        base = Reply(Action.ANSWER, "", sheet=sheet.id, sheet_version=sheet.version)
        return self.tell(base, state.settled(), sheet, state.more)

    def _missing(self, base: Reply, state: State, sheet: Sheet) -> Decision:
        """The sheet does not say it: say so, and who knows."""
        service = self._town.service(sheet.service)
        parts = [
            self._phrases.say("missing"),
            self._phrases.say(
                "service_phone", service=service.name, phone=service.phone or self._town.phone
            ),
        ]
        text = " ".join(parts)
        after = replace(state, reply=text, reply_sheet=sheet.id)
        return Decision(replace(base, say=text), after)

    def _clarify(self, turn: Turn, choices: tuple[Hit, ...], ranking: Ranking) -> Decision:
        names = differences([hit.sheet.title for hit in choices])
        fields = dict(zip(("first", "second", "third"), names, strict=False))
        phrase_name = ("clarify_one", "clarify_two", "clarify_three")[len(names) - 1]
        text = self._phrases.say(phrase_name, **fields)
        after = replace(
            turn.state.settled(),
            awaiting="choice",
            choices=tuple(hit.sheet.id for hit in choices),
            question=turn.words.text,
            reply=text,
            reply_sheet="",
        )
        reply = Reply(
            Action.CLARIFY,
            text,
            confidence=choices[0].probability,
            candidates=candidates(ranking.hits),
        )
        return Decision(reply, after)

    @staticmethod
    def _unknown(turn: Turn, ranking: Ranking) -> bool:
        """Whether no sheet speaks of this; a long turn is never near to one, whatever it says."""
        return ranking.score < KNOWN and turn.words.count <= FEW

    def _nothing(self, turn: Turn, ranking: Ranking) -> Decision:
        elsewhere = self._unknown(turn, ranking) and turn.words.count > 2
        text = self._phrases.say("out_of_scope" if elsewhere else "not_understood")
        reply = Reply(
            Action.OUT_OF_SCOPE,
            text,
            confidence=1.0 - ranking.confidence,
            candidates=candidates(ranking.hits),
            fixed=True,
        )
        after = replace(turn.state.settled(), reply=text, reply_sheet="")
        return Decision(reply, after)

    # -- clarifying answers ------------------------------------------------------------------

    def chosen(self, turn: Turn, number: int) -> Decision | None:
        """Answer the clarified question from the choice with this number (from 0)."""
        state = turn.state
        sheet = self.sheet(state.choices[number]) if number < len(state.choices) else None
        if sheet is None or not sheet.speakable(turn.at.date()):
            return None
        query = self._index.query(state.question)
        asked = Turn(type(turn.words).of(state.question), state, turn.at)
        leaning = Lean(state.question, self._intents.aspects(asked.words))
        hit = Hit(sheet, 1.0, 0)
        return self.answer(asked, hit, query, leaning, Ranking((hit,)), follow_up=False)

    def choice_named(self, turn: Turn) -> int | None:
        """Which choice the caller names by words of its title that no other choice has."""
        if self._intents.is_("person", turn.words):
            return None
        said = set(terms(turn.words.core))
        titles = [
            set(terms(sheet.title)) if (sheet := self.sheet(one)) else set[str]()
            for one in turn.state.choices
        ]
        scores = [
            len(said & (title - set[str]().union(*(t for t in titles if t is not title))))
            for title in titles
        ]
        best = max(scores, default=0)
        beside = len(said - set[str]().union(*titles, terms(turn.state.question)))
        if best > beside:  # "la taxe par personne, c'est moi ?" asks something new
            return scores.index(best) if scores.count(best) == 1 else None
        return self._choice_meant(turn)

    def _choice_meant(self, turn: Turn) -> int | None:
        """Which choice is meant by other words than its title's: "pour mon fils", "je l'ai perdue".

        The answer is searched together with the question: one of the choices must then be sure. If
        another sheet is surer, the caller asks something new.
        """
        state = turn.state
        if turn.words.count > FEW or self._intents.is_("no", turn.words):
            return None
        if not terms(turn.words.core):
            return None
        query = self._index.query(f"{state.question} {turn.words.text}")
        ranking = self._index.rank(query, turn.at.date())
        best = ranking.best
        if best is None or best.sheet.id not in state.choices or best.probability < CHOSEN:
            return None
        return state.choices.index(best.sheet.id)


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def _same_number(told: Decision, phone: Decision) -> bool:
    """Whether an answer from a sheet holds the number that the configuration has."""
    number = re.search(r"0\d(?: \d{2}){4}", phone.reply.say)
    return number is not None and number.group() in told.reply.say
