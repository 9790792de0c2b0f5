"""What of a sheet is spoken: the part that was asked for, in its own sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from dialog.search.normalise import terms
from dialog.sections import answering, can_tell, condition, has_sign, is_signed, places
from dialog.sheets import Sheet
from dialog.state import Place

MOST_WORDS = 55  #: spoken at once (requirements P09)
MOST_FACTS = 3  #: sentences, or items of a list, spoken at once (P09)
ITEM = " ; "  #: between the items of a list
_END = re.compile(r"(?<=[.!?…])\s+(?=[«\"A-ZÀÂÇÉÈÊËÎÏÔÙÛÜŒ0-9])")
_INITIAL = re.compile(r"(?:\b[A-Z]|\b(?:M|Mme|Dr|St|Ste|av|bd|pl))\.$")


@dataclass(frozen=True)
class Spoken:
    """Sentences of a sheet, where they stand, and what could follow."""

    sentences: tuple[str, ...]
    heading: str
    more: tuple[Place, ...]
    condition: str = ""  #: for whom they hold, said before them

    @property
    def text(self) -> str:
        """The sentences as one text, after the condition under which they hold."""
        told = " ".join(self.sentences).rstrip(" ;:,")
        told += "" if told[-1:] in ".!?…»" else "."
        return f"{self.condition} : {told}" if self.condition else told


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph; "M. Martin" and "12 av. du Stade" stay whole.

    A list is cut after each item: nobody remembers eight papers that are read out in one breath.
    """
    found: list[str] = []
    for piece in _END.split(paragraph):
        if found and _INITIAL.search(found[-1]):
            found[-1] = f"{found[-1]} {piece}"
        else:
            found.append(piece)
    return [part for sentence in found for part in _items(sentence)]


def _items(sentence: str) -> list[str]:
    """A sentence, or the items of the list that it holds, each with its " ;"."""
    items = sentence.split(ITEM)
    return [f"{item} ;" for item in items[:-1]] + items[-1:]


def speak(sheet: Sheet, wanted: Sequence[Place], *, said: int = 0) -> Spoken:
    """Say the first place, at most `MOST_WORDS` words and `MOST_FACTS` facts of it; the rest is for
    "la suite".

    A first sentence longer than that is said whole: half a sentence may say the contrary.

    Args:
        said: words that are spoken before it, in the same breath.
    """
    first, later = wanted[0], tuple(wanted[1:])
    section = sheet.sections[first.section]
    every = sentences(section.paragraphs[first.paragraph])[first.sentence :]
    case = condition(section)
    chosen: list[str] = []
    words = said + len(case.split())
    for number, sentence in enumerate(every):
        words += len(sentence.split())
        one_left = number == len(every) - 1  # to stop before the very last fact would be silly
        if chosen and (words > MOST_WORDS or (number >= MOST_FACTS and not one_left)):
            rest = Place(first.section, first.paragraph, first.sentence + len(chosen))
            later = (rest, *later)
            break
        chosen.append(sentence)
    return Spoken(tuple(chosen), section.heading, later, case)


def choose(
    sheet: Sheet,
    aspects: Sequence[str],
    closeness: Sequence[float],
    question: str,
    *,
    follow_up: bool,
) -> tuple[Place, ...]:
    """Which paragraphs answer, the first one at once.

    Args:
        aspects: what the question asks for, as the rules name it.
        closeness: how close each paragraph is to the question, in the sheet's order.
        follow_up: the direct answer was already heard: prefer what is asked to it.

    Returns:
        At least one place; () when a follow-up asks for what the sheet does not hold.
    """
    headed = [place for aspect in aspects for place in answering(sheet, aspect, question)]
    scored = _scores(sheet, aspects, closeness, question)
    best = max(scored, key=lambda place: scored[place])
    if follow_up:
        if aspects and not can_tell(sheet, aspects):
            return ()
        first = max(headed, key=lambda place: scored[place], default=best)
        if scored[best] > scored[first] + BETTER:
            return (best,)
        if headed and scored[first] <= scored[headed[0]] + BETTER:
            return tuple(dict.fromkeys(headed))  # about as close: in the order written
        return _first(first, headed)
    strong = [
        place
        for aspect in aspects
        if aspect in STRONG or (sheet.national and aspect == "Qui")
        for place in answering(sheet, aspect, question)
    ]
    if strong:
        return tuple(dict.fromkeys(strong))
    if sheet.national:
        return _of_national(sheet, headed, scored, set(terms(question)))
    if best in headed and scored[best] > scored[Place(0, 0)] + BETTER:
        return _first(best, headed)
    return places(sheet, 0)


STRONG = ("Prix", "Pièces à fournir", "Délai", "En ligne", "Contact")
TELLING = 2  #: words of the question that only a later paragraph holds, to say it first
FURTHER = 2  #: paragraphs of a national sheet offered after those that were asked for
BETTER = 0.03  #: how much closer a paragraph must be to be said before the expected one


def _first(best: Place, others: Sequence[Place]) -> tuple[Place, ...]:
    return tuple(dict.fromkeys((best, *others)))


def _scores(
    sheet: Sheet, aspects: Sequence[str], closeness: Sequence[float], question: str
) -> dict[Place, float]:
    """How well each paragraph answers: by meaning, shared words, and signs of what is asked."""
    asked = set(terms(question))
    every = [place for number in range(len(sheet.sections)) for place in places(sheet, number)]
    found: dict[Place, float] = {}
    for place, close in zip(every, closeness, strict=True):
        text = _text(sheet, place)
        shared = len(asked & set(terms(text))) / (len(asked) or 1)
        signs = sum(is_signed(aspect) and has_sign(text, aspect) for aspect in aspects)
        found[place] = close + 0.08 * shared + 0.03 * signs
    return found


def _of_national(
    sheet: Sheet, headed: Sequence[Place], scored: dict[Place, float], asked: set[str]
) -> tuple[Place, ...]:
    """The direct answer of a national sheet, what was asked, what is closest to it.

    The direct answer is a summary. A paragraph that holds more of what the caller named than the
    summary and the title do is said before it.
    """
    closest = sorted((p for p in scored if p.section), key=lambda p: -scored[p])[:FURTHER]
    direct = places(sheet, 0)
    known = {*terms(sheet.title), *(t for p in direct for t in terms(_text(sheet, p)))}
    new = asked - known
    first = [p for p in closest[:1] if len(new & set(terms(_text(sheet, p)))) >= TELLING]
    return tuple(dict.fromkeys(chain(first, direct, headed, closest)))


def _text(sheet: Sheet, place: Place) -> str:
    """A paragraph with the words it stands under."""
    section = sheet.sections[place.section]
    return f"{condition(section)} {section.heading} {section.paragraphs[place.paragraph]}"
