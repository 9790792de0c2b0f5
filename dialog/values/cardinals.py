"""French number words: every value that the words at one place may have.

"soixante dix huit" is 60, 70 or 78 according to where the speaker stopped, so a reading is a value
and where it ends; who knows what is counted (ten digits, a house number) chooses. Belgian and
Swiss words (septante, huitante, octante, nonante) are understood too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dialog.values.words import number_of

_SMALL = """
zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize
"""
_VALUES = {word: value for value, word in enumerate(_SMALL.split())} | {
    **{"une": 1, "zeros": 0, "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40},
    **{"cinquante": 50, "soixante": 60, "septante": 70, "huitante": 80, "octante": 80},
    **{"nonante": 90},
}
_HUNDRED = ("cent", "cents")
_THOUSAND = ("mille", "mil")


@dataclass(frozen=True, slots=True)
class Cardinal:
    """One way to read the number that starts at some word."""

    value: int
    end: int  #: one past its last word


def readings(tokens: Sequence[str], start: int, *, loose: bool = False) -> tuple[Cardinal, ...]:
    """Every number below 10,000 that starts at a word, the longest first.

    Args:
        tokens: folded words; digits and words may be mixed, as Whisper does.
        start: the word where the number starts.
        loose: two runs of digits may also be one number ("60 18" for 78).
    """
    found = set(_thousands(tokens, start, loose))
    ordered = sorted(found, key=lambda pair: (-pair[1], pair[0]))
    return tuple(Cardinal(value, end) for value, end in ordered)


def longest(tokens: Sequence[str], start: int) -> Cardinal | None:
    """The number that starts at a word, with as many words as possible."""
    found = readings(tokens, start)
    return found[0] if found else None


def with_digits(tokens: Sequence[str]) -> tuple[str, ...]:
    """The same words with every number in digits: "rue du huit mai" becomes "rue du 8 mai"."""
    out, at = list[str](), 0
    while at < len(tokens):
        number = longest(tokens, at)
        out.append(tokens[at] if number is None else str(number.value))
        at = at + 1 if number is None else number.end
    return tuple(out)


_Pairs = Iterable[tuple[int, int]]


def _word(tokens: Sequence[str], at: int) -> int | None:
    """The value of one word or run of digits without a leading zero."""
    if not 0 <= at < len(tokens):
        return None
    token = tokens[at]
    if token in _VALUES:
        return _VALUES[token]
    value = number_of(token)
    return value if value is not None and value < 10_000 else None


def _joined(tokens: Sequence[str], at: int, loose: bool) -> int | None:
    """The value of the word at a place, if it may belong to the number that ends before it."""
    value = _word(tokens, at)
    digits = tokens[at].isdecimal() if value is not None else False
    if digits and (tokens[at][0] == "0" or (not loose and tokens[at - 1].isdecimal())):
        return None
    return value


def _tens(tokens: Sequence[str], at: int, loose: bool) -> _Pairs:
    """Numbers below 100, and any run of digits."""
    value = _word(tokens, at)
    if value is None:
        return
    yield value, at + 1
    if tokens[at].isdecimal() and tokens[at][0] == "0":
        return
    if value == 10:
        yield from _teens(tokens, at, loose)
    if value in (20, 30, 40, 50, 60, 70, 80, 90):
        yield from _after_tens(tokens, value, at + 1, loose)
    if value == 4 and _joined(tokens, at + 1, loose) == 20:
        yield 80, at + 2
        yield from _after_tens(tokens, 80, at + 2, loose)


def _teens(tokens: Sequence[str], at: int, loose: bool) -> _Pairs:
    """17, 18, 19, said "dix" and a unit."""
    unit = _joined(tokens, at + 1, loose)
    if unit in (7, 8, 9):
        yield 10 + unit, at + 2


def _after_tens(tokens: Sequence[str], tens: int, at: int, loose: bool) -> _Pairs:
    """The units after "vingt" to "nonante", "et" allowed before them."""
    if at < len(tokens) and tokens[at] == "et":
        at += 1
        if at < len(tokens) and tokens[at].isdecimal() and tokens[at - 2].isdecimal():
            return  # "30 et 1": two numbers
    unit = _joined(tokens, at, loose)
    if unit is None or unit == 0:
        return
    if unit < 10 or (tens in (60, 80) and unit < 20):
        yield tens + unit, at + 1
    if unit == 10 and tens in (60, 80):
        for teen, end in _teens(tokens, at, loose):
            yield tens + teen, end


def _hundreds(tokens: Sequence[str], at: int, loose: bool) -> _Pairs:
    """Numbers below 2,000 counted in hundreds: "dix-neuf cent quarante-cinq" too."""
    heads = [(1, at)]
    for value, end in _tens(tokens, at, loose):
        yield value, end
        if 1 < value < 20:
            heads.append((value, end))
    for head, end in heads:
        if end < len(tokens) and tokens[end] in _HUNDRED:
            yield head * 100, end + 1
            for rest, last in _rest(tokens, end + 1, loose, below=100):
                yield head * 100 + rest, last


def _thousands(tokens: Sequence[str], at: int, loose: bool) -> _Pairs:
    heads = [(1, at)]
    for value, end in _hundreds(tokens, at, loose):
        yield value, end
        if 1 < value < 10:
            heads.append((value, end))
    for head, end in heads:
        if end < len(tokens) and tokens[end] in _THOUSAND:
            yield head * 1000, end + 1
            for rest, last in _rest(tokens, end + 1, loose, below=1000):
                yield head * 1000 + rest, last


def _rest(tokens: Sequence[str], at: int, loose: bool, *, below: int) -> _Pairs:
    """What may follow "cent" or "mille": a smaller number, never zero."""
    if _word(tokens, at) is not None and _joined(tokens, at, loose) is None:
        return
    smaller = _hundreds if below > 100 else _tens
    for value, end in smaller(tokens, at, loose):
        if 0 < value < below:
            yield value, end
