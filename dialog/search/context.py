"""What the sheet last spoken says of the next question: "et pour mon fils ?", "ça coûte combien ?".

The words are searched alone and together with that sheet's title; sheets near to it (the same
dossier, the same theme, those it refers to) are likelier, the sheet itself is not: what it says was
just said. The weights were fitted on the follow-ups of the development dialogues
(docs/understanding.md).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dialog.sheets import Sheet

ALONE, TOGETHER = 0.47, 0.52
DOSSIER, THEME, REFERRED, SAME = 0.6, 1.6, 1.7, -0.8
ASIDE = 1.0  #: what is no sheet (a person, "merci") follows any sheet: it is searched alone


class Neighbours:
    """Which sheets are near to which."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self._dossier = _codes([sheet.dossier for sheet in sheets])
        self._theme = _codes([sheet.theme or sheet.service for sheet in sheets])
        number = {sheet.id: n for n, sheet in enumerate(sheets)}
        self._referred = [[number[one] for one in s.see if one in number] for s in sheets]

    def bonus(self, number: int) -> NDArray[np.float32]:
        """What each sheet's score gains when the sheet with this number was spoken last."""
        gain = THEME * _like(self._theme, number) + DOSSIER * _like(self._dossier, number)
        gain[self._referred[number]] += REFERRED
        gain[number] += SAME
        return np.asarray(gain, np.float32)


def _codes(names: Sequence[str]) -> NDArray[np.int64]:
    known = {name: n for n, name in enumerate(dict.fromkeys(names))}
    return np.array([known[name] if name else -1 for name in names], np.int64)


def _like(codes: NDArray[np.int64], number: int) -> NDArray[np.float64]:
    return np.asarray((codes == codes[number]) & (codes >= 0), np.float64)
