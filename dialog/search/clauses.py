"""A long spoken turn cut into clauses, so that the request is found inside the story.

"Voilà, on a un jardin maintenant, je jette tout à la poubelle, une amie m'a dit que…" as one
embedding falls onto a few hub sheets; its clauses do not.
"""

from __future__ import annotations

import re

from dialog.search.normalise import fold, quiet, without_noise

LONG = 9  #: words from which a turn is also searched clause by clause
SHORTEST = 3  #: words below which a clause is joined with the next
LONGEST = 25  #: words of a clause that are embedded: time grows with them
MOST = 6  #: clauses searched, the last ones first: callers ask at the end

_CUT = re.compile(
    r"[.!?;:,…]+|\s(?=(?:mais|donc|alors|parce qu|car|sinon|et (?:je|on|il|elle|c'est|mon|ma|là|"
    r"que|qu'|est-ce)|est-ce qu|comment|combien|où)\b)",
    re.IGNORECASE,
)


def clauses(text: str) -> list[str]:
    """The clauses of a long turn, without fillers; [] for a short turn.

    Returns:
        At most `MOST` texts for the embedding, in the order spoken.
    """
    if len(without_noise(text).split()) < LONG:
        return []
    parts: list[str] = []
    for piece in _CUT.split(text):
        words = quiet(piece) if fold(piece) else ""
        if not words:
            continue
        if parts and min(len(parts[-1].split()), len(words.split())) < SHORTEST:
            parts[-1] = f"{parts[-1]} {words}"
        else:
            parts.append(words)
    if len(parts) == 1 and len(parts[0].split()) <= LONGEST:
        return []  # one sentence: searched whole
    return [" ".join(part.split()[-LONGEST:]) for part in parts[-MOST:]]
