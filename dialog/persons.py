"""People of the town hall as callers name them: by ear, in the spelling of the recogniser.

"Lefèbre", "Le Fèvre" and "Lefebvre" are one name when they sound alike or nearly are written alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from dialog.intents import Words
from dialog.rules import spoken
from dialog.sounds import sounds
from dialog.town import Person, Town

ALIKE = 86  #: of 100; below, two spellings are two names
_SOUNDS_ALIKE = 95  #: worth of a name that is written otherwise and heard the same
_CLOSE = 5  #: names so close to the best one are asked apart
_SHORT = 4  #: letters; a shorter name must be the same, by ear or in writing
_MOST_WORDS = 4  #: of a name
_SAME_WORD = 0.9

_TITLE = (
    r"(?:madame|monsieur|mademoiselle|mme|mr|mlle|docteur|"
    r"m(?! (?:a|as|ont|avait|avez|avaient|aurait|est|etait|en|y|envoie|appelle)\b))"
)
_ASKS = (
    r"(?:parler|parle|joindre|avoir|passer|passez|passe|contacter|appeler|demande|demander|cherche|"
    r"discuter|entretenir|echanger|transferez|transferer|mettez|mettre|relation|ligne|repasser|repassez)"
    r"(?: moi| directement)?(?: en (?:ligne|relation|communication))?(?: a| avec| vers)?"
)
#: Before a name that is asked for, or that something is for.
_BEFORE = re.compile(rf"\b{_ASKS} (?P<title>{_TITLE} )?(?P<name>.+)$")
_THERE = re.compile(
    rf"\b(?P<title>{_TITLE} )(?P<name>.+?) (?:est|serait|sera)(?: elle| il)? "
    r"(?:laa?|disponible|joignable|present|presente|au bureau|en ligne)\b"
)
_WHOLE = re.compile(
    rf"^(?:allo |bonjour |bonsoir |oui |alors )*(?P<title>{_TITLE} )(?P<name>.+?)"
    r" (?:s il (?:vous|te) plait|svp)$"
)
#: "quelqu'un à l'urbanisme, madame Lefèvre si possible"
_LAST = re.compile(
    rf"\b{_ASKS}\b.*\b(?P<title>{_TITLE} )(?P<name>\S+(?: \S+)?)"
    r" (?:si (?:possible|c est possible|elle est laa?|il est laa?)|de preference)$"
)
_FOR = re.compile(rf"\b(?:pour|que|par|a|{_ASKS}) (?P<title>{_TITLE} )(?P<name>.+)$")
_END = re.compile(
    r"\b(?:s il|svp|merci|pour|qui|parce|car|a propos|au sujet|du|des|au|aux|service|est|me|"
    r"si|c est|je|et|ou|dans|concernant|elle|il|directement|bonjour|par|avant|apres|peut|"
    r"puisse)\b.*"
)
_OFFICES = "maire mairesse adjoint adjointe elu elue cabinet president presidente"
_NOBODY = frozenset(f"{_OFFICES} le la l du de qui au".split())


@dataclass(frozen=True)
class Asked:
    """Somebody who is asked for, and who that may be."""

    people: tuple[Person, ...] = ()  #: nobody: the name is in no directory


class Persons:
    """Finds whom a caller names."""

    def __init__(self, town: Town) -> None:
        self._people = town.people
        self._service_names = {service.id: spoken(service.name) for service in town.services}

    def asked(self, words: Words) -> Asked | None:
        """Who is asked for by name; None when nobody is, or the town names no people.

        Without "madame" or "monsieur" only a name that is found counts.
        """
        if not self._people:
            return None
        for pattern in (_WHOLE, _THERE, _BEFORE):
            match = pattern.search(words.spoken)
            if match is None:
                continue
            found = self._called(match["name"], match["title"] or "")
            if found:
                return Asked(found)
            if match["title"] and _is_a_name(match["name"]):
                return Asked()
        last = _LAST.search(words.spoken)
        if last is not None and (found := self._called(last["name"], last["title"])):
            return Asked(found)
        return self._known_as(words)

    def mentioned(self, words: Words) -> Person | None:
        """The one person that something is for: "un message pour madame Lefebvre"."""
        match = _FOR.search(words.spoken) if self._people else None
        if match is None:
            whole = [one for one in self._people if spoken(one.name) in words.spoken]
            return whole[0] if len(whole) == 1 else None
        found = self._called(match["name"], match["title"]) if match else ()
        return found[0] if len(found) == 1 else None

    def one_of(self, words: Words, people: Sequence[Person]) -> Person | None:
        """Whom an answer to "laquelle ?" means: by the first name, the title or the service."""
        tokens = words.spoken.split()
        left = [
            one
            for one in people
            if one.title in tokens
            or any(_alike(token, first) > ALIKE for token in tokens for first in _first(one))
            or set(tokens) & self._own_words(one, people)
        ]
        return left[0] if len(left) == 1 else None

    def _own_words(self, person: Person, people: Sequence[Person]) -> set[str]:
        """Words of the person's service that no other service in question has."""
        own = set(self._service_names.get(person.service, "").split())
        for other in people:
            if other.service != person.service:
                own -= set(self._service_names.get(other.service, "").split())
        return {word for word in own if len(word) >= _SHORT} - {"service"}

    def _called(self, said: str, title: str) -> tuple[Person, ...]:
        """People with this name, the best alike only; a first name or a title tells them apart."""
        heard = _END.sub("", said).split() or said.split()[:1]
        scores = {one: self._score(one, heard[:_MOST_WORDS]) for one in self._people}
        best = max(scores.values(), default=0.0)
        if best < ALIKE:
            return ()
        found = tuple(one for one, score in scores.items() if score >= best - _CLOSE)
        wanted = "monsieur" if title.strip() in ("monsieur", "mr", "m") else "madame"
        titled = tuple(one for one in found if title and one.title == wanted)
        found = titled or found
        named = tuple(one for one in found if self._first_name_said(one, heard))
        return named if len(named) == 1 else found

    @staticmethod
    def _first_name_said(person: Person, heard: Sequence[str]) -> bool:
        return any(_alike(word, first) > ALIKE for word in heard for first in _first(person))

    @staticmethod
    def _score(person: Person, heard: Sequence[str]) -> float:
        names = [_last(person), *(spoken(name) for name in (person.name, *person.names))]
        return max(
            (_alike(window, name) for window in _windows(heard) for name in names if name),
            default=0.0,
        )

    def _known_as(self, words: Words) -> Asked | None:
        """ "La directrice de l'école": what the configuration says that callers call them."""
        match = _BEFORE.search(words.spoken)
        said = match["name"] if match else words.core
        found = tuple(
            one for one in self._people if any(spoken(name) in said for name in one.names)
        )
        return Asked(found) if found and match else None


def _is_a_name(said: str) -> bool:
    return said.split()[0] not in _NOBODY


def _windows(words: Sequence[str]) -> Iterator[str]:
    """The words said, alone and together: "le fevre" too."""
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + 3) + 1):
            yield " ".join(words[start:end])


def _alike(heard: str, name: str) -> float:
    if heard == name:
        return 100.0
    joined, wanted = heard.replace(" ", ""), name.replace(" ", "")
    if joined == wanted:
        return 99.0
    by_ear = sounds(heard.split()), sounds(name.split())
    if by_ear[0] == by_ear[1] and len(joined) > 1:
        return float(_SOUNDS_ALIKE)
    if min(len(joined), len(wanted)) <= _SHORT:
        return 0.0
    return max(fuzz.ratio(joined, wanted), _SAME_WORD * fuzz.ratio(*by_ear))


def _first(person: Person) -> list[str]:
    return [part for part in spoken(person.name.split()[0]).split() if len(part) > 1]


def _last(person: Person) -> str:
    """All but the first name: "Anne de La Tour" is "de la tour"."""
    return spoken(" ".join(person.name.split()[1:]) or person.name)
