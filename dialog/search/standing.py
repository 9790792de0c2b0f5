"""What speaks for a sheet before anybody asks: how many others send there, how it can be asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dialog.sheets import Sheet


def standing(sheets: Sequence[Sheet]) -> tuple[NDArray[np.float32], ...]:
    """Three signals of each sheet; the first two on a logarithmic scale, as for any sheet if it is
    a wish.

    How many sheets refer to it: callers ask for "l'APA" more often than for its suspension.
    How many phrasings it has: the best of forty is closer by chance than the best of ten.
    Whether it is no sheet but a wish, such as a person: it has neither text nor neighbours.
    """
    wish = np.array([not (one.service or one.theme) for one in sheets], bool)
    sent = Counter(one for sheet in sheets for one in dict.fromkeys(sheet.see))
    referred = np.log1p(np.array([sent[sheet.id] for sheet in sheets], np.float32))
    asked = np.log1p(np.array([len(sheet.questions) for sheet in sheets], np.float32))
    for signal in (referred, asked):
        signal[wish] = signal[~wish].mean() if (~wish).any() else 0.0
    return referred, asked, wish.astype(np.float32)
