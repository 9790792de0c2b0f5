"""Names that callers spell: letters, "A comme Anatole", code words, "deux L", accents, hyphens.

The first letter of the word after "comme" wins over the letter itself, which the telephone garbles.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import dropwhile

from dialog.search.normalise import fold
from dialog.values.words import Utterance, listed, utterance

MAX_WORDS = 400  #: nobody spells longer

_NAMES = {
    **{"be": "B", "bee": "B", "ce": "C", "cee": "C", "de": "D", "dee": "D", "effe": "F"},
    **{"ge": "G", "hache": "H", "ache": "H", "ji": "J", "jie": "J", "ka": "K", "cas": "K"},
    **{"elle": "L", "el": "L", "ailes": "L", "elles": "L", "emme": "M", "aime": "M", "aimes": "M"},
    **{"enne": "N", "ene": "N", "haine": "N", "haines": "N", "pe": "P", "pee": "P", "cu": "Q"},
    **{"ku": "Q", "erre": "R", "erres": "R", "air": "R", "airs": "R", "esse": "S", "esses": "S"},
    **{"te": "T", "tee": "T", "the": "T", "ve": "V", "vee": "V", "ixe": "X", "zede": "Z"},
    **{"zed": "Z", "ah": "A", "oh": "O", "eau": "O", "hu": "U", "eux": "E"},
}
_CODE_WORDS = """
alpha alfa bravo charlie delta echo foxtrot golf hotel india juliett juliette kilo lima mike
november oscar papa quebec romeo sierra tango uniform victor whisky whiskey xray yankee zulu
anatole berthe celestin desire eugene francois gaston henri irma joseph kleber louis marcel nicolas
oscar pierre quintal raoul suzanne therese ursule william xavier yvonne zoe
"""
_CODES = frozenset(_CODE_WORDS.split())
_MARKS = {"aigu": "\u0301", "grave": "\u0300", "circonflexe": "\u0302"} | {
    "trema": "\u0308",
    "cedille": "\u0327",
}
_SIGNS = {"tiret": "-", "apostrophe": "'", "espace": " "}
_MANY = {"deux": 2, "2": 2, "double": 2, "trois": 3, "3": 3, "triple": 3}
_FILLERS = listed("euh heu et puis alors ensuite apres voila donc majuscule minuscule")
_AFTER_LIKE = listed("l le la les un une en dans d de mon ma")
_HEARD_CODES = 2  #: "Louis Nicolas" before letters are names, more words are a code
_SPOKEN_MARKS = {mark: name for name, mark in _MARKS.items()}


@dataclass(frozen=True, slots=True)
class Spelling:
    """Letters spelled in an utterance."""

    letters: str  #: capitals, accents and signs: "L'HÔTE-DURAND"
    first: int  #: the word where it starts
    end: int  #: one past its last word


def parse_spelling(text: str) -> str:
    """What an utterance spells, in capitals; empty when it spells nothing."""
    found = list(spellings(utterance(text)))
    return max(found, key=lambda one: len(one.letters)).letters if found else ""


def spell(name: str) -> str:
    """A name letter by letter: "D, U, P, O, N, T", which `parse_spelling` reads back."""
    return ", ".join(
        part for letter in unicodedata.normalize("NFC", name) if (part := _said(letter))
    )


def _said(letter: str) -> str:
    sign = next((word for word, mark in _SIGNS.items() if mark == letter), "")
    if sign or not letter.isalpha():
        return sign
    if letter in "œŒ":
        return "O, E"
    if letter in "æÆ":
        return "A, E"
    whole = unicodedata.normalize("NFD", letter)
    base, marks = whole[0], whole[1:]
    names = [_SPOKEN_MARKS[mark] for mark in marks if mark in _SPOKEN_MARKS]
    accents = [name if name in ("trema", "cedille") else f"accent {name}" for name in names]
    return (
        " ".join([base.upper(), *accents]).replace("trema", "tréma").replace("cedille", "cédille")
    )


def spellings(said: Utterance) -> Iterator[Spelling]:
    """Every stretch of an utterance that spells."""
    at, last = 0, min(len(said.words), MAX_WORDS)
    while at < last:
        run = _run(said, at, last)
        if run is None:
            at += 1
            continue
        letters, first, end, trusted = run
        if trusted:
            yield Spelling(letters, first, end)
        at = end


@dataclass(frozen=True, slots=True)
class _Unit:
    """A letter or sign as it was said."""

    letters: str
    end: int
    weight: int  #: 2: "comme", "deux L"; 1: a letter; 0: a word that sounds like one
    code: bool = False  #: a code word: "Anatole", "bravo"


def _run(said: Utterance, start: int, last: int) -> tuple[str, int, int, bool] | None:
    """Letters from one word on; the flag tells whether they are a spelling and not chance."""
    units: list[_Unit] = []
    at = end = start
    while at < last:
        unit = _unit(said, at, last)
        if unit is None and units and said.words[at].folded in _FILLERS:
            at += 1
            continue
        if unit is None or (not units and unit.letters in ("-", "'", " ")):
            break
        units.append(unit)
        at = end = unit.end
    if not units:
        return None
    first = start
    while len(units) > 2 and _is_heard(said.folded[first], units):
        first = units.pop(0).end
    while units[-1].letters == " " and len(units) > 1:
        units.pop()
    letters = "".join(unit.letters for unit in units)
    whole = start == 0 and end == len(said.words)
    return letters, first, end, _trusted(units, letters, whole=whole)


def _is_heard(word: str, units: list[_Unit]) -> bool:
    """Whether a run's first word is the name itself and not a letter: "Pierre, P I E R R E"."""
    rest = "".join(unit.letters for unit in units[1:])
    if units[0].code:
        letters = list(dropwhile(lambda unit: unit.code, units))
        few = len(units) - len(letters) <= _HEARD_CODES
        return few and len(letters) > 1 and not any(unit.code for unit in letters)
    return word in _NAMES and word == fold(rest)


def _trusted(units: list[_Unit], letters: str, *, whole: bool) -> bool:
    count = sum(letter.isalpha() for letter in letters)
    certain = sum(unit.weight > 0 for unit in units)
    liked = any(unit.weight > 1 for unit in units)
    needed = 2 if whole or (liked and len(units) > 1) else 3
    enough = certain * 2 >= len(units) - 1 or (whole and certain > 1)
    return count >= needed and len(units) > 1 and enough


def _unit(said: Utterance, at: int, last: int) -> _Unit | None:
    tokens = said.folded
    sign = _sign(tokens, at)
    if sign:
        return sign
    if tokens[at] in _MANY and at + 1 < last:
        return _several(said, at, last)
    if tokens[at] in ("un", "une", "1", "encore") and at + 1 < last:
        unit = _letter(said, at + 1, last)
        return unit if unit and unit.weight and len(tokens[at + 1]) == 1 else None
    return _letter(said, at, last)


def _sign(tokens: tuple[str, ...], at: int) -> _Unit | None:
    if tokens[at] in _SIGNS:
        return _Unit(_SIGNS[tokens[at]], at + 1, 1)
    if tokens[at : at + 3] == ("trait", "d", "union"):
        return _Unit("-", at + 3, 1)
    return None


def _several(said: Utterance, at: int, last: int) -> _Unit | None:
    """ "deux L", "double N", "deux fois T"; "double V" is W."""
    times, following = _MANY[said.folded[at]], at + 1
    if said.folded[following] == "fois":
        following += 1
    if following >= last:
        return None
    unit = _letter(said, following, last)
    if unit is None or len(unit.letters) != 1:
        return None
    if said.folded[at] == "double" and unit.letters == "V":
        return _liked(said, _Unit("W", unit.end, 1), last)
    return _Unit(unit.letters * times, unit.end, 2)


def _letter(said: Utterance, at: int, last: int) -> _Unit | None:
    """A letter, with what follows it: "comme …", an accent."""
    word, tokens = said.words[at], said.folded
    if word.folded in ("i", "y") and tokens[at + 1 : at + 2] == ("grec",):
        return _liked(said, _Unit("Y", at + 2, 1), last)
    if len(word.folded) == 1 and word.folded.isalpha():
        return _single(said, at, last)
    if word.folded in _CODES:
        return _Unit(word.folded[0].upper(), at + 1, 1, code=True)
    if word.folded in _NAMES:
        unit = _Unit(_NAMES[word.folded], at + 1, 0)
        return _accented(said, _liked(said, unit, last))
    return None


def _single(said: Utterance, at: int, last: int) -> _Unit | None:
    word = said.words[at]
    elided = said.gap(at) == "'" and at + 1 < last
    if elided and len(said.words[at + 1].folded) > 1:
        return None
    written = word.folded.upper() if word.written in "àÀ" else word.written.upper()
    unit = _Unit(written if len(written) == 1 else word.folded.upper(), at + 1, 1)
    if elided:
        return _Unit(unit.letters + "'", at + 1, 1)
    return _accented(said, _liked(said, unit, last))


def _liked(said: Utterance, unit: _Unit, last: int) -> _Unit:
    """ "D comme dentiste": the first letter of that word."""
    tokens, at = said.folded, unit.end
    if at + 1 >= last or tokens[at] != "comme":
        return unit
    at += 1
    while tokens[at] in _AFTER_LIKE and at + 1 < last and len(tokens[at + 1]) > 1:
        at += 1
    first = tokens[at][0]
    if not first.isalpha():
        return unit
    # "Y comme hier" or "K comme quatre": a word whose first letter only sounds alike
    return _Unit(first.upper(), at + 1, 2)


def _accented(said: Utterance, unit: _Unit) -> _Unit:
    tokens, at = said.folded, unit.end
    if tokens[at : at + 1] in (("accent",), ("avec",)) and at + 1 < len(tokens):
        at += 1 + (tokens[at + 1] in ("accent", "un", "une"))
        at += tokens[at : at + 1] == ("accent",)
    mark = _MARKS.get(tokens[at]) if at < len(tokens) else None
    if mark is None:
        return unit
    letter = unicodedata.normalize("NFD", unit.letters)[:1]
    composed = unicodedata.normalize("NFC", letter + mark)
    return _Unit(composed if len(composed) == 1 else unit.letters, at + 1, 2)


_HINT = re.compile(
    r"\b(?P<how>avec|sans|il y a|y a|prend|ca prend)(?: d)? ?"
    r"(?:(?P<many>deux|2|trois|un seul|un|une|1|le|de) )?"
    r"(?P<letter>[a-z]|i grec|y grec|tiret|accent|elle|emme|enne|esse|ailes|elles|aime|haine|"
    r"hache)\b"
    r"(?P<end> (?:a la fin|au bout|final))?"
)


def adjust(name: str, words: str) -> str:
    """A heard name with a hint about its spelling: "avec deux L", "avec un T à la fin".

    Args:
        name: as heard.
        words: the utterance, folded on one line.
    """
    for hint in _HINT.finditer(words):
        letter = {"i grec": "y", "y grec": "y", "tiret": "-"}.get(hint["letter"], hint["letter"])
        letter = _NAMES.get(letter, letter).lower()
        if len(letter) == 1:
            name = _hinted(name, letter, hint)
    return name


def _hinted(name: str, letter: str, hint: re.Match[str]) -> str:
    if letter == "-":
        return name.replace("-", " ") if hint["how"] == "sans" else name.replace(" ", "-")
    if hint["how"] == "sans":
        return name[:-1] if name.lower().endswith(letter) else name
    if hint["end"]:
        return name if name.lower().endswith(letter) else name + letter
    if hint["many"] in ("deux", "2"):
        return re.sub(
            rf"(?i)(?<!{letter}){letter}(?!{letter})", lambda m: m[0] + letter, name, count=1
        )
    if hint["many"] == "un seul":
        return re.sub(rf"(?i){letter}{letter}", lambda m: m[0][0], name)
    if letter not in name.lower():
        return _swapped(name, letter)
    return name


def _swapped(name: str, letter: str) -> str:
    """ "avec un Y": in the place of the letter that sounds like it."""
    alike = {"y": "i", "i": "y", "k": "qu|c", "c": "k|qu", "z": "s", "s": "z|c", "w": "v", "d": "t"}
    alike |= {"t": "d", "f": "ph", "g": "j", "j": "g"}
    found = list(re.finditer(f"(?i){alike.get(letter, '(?!)')}", name))
    if letter in "dt":
        found = [m for m in found if m.end() == len(name)]
    if len(found) != 1:
        return name
    new = letter.upper() if found[0][0][0].isupper() else letter
    return name[: found[0].start()] + new + name[found[0].end() :]
