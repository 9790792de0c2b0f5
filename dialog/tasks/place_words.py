"""How callers speak of places: corrections, fillers, words that are no place, and their values."""

from __future__ import annotations

import re

from dialog.intents import Words
from dialog.rules import Rules, spoken
from dialog.search.normalise import fold
from dialog.tasks.form import Asked
from dialog.tasks.task_state import TaskState
from dialog.values.addresses import Address
from dialog.values.streets import KINDS

LONGEST = 200  #: characters kept of a place as heard
FEWEST_LETTERS = 3
NAMED = r"(la |l'|le )?(rue|adresse|endroit|lieu|place|numéro de (la )?(rue|maison))"
AT_FIRST = re.compile(
    r"^(?:(?:c'est|ça se trouve|c'est situé|ben|bah|euh|eh bien|alors|dans la|sur la),?\s+)+", re.I
)
#: "c'est pas place des Halles, c'est place du Marché": only the second part is meant
NOT_BUT = re.compile(
    r"^.*?\b(?:pas|non)\b.+?(?:,\s*|\bmais\s+|\s)(?:c['’]est|c['’]était|mais|plutôt|mais plutôt)\s+"
    r"(?P<meant>\S.{2,})$",
    re.I | re.S,
)
#: "pas soixante-douze, soixante-deux"
NOT = re.compile(r"^(?:non,?\s+)?pas\s+[^,]+,\s*(?P<meant>[^,]+)$", re.I)
#: around a corrected number: "c'est 22 en fait", "vingt et un, pardon"
AROUND = re.compile(
    r"^(?:(?:non|nan|oui|voilà|euh|en fait|pardon|plutôt|mettez|je voulais dire|c['’]est)[\s,]+)+"
    r"(?=\d|(?:un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|"
    r"seize|vingt|trente|quarante|cinquante|soixante|cent)\b)"
    r"|(?:[\s,]+(?:en fait|pardon|plutôt|voilà|excusez-moi|désolée?|finalement|hein))+$",
    re.I,
)
SELF_CORRECTED = re.compile(
    r"^.+\b(?:enfin non|non pardon|pardon|je veux dire|je voulais dire|enfin plutôt|euh non"
    r"|non non|ah non|oh non|attendez|je me trompe|je dis n'importe quoi|(?<=[,.…] )non)"
    r"\b[\s,]+(?:(?:non|pardon|attendez|plutôt|en fait|excusez-moi|c['’]est plutôt)\b[\s,]*)*"
    r"(?P<meant>\S.*)$",
    re.I | re.S,
)
#: "du 27", after "au 25, non"
THE_NUMBER = re.compile(r"^(?:c['’]est\s+)?(?:du|le|au|à|c['’]est le|c['’]est au)\s+", re.I)
INSTEAD = re.compile(
    r"^(?P<meant>.{3,}?),?\s+(?:et (?:non )?pas|au lieu de|et non)\s.+$", re.I | re.S
)
#: where the caller stands, which nobody else knows
HERE = Rules(
    "((c'est|ben|bah|euh|juste|mais|oui|voilà|je vous (le )?dis|je vous l'ai dit|là|ici|ça|devant|"
    "derrière|à côté de|en face de|en bas de|dans|vers|près de|chez moi|chez nous|mon immeuble|"
    "ma maison|ma porte|ma rue|notre rue|notre maison|mon quartier|la rue|où j'habite|"
    "là où j'habite|"
    "sur le trottoir|sur la route) ?)+"
)
#: an answer to "y a-t-il un repère ?" that says no before anything else
REFUSED = re.compile(
    r"(?:ben |bah |euh |ah |bof )*"
    r"(?:non|nan|pas (?:de|d|vraiment|specialement|que|trop|du tout|grand chose)"
    r"|y a pas|il y a pas|y a rien)\b"
)
CUT_OFF = KINDS | {
    "de",
    "du",
    "des",
    "la",
    "le",
    "les",
    "l",
    "d",
    "c",
    "est",
    "dans",
    "sur",
    "euh",
}
TAIL = re.compile(r"(?:,? (?:je vous dis|je crois|je pense|quoi|hein|voilà))+[\s.!]*$", re.I)
AT_NUMBER = re.compile(r"\b(?:au|numero|n)\b (?!moins|plus|maximum|minimum|milieu|bout)")
SAYS_NO = re.compile(r"(?:(?:ben|bah|euh|ah|non|nan|si|bof|rien|oui|signaler)\b ?)+")
LEAD = re.compile(
    r"^(?:(?:oui|ouais|euh|ben|bah|ah|alors|voilà|c'est|il y a|y a|y'a|je dirais"
    r"|on va dire|disons|vous avez)[\s,]+)+",
    re.I,
)
ORDINALS = (
    re.compile(r"\b(?:un|une|1|premier|premiere)\b"),
    re.compile(r"\b(?:deux|2|deuxieme|second|seconde)\b"),
    re.compile(r"\b(?:trois|3|troisieme)\b"),
)
MOST_CHOICES = 3
#: landmarks that are everywhere: "au milieu de la route" does not say where
EVERYWHERE = Rules(
    "(la |le |les |l'|un |une |mon |ma )?"
    "(route|rue|chaussée|trottoir|maison|porte|passage|milieu|voiture|jardin|garage|portail|fenêtre|"
    "tomber|chez .*|moi|mur|immeuble|sol|terre|voisins?|côté|virage|caniveau|piste cyclable)( .*)?"
)


def said_inside(found: Address) -> str:
    """The place inside a sentence: "12 Rue des Lilas" on the list is "12 rue des Lilas"."""
    said = found.said
    for match in (found.street, found.crossing):
        if match is not None and fold(match.name).split(" ", 1)[0] in KINDS:
            said = said.replace(match.name, match.name[:1].lower() + match.name[1:])
    return said


def says_kind(text: str) -> bool:
    """Whether "rue", "place" or another kind of street is said."""
    return any(word in KINDS for word in fold(text).split())


def later_streets(text: str) -> list[int]:
    """Where "rue", "place", … are said again after the first time, as places in the text."""
    words = re.finditer(r"[^\W\d_]+", text)
    return [word.start() for word in words if fold(word.group()) in KINDS][1:]


def only_kind(core: str) -> bool:
    """Whether nothing but "la place" or "la rue" was said."""
    return bool(core) and set(core.split()) <= KINDS | {"la", "le", "l", "c", "est", "sur", "dans"}


def street_kept(place: str) -> str:
    """The street in a place that is not on the list, as it was heard; else nothing."""
    first = fold(place).split(" ", 1)[0] if place else ""
    return place if first in KINDS else ""


def meant(text: str) -> str:
    """What is meant in "pas X, c'est Y" and "Y, et pas X"."""
    text = AROUND.sub("", text.strip(" .!"))
    found = NOT_BUT.match(text) or NOT.match(text) or INSTEAD.match(text)
    return AROUND.sub("", found["meant"]) if found else text


def choice_named(said: str, choices: tuple[str, ...]) -> str:
    """The choice whose own word is said ("De Gaulle"), else the one whose number is."""
    words = [set(fold(street).split()) for street in choices]
    common = set.intersection(*words) if words else set()
    heard = set(said.split())
    found = [
        street
        for street, own in zip(choices, words, strict=True)
        if any(len(word) >= FEWEST_LETTERS and word in heard for word in own - common)
    ]
    if len(found) == 1:
        return found[0]
    return next((s for s, o in zip(choices, ORDINALS, strict=False) if o.search(said)), "")


def choices_of(task: TaskState) -> tuple[str, ...]:
    said = task.values.get("street_choices", "")
    return tuple(said.split("|")) if said and "place" not in task.values else ()


def is_everywhere(landmark: str) -> bool:
    return EVERYWHERE.covers(spoken(landmark))


def without_empty(values: dict[str, str]) -> dict[str, str]:
    """Without empty values."""
    return {name: value for name, value in values.items() if value}


def asked_again(asked: Asked, text: str) -> Asked:
    return Asked(Words.of(text), asked.task, asked.at, asked.caller)
