"""The town's own streets: what a caller said against the list, and where a house stands.

The list is `streets.csv` of the town's folder, made from the national address base by
`allomairie town streets import`. A street that is not on it is kept as heard and flagged.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rapidfuzz import fuzz, process

from dialog.search.normalise import STOP
from dialog.sounds import sound, sounds
from dialog.values.cardinals import readings, with_digits
from dialog.values.words import Utterance, listed, utterance

COLUMNS = ("street", "number", "rep", "lat", "lon")
KINDS = listed(
    "rue avenue boulevard place impasse chemin allee route square quai hameau faubourg ruelle "
    "cours passage promenade esplanade residence lotissement villa voie montee traverse sentier "
    "sente rond mail venelle cite parvis clos cour galerie pont rocade"
)
_SHORT = {
    **{"av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "pl": "place"},
    **{"imp": "impasse", "chem": "chemin", "che": "chemin", "rte": "route", "all": "allee"},
    **{"sq": "square", "res": "residence", "lot": "lotissement", "pass": "passage"},
    **{"fg": "faubourg", "fbg": "faubourg", "st": "saint", "ste": "sainte", "gal": "general"},
    **{"mal": "marechal", "cdt": "commandant", "col": "colonel", "dr": "docteur"},
    **{"pdt": "president", "pr": "professeur", "qu": "quai", "allees": "allee"},
}
_ARTICLES = listed("de du des d la le les l a au aux en et")
#: Words after which no street name goes on.
_ENDS = (STOP - _ARTICLES) | listed(
    "numero devant derriere face cote niveau angle croisement merci voila bonjour madame monsieur "
    "appartement batiment etage il pres habite vers depuis hauteur"
)
#: what follows a word that is no street there: "la cour de l'immeuble", "une place de parking"
_BUILDING = tuple(("de", "l", word) for word in ("immeuble", "hopital", "usine", "autre"))
_PARKING = tuple(
    ("de", word) for word in ("parking", "stationnement", "chez", "recreation", "jeux")
)
_MAX_NAME = 8  #: words after the kind
_MAX_WINDOW = 4  #: words of a name without a kind
_MAX_SCANNED = 60  #: words among which a street is looked for
_LIKELY = 80  #: score from which a match is offered for confirmation
_LIKELY_ALONE = 88  #: the same for a name without "rue" or "place"
_TOO_CLOSE = 4  #: points within which two streets are both asked
_OTHER_KIND = 8  #: points lost when the caller said "avenue" and the list has "rue"
_PART_OF_NAME = 90.0  #: points when all that was said is in a longer name
_MORE_SAID = 10  #: points lost when the caller said more than the name
_MOST_CHOICES = 5


class Verdict(StrEnum):
    """How a street was found."""

    EXACT = "exact"  #: said as it is on the list
    LIKELY = "likely"  #: near enough: read it back
    SEVERAL = "several"  #: ask which one
    UNKNOWN = "unknown"  #: not on the list: kept as heard


@dataclass(frozen=True, slots=True)
class StreetMatch:
    """A street as understood."""

    verdict: Verdict
    name: str  #: as on the list; as heard when it is unknown or several fit
    choices: tuple[str, ...] = ()  #: the streets to ask about, the likeliest first
    score: float = 0.0  #: 0 to 100
    heard: str = ""  #: the words it was found in

    @classmethod
    def unknown(cls, heard: str) -> StreetMatch:
        """A street that is on no list, as it was heard."""
        return cls(Verdict.UNKNOWN, heard, (), 0.0, heard)

    @property
    def listed(self) -> bool:
        """Whether `name` is a street of the town."""
        return self.verdict in (Verdict.EXACT, Verdict.LIKELY)


@dataclass(frozen=True, slots=True)
class House:
    """One number of a street."""

    street: str
    number: int | None  #: None: the street has no numbers
    rep: str  #: "bis", "ter", "a"; empty for none
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class _Street:
    name: str
    kind: str
    core: tuple[str, ...]  #: the words that tell it from others
    key: str  #: how what follows the kind sounds

    @property
    def text(self) -> str:
        return " ".join(self.core)


class Streets:
    """The streets of a town and their houses; immutable."""

    def __init__(self, houses: Iterable[House] = ()) -> None:
        names: dict[str, None] = {}
        self._houses: dict[tuple[str, int, str], tuple[float, float]] = {}
        for house in houses:
            names[house.street] = None
            if house.number is not None:
                key = (house.street, house.number, house.rep)
                self._houses.setdefault(key, (house.lat, house.lon))
        self._streets = tuple(_street(name) for name in names)
        self._texts = [street.text for street in self._streets]
        self._keys = [street.key for street in self._streets]
        self._words = frozenset(word for street in self._streets for word in street.core)
        self._core_keys = [sounds(street.core) for street in self._streets]
        self._core_sounds = [frozenset(map(sound, street.core)) for street in self._streets]

    @classmethod
    def load(cls, path: Path) -> Streets:
        """Read `streets.csv`.

        Raises:
            ValueError: one sentence naming the file and what is wrong in it.
            OSError: the file cannot be read.
        """
        try:
            reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise ValueError(f"{path} does not have the columns {', '.join(COLUMNS)}")
            return cls([_house(row) for row in reader])
        except (UnicodeDecodeError, csv.Error, TypeError) as error:
            raise ValueError(f"{path} is not a list of streets: {error}") from error

    @property
    def names(self) -> tuple[str, ...]:
        """Every street, as written on the list."""
        return tuple(street.name for street in self._streets)

    @property
    def places(self) -> dict[str, list[tuple[float, float]]]:
        """Latitude and longitude of the houses of each street, by their numbers: for a map."""
        found: dict[str, list[tuple[float, float]]] = {}
        for (street, _, _), place in sorted(self._houses.items()):
            found.setdefault(street, []).append(place)
        return found

    def locate(self, street: str, number: int, rep: str = "") -> tuple[float, float] | None:
        """Latitude and longitude of a house, or None when the list does not have it."""
        return self._houses.get((street, number, rep.lower()))

    def find(self, text: str) -> StreetMatch | None:
        """The street that an utterance names, or None when it names none.

        Without a kind ("rue", "place"…) only a street of the list counts.
        """
        said = utterance(text)
        said = Utterance(said.text, said.words[:_MAX_SCANNED])
        tokens = _plain(said)
        starts = [at for at, word in enumerate(tokens) if word in KINDS and at + 1 < len(tokens)]
        for at in (at for at in starts if not unnamed(said, at)):
            match = self._after_kind(said, tokens, at)
            if match is not None:
                return match
        return None if starts else self._without_kind(said, tokens)

    def _after_kind(self, said: Utterance, tokens: Sequence[str], at: int) -> StreetMatch | None:
        """ "rue …": the best of what the following words may be."""
        end = _name_end(said, tokens, at + 1, self._words)
        if not _core(tokens[at + 1 : end]):
            return None
        best: dict[str, tuple[float, int]] = {}
        for last in range(at + 2, end + 1):
            if last < end and tokens[last - 1] in _ARTICLES:
                continue
            part = tokens[at + 1 : last]
            for name, score in self._scores(tokens[at], part, whole=last == end).items():
                cut = _MORE_SAID if last < end and score > 90 else 0
                if (score - cut, last) > best.get(name, (0.0, 0)):
                    best[name] = (score - cut, last)
        return _judged(best, said, at, end, least=_LIKELY)

    def _without_kind(self, said: Utterance, tokens: Sequence[str]) -> StreetMatch | None:
        """ "les Lilas": any few words that name a street of the list."""
        best: dict[str, tuple[float, int]] = {}
        for at in range(len(tokens)):
            if tokens[at] in _ARTICLES or tokens[at] in _ENDS:
                continue
            for last in range(at + 1, min(at + _MAX_WINDOW, len(tokens)) + 1):
                if tokens[last - 1] in _ENDS:
                    break
                if tokens[last - 1] in _ARTICLES:
                    continue
                for name, score in self._scores("", tokens[at:last]).items():
                    if (score, last) > best.get(name, (0.0, 0)):
                        best[name] = (score, last)
        found = _judged(best, said, 0, len(tokens), least=_LIKELY_ALONE)
        return found if found.verdict is not Verdict.UNKNOWN else None

    def _scores(
        self, kind: str, words: Sequence[str], *, whole: bool = True
    ) -> Mapping[str, float]:
        """Scores of the streets that are near; 100 is the very name, 99 the same sound.

        Some words of a name ("rue du Général") count when they are all that was said.
        """
        words = with_digits(words)
        core = _core(words)
        if not core:
            return {}
        text, key = " ".join(core), sounds(words if kind else core)
        keys = self._keys if kind else self._core_keys
        found: dict[int, float] = {}
        for query, choices in ((text, self._texts), (key, keys)):
            near = process.extract(query, choices, scorer=fuzz.ratio, score_cutoff=70, limit=12)
            for _, score, number in near:
                worth = score if choices is self._texts else score - 1
                found[number] = max(found.get(number, 0.0), worth)
        heard = frozenset(map(sound, core))
        for number, said in enumerate(self._core_sounds):
            # without "rue", "l'eau" sounds like a part of "Haut-Bois": the letters must agree
            spelled = bool(kind) or set(core) < set(self._streets[number].core)
            if whole and heard < said and spelled:
                found[number] = max(found.get(number, 0.0), _PART_OF_NAME)
        return {
            self._streets[number].name: score - _other(kind, self._streets[number].kind)
            for number, score in found.items()
        }


def unnamed(said: Utterance, at: int) -> bool:
    """Whether a kind stands without a name: "sur la route, le pauvre", "la cour de l'immeuble"."""
    yard = said.folded[at] == "cour" and said.folded[at + 1 : at + 3] == ("de", "l")
    if (
        yard
        or said.folded[at + 1 : at + 4] in _BUILDING
        or said.folded[at + 1 : at + 3] in _PARKING
    ):
        return True
    before = said.folded[at - 1] if at else ""
    marked = any(mark in said.gap(at) for mark in ",.;:!?")
    return marked and before in ("la", "le", "l", "ma", "notre", "cette", "une", "un")


def _other(kind: str, listed: str) -> float:
    return _OTHER_KIND if kind and kind != listed else 0.0


def _judged(
    best: Mapping[str, tuple[float, int]], said: Utterance, first: int, end: int, *, least: float
) -> StreetMatch:
    """One street, several, or none of the list."""
    heard = said.written(first, end)
    ranked = sorted(best.items(), key=lambda item: (-item[1][0], -item[1][1], item[0]))
    ranked = [item for item in ranked if item[1][0] >= least]
    if not ranked:
        return StreetMatch(Verdict.UNKNOWN, heard, (), 0.0, heard)
    name, (score, last) = ranked[0]
    heard = said.written(first, last)
    equal = [other for other, (points, _) in ranked if points >= score - _TOO_CLOSE]
    if score >= 100:
        equal = [other for other, (points, _) in ranked if points >= 100]
    if len(equal) > 1:
        return StreetMatch(Verdict.SEVERAL, heard, tuple(equal[:_MOST_CHOICES]), score, heard)
    verdict = Verdict.EXACT if score >= 100 else Verdict.LIKELY
    return StreetMatch(verdict, name, (name,), score, heard)


def _name_end(said: Utterance, tokens: Sequence[str], at: int, known: frozenset[str]) -> int:
    """One past the last word that may belong to a street's name."""
    end = at
    while end < len(tokens) and end - at < _MAX_NAME:
        begun = bool(_core(tokens[at:end]))
        if tokens[end] in _ENDS and (begun or tokens[end] not in known):
            break
        if begun and tokens[end] in KINDS:
            break
        if tokens[end] == "au" and readings(tokens, end + 1):  # "rue des Lilas au 12"
            break
        marked = end > at and any(mark in said.gap(end - 1) for mark in ",.;:!?\n")
        if marked and len(said.words[end - 1].written) > 3:  # no abbreviation: "Gal. Leclerc"
            break
        end += 1
    while end > at and tokens[end - 1] in _ARTICLES:
        end -= 1
    return end


def _plain(said: Utterance) -> tuple[str, ...]:
    """Words without abbreviations; the second half of "rond-point" counts for nothing."""
    words = said.folded
    return tuple(
        "de" if word == "point" and at and words[at - 1] == "rond" else _SHORT.get(word, word)
        for at, word in enumerate(words)
    )


def _core(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in _ARTICLES)


def _street(name: str) -> _Street:
    words = _plain(utterance(name))
    kind, rest = (words[0], words[1:]) if words and words[0] in KINDS else ("", words)
    rest = with_digits(rest)
    return _Street(name, kind, _core(rest), sounds(rest))


def _house(row: Mapping[str, str]) -> House:
    number = int(row["number"]) if row["number"] else None
    return House(row["street"], number, row["rep"].lower(), float(row["lat"]), float(row["lon"]))
