"""What of a sheet is spoken: the part that was asked for, in its own sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dialog.search.normalise import terms
from dialog.sheets import Sheet
from dialog.state import Place

MOST_WORDS = 55  #: spoken at once (requirements P09)
_END = re.compile(r"(?<=[.!?…])\s+(?=[«\"A-ZÀÂÇÉÈÊËÎÏÔÙÛÜŒ0-9])")
_INITIAL = re.compile(r"(?:\b[A-Z]|\b(?:M|Mme|Dr|St|Ste|av|bd|pl))\.$")


@dataclass(frozen=True)
class Spoken:
    """Sentences of a sheet, where they stand, and what could follow."""

    sentences: tuple[str, ...]
    heading: str
    more: tuple[Place, ...]

    @property
    def text(self) -> str:
        """The sentences as one text."""
        return " ".join(self.sentences)


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph; "M. Martin" and "12 av. du Stade" stay whole."""
    found: list[str] = []
    for piece in _END.split(paragraph):
        if found and _INITIAL.search(found[-1]):
            found[-1] = f"{found[-1]} {piece}"
        else:
            found.append(piece)
    return found


def places(sheet: Sheet, section: int) -> tuple[Place, ...]:
    """The paragraphs of one section."""
    return tuple(Place(section, n) for n in range(len(sheet.sections[section].paragraphs)))


def speak(sheet: Sheet, wanted: Sequence[Place]) -> Spoken:
    """Say the first place, at most `MOST_WORDS` words of it; the rest is for "la suite".

    A first sentence longer than that is said whole: half a sentence may say the contrary.
    """
    first, later = wanted[0], tuple(wanted[1:])
    section = sheet.sections[first.section]
    every = sentences(section.paragraphs[first.paragraph])
    chosen: list[str] = []
    words = 0
    for sentence in every[first.sentence :]:
        words += len(sentence.split())
        if chosen and words > MOST_WORDS:
            rest = Place(first.section, first.paragraph, first.sentence + len(chosen))
            later = (rest, *later)
            break
        chosen.append(sentence)
    return Spoken(tuple(chosen), section.heading, later)


def can_tell(sheet: Sheet, aspects: Sequence[str]) -> bool:
    """Whether a sheet answers at least one of these, by a section or in passing."""
    return not aspects or any(
        _section(sheet, aspect) or _has_sign(sheet.text, aspect) for aspect in aspects
    )


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
    headed = [place for aspect in aspects for place in _section(sheet, aspect)]
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
    strong = [place for aspect in aspects if aspect in STRONG for place in _section(sheet, aspect)]
    if strong:
        return tuple(dict.fromkeys(strong))
    if best in headed and scored[best] > scored[Place(0, 0)] + BETTER:
        return _first(best, headed)
    return places(sheet, 0)


STRONG = ("Prix", "Pièces à fournir", "Délai", "En ligne", "Contact")
BETTER = 0.03  #: how much closer a paragraph must be to be said before the expected one
_HEADINGS = {"Où": "Où et quand", "Quand": "Où et quand"}
_SIGNS = {
    "Prix": r"€|\beuros?\b|gratuit|payant|payer|tarif",
    "Pièces à fournir": r"justificatif|pièce|papier|attestation|photo|apporte",
    "Délai": r"\b(?:jours?|semaines?|mois|ans?|avant|délai)\b",
    "En ligne": r"site|internet|en ligne|courriel",
    "Contact": r"\d\d \d\d \d\d|appelez",
    "Où": r"\b(?:rue|place|avenue|route|boulevard|chemin|allée|trouve|adresse|étage|guichet)\b",
    "Quand": r"\d ?h\b|\d ?h\d|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|rendez-vous",
    "Pour un enfant": r"\b(?:enfants?|mineurs?|moins de \d+ ans)\b",
}


def _section(sheet: Sheet, aspect: str) -> tuple[Place, ...]:
    number = sheet.section(_HEADINGS.get(aspect, aspect))
    return () if number is None else places(sheet, number)


def _has_sign(text: str, aspect: str) -> bool:
    """Whether a text speaks of an aspect; what has no sign ("Comment") may always be there."""
    sign = _SIGNS.get(aspect)
    return sign is None or re.search(sign, text, re.IGNORECASE) is not None


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
        text = sheet.sections[place.section].paragraphs[place.paragraph]
        shared = len(asked & set(terms(text))) / (len(asked) or 1)
        signs = sum(aspect in _SIGNS and _has_sign(text, aspect) for aspect in aspects)
        found[place] = close + 0.08 * shared + 0.03 * signs
    return found
