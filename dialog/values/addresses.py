"""Where something is: a house number, a street, a corner, a landmark.

"devant le 12 bis rue des Lilas", "à l'angle de la rue X et de la rue Y", "en face de l'école",
"au niveau du 14".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dialog.search.normalise import STOP, fold
from dialog.values.cardinals import readings, with_digits
from dialog.values.streets import KINDS, StreetMatch, Streets, unnamed
from dialog.values.words import Utterance, listed, utterance

MAX_WORDS = 120  #: an address is said in the first of them
REPS = ("bis", "ter", "quater", "quinquies")
_LETTERS = frozenset("abcd")
_SHORT_KINDS = listed("av ave bd bld pl imp chem che rte all sq res lot pass fg fbg")
_RELATIONS = {
    **{"en face": "en face de", "a cote": "à côté de", "au niveau": "au niveau de"},
    **{"a hauteur": "à hauteur de", "a la hauteur": "à hauteur de", "pres": "près de"},
    **{"au bout": "au bout de", "au debut": "au début de", "a l entree": "à l'entrée de"},
    **{"au coin": "au coin de", "au milieu": "au milieu de", "au pied": "au pied de"},
    **{"devant": "devant", "derriere": "derrière", "face a": "en face de", "face au": "en face de"},
    **{"non loin": "près de", "a proximite": "près de", "juste apres": "juste après"},
    **{"juste avant": "juste avant", "entre": "entre", "apres": "après", "avant": "avant"},
}
_CORNER = re.compile(r"\b(?:angle|croisement|intersection|coin|carrefour)\b")
_BEFORE_NUMBER = frozenset(("au", "numero", "n", "du", "le", "no", "les"))
_STREET_WORD = KINDS | _SHORT_KINDS
_LANDMARK_ENDS = (STOP | {"il", "y", "numero", "merci", "voila"}) - listed(
    "de du des d la le les l a au aux en et sur saint"
)
_NOT_LANDMARK = listed("moi chez tout suite demain hier midi jour soir matin heure heures")
#: kinds of street that stand for themselves: "juste avant le pont"
_PLACES_ALONE = listed("pont square cite parvis residence galerie")
#: after "devant": says nothing of the street that follows
_AT_HOME = (("chez", "moi"), ("chez", "nous"), ("ma", "maison"), ("notre", "maison"))
_FEMININE = listed(
    "rue avenue place impasse allee route ruelle promenade esplanade residence villa voie montee "
    "traverse sente venelle cite cour galerie rocade"
)


@dataclass(frozen=True, slots=True)
class Address:
    """A place as understood."""

    number: int | None = None
    rep: str = ""  #: "bis", "ter", "A"
    street: StreetMatch | None = None
    crossing: StreetMatch | None = None  #: the other street of a corner
    relation: str = ""  #: "devant", "en face de", "au niveau de"
    landmark: str = ""  #: "l'école"

    @property
    def said(self) -> str:
        """The place in French, which `parse_address` reads back as the same one."""
        return say_address(self)


#: "12 rues des Écoles", as recognisers write it
_PLURAL = re.compile(
    r"\b(rue|avenue|place|boulevard|impasse|chemin|allée|route|quai)s(?= (?:de|du|des|d'|le|la)\b)",
    re.IGNORECASE,
)


def parse_address(text: str, streets: Streets) -> Address | None:
    """The place in an utterance, or None when none is said.

    Args:
        text: the caller's words.
        streets: the town's list; an empty one keeps every street as heard.
    """
    whole = utterance(_PLURAL.sub(r"\1", text))
    said = Utterance(whole.text, whole.words[:MAX_WORDS])
    tokens = said.folded
    corner = _corner(said, streets)
    if corner is not None:
        return corner
    number, rep, house = _house(said)
    kinds = [at for at in _kinds(tokens) if not (_also(tokens, at) or unnamed(said, at))]
    start = next((at for at in kinds if at >= house[0]), kinds[0] if kinds else None)
    relation, after = _relation(tokens)
    landmark = _landmark(said, after, house) if relation else ""
    street = streets.find(said.written(start, len(tokens))) if start is not None else None
    if street and start is not None and house[0] > start and _inside(number, street):
        number, rep = None, ""
    told = number is None or house[0] == 0 or _numbered(tokens, house)
    if street is None and start is None and not landmark and told:
        street = streets.find(said.written(house[1], len(tokens)))
    if number is None and street is None and not landmark:
        return None
    if number is not None and street is None and not (relation or _numbered(tokens, house)):
        return None
    return Address(number, rep, street, None, relation, landmark)


def _inside(number: int | None, street: StreetMatch) -> bool:
    """Whether the number belongs to the street's name: "rue du 8 Mai 1945"."""
    return str(number) in with_digits(utterance(street.name).folded)


def _numbered(tokens: Sequence[str], house: tuple[int, int]) -> bool:
    """Whether a number without a street is a house: "au 14", "numéro 14", or all that was said."""
    first, end = house
    return end - first == len(tokens) or (first > 0 and tokens[first - 1] in _BEFORE_NUMBER)


def _kinds(tokens: Sequence[str]) -> list[int]:
    """Where streets start: "rue du Pont" is one street, not a bridge."""
    found: list[int] = []
    for at, word in enumerate(tokens):
        before = at - 1
        while before >= 0 and tokens[before] in ("de", "du", "des", "la", "le", "les", "l"):
            before -= 1
        if word in _STREET_WORD and not (before >= 0 and before in found):
            found.append(at)
    return found


def _also(tokens: Sequence[str], at: int) -> bool:
    """A word of the list that is no street here: "dans la rue", "en cours", "sur place"."""
    return at + 1 >= len(tokens) or (at > 0 and tokens[at - 1] in ("en", "sur"))


def _corner(said: Utterance, streets: Streets) -> Address | None:
    """ "à l'angle de la rue des Lilas et de la rue du Moulin"."""
    tokens = said.folded
    kinds = _kinds(tokens)
    if not kinds or not _CORNER.search(" ".join(tokens)):
        return None
    if len(kinds) > 1:
        joint = _joint(tokens, kinds[0], kinds[1])
        first = streets.find(said.written(kinds[0], joint))
        second = streets.find(said.written(kinds[1], len(tokens)))
    else:  # "à l'angle de la rue Pasteur et des Lilas"
        ands = [at for at in range(kinds[0] + 2, len(tokens)) if tokens[at] in ("et", "avec")]
        if not ands:
            return None
        first = streets.find(said.written(kinds[0], ands[-1]))
        second = streets.find(f"{tokens[kinds[0]]} {said.written(ands[-1] + 1, len(tokens))}")
    if first is None or second is None:
        return None
    return Address(street=first, crossing=second, relation="à l'angle de")


def _joint(tokens: Sequence[str], first: int, second: int) -> int:
    """Where the first street ends: before "et de la", "avec la"."""
    end = second
    while end > first + 1 and tokens[end - 1] in ("et", "de", "du", "la", "le", "l", "avec", "d"):
        end -= 1
    return end


def _house(said: Utterance) -> tuple[int | None, str, tuple[int, int]]:
    """The house number, its repetition and the words that hold them."""
    tokens = said.folded
    found: list[tuple[int, int, str, int, int]] = []
    at = 0
    while at < len(tokens):
        numbers = readings(tokens, at)
        plate = at > 0 and len(tokens[at - 1]) == 2 and said.words[at - 1].written.isupper()
        if not numbers or plate or (at and tokens[at - 1] in KINDS):
            at += 1
            continue
        number = numbers[0]
        rep, end = _rep(said, number.end)
        rank = _rank(tokens, at, end, bool(rep))
        if rank and 0 < number.value < 10_000:
            found.append((rank, number.value, rep, at, end))
        at = end
    if not found:
        return None, "", (0, 0)
    _, value, rep, first, end = max(found, key=lambda one: (one[0], -one[3]))
    return value, rep, (first, end)


def _rank(tokens: Sequence[str], at: int, end: int, rep: bool) -> int:
    """How surely a number is a house's: before a street, after "au", or alone; 0: it is not."""
    rest = [word for word in tokens[end : end + 4] if word not in ("de", "la", "l", "du", "d")]
    if rest and rest[0] in _STREET_WORD:
        return 3
    if rep:
        return 2
    if tokens[at] in ("un", "une") and end == at + 1:
        return 0
    if any(word in _OTHER_NUMBERED for word in tokens[max(0, at - 2) : at]):
        return 0
    if end < len(tokens) and tokens[end] in _COUNTED:
        return 0
    inside = any(word in _STREET_WORD for word in tokens[max(0, at - 4) : at])
    if inside and tokens[at - 1] not in ("au", "numero", "n", "no", "le"):
        return 0 if tokens[at - 1] in ("du", "des", "de") else 1
    return 2 if at and tokens[at - 1] in _BEFORE_NUMBER else 1


#: "le lampadaire numéro 245": no house
_OTHER_NUMBERED = listed("lampadaire candelabre reverbere poteau ligne bus arret place")
_COUNTED = listed(
    "h heure heures jours jour mois semaine semaines an ans euros metres fois janvier fevrier mars "
    "avril mai juin juillet aout septembre octobre novembre decembre personnes eme e er"
)


def _rep(said: Utterance, at: int) -> tuple[str, int]:
    tokens = said.folded
    if at >= len(tokens):
        return "", at
    if tokens[at] in REPS:
        return tokens[at], at + 1
    follows = at + 1 >= len(tokens) or tokens[at + 1] in _STREET_WORD
    capital = said.words[at].written.isupper() or not said.gap(at - 1)
    elided = said.gap(at) == "'"
    letter = tokens[at] in _LETTERS and said.words[at].written != "à" and not elided
    if letter and (capital or follows):
        return tokens[at].upper(), at + 1
    return "", at


def _relation(tokens: Sequence[str]) -> tuple[str, int]:
    """The words that place it ("en face de") and the first word after them."""
    for at in range(len(tokens)):
        for length in (3, 2, 1):
            words = " ".join(tokens[at : at + length])
            here = tokens[at + length : at + length + 2] in _AT_HOME
            if words in _RELATIONS and len(tokens) > at + length and not here:
                return _RELATIONS[words], at + length
    return "", 0


def _landmark(said: Utterance, at: int, house: tuple[int, int]) -> str:
    """What stands there: "l'école", "le gymnase"; empty when a number or a street follows."""
    tokens = said.folded
    article = ""
    if tokens[at : at + 1] == ("de",) or tokens[at : at + 1] == ("d",):
        at += 1
    elif tokens[at] in ("du", "au", "des", "aux"):
        article = "le" if tokens[at] in ("du", "au") else "les"
        at += 1
    start = at
    if at < len(tokens) and tokens[at] in ("la", "le", "les", "l", "un", "une", "chez"):
        at += 1
    end = at
    while end < len(tokens) and end - at < 6:
        word = tokens[end]
        alone = word in _PLACES_ALONE and (end + 1 == len(tokens) or "," in said.gap(end))
        street = word in _STREET_WORD and not alone  # "avant le pont" is no street
        stops = street or word in _LANDMARK_ENDS or word in _NOT_LANDMARK
        if stops or house[0] <= end < house[1] or readings(tokens, end):
            break
        if end > at and re.search(r"[,.;:!?]", said.gap(end - 1)):
            break
        end += 1
    while end > at and tokens[end - 1] in listed("de du des d la le les l a au aux en et sur"):
        end -= 1
    if end == at:
        return ""
    return f"{article} {said.written(start, end)}".strip()


def say_address(place: Address) -> str:
    """A place in French: "devant le 12 bis rue des Lilas", "en face de l'école, rue Pasteur"."""
    street = _lowered(place.street.name) if place.street else ""
    if place.street and place.crossing:
        return (
            f"à l'angle {_of(_with_article(street))} et {_of(_with_article(place.crossing.name))}"
        )
    number = f"{place.number} {place.rep}".strip() if place.number else ""
    if place.landmark:
        where = _joined(place.relation, place.landmark)
        rest = " ".join(part for part in (number, street) if part)
        return f"{where}, {'au ' if number and not street else ''}{rest}" if rest else where
    if not place.relation:
        return f"{number} {street}".strip() if street else f"au {number}"
    if number:
        return f"{_joined(place.relation, f'le {number}')} {street}".strip()
    return _joined(place.relation, _with_article(street)) if street else place.relation


def _joined(relation: str, noun: str) -> str:
    if relation.endswith(" de"):
        return f"{relation.removesuffix(' de')} {_of(noun)}"
    return f"{relation} {noun}"


def _of(noun: str) -> str:
    """ "de" before a noun with its article: "du gymnase", "de l'école", "des Lilas"."""
    for article, joined in (("le ", "du "), ("les ", "des ")):
        if noun.lower().startswith(article):
            return joined + noun[len(article) :]
    return f"d'{noun}" if re.match(r"(?i)une? |[aeiouyéèêh]", noun) else f"de {noun}"


def _with_article(street: str) -> str:
    kind = fold(street).split(" ", 1)[0]
    if kind not in KINDS:
        return street
    if kind[0] in "aei":
        return f"l'{_lowered(street)}"
    return f"{'la' if kind in _FEMININE else 'le'} {_lowered(street)}"


def _lowered(street: str) -> str:
    """ "rue des Lilas", as within a sentence."""
    kind = fold(street).split(" ", 1)[0]
    return street[0].lower() + street[1:] if kind in KINDS else street
