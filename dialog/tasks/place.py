"""Where a problem is: on the town's street list when it can be, as heard and flagged otherwise."""

from __future__ import annotations

import re

from dialog.intents import Words
from dialog.phrases import Phrases
from dialog.rules import Rules, spoken
from dialog.search.normalise import fold
from dialog.tasks.form import Answer, Asked, Slot
from dialog.tasks.task_state import TaskState
from dialog.values.addresses import Address, parse_address
from dialog.values.streets import KINDS, StreetMatch, Streets, Verdict

LONGEST = 200  #: characters kept of a place as heard
_FEWEST_LETTERS = 3
_NAMED = r"(la |l'|le )?(rue|adresse|endroit|lieu|place|numéro de (la )?(rue|maison))"
_AT_FIRST = re.compile(
    r"^(?:(?:c'est|ça se trouve|c'est situé|ben|bah|euh|eh bien|alors|dans la|sur la),?\s+)+", re.I
)
_ORDINALS = (
    re.compile(r"\b(?:un|une|1|premier|premiere)\b"),
    re.compile(r"\b(?:deux|2|deuxieme|second|seconde)\b"),
    re.compile(r"\b(?:trois|3|troisieme)\b"),
)
_MOST_CHOICES = 3
#: landmarks that are everywhere: "au milieu de la route" does not say where
_EVERYWHERE = Rules(
    "(la |le |les |l'|un |une |mon |ma )?"
    "(route|rue|chaussée|trottoir|maison|porte|passage|milieu|voiture|jardin|garage|portail|fenêtre|"
    "tomber|chez .*|moi|mur|immeuble|sol|terre|voisins?|côté|virage|caniveau|piste cyclable)( .*)?"
)


class Place(Slot):
    """A street of the town with its house number and coordinates, or the caller's words.

    Never refused: a street that is not on the list is kept as heard, with `street_known` "non".
    """

    name = "place"
    fields = (
        "place",
        "street",
        "number",
        "street_known",
        "lat",
        "lon",
        "street_choices",
    )
    optional = False

    def __init__(self, phrases: Phrases, streets: Streets, unsure: Rules) -> None:
        super().__init__(_NAMED)
        self._phrases = phrases
        self._streets = streets
        self._unsure = unsure

    def question(self, asked: Asked) -> str:
        """Which of several streets, when the name fits several."""
        task = asked.task
        if choices := _choices(task):
            said = ", ".join(
                f"{word}, {street}"
                for word, street in zip(("un", "deux", "trois"), choices, strict=False)
            )
            return self._phrases.say("report_place_several", streets=said)
        return self._phrases.say("report_place_again" if task.tries else "report_place")

    def parse(self, asked: Asked) -> Answer | None:
        """An address, or the words as heard."""
        if choices := _choices(asked.task):
            return self._chosen(asked, choices)
        found = parse_address(asked.words.text, self._streets)
        if found is not None:
            return self._located(found)
        text = _AT_FIRST.sub("", " ".join(asked.words.text.split()).strip(" .,!?"))[:LONGEST]
        if self._unsure.covers(asked.words.core) or sum(map(str.isalpha, text)) < _FEWEST_LETTERS:
            return None
        return Answer({"place": text, "street_known": "non"}, self._say("report_place_is", text))

    def volunteered(self, asked: Asked) -> Answer | None:
        """A street or a landmark named in passing; "devant chez moi" says nothing."""
        found = parse_address(asked.words.text, self._streets)
        if found is None or _choices(asked.task):
            return None
        if found.street is None and (not found.landmark or _everywhere(found.landmark)):
            return None
        return self._located(found)

    def correct(self, asked: Asked) -> Answer | None:
        """A new number for the same street, a new street with the same number, or all of it."""
        found = parse_address(asked.words.text, self._streets)
        old = asked.task.values
        if found is None:
            return None
        street, number = old.get("street", ""), old.get("number", "")
        if found.street is None and found.number and street:
            return self.parse(_again(asked, f"{found.number} {found.rep} {street}"))
        if found.street and not found.number and number and not found.crossing:
            return self.parse(_again(asked, f"{number} {found.street.name}"))
        return self._located(found)

    def say(self, task: TaskState) -> str:
        """As it was read back."""
        return task.values.get("place", "")

    def _located(self, found: Address) -> Answer:
        street = found.street
        if street is not None and street.verdict is Verdict.SEVERAL:
            return self._several(found, street)
        number = f"{found.number} {found.rep}".strip() if found.number else ""
        said = _inside(found)
        values = {"place": said, "number": number, "landmark": found.landmark}
        known = street is not None and street.listed
        values["street"] = street.name if street is not None and known else ""
        values["street_known"] = "oui" if known else "non"
        if street is not None and known and found.number:
            where = self._streets.locate(street.name, found.number, found.rep)
            if where is not None:
                values |= {"lat": f"{where[0]:.6f}", "lon": f"{where[1]:.6f}"}
        unlisted = street is not None and not known and bool(self._streets.names)
        phrase = "report_place_unknown" if unlisted else "report_place_is"
        return Answer(_filled(values), self._say(phrase, said))

    def _several(self, found: Address, street: StreetMatch) -> Answer:
        """Not filled yet: the next question says the choices."""
        number = f"{found.number} {found.rep}".strip() if found.number else ""
        choices = "|".join(street.choices[:_MOST_CHOICES])
        values = {"street_choices": choices, "number": number, "landmark": found.landmark}
        return Answer(_filled(values))

    def _chosen(self, asked: Asked, choices: tuple[str, ...]) -> Answer | None:
        """The street that was meant, by its number or more of its name; else as heard."""
        number = asked.task.values.get("number", "")
        meant = _named(asked.words.core, choices)
        found = parse_address(asked.words.text, self._streets)
        if found is not None and found.street is not None and found.street.listed:
            meant = found.street.name
            number = f"{found.number} {found.rep}".strip() if found.number else number
        if not meant and asked.task.tries:
            text = " ".join(asked.words.text.split())[:LONGEST]
            return Answer({"place": text, "street_known": "non", "street_choices": ""})
        exact = parse_address(f"{number} {meant}".strip(), self._streets) if meant else None
        if exact is None:
            return None
        answer = self._located(exact)
        return Answer({**answer.values, "street_choices": ""}, answer.read_back)

    def _say(self, phrase: str, place: str) -> str:
        return self._phrases.say(phrase, place=place)


class Landmark(Slot):
    """What stands near, where no house number says it."""

    name = "landmark"
    fields = ("landmark",)

    def __init__(self, phrases: Phrases, streets: Streets, none: Rules, unsure: Rules) -> None:
        super().__init__(r"(le |un )?repère")
        self._phrases = phrases
        self._streets = streets
        self._none = none
        self._unsure = unsure

    def wanted(self, task: TaskState) -> bool:
        """Only for a street without a house number or a corner."""
        return not task.values.get("number") and "angle" not in task.values.get("place", "")

    def question(self, asked: Asked) -> str:
        """Once is enough."""
        return self._phrases.say("report_landmark")

    def parse(self, asked: Asked) -> Answer | None:
        """The words, or none."""
        core = asked.words.core
        if self._none.covers(core) or self._unsure.covers(core):
            return Answer({"landmark": ""}, self._phrases.say("task_agreed"))
        found = parse_address(asked.words.text, self._streets)
        text = " ".join(asked.words.text.split()).strip(" .,!?")[:LONGEST]
        if found is not None and found.number and asked.task.values.get("street"):
            return self._number(found, asked)
        if found is not None and found.landmark:
            text = found.said
        if sum(map(str.isalpha, text)) < _FEWEST_LETTERS:
            return None
        return Answer({"landmark": text}, self._phrases.say("report_landmark_is", landmark=text))

    def _number(self, found: Address, asked: Asked) -> Answer | None:
        """ "Au 14": the house number, given late."""
        place = Place(self._phrases, self._streets, self._unsure).correct(asked)
        return Answer({"landmark": "", **place.values}, place.read_back) if place else None

    def say(self, task: TaskState) -> str:
        """Unless the place says it already."""
        landmark = task.values.get("landmark", "")
        return "" if landmark in task.values.get("place", "") else landmark


def _inside(found: Address) -> str:
    """The place inside a sentence: "12 Rue des Lilas" on the list is "12 rue des Lilas"."""
    said = found.said
    for match in (found.street, found.crossing):
        if match is not None and fold(match.name).split(" ", 1)[0] in KINDS:
            said = said.replace(match.name, match.name[:1].lower() + match.name[1:])
    return said


def _named(said: str, choices: tuple[str, ...]) -> str:
    """The choice whose own word is said ("De Gaulle"), else the one whose number is."""
    words = [set(fold(street).split()) for street in choices]
    common = set.intersection(*words) if words else set()
    heard = set(said.split())
    found = [
        street
        for street, own in zip(choices, words, strict=True)
        if any(len(word) >= _FEWEST_LETTERS and word in heard for word in own - common)
    ]
    if len(found) == 1:
        return found[0]
    return next((s for s, o in zip(choices, _ORDINALS, strict=False) if o.search(said)), "")


def _choices(task: TaskState) -> tuple[str, ...]:
    said = task.values.get("street_choices", "")
    return tuple(said.split("|")) if said and "place" not in task.values else ()


def _everywhere(landmark: str) -> bool:
    return _EVERYWHERE.covers(spoken(landmark))


def _filled(values: dict[str, str]) -> dict[str, str]:
    """Without empty values."""
    return {name: value for name, value in values.items() if value}


def _again(asked: Asked, text: str) -> Asked:
    return Asked(Words.of(text), asked.task, asked.at, asked.caller)
