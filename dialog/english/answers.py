"""Answers from sheets written in English: found by the same search, said in their own sentences."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from dialog.answers import speak
from dialog.decision import Decision, Turn, candidates
from dialog.english.speech import LANGUAGE, Speech
from dialog.english.words import all_stems, named_stems, share, stems
from dialog.intents import Intents
from dialog.reply import Action, Reply
from dialog.rules import Rules
from dialog.search import Hit, Index, Query, Ranking
from dialog.sections import places
from dialog.sheets import Sheet
from dialog.state import Place, State

SURE = 0.90  #: confidence from which a sheet is spoken; there are few, so rivals are few too
DOUBTFUL = 0.50  #: confidence from which "is your question about…" is worth the caller's time
KNOWN = 0.5  #: share of what was asked that a sheet must know to be asked about; more to be spoken
_LEANS = Rules("it|that|this|they|them|there|and (for|when|where|how|what)|what about|how about")
_SHORT = 9  #: words of a turn that may lean on the sheet before it
_CLOSE = 0.03  #: how much closer a paragraph must be to be said before the direct answer
#: headings under which the sheets answer what is asked
_HEADINGS = {"Where": "Where and when", "When": "Where and when"}
_WHEN = "When"


class Answers:
    """Searches English sheets and says what was asked of them."""

    def __init__(self, index: Index, intents: Intents, speech: Speech) -> None:
        self._index = index
        self._intents = intents
        self._speech = speech
        self._sheets = {one.id: one for one in index.sheets if one.lang == LANGUAGE}
        self._about = {name: named_stems(one) for name, one in self._sheets.items()}
        self._known = {name: all_stems(one) for name, one in self._sheets.items()}

    def sheet(self, sheet_id: str) -> Sheet | None:
        """The English sheet with this id."""
        return self._sheets.get(sheet_id)

    def decide(self, turn: Turn) -> Decision | None:
        """The answer of a sheet, a question back between two, or None."""
        if not any(one.speakable(turn.at.date()) for one in self._sheets.values()):
            return None
        started = time.perf_counter()
        before = self.sheet(turn.state.sheet)
        aspects = self._intents.aspects(turn.words)
        query = self._index.query(turn.words.text)
        if before is not None and self._leans(turn, before, aspects):
            hit = Hit(before, 1.0, 0)
            return self._answer(turn, hit, query, aspects, Ranking(()), follow_up=True)
        ranking = self._index.rank(query, turn.at.date(), language=LANGUAGE)
        ms = (time.perf_counter() - started) * 1000
        best = ranking.best
        if best is None or best.probability < DOUBTFUL:
            return None
        known = self._share(turn, best)
        if known < KNOWN:
            return None
        if best.probability < SURE or known == KNOWN:
            found = self._which(turn, ranking)
        else:
            found = self._answer(turn, best, query, aspects, ranking)
        return replace(found, reply=replace(found.reply, stages={"search": ms}))

    def chosen(self, turn: Turn, number: int) -> Decision | None:
        """Answer the question that was asked back about, from this choice (from 0)."""
        state = turn.state
        sheet = self.sheet(state.choices[number]) if number < len(state.choices) else None
        if sheet is None or not sheet.speakable(turn.at.date()):
            return None
        asked = replace(turn, words=type(turn.words).of(state.question))
        query = self._index.query(state.question)
        aspects = self._intents.aspects(asked.words)
        return self._answer(asked, Hit(sheet, 1.0, 0), query, aspects, Ranking(()))

    def go_on(self, turn: Turn) -> Decision | None:
        """What "go on" promised, if anything is left."""
        state = turn.state
        sheet = self.sheet(state.sheet)
        if sheet is None or not state.more or not sheet.speakable(turn.at.date()):
            return None
        return self._tell(state.settled(), sheet, state.more, Hit(sheet, 1.0, 0), Ranking(()))

    def _share(self, turn: Turn, hit: Hit) -> float:
        """How much of the words the sheet knows; 0 when it only mentions them in passing."""
        asked = stems(turn.words.text)
        if asked and not asked & self._about[hit.sheet.id]:
            return 0.0
        known = share(asked, self._known[hit.sheet.id])
        return max(known, KNOWN) if asked & stems(hit.sheet.title) else known

    def _leans(self, turn: Turn, before: Sheet, aspects: Sequence[str]) -> bool:
        """ "How much is it?" is about the sheet last spoken, where that one can tell."""
        if turn.words.count > _SHORT or not before.speakable(turn.at.date()):
            return False
        has = any(_section(before, aspect) is not None for aspect in aspects)
        return has and _LEANS.search(turn.words.spoken) is not None

    def _answer(
        self,
        turn: Turn,
        hit: Hit,
        query: Query,
        aspects: Sequence[str],
        ranking: Ranking,
        *,
        follow_up: bool = False,
    ) -> Decision:
        wanted = self._wanted(hit.sheet, query, aspects, follow_up=follow_up)
        state = replace(turn.state.settled().remember(turn.words.text), sheet=hit.sheet.id)
        return self._tell(state, hit.sheet, wanted, hit, ranking)

    def _wanted(
        self, sheet: Sheet, query: Query, aspects: Sequence[str], *, follow_up: bool
    ) -> tuple[Place, ...]:
        """The section asked for by its heading, else the direct answer or a closer paragraph."""
        # "when is the market" is what the direct answer of a sheet on times is about
        for aspect in (a for a in aspects if follow_up or a != _WHEN):
            if (number := _section(sheet, aspect)) is not None:
                return places(sheet, number)
        every = [p for number in range(len(sheet.sections)) for p in places(sheet, number)]
        closeness = self._index.paragraphs(query, sheet)
        best = max(range(len(every)), key=lambda n: closeness[n])
        if closeness[best] > closeness[0] + _CLOSE:
            return (every[best],)
        return places(sheet, 0)

    def _tell(
        self, state: State, sheet: Sheet, wanted: tuple[Place, ...], hit: Hit, ranking: Ranking
    ) -> Decision:
        spoken = speak(sheet, wanted)
        offer = self._speech.text("more_offer") if spoken.more else ""
        text = f"{spoken.text} {offer}".strip()
        reply = Reply(
            Action.ANSWER,
            text,
            language=LANGUAGE,
            sheet=sheet.id,
            sheet_version=sheet.version,
            sentences=spoken.sentences,
            confidence=hit.probability,
            candidates=candidates(ranking.hits),
        )
        after = replace(
            state,
            sheet=sheet.id,
            section=spoken.heading,
            reply=text,
            reply_sheet=sheet.id,
            awaiting="more" if spoken.more else "",
            more=spoken.more,
            language=LANGUAGE,
        )
        return Decision(reply, after)

    def _which(self, turn: Turn, ranking: Ranking) -> Decision:
        """Ask which of the two likeliest sheets is meant."""
        near = [hit for hit in ranking.hits[1:2] if self._share(turn, hit) >= KNOWN]
        hits = [ranking.hits[0], *near]
        titles = [_in_sentence(hit.sheet.title) for hit in hits]
        if len(titles) > 1:
            text = self._speech.text("clarify_two", first=titles[0], second=titles[1])
        else:
            text = self._speech.text("clarify_one", first=titles[0])
        decision = self._speech.say(
            turn.state, Action.CLARIFY, text, fixed=False, awaiting="choice"
        )
        choices = tuple(hit.sheet.id for hit in hits)
        state = replace(decision.state, choices=choices, question=turn.words.text)
        reply = replace(
            decision.reply,
            confidence=hits[0].probability,
            candidates=candidates(ranking.hits),
        )
        return replace(decision, reply=reply, state=state)


def _section(sheet: Sheet, aspect: str) -> int | None:
    return sheet.section(_HEADINGS.get(aspect, aspect))


def _in_sentence(title: str) -> str:
    """A title inside a sentence: "French passport…" keeps its capital, "Street market" does not."""
    first = title.split(maxsplit=1)[0]
    return title if first in ("French", "ID") else title[:1].lower() + title[1:]
