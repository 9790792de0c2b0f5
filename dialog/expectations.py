"""What may be said next, told to the recogniser, so that it can look at an unclear turn again.

After "C'est bien ça ?" an unclear sound is more likely "oui" than anything else. What is awaited
gives sentences that lead the second look, and the rule by which a reading is an answer. A reading
that asks for something else (a person, an emergency, another matter) is never overruled: it
settles the turn. Pure: the recogniser asks from its own threads.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rapidfuzz import fuzz, process

from dialog.emergencies import Emergencies
from dialog.intents import Intents, Words
from dialog.people import ORDINALS, People
from dialog.search import Index
from dialog.sounds import sounds
from dialog.state import State
from dialog.tasks.detect import wish
from dialog.tasks.place_words import says_kind
from dialog.tasks.rules import TaskRules
from dialog.tasks.task_state import CONFIRM, TaskState
from dialog.town import Service, Town
from dialog.values.addresses import parse_address
from dialog.values.corrections import correct
from dialog.values.moments import parse_moment
from dialog.values.names import parse_name
from dialog.values.phones import parse_phone
from dialog.values.spelling import spellings
from dialog.values.streets import Streets, Verdict
from dialog.values.words import utterance

SURE = 0.80  #: confidence of the first look from which a turn is not decoded again
SURE_QUESTION = 0.70  #: the same where anything may be asked
_NUMBER_SHORT = 14  #: letters and digits under which a turn holds no whole number
_MOST_SERVICES, _MOST_PEOPLE, _MOST_STREETS, _MOST_SHEETS = 12, 8, 10, 4
_MOST_CHANGED = 2  #: digits of a number that one correction puts right
_NUMBERS = (12, 8, 25, 3)  #: of houses, in the hints
_ASIDES = ("person", "repeat", "slower", "goodbye", "wait", "in_writing", "deaf_access", "my_data")
_ASKED_AGAIN = ("refuse_recording", "refuse_transcription", "elected", "all_clear", "thanks")

YES_NO = "Oui. Non. Oui, c'est ça. Oui, c'est bon. Non merci. Non, pas du tout. D'accord. Voilà."
NUMBER = (
    "Mon numéro, c'est le 06 12 34 56 78. C'est le 02 98 45 71 33. Oui, c'est bon. "
    "Non, un autre numéro."
)
CORRECTION = "Oui, c'est ça. Oui, c'est bien ça. Voilà. Non, 78. Non, c'est le 06 12 34 56 78."
NAME = (
    "Madame Lefèvre. Monsieur Martin. Je m'appelle Karim Benali. Sophie Caron. "
    "C'est Dupuis, D, U, P, U, I, S."
)
MOMENT = (
    "Demain matin. Jeudi après-midi. Lundi vers 14 heures. Entre 9 heures et midi. "
    "La semaine prochaine. Le plus tôt possible. N'importe quand, sauf le mardi."
)
PERSON = "Oui, je veux bien parler à quelqu'un. Répétez. Oui, vite !"
CHOICE = "Le premier. Le deuxième. La deuxième. Le un. Le deux. Oui. Non, aucun des deux."
REQUEST = "Je voudrais parler à un agent. Je voudrais laisser un message. Un rendez-vous."
_ARTICLE = re.compile(r"l['’]|l[ae]s? ")
#: a yes that goes on, as forms understand it
_SAYS_YES = re.compile(
    r"(?:(?:ah|ben|bah|euh|eh) )*(?:oui|ouais|voila|exact|c est ca|parfait)\b(?: \w+){0,4}"
)
_TAKES_BACK = re.compile(r"\b(?:mais|sauf|par contre|non|pas|erreur|trompee?|plutot)\b")
_NAME_WORD = r"[A-ZÀ-ÖØ-Þ][\w'’-]+"
_NAME = re.compile(
    r"(?i:(?:(?:oui|alors|bonjour)[\s,]+)*(?:(?:c['’]est|je suis|je m['’]appelle|moi c['’]est"
    r"|au nom de|mon nom,? c['’]est)\s+)?(?:(?:madame|monsieur|mme|m\.|mr)\s+)?)"
    rf"{_NAME_WORD}(?:\s+(?:(?:de|du|la|le|van|ben|el)\s+)*{_NAME_WORD}){{0,3}}\s*\.?"
)


@dataclass(frozen=True)
class Expected:
    """`voice.recognition.Expectation`, of one kind of question."""

    settled: Callable[[str], bool]  #: understood, whatever it is
    answered: Callable[[str], bool]  #: what was asked for
    hinted: Callable[[Sequence[str]], str]
    sure: float = SURE  #: confidence from which the turn is not decoded again

    def settles(self, text: str) -> bool:
        """See `voice.recognition.Expectation`."""
        return self.settled(text)

    def answers(self, text: str) -> bool:
        """See `voice.recognition.Expectation`."""
        return self.answered(text)

    def hints(self, readings: Sequence[str]) -> str:
        """See `voice.recognition.Expectation`."""
        return self.hinted(readings)


class Expectations:
    """Knows what each state of a conversation awaits. Shared by all calls."""

    def __init__(
        self,
        town: Town,
        index: Index,
        intents: Intents,
        people: People,
        emergencies: Emergencies,
        streets: Streets,
    ) -> None:
        """
        Args:
            index: of the sheets, whose titles lead the second look at an unclear question.
            streets: the town's own.
        """
        self._index = index
        self._intents = intents
        self._people = people
        self._emergencies = emergencies
        self._streets = streets
        self._rules = TaskRules.load()
        self._requests = _requests(town)

    def of(self, state: State, at: datetime) -> Expected | None:
        """What is awaited in this state; None where anything may be said, or another language."""
        if state.hearing != "fr" or state.written:
            return None
        if state.task is not None and state.awaiting != "person":
            return self._of_form(state.task, at)
        if state.awaiting in ("choice", "people", "menu"):
            return self._asked(self._chooses, CHOICE)
        if state.awaiting == "appointment":
            return self._asked(
                lambda text: self._yes_no(text) or _is_moment(text, at), f"{YES_NO} {MOMENT}"
            )
        if state.awaiting == "person":
            return self._asked(self._wants_person, f"{YES_NO} {PERSON}")
        if state.awaiting:
            return self._asked(self._yes_no, YES_NO)
        return Expected(
            self._understood,
            self._requested,
            lambda heard: self._question(heard, at),
            SURE_QUESTION,
        )

    def _of_form(self, task: TaskState, at: datetime) -> Expected | None:
        asking, number = task.asking, task.asking in ("phone", "mobile")
        if task.proposed and number:
            return self._asked(lambda text: self._corrects(text, task), CORRECTION)
        if task.proposed or asking in (CONFIRM, "urgent"):
            return self._asked(self._agrees, YES_NO)
        if number:
            return self._asked(lambda text: self._number(text, task), NUMBER)
        if asking in ("when", "days"):
            return self._asked(lambda text: _is_moment(text, at), MOMENT)
        if asking == "place" and self._streets.names:
            return Expected(self._place_settled, self._listed, self._near_streets)
        if asking == "name":
            return Expected(self._name_settled, _is_name, lambda _heard: NAME)
        return None  # dictation: nothing is likelier than anything else

    def _asked(self, answered: Callable[[str], bool], hints: str) -> Expected:
        return Expected(
            lambda text: answered(text) or self._aside(text), answered, lambda _heard: hints
        )

    # -- readings ----------------------------------------------------------------------------

    def _aside(self, text: str) -> bool:
        """Whether the words ask for something that goes before any answer."""
        words = Words.of(text)
        if self._emergencies.find(text) is not None:
            return True
        if any(self._intents.is_(name, words) for name in (*_ASIDES, *_ASKED_AGAIN)):
            return True
        return self._rules.inside("cancel").search(words.spoken) is not None

    def _understood(self, text: str) -> bool:
        return self._aside(text) or self._requested(text)

    def _requested(self, text: str) -> bool:
        """A person, an office, a message, a report or an appointment is asked for."""
        words = Words.of(text)
        return (
            self._intents.is_("person", words)
            or self._people.persons.asked(words) is not None
            or self._people.directory.wanted(words) is not None
            or wish(words, self._rules) is not None
        )

    def _yes_no(self, text: str) -> bool:
        words = Words.of(text)
        return self._intents.is_("yes", words) or self._intents.is_("no", words)

    def _wants_person(self, text: str) -> bool:
        return self._yes_no(text) or self._intents.is_("person", Words.of(text))

    def _agrees(self, text: str) -> bool:
        """Yes or no to what a form read back: "oui c'est bon" is a yes there."""
        said = Words.of(text).spoken
        yes = _SAYS_YES.fullmatch(said) and not _TAKES_BACK.search(said)
        return bool(yes) or self._yes_no(text)

    def _chooses(self, text: str) -> bool:
        core = Words.of(text).core
        return self._yes_no(text) or any(ordinal.search(core) for ordinal in ORDINALS)

    def _number(self, text: str, task: TaskState) -> bool:
        so_far = task.values.get("phone_part", "")
        if parse_phone(text, (so_far,) if so_far else ()).candidates:
            return True
        return sum(map(str.isalnum, text)) < _NUMBER_SHORT and self._agrees(text)

    def _corrects(self, text: str, task: TaskState) -> bool:
        """Yes, no, a whole number, or digits that put a few of the old ones right.

        "Non, soixante, 18" would change four; "Non, soixante 18", said alike, is 78.
        """
        old = task.proposed.get(task.asking, "")
        if self._agrees(text) or parse_phone(text).candidates:
            return True
        return any(_changed(old, new) <= _MOST_CHANGED for new in _corrected(old, text))

    def _place_settled(self, text: str) -> bool:
        found = parse_address(text, self._streets)
        whole = found is not None and (found.number is not None or says_kind(text))
        told = found is not None and bool(found.landmark or (whole and self._listed(text)))
        return told or self._aside(text)  # "Troisi des violettes" has lost its "rue"

    def _listed(self, text: str) -> bool:
        """Whether a street of the list is named, or several that one can choose from."""
        found = parse_address(text, self._streets)
        street = found.street if found is not None else None
        return street is not None and street.verdict is not Verdict.UNKNOWN

    def _name_settled(self, text: str) -> bool:
        spelled = any(True for _ in spellings(utterance(text)))
        return spelled or _is_name(text) or self._aside(text)

    # -- hints -------------------------------------------------------------------------------

    def _question(self, heard: Sequence[str], at: datetime) -> str:
        """Whom one can ask for here, and the sheets that were thought of so far."""
        query = self._index.query(heard[0], tuple(heard[1:]))
        hits = self._index.rank(query, at.date()).hits[:_MOST_SHEETS]
        titles = (hit.sheet.title for hit in hits)
        return " ".join((self._requests, *(f"{title.rstrip(' .?')}." for title in titles)))

    def _near_streets(self, heard: Sequence[str]) -> str:
        """The streets that sound most like what was heard, as callers say them."""
        names = self._streets.names
        keys = [sounds(Words.of(name).spoken.split()) for name in names]
        best: dict[int, float] = {}
        for text in heard:
            key = sounds(Words.of(text).spoken.split())
            for _, score, at in process.extract(
                key, keys, scorer=fuzz.partial_ratio, limit=_MOST_STREETS
            ):
                best[at] = max(best.get(at, 0.0), score)
        nearest = sorted(best, key=lambda at: -best[at])[:_MOST_STREETS]
        numbers = itertools.cycle(_NUMBERS)
        return " ".join(
            f"{next(numbers)} {names[at][:1].lower()}{names[at][1:]}." for at in reversed(nearest)
        )


def _corrected(old: str, text: str) -> tuple[str, ...]:
    return correct(old, text).candidates if old else ()


def _changed(old: str, new: str) -> int:
    """How many digits differ."""
    return sum(a != b for a, b in zip(old, new, strict=False)) + abs(len(old) - len(new))


def _is_moment(text: str, at: datetime) -> bool:
    return parse_moment(text, at) is not None


def _is_name(text: str) -> bool:
    """Whether a reading is nothing but a name, and none of those that led to it."""
    if not _NAME.fullmatch(text.strip()) or parse_name(text) is None:
        return False
    return not set(Words.of(text).spoken.split()) <= set(Words.of(NAME).spoken.split())


def _requests(town: Town) -> str:
    """What callers say to be passed on, with the town's own offices and people."""
    offices = [_called(service) for service in town.services if not service.duty]
    called = [person.called for person in town.people][:_MOST_PEOPLE]
    forms = ("Je voudrais {}.", "Passez-moi {}.", "{}, s'il vous plaît.")
    said = [
        forms[number % len(forms)].format(name)
        for number, name in enumerate(offices[:_MOST_SERVICES])
    ]
    said = [f"{one[:1].upper()}{one[1:]}" for one in said]
    said += [f"Je voudrais parler à {name}." for name in called]
    return " ".join((*said, REQUEST))


def _called(service: Service) -> str:
    """ "l'état civil" of "le service état civil": callers leave the "service" out."""
    names = (name for name in service.names if _ARTICLE.match(name) and "service" not in name)
    return next(names, service.name)
