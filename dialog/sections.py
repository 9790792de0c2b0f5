"""Which parts of a sheet answer what was asked, and for which of its cases.

An own sheet has one section per aspect, named by its heading. A national sheet has chapters, whose
kind the import found, and the same chapter once per case ("Vous avez un passeport valide").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dialog.search.normalise import terms
from dialog.sheets import Section, Sheet
from dialog.state import Place

_HEADINGS = {"Où": "Où et quand", "Quand": "Où et quand"}
_KINDS = {
    "Prix": ("price",),
    "Pièces à fournir": ("pieces",),
    "Délai": ("delay",),
    "Où": ("place", "contact"),
    "Quand": ("delay",),
    "En ligne": ("online",),
    "Qui": ("who",),
    "Comment": ("how", "place"),
    "Contact": ("contact", "place"),
}
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


def places(sheet: Sheet, section: int) -> tuple[Place, ...]:
    """The paragraphs of one section."""
    return tuple(Place(section, n) for n in range(len(sheet.sections[section].paragraphs)))


def answering(sheet: Sheet, aspect: str, question: str) -> tuple[Place, ...]:
    """The paragraphs of the sections on an aspect, those of the caller's case first.

    Args:
        question: all that the caller said of the case, to choose among the cases.
    """
    heading = _HEADINGS.get(aspect, aspect)
    numbers = [n for n, one in enumerate(sheet.sections) if n and one.heading == heading]
    if not numbers and sheet.national:
        kinds = _KINDS.get(aspect, ())
        numbers = [n for n, one in enumerate(sheet.sections) if n and one.kind in kinds]
    ordered = sorted(numbers, key=lambda n: -_of_case(sheet.sections[n], question))
    return tuple(place for number in ordered for place in places(sheet, number))


def can_tell(sheet: Sheet, aspects: Sequence[str]) -> bool:
    """Whether a sheet answers at least one of these, by a section or in passing."""
    return not aspects or any(
        answering(sheet, aspect, "") or has_sign(sheet.text, aspect) for aspect in aspects
    )


def has_sign(text: str, aspect: str) -> bool:
    """Whether a text speaks of an aspect; what has no sign ("Comment") may always be there."""
    sign = _SIGNS.get(aspect)
    return sign is None or re.search(sign, text, re.IGNORECASE) is not None


def is_signed(aspect: str) -> bool:
    """Whether an aspect shows in the words of a paragraph."""
    return aspect in _SIGNS


def condition(section: Section) -> str:
    """For whom a section holds, to be said before it; empty when it holds for everybody."""
    return ", ".join(section.conditions)


#: what callers say of a case, and what the sheets call it
_CASES = {
    "majeur": "adulte moi mari femme père mère conjoint grand parent",
    "mineur": "enfant fils fille bébé petit garçon ado gamin",
    "étranger": "étranger pays né naissance",
}
_SAME = {
    stem: case for case, said in _CASES.items() for word in said.split() for stem in terms(word)
}


def _of_case(section: Section, question: str) -> float:
    """How many of the caller's words name the conditions of a section."""
    said = set(terms(question))
    said |= {stem for word in said if (case := _SAME.get(word)) for stem in terms(case)}
    named = set(terms(condition(section)))
    return len(said & named) / (len(named) or 1)
