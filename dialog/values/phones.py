"""French telephone numbers as callers dictate them.

Every way to cut the words into groups is followed at once, and those that make a national number
are kept: ten digits that start with 01 to 07 or 09. The cost of a cut follows the recogniser's
marks ("soixante-dix-huit" is one number, "soixante, dix-huit" two), so that the likeliest is first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dialog.values.cardinals import readings
from dialog.values.words import Utterance, number_of, utterance

MAX_WORDS = 200  #: nobody dictates a number in more words; the last ones count
_MAX_DIGITS = 14  #: 00 33 0 and nine digits
_FAR = 2  #: a reading that costs so much more than the best is not offered
_KEPT = 6  #: readings followed at once for each length

_NATIONAL = re.compile(r"0[1-79]\d{8}")
_FROM_ABROAD = re.compile(r"(?:\+|00)33(?:0?)([1-9]\d{8})|33([1-79]\d{8})")
_SHORT = re.compile(r"1[578]|11[0-9]|3\d{3}|10\d\d|11[68]\d{3}|11[68]|196|191")
_SPECIAL = re.compile(r"08\d*")
_FOREIGN = re.compile(r"(?:\+|00)(?!3?$|33)\d+")

_ABROAD = re.compile(r"\+(?!33)[1-9]\d{7,}")

_FILLERS = frozenset(
    [
        "euh",
        "heu",
        "hum",
        "mmh",
        "et",
        "puis",
        "alors",
        "ensuite",
        "apres",
        "donc",
        "virgule",
        "point",
        "tiret",
        "espace",
        "ben",
        "bah",
        "voila",
        "la",
        "le",
        "les",
        "encore",
        "enfin",
        "oui",
    ]
)
_ZERO = frozenset(("o", "oh"))
_MAYBE_ZERO = frozenset(("au", "eau", "haut", "aux"))  # "o six", as Whisper writes it
_MAYBE_TWO = frozenset(("de",))  # "zéro de", as Whisper writes "zéro deux"
_TIMES = {"double": 2, "doubles": 2, "triple": 3}
_REPEATED = {"deux": 2, "trois": 3, "quatre": 4, "2": 2, "3": 3, "4": 4}
_WITHDRAWN = frozenset(("non", "pardon", "plutot"))


class Refusal(StrEnum):
    """Why no number can be taken."""

    NOTHING = "nothing"  #: no digit was heard
    PARTIAL = "partial"  #: the start of a number: ask for the rest
    SPECIAL = "special"  #: 08: the town does not call paid numbers back
    SHORT = "short"  #: 15, 112, 3919: not a caller's own number
    FOREIGN = "foreign"  #: a number outside the French plan
    UNKNOWN = "unknown"  #: digits that make no number: too many, or a wrong start


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """What was understood of a dictated number."""

    candidates: tuple[str, ...] = ()  #: national numbers, "0612347890", the likeliest first
    partials: tuple[str, ...] = ()  #: digits so far, when the number is not complete
    refusal: Refusal | None = None  #: why there is no candidate

    @property
    def sure(self) -> bool:
        """Whether the words can only be one number; it is still read back."""
        return len(self.candidates) == 1


def parse_phone(text: str, so_far: Sequence[str] = ()) -> PhoneReading:
    """The numbers that an utterance may mean.

    Args:
        text: words, digits, or keys pressed ("0612347890#").
        so_far: `partials` of the breath before, when the caller goes on.
    """
    said = _last_words(utterance(text))
    ends = [_follow(said, run, so_far) for run in _runs(said)]
    found = _nationals(ends)
    likeliest = [next(iter(end)) for end in ends if end]
    if not found and any(_ABROAD.match(digits) for digits in likeliest):
        return PhoneReading(refusal=Refusal.FOREIGN)  # its end is no French number
    if not found:  # words before the number may be numbers as well: "c'est un 06…"
        found = _nationals(_follow(said, run, so_far, restart=True) for run in _runs(said))
    if found:
        return PhoneReading(candidates=found)
    return _refused([digits for end in ends for digits in end] or list(so_far))


def read_back(phone: str) -> str:
    """ "0612347890" becomes "06 12 34 78 90", which the voice says in pairs."""
    return " ".join(phone[at : at + 2] for at in range(0, len(phone), 2))


def digits_said(text: str) -> tuple[str, ...]:
    """The digits of an utterance that holds some, the likeliest reading first."""
    said = _last_words(utterance(text))
    runs = list(_runs(said))
    return tuple(_follow(said, runs[-1], ())) if runs else ()


def _last_words(said: Utterance) -> Utterance:
    return Utterance(said.text, said.words[-MAX_WORDS:])


def _nationals(runs: Iterable[dict[str, int]]) -> tuple[str, ...]:
    """The national numbers among the readings, without those that break the words up."""
    found: dict[str, None] = {}
    for ends in runs:
        costs = {digits: cost for digits, cost in ends.items() if national(digits)}
        best = min(costs.values(), default=0)
        found |= {national(d): None for d, cost in costs.items() if cost <= best + _FAR}
    return tuple(found)


def national(digits: str) -> str:
    """The ten digits of a French number, "+33612347890" included; empty when it is none."""
    abroad = _FROM_ABROAD.fullmatch(digits)
    if abroad:
        digits = f"0{abroad[1] or abroad[2]}"
    return digits if _NATIONAL.fullmatch(digits) else ""


def _refused(ends: Sequence[str]) -> PhoneReading:
    digits = tuple(dict.fromkeys(end for end in ends if end))
    if not digits:
        return PhoneReading(refusal=Refusal.NOTHING)
    best = digits[0]
    if any(len(one) == 10 and _SPECIAL.match(one) for one in digits):
        return PhoneReading(refusal=Refusal.SPECIAL)
    if _SHORT.fullmatch(best):
        return PhoneReading(refusal=Refusal.SHORT)
    if _FOREIGN.fullmatch(best):
        return PhoneReading(refusal=Refusal.FOREIGN)
    begun = tuple(one for one in digits if _begins(one))
    if begun:
        return PhoneReading(partials=begun, refusal=Refusal.PARTIAL)
    return PhoneReading(refusal=Refusal.UNKNOWN)


def _begins(digits: str) -> bool:
    """Whether more digits could make this a number that is taken."""
    if re.match(r"\+|00", digits):
        bare = digits.lstrip("+").removeprefix("00")
        return "33".startswith(bare[:2]) and len(bare) < 11
    return len(digits) < 10 and bool(re.fullmatch(r"0(?:[1-79]\d*)?", digits))


@dataclass(frozen=True, slots=True)
class _Piece:
    """A group of digits that starts at a word."""

    digits: str
    end: int
    cost: int = 0


def _runs(said: Utterance) -> Iterator[tuple[int, int]]:
    """The stretches of words that hold digits, with their fillers and corrections."""
    tokens, at = said.folded, 0
    while at < len(tokens):
        if not _opens(tokens, at):
            at += 1
            continue
        start = at
        while at < len(tokens) and (
            tokens[at] in _FILLERS or tokens[at] in _WITHDRAWN or _opens(tokens, at)
        ):
            at += 1
        yield start, at


def _opens(tokens: Sequence[str], at: int) -> bool:
    word = tokens[at]
    if word in _TIMES or word in _MAYBE_ZERO:
        return at + 1 < len(tokens) and bool(readings(tokens, at + 1))
    if word == "fois":
        return at > 0 and tokens[at - 1] in _REPEATED
    return (
        word.isdecimal()
        or word in _ZERO
        or _after_zero(tokens, at)
        or word == "+"
        or (word == "plus" and bool(readings(tokens, at + 1)))
        or bool(readings(tokens, at))
    )


def _after_zero(tokens: Sequence[str], at: int) -> bool:
    """Whether a word may be the second digit of a number that starts with a zero."""
    return tokens[at] in _MAYBE_TWO and at > 0 and tokens[at - 1] in ("0", "zero")


def _follow(
    said: Utterance, run: tuple[int, int], so_far: Sequence[str], *, restart: bool = False
) -> dict[str, int]:
    """The digits that a run of words may mean and what each costs, the cheapest first."""
    first, last = run
    tokens = said.folded
    states: list[dict[str, int]] = [{} for _ in range(last - first + 1)]
    states[0] = {"": 1 if so_far else 0} | dict.fromkeys(so_far, 0)
    for at in range(first, last):
        here = _cheapest(states[at - first])
        if restart:
            here.setdefault("", 5)
        for piece in _pieces(said, at, last):
            _step(here, piece, _cut(said, at, first), states[piece.end - first])
        if tokens[at] in _FILLERS or tokens[at] in _MAYBE_ZERO:
            _merge(states[at + 1 - first], here)
        if tokens[at] in _WITHDRAWN:
            _merge(states[at + 1 - first], {d[:-2]: cost for d, cost in here.items()} | {"": 4})
    if restart:  # "06 12 34 78 90 après 17 heures": a number may end before a filler
        for at in range(first + 1, last):
            if tokens[at] in _FILLERS:
                whole = {d: cost for d, cost in states[at - first].items() if national(d)}
                _merge(states[-1], whole)
    ends = _cheapest(states[-1])
    return {digits: cost for digits, cost in ends.items() if digits}


def _step(here: dict[str, int], piece: _Piece, cut: int, there: dict[str, int]) -> None:
    """Add a piece to every reading so far."""
    for digits, cost in here.items():
        longer = digits + piece.digits
        if len(longer) > _MAX_DIGITS or (piece.digits == "+" and digits):
            continue
        odd = len(piece.digits) == 2 and len(digits.lstrip("+")) % 2
        total = cost + piece.cost + (cut if digits else 0) + odd
        there[longer] = min(total, there.get(longer, total))


def _merge(into: dict[str, int], more: dict[str, int]) -> None:
    for digits, cost in more.items():
        into[digits] = min(cost, into.get(digits, cost))


def _cheapest(states: dict[str, int]) -> dict[str, int]:
    """At most `_KEPT` readings of each length, so that the work grows with the words only."""
    kept: dict[int, int] = {}
    out: dict[str, int] = {}
    for digits, cost in sorted(states.items(), key=lambda item: item[1]):
        kept[len(digits)] = kept.get(len(digits), 0) + 1
        if kept[len(digits)] <= _KEPT:
            out[digits] = cost
    return out


def _cut(said: Utterance, at: int, first: int) -> int:
    """What it costs that a new group starts at this word."""
    if at == first:
        return 0
    gap = said.gap(at - 1)
    if said.words[at - 1].folded.isdecimal() and said.words[at].folded.isdecimal():
        return 0
    if gap.strip() == "-":
        return 3
    return 1 if gap.isspace() or not gap else 0


def _pieces(said: Utterance, at: int, last: int) -> Iterator[_Piece]:
    tokens = said.folded
    word = tokens[at]
    if word in _ZERO:
        yield _Piece("0", at + 1)
    if word in _MAYBE_ZERO:
        yield _Piece("0", at + 1, 2)
    if _after_zero(tokens, at):
        yield _Piece("2", at + 1, 2)
    if word in ("+", "plus"):
        yield _Piece("+", at + 1)
    if word.isdecimal() and len(word) <= _MAX_DIGITS:
        yield _Piece(word, at + 1)
    for number in readings(tokens, at, loose=True):
        if number.end <= last and number.value < 1000:
            joined = number.end > at + 1
            if joined or not word.isdecimal():
                yield _Piece(str(number.value), number.end, _joins(said, at, number.end))
    yield from _repeated(tokens, at, last)


def _repeated(tokens: Sequence[str], at: int, last: int) -> Iterator[_Piece]:
    """ "double zéro", "deux fois neuf", "trois zéros"."""
    word, following = tokens[at], at + 1
    if word in _TIMES:
        yield from _copies(tokens, following, last, _TIMES[word])
    if word in _REPEATED and following < last:
        if tokens[following] == "fois":
            yield from _copies(tokens, following + 1, last, _REPEATED[word])
        if tokens[following] == "zeros":
            yield _Piece("0" * _REPEATED[word], following + 1)


def _copies(tokens: Sequence[str], at: int, last: int, times: int) -> Iterator[_Piece]:
    named = at < last and tokens[at] == "le"  # "deux fois le vingt-huit"
    at += named
    if at >= last:
        return
    if named:
        for pair in readings(tokens, at):
            if 10 <= pair.value < 100 and pair.end <= last:
                yield _Piece(str(pair.value) * times, pair.end)
    value = 0 if tokens[at] in _ZERO else number_of(tokens[at])
    if value is None:
        value = next((n.value for n in readings(tokens, at) if n.end == at + 1), None)
    if value is not None and value < 10:
        yield _Piece(str(value) * times, at + 1)


def _joins(said: Utterance, first: int, end: int) -> int:
    """What it costs that these words are one number, against the marks between them."""
    cost = 0
    for at in range(first, end - 1):
        if re.search(r"[,.;:!?…/]", said.gap(at)):
            cost += 3
        if said.words[at].folded.isdecimal() and said.words[at + 1].folded.isdecimal():
            cost += 4
    return cost
