"""Finds what to answer to a question: from a sheet, by a question back, or not at all."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

from dialog.answers import choose, speak
from dialog.decision import Decision, Turn, candidates
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
from dialog.town import Town

SURE = 0.40  #: probability from which a sheet is spoken
AHEAD, AHEAD_LEAST = 2.5, 0.14  #: or this many times the second, above this least
MOST_CHOICES = 3
CLOSE = 0.35  #: a choice has at least this share of the best one's probability


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
    ) -> None:
        self._town = town
        self._index = index
        self._intents = intents
        self._phrases = phrases
        self._opening = opening
        self._model = model
        self._phraser = phraser
        self._sheets = {sheet.id: sheet for sheet in index.sheets}

    def sheet(self, sheet_id: str) -> Sheet | None:
        """The sheet with this id."""
        return self._sheets.get(sheet_id)

    # -- finding -----------------------------------------------------------------------------

    def decide(self, turn: Turn) -> tuple[Decision, bool]:
        """The reply to a question, and whether it was understood."""
        started = time.perf_counter()
        leaning = lean(turn, self.sheet(turn.state.sheet), self._intents)
        day = turn.at.date()
        query = self._index.query(leaning.text)
        background = self._index.query(leaning.background) if leaning.background else None
        ranking = self._index.rank(query, day, context=leaning.context, background=background)
        stages = {"search": _ms_since(started)}
        if self._model is not None and leaning.follow_up and not _sure(ranking):
            started = time.perf_counter()
            query, ranking = self._rewritten(turn, leaning, query, ranking)
            stages["rewrite"] = _ms_since(started)
        decision, understood = self._reply(turn, leaning, query, ranking)
        return replace(decision, reply=replace(decision.reply, stages=stages)), understood

    def _rewritten(
        self, turn: Turn, leaning: Lean, query: Query, ranking: Ranking
    ) -> tuple[Query, Ranking]:
        """Search the language model's full question; keep it only when it makes sure."""
        full = self._model.rewrite(turn.state.history, turn.words.text) if self._model else ""
        if not terms(full):
            return query, ranking
        other = self._index.query(full)
        found = self._index.rank(other, turn.at.date())
        return (other, found) if _sure(found) else (query, ranking)

    def _reply(
        self, turn: Turn, leaning: Lean, query: Query, ranking: Ranking
    ) -> tuple[Decision, bool]:
        if (told := self._opening.of_office(turn)) is not None:
            return told, True
        if _sure(ranking):
            hit = ranking.hits[0]
            asked_again = leaning.follow_up and hit.sheet.id == turn.state.sheet
            return self.answer(turn, hit, query, leaning, ranking, follow_up=asked_again), True
        if (configured := self._opening.decide(turn)) is not None:
            return configured, True
        choices = close_choices(ranking)
        if len(choices) > 1 and turn.state.awaiting != "choice":
            return self._clarify(turn, choices, ranking), True
        return self._nothing(turn, ranking), False

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
        spoken = speak(sheet, wanted)
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
        names = [_inside(hit.sheet.title) for hit in choices]
        fields = dict(zip(("first", "second", "third"), names, strict=False))
        text = self._phrases.say("clarify_three" if len(names) == 3 else "clarify_two", **fields)
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

    def _nothing(self, turn: Turn, ranking: Ranking) -> Decision:
        best = ranking.best.probability if ranking.best else 0.0
        elsewhere = ranking.none >= best and turn.words.count > 2
        text = self._phrases.say("out_of_scope" if elsewhere else "not_understood")
        reply = Reply(
            Action.OUT_OF_SCOPE,
            text,
            confidence=max(ranking.none, 1.0 - best) if elsewhere else 1.0 - best,
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
        return self.answer(asked, hit, query, leaning, Ranking((hit,), 0.0), follow_up=False)

    def choice_named(self, turn: Turn) -> int | None:
        """Which choice the caller names by words of its title that no other choice has."""
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
        return scores.index(best) if best and scores.count(best) == 1 else None


def _sure(ranking: Ranking) -> bool:
    if ranking.best is None or ranking.none >= ranking.best.probability:
        return False
    best = ranking.best.probability
    second = ranking.hits[1].probability if len(ranking.hits) > 1 else 0.0
    return best >= SURE or (best >= AHEAD_LEAST and best >= AHEAD * max(second, ranking.none))


def close_choices(ranking: Ranking) -> tuple[Hit, ...]:
    """The sheets that a clarifying question would name; () when none stands out."""
    if ranking.best is None or ranking.best.probability <= 1.5 * ranking.none:
        return ()
    least = CLOSE * ranking.best.probability
    return tuple(hit for hit in ranking.hits[:MOST_CHOICES] if hit.probability >= least)


def _inside(title: str) -> str:
    """A title inside a sentence: "Prix de la cantine" -> "prix de la cantine"; sigles stay."""
    first, _, rest = title.partition(" ")
    return (
        title
        if len(first) > 1 and first.isupper()
        else f"{first[:1].lower()}{first[1:]} {rest}".strip()
    )


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
