"""Where a problem is: on the town's street list when it can be, as heard and flagged otherwise."""

from __future__ import annotations

from dataclasses import replace

from dialog.phrases import Phrases
from dialog.rules import Rules
from dialog.search.normalise import fold
from dialog.tasks.form import Answer, Asked, Slot
from dialog.tasks.place_words import (
    AT_FIRST,
    AT_NUMBER,
    CUT_OFF,
    FEWEST_LETTERS,
    HERE,
    LONGEST,
    MOST_CHOICES,
    NAMED,
    SAYS_NO,
    SELF_CORRECTED,
    THE_NUMBER,
    asked_again,
    choice_named,
    choices_of,
    is_everywhere,
    later_streets,
    meant,
    said_inside,
    says_kind,
    street_kept,
    without_empty,
)
from dialog.tasks.task_state import TaskState
from dialog.values.addresses import Address, parse_address
from dialog.values.streets import StreetMatch, Streets, Verdict


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
        super().__init__(NAMED)
        self._phrases = phrases
        self._streets = streets
        self._unsure = unsure

    def question(self, asked: Asked) -> str:
        """Which of several streets, when the name fits several."""
        task = asked.task
        if choices := choices_of(task):
            said = ", ".join(
                f"{word}, {street}"
                for word, street in zip(("un", "deux", "trois"), choices, strict=False)
            )
            return self._phrases.say("report_place_several", streets=said)
        return self._phrases.say("report_place_again" if task.tries else "report_place")

    def parse(self, asked: Asked) -> Answer | None:
        """An address, or the words as heard."""
        if choices := choices_of(asked.task):
            return self._chosen(asked, choices)
        found = self._parsed(asked)
        if found is not None:
            return self._located(found)
        if self._elusive(asked):
            return None
        text = AT_FIRST.sub("", " ".join(asked.words.text.split()).strip(" .,!?"))[:LONGEST]
        if self._unsure.covers(asked.words.core) or sum(map(str.isalpha, text)) < FEWEST_LETTERS:
            return None
        return Answer({"place": text, "street_known": "non"}, self._say("report_place_is", text))

    def _elusive(self, asked: Asked) -> bool:
        """Whether "chez moi" or "je ne sais pas" was said; said again, it is kept as heard."""
        unsure = self._unsure.covers(asked.words.core) or self._unsure.covers(asked.words.spoken)
        cut_off = set(asked.words.spoken.split()) <= CUT_OFF and says_kind(asked.words.text)
        if SAYS_NO.fullmatch(asked.words.spoken) or cut_off:
            return True
        asks = asked.words.text.rstrip().endswith("?")  # "vous réparez ça quand ?" is no place
        return unsure or (not asked.task.tries and (asks or HERE.covers(asked.words.spoken)))

    def refused(self, asked: Asked) -> str:
        """What would help instead."""
        unsure = self._unsure.covers(asked.words.core) or self._unsure.covers(asked.words.spoken)
        if not (unsure or HERE.covers(asked.words.spoken)):
            return ""
        known = HERE.covers(asked.words.spoken)
        return self._phrases.say("report_place_home" if known else "report_place_unsure")

    def volunteered(self, asked: Asked) -> Answer | None:
        """A street or a landmark named in passing; "devant chez moi" says nothing."""
        found = self._parsed(asked)
        if found is None or choices_of(asked.task):
            return None
        if found.street is not None and not (found.number or says_kind(asked.words.text)):
            # "la façade de l'école" is no rue des Écoles
            found = replace(found, street=None)
        if found.street is None and (not found.landmark or is_everywhere(found.landmark)):
            return None
        return self._located(found)

    def correct(self, asked: Asked) -> Answer | None:
        """A new number for the same street, a new street with the same number, or all of it."""
        told = asked_again(asked, meant(asked.words.text))
        found = self._one_street(self._parsed(told), asked)
        old = asked.task.values
        if found is None:
            return None
        street, number = old.get("street", ""), old.get("number", "")
        unlisted = "" if street else street_kept(old.get("place", ""))
        if found.street is None and found.number and unlisted:
            return self._located(replace(found, street=StreetMatch.unknown(unlisted)))
        if found.street is None and found.landmark and street:
            where = Address(landmark=found.landmark, relation=found.relation).said
            return self.parse(asked_again(asked, f"{where}, {number} {street}"))
        if found.street is None and found.number and street:
            return self.parse(asked_again(asked, f"{found.number} {found.rep} {street}"))
        if found.street and not found.number and number and not found.crossing:
            return self.parse(asked_again(asked, f"{number} {found.street.name}"))
        return self._located(found)

    def _one_street(self, found: Address | None, asked: Asked) -> Address | None:
        """The place with a street that is surely meant: "Sainte-Anne", but not "juste l'école"."""
        street = found.street if found is not None else None
        if found is None or street is None or says_kind(asked.words.text):
            return found
        if street.verdict is Verdict.SEVERAL:  # of the kind that was understood before, if any
            kind = fold(asked.task.values.get("street", "")).split(" ", 1)[0]
            best = [one for one in street.choices if fold(one).split(" ", 1)[0] == kind]
            name = (best or list(street.choices))[0]
            return replace(found, street=self._streets.find(name))
        return found if street.verdict is Verdict.EXACT else None

    def _parsed(self, asked: Asked) -> Address | None:
        """The place in these words; the last one of "3 rue X, enfin non, rue Y"."""
        text = asked.words.text
        found = self._listed(text)
        again = SELF_CORRECTED.match(text)
        meant = self._meant(again["meant"]) if again else None
        if found is None or meant is None:
            return found
        if meant.street is None and meant.number is not None:  # "au 25, non du 27"
            return replace(found, number=meant.number, rep=meant.rep)
        if meant.street is None or not meant.street.listed:
            return found
        if meant.number is None:
            return replace(meant, number=found.number, rep=found.rep)
        return meant

    def _meant(self, text: str) -> Address | None:
        found = self._listed(text)
        return found or parse_address(THE_NUMBER.sub("au ", text), self._streets)

    def _listed(self, text: str) -> Address | None:
        """The place, with the first street that the town has: "la route place des Halles"."""
        found = parse_address(text, self._streets)
        street = found.street if found is not None else None
        if found is None or street is None or street.verdict is not Verdict.UNKNOWN:
            return found
        for start in later_streets(text):
            other = parse_address(text[start:], self._streets)
            if other is not None and other.street is not None and other.street.listed:
                number = found.number if found.number is not None else other.number
                return replace(other, number=number, rep=found.rep or other.rep)
        return found

    def refined(self, asked: Asked) -> Answer | None:
        """The street or the number, where the next thing was asked: "oui, place de l'Église"."""
        found = parse_address(asked.words.text, self._streets)
        old = asked.task.values
        if found is not None and found.street is None and AT_NUMBER.search(asked.words.spoken):
            late = found.number and old.get("place") and not old.get("number")
            return self.correct(asked) if late else None
        if found is None or found.street is None or not found.street.listed or old.get("street"):
            return None
        if not says_kind(asked.words.text) or not old.get("landmark"):
            return None
        number = f"{found.number} {found.rep}".strip() if found.number else ""
        return self.parse(asked_again(asked, f"{old['place']}, {number} {found.street.name}"))

    def say(self, task: TaskState) -> str:
        """As it was read back."""
        return task.values.get("place", "")

    def _located(self, found: Address) -> Answer:
        street = found.street
        if street is not None and street.verdict is Verdict.SEVERAL:
            return self._several(found, street)
        number = f"{found.number} {found.rep}".strip() if found.number else ""
        said = said_inside(found)
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
        return Answer(without_empty(values), self._say(phrase, said))

    def _several(self, found: Address, street: StreetMatch) -> Answer:
        """Not filled yet: the next question says the choices."""
        number = f"{found.number} {found.rep}".strip() if found.number else ""
        choices = "|".join(street.choices[:MOST_CHOICES])
        values = {"street_choices": choices, "number": number, "landmark": found.landmark}
        return Answer(without_empty(values))

    def _chosen(self, asked: Asked, choices: tuple[str, ...]) -> Answer | None:
        """The street that was meant, by its number or more of its name; else as heard."""
        number = asked.task.values.get("number", "")
        meant = choice_named(asked.words.core, choices)
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
