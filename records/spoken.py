"""Digits that were dictated in French words, for masking: every likely way to write them down.

"un quatre-vingt-cinq zéro cinq" is 1 85 05, but "soixante dix huit" may be 60 18, 70 8 or 78: all
readings are followed at once, and the dearest are dropped. Words and digits may be mixed, as the
recogniser writes them. This is not a parser of numbers: it only has to notice what must be masked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_WORDS = 60  #: of one run from one start; the longest IBAN digit by digit has fewer
_KEPT = 8  #: readings followed at once for each place and length
_HYPHEN_CUT, _CUT, _COMMA = 2, 1, 2  #: cost of a reading against what is written

_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_GAP = re.compile(r"[\s.,;:/_\-–—'’]{0,4}")
_BETWEEN = "euh heu hum et puis ensuite alors donc virgule point tiret espace apres"
_FILLERS = frozenset(_BETWEEN.split())
_SMALL = """
zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize
"""
_VALUES = {word: value for value, word in enumerate(_SMALL.split())} | {
    **{"une": 1, "zeros": 0, "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40},
    **{"cinquante": 50, "soixante": 60, "septante": 70, "huitante": 80, "octante": 80},
    **{"nonante": 90},
}
_HUNDRED, _THOUSAND = frozenset(("cent", "cents")), frozenset(("mille", "mil"))


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a run of digits, with where it stands."""

    folded: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to write down what was dictated from a start to here."""

    digits: str
    cost: int
    end: int  #: one past its last token


def runs(text: str) -> Iterator[list[Token]]:
    """Stretches of tokens that dictate digits; single letters may stand in them (2A, an IBAN)."""
    run: list[Token] = []
    for match in _TOKEN.finditer(text):
        token = Token(_fold(match[0]), match.start(), match.end())
        near = bool(run) and _GAP.fullmatch(text, run[-1].end, token.start) is not None
        if not near and run:
            yield run
            run = []
        if _belongs(token.folded):
            run.append(token)
        elif run:
            yield run
            run = []
    if run:
        yield run


def in_words(run: Sequence[Token]) -> bool:
    """Whether words of the run, and not only digits, say digits."""
    return any(_is_number_word(token.folded) for token in run)


def starts(run: Sequence[Token]) -> Iterator[int]:
    """The tokens from which a number may be read."""
    return (at for at, token in enumerate(run) if _value(token.folded) is not None)


def readings(text: str, run: Sequence[Token], start: int, longest: int) -> list[Reading]:
    """What the tokens from `start` on may be, up to so many digits or letters, at every token."""
    found: list[Reading] = []
    open_: dict[int, list[Reading]] = {start: [Reading("", 0, start)]}
    for at in range(start, min(len(run), start + MOST_WORDS)):
        for reading in _cheapest(open_.pop(at, [])):
            if reading.digits:
                found.append(reading)
            for more, end, cost in _pieces(text, run, at):
                digits = reading.digits + more
                if len(digits) <= longest:
                    open_.setdefault(end, []).append(Reading(digits, reading.cost + cost, end))
    for left in open_.values():
        found += [reading for reading in _cheapest(left) if reading.digits]
    return found


def _cheapest(given: list[Reading]) -> list[Reading]:
    """The likeliest of each length, without those that say the same."""
    kept: dict[int, dict[str, Reading]] = {}
    for reading in sorted(given, key=lambda one: one.cost):
        same_length = kept.setdefault(len(reading.digits), {})
        if len(same_length) < _KEPT:
            same_length.setdefault(reading.digits, reading)
    return [reading for same in kept.values() for reading in same.values()]


def _pieces(text: str, run: Sequence[Token], at: int) -> Iterator[tuple[str, int, int]]:
    """What one step may add: its digits, the token after it, its cost."""
    word = run[at].folded
    if word in _FILLERS:
        yield "", at + 1, 0
        return
    if len(word) == 1 and word.isalpha():
        yield word.upper(), at + 1, 0
        return
    if word.isdecimal():
        yield word, at + 1, 0
    values = dict(_numbers(run, at))
    furthest = max(values.values(), default=at + 1)
    for value, end in values.items():
        if end == at + 1 and word.isdecimal():
            continue
        inside = "".join(text[run[i].end : run[i + 1].start] for i in range(at, end - 1))
        cost = _COMMA if re.search(r"[,.;]", inside) else 0
        if end < len(run) and "-" in text[run[end - 1].end : run[end].start]:
            cost += _HYPHEN_CUT
        elif end < furthest:
            cost += _CUT
        yield str(value), end, cost


def _numbers(run: Sequence[Token], at: int) -> Iterator[tuple[int, int]]:
    """Values below 100,000 that start here, with the token after each."""
    heads = list(_hundreds(run, at))
    yield from heads
    for value, end in [*heads, (1, at)]:
        if value < 100 and value and _is(run, end, _THOUSAND):
            yield value * 1000, end + 1
            for rest, last in _hundreds(run, end + 1):
                yield value * 1000 + rest, last


def _hundreds(run: Sequence[Token], at: int) -> Iterator[tuple[int, int]]:
    heads = list(_tens(run, at))
    yield from heads
    for value, end in [*heads, (1, at)]:
        if 0 < value < 20 and _is(run, end, _HUNDRED):
            yield value * 100, end + 1
            for rest, last in _tens(run, end + 1):
                if rest:
                    yield value * 100 + rest, last


def _tens(run: Sequence[Token], at: int) -> Iterator[tuple[int, int]]:
    value = _at(run, at)
    if value is None:
        return
    yield value, at + 1
    tens, after = value, at + 1
    if value == 4 and _at(run, after) == 20:
        tens, after = 80, after + 1
        yield 80, after
    if tens == 10:
        if (unit := _at(run, after)) in (7, 8, 9):
            yield 10 + (unit or 0), after + 1
        return
    if tens not in (20, 30, 40, 50, 60, 70, 80, 90):
        return
    if after < len(run) and run[after].folded == "et":
        after += 1
    unit = _at(run, after)
    if unit is None or not 0 < unit < (17 if tens in (60, 80) else 10):
        return
    yield tens + unit, after + 1
    if unit == 10 and (last := _at(run, after + 1)) in (7, 8, 9):
        yield tens + 10 + (last or 0), after + 2


def _at(run: Sequence[Token], at: int) -> int | None:
    """The value of a number word, or of digits that may be part of a number: "cent 8"."""
    if not 0 <= at < len(run):
        return None
    word = run[at].folded
    if word.isdecimal():
        return int(word) if len(word) <= 2 and word[0] != "0" else None
    return _VALUES.get(word)


def _is(run: Sequence[Token], at: int, words: frozenset[str]) -> bool:
    return at < len(run) and run[at].folded in words


def _value(word: str) -> int | None:
    """Whether a number may begin with this word."""
    if word.isdecimal() or word in _HUNDRED or word in _THOUSAND:
        return 0
    return _VALUES.get(word)


def _is_number_word(word: str) -> bool:
    return word in _VALUES or word in _HUNDRED or word in _THOUSAND


def _belongs(word: str) -> bool:
    single = len(word) == 1 and word.isalpha()
    return single or word.isdecimal() or word in _FILLERS or _is_number_word(word)


def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.lower())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in letters)
