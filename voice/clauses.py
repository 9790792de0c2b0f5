"""Cuts a reply where synthesis may start: a short first clause, then sentence by sentence.

    "Bonjour, | mairie de Saint-Aubin. | La mairie est ouverte de huit heures trente à midi, | …"

A cut falls only between two words, never inside what is said in one breath: a telephone number
(in digits or in words), an amount, a time, a date, an abbreviation and what it belongs to.
"""

from __future__ import annotations

import re
from itertools import pairwise

from voice.speakable.acronyms import ABBREVIATIONS
from voice.speakable.addresses import STREETS, TITLES

FIRST_MAX = 60  #: characters of the first clause, when a boundary allows it
LATER_MAX = 160  #: characters of the later ones, when a comma allows it
HARD_MAX = 400  #: past this, a clause is cut between two words: engines have an input limit
FIRST_WHOLE = 90  #: a first sentence without a comma is left whole up to here
FIRST_MIN = 12  #: a shorter first clause ends before the second one can be ready

_SENTENCE_END = re.compile(r"[.!?…]+(?: ?[»”\"')\]])*(?= (?P<next>.))")
_PAUSE = re.compile(r"(?<=[,;:])(?= )")
_CONJUNCTION = re.compile(
    r" (?:et|ou|mais|puis|car|donc|or|ni|qui|que|qu'\w+|où|si|s'\w+|quand|sinon|alors|ensuite"
    r"|parce|lorsque|comme|avec|sans|pour|dont)\b"
)
#: Where a long first sentence without a comma can still be cut.
_WEAK = re.compile(
    r" (?=(?:et|ou|puis|mais) (?:d[eu]|d'\w+|des|à|au|aux|il|elle|ils|elles|vous|on|nous|dans|pour"
    r"|sur|par|l[ae]s?|une?|si) |(?:mais|puis|parce|lorsque|quand|si|qui|dont|afin|jusqu'\w+|pour"
    r"|avec|sans|sauf) )"
)
_TITLES = ("M.", "MM.", "Mme.", "Mlle.", "Dr.", "Pr.", "Me.", "St.", "Ste.", "R.")
#: Words whose full stop ends no sentence.
_ABBREVIATED = frozenset(
    [*_TITLES, *(key.split()[-1] for key in ABBREVIATIONS if key.endswith("."))]
    + [f"{short}." for short in (*STREETS, *TITLES)]
) - {"etc."}
#: Words whose full stop ends no sentence before a figure: "lun. 2", "nov. 2026".
_BEFORE_DIGIT = frozenset({"lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."}) | {
    *("janv.", "févr.", "avr.", "juil.", "sept.", "oct.", "nov.", "déc."),
}
_INITIAL = re.compile(r"(?:^|[\s'(-])[A-ZÀ-Ý]\.$")

_UNIT_WORDS = (
    "zéro|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze"
    "|seize|vingts?|trente|quarante|cinquante|soixante|cents?|mille"
)
NUMBER_WORDS = rf"(?:{_UNIT_WORDS})(?:[- ](?:et[- ])?(?:{_UNIT_WORDS}))*"
#: Said in one breath, pauses included: a number dictated in groups, in words or in digits.
_ONE_BREATH = re.compile(
    rf"\b{NUMBER_WORDS}(?:[,;] {NUMBER_WORDS})*\b(?: (?:bis|ter|quater|[A-D]), \w+)?"
    r"|\d{1,2} ?h(?: ?\d{2})?(?: ?[-–/,] ?\d{1,2} ?h(?: ?\d{2})?)+"
    r"|\+?\d+(?:(?: |[.,:/–-]| [/–-] | ?h ?| ?\()\d+\)?)+(?: ?(?:h\b|€|%|[a-z]{1,3}[²³]?\b))?"
    r"|\d{1,2}(?:er)? [^\W\d_]+\.?(?: \d{4})?|\d+ ?[€%]|(?:n°|art\.|p\.) ?\d+|heures et demie"
)


def clauses(text: str) -> list[str]:
    """The clauses of a text, speakable or raw; joined by spaces they give the text back.

    The first is short, about `FIRST_MAX` characters, if the text has a boundary there: the end of
    a sentence, or a comma, semicolon or colon, better before a conjunction. The others are
    sentences, cut at commas when longer than `LATER_MAX`.
    """
    sentences = _sentences(" ".join(text.split()))
    if not sentences:
        return []
    opening = _opening(sentences[0])
    return [part for sentence in [*opening, *sentences[1:]] for part in _shortened(sentence)]


def _sentences(text: str) -> list[str]:
    breaths = _breaths(text)
    ends = [m.end() for m in _SENTENCE_END.finditer(text) if _ends_sentence(text, m)]
    return _split(text, [end for end in ends if not _inside(end, breaths)])


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    if match[0][0] != ".":
        return True
    if match["next"].islower() and match[0] == ".":
        return False
    before = text[: match.start() + 1]
    word = before.rsplit(" ", 1)[-1].lstrip("(«\"'")
    if word.lower() in _BEFORE_DIGIT:
        return not match["next"].isdigit()
    return not (word in _ABBREVIATED or _INITIAL.search(before))


def _opening(sentence: str) -> list[str]:
    """A first sentence in two where its start can be said while the rest is made."""
    if len(sentence) <= FIRST_MAX:
        return [sentence]
    pauses = [cut for cut in _pauses(sentence) if FIRST_MIN <= cut < len(sentence) - FIRST_MIN]
    early = [cut for cut in pauses if cut <= FIRST_MAX]
    if early:
        return _split(sentence, [max([c for c in early if _is_strong(sentence, c)] or early)])
    if len(sentence) <= FIRST_WHOLE:
        return [sentence]
    breaths = _breaths(sentence)
    weak = [m.start() for m in _WEAK.finditer(sentence, 2 * FIRST_MIN, FIRST_WHOLE)]
    weak = [cut for cut in weak if not _inside(cut, breaths)]
    return _split(sentence, weak[-1:] or pauses[:1])


def _is_strong(sentence: str, cut: int) -> bool:
    return sentence[cut - 1] in ";:" or _CONJUNCTION.match(sentence, cut) is not None


def _shortened(sentence: str) -> list[str]:
    """A long sentence in parts of at most LATER_MAX, cut at its last comma that fits."""
    parts = []
    while len(sentence) > LATER_MAX:
        pauses = [cut for cut in _pauses(sentence) if cut < len(sentence) - FIRST_MIN]
        fitting = [cut for cut in pauses if FIRST_MIN <= cut <= LATER_MAX]
        later = [cut for cut in pauses if LATER_MAX < cut <= HARD_MAX]
        cut = max(fitting) if fitting else min(later, default=0) or _between_words(sentence)
        if not cut:
            break
        head, sentence = _split(sentence, [cut])
        parts.append(head)
    return [*parts, sentence]


def _between_words(sentence: str) -> int:
    """The last cut between two words before HARD_MAX; 0 when the sentence is shorter."""
    if len(sentence) <= HARD_MAX:
        return 0
    breaths = _breaths(sentence)
    spaces = [m.start() for m in re.finditer(" ", sentence[:HARD_MAX])]
    return max((s for s in spaces if not _inside(s, breaths)), default=0)


def _pauses(text: str) -> list[int]:
    breaths = _breaths(text)
    return [m.start() for m in _PAUSE.finditer(text) if not _inside(m.start(), breaths)]


def _breaths(text: str) -> list[tuple[int, int]]:
    return [m.span() for m in _ONE_BREATH.finditer(text)]


def _inside(cut: int, spans: list[tuple[int, int]]) -> bool:
    return any(start < cut < end for start, end in spans)


def _split(text: str, cuts: list[int]) -> list[str]:
    bounds = [0, *cuts, len(text)]
    parts = [text[a:b].strip() for a, b in pairwise(bounds)]
    return [part for part in parts if part]
