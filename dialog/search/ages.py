"""Whether a caller speaks of a child or of an adult, against what a sheet's title is about.

"La carte d'identité de ma petite, elle a quatre mois" never says "mineur": neither its words nor
its meaning keep it from the sheet for adults. Age decides between many twins of sheets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from num2words import num2words
from numpy.typing import NDArray

from dialog.search.normalise import fold
from dialog.sheets import Sheet

AGREES, DISAGREES = 0.7, -1.5  #: what the score of a sheet gains
UNSAID = -2.0  #: the same for a child's twin of a sheet, when nobody spoke of a child
MAJORITY = 18

_YEARS = "|".join(fold(num2words(n, lang="fr")) + rf"|{n}" for n in range(1, MAJORITY))
_CHILD = re.compile(
    r"\b(?:(?:mon|ma|mes|notre|nos|le|la|les|un|une|son|sa|ses) (?:petits? |petites? |jeunes? )?"
    r"(?:fils|filles?|bebes?|gamins?|gamines?|gosses?|enfants?|petite?|ado|garcon|fillette|momes?)"
    rf"|mineure?s?|nourrisson|(?:{_YEARS}) (?:ans|mois)(?! de| que| d)|bebe)\b"
)
_ADULT = re.compile(
    r"\b(?:majeure?s?|adultes?|mon mari|ma femme|mes parents|ma mere|mon pere|dix huit ans|18 ans|"
    r"(?:dix neuf|vingt|trente|quarante|cinquante|soixante)[\w ]{0,10}? ans|etudiante?|"
    r"grande? (?:fille|fils))\b"
)
_OF_CHILD = re.compile(r"\b(?:mineure?s?|enfants?|bebe)\b")
_AGE = re.compile(
    r"(?:\b(?:d|de|pour|l|un|une|le|la|les|des|nationale) )*"
    r"\b(?:mineure?s?|enfants?|bebe|majeure?s?|adultes?)\b"
    r"|\bnationale\b|[^\w ]"
)
_OF_ADULT = re.compile(r"\b(?:majeure?s?|adultes?)\b")


class Ages:
    """What the titles of the sheets say of age."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        titles = [fold(sheet.title) for sheet in sheets]
        self._child = np.array([bool(_OF_CHILD.search(title)) for title in titles], bool)
        self._adult = np.array([bool(_OF_ADULT.search(title)) for title in titles], bool)
        ageless = [_ageless(title) for title in titles]
        grown = {one for one, child in zip(ageless, self._child, strict=True) if not child}
        self._twin = self._child & np.array([one in grown for one in ageless], bool)

    def bonus(self, text: str) -> NDArray[np.float32]:
        """What each sheet's score gains by the age that these words tell of."""
        said = fold(text)
        child, adult = bool(_CHILD.search(said)), bool(_ADULT.search(said))
        gain = np.zeros(len(self._child), np.float32)
        if child and not adult:
            gain[self._child] += AGREES
            gain[self._adult & ~self._child] += DISAGREES
        elif adult and not child:
            gain[self._adult] += AGREES
            gain[self._child & ~self._adult] += DISAGREES
        elif not child:
            gain[self._twin] += UNSAID
        return gain


def _ageless(title: str) -> str:
    """A title without the words that tell of age: "Passeport d'un enfant" is "passeport"."""
    return " ".join(_AGE.sub(" ", title).split())
