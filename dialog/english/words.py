"""English words that carry meaning: whether a sheet speaks at all of what was asked.

The search was fitted on French sheets in their hundreds. With a handful in English "how do I get a
driving licence" is close to "how do I get a passport"; its own words tell them apart.
"""

from __future__ import annotations

from functools import lru_cache

import snowballstemmer

from dialog.rules import spoken
from dialog.sheets import Sheet

_STOP = frozenset(
    spoken(
        """
        a an the you your yours i my me mine we our us they them their he him his she her it its
        this that these those is are am was were be been being do does did done have has had having
        can could would should will shall may might must what how when where who whom which why to
        of for with at in on by from about as into and or but if then so not no yes need want wish
        like please hello hi hey good morning afternoon evening thank thanks help speak english
        know get got getting make makes go going come some any much many more most there here just
        ve m s re ll d t don doesn didn let tell give find question information possible able
        someone somebody anyone person people thing things one two new old sorry excuse sir madam
        time day days open opens opening opened close closes closed hour hours
        today tomorrow yesterday now also too again still very really up out put take
        takes pay cost costs price long other another apply lot because
        """
    ).split()
)
_STEMMER = snowballstemmer.stemmer("english")


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    return str(_STEMMER.stemWord(word))


def stems(text: str) -> set[str]:
    """Stems of the words that carry meaning."""
    return {_stem(word) for word in spoken(text).split() if word not in _STOP and len(word) > 1}


def all_stems(sheet: Sheet) -> frozenset[str]:
    """Stems of all that a sheet says, and of what callers ask it."""
    texts = (sheet.title, *sheet.questions, sheet.text, *(s.heading for s in sheet.sections))
    return frozenset(stem for text in texts for stem in stems(text))


def named_stems(sheet: Sheet) -> frozenset[str]:
    """Stems of what a sheet is about: its title, and what callers ask it."""
    return frozenset(stem for text in (sheet.title, *sheet.questions) for stem in stems(text))


def share(asked: set[str], known: frozenset[str]) -> float:
    """How much of what was asked a sheet knows; 1 when nothing was named."""
    return len(asked & known) / len(asked) if asked else 1.0
