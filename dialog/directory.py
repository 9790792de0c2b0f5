"""Services as callers name them."""

from __future__ import annotations

import re
from itertools import pairwise

from dialog.intents import Intents, Words
from dialog.persons import Persons
from dialog.rules import spoken
from dialog.search.normalise import terms
from dialog.sounds import sounds
from dialog.town import Service, Town

_ARTICLE = re.compile(r"^(?:l|le|la|les|un|une|des|du|de la|au|aux)\s+")
_VAGUE = frozenset({"renseignement", "renseignements", "informations"})
_OFFICE_OF = re.compile(r"^(?:service|bureau) (?:de la |de l |du |des |de |d )?")
_QUESTION = re.compile(r"^(?:combien|comment|quand|ouu|quel|quelle|quels|quelles|pourquoi)\b")
_NOW = re.compile(
    r" (?:tout de suite|immediatement|maintenant|directement|vite|rapidement|en urgence"
    r"|c est urgent|au plus vite|si possible|si c est possible)$"
)
_FEWEST_SOUNDS = 6  #: of a name that is found by ear; shorter ones are in many sentences
_SIGLE = 4  #: letters; "PLU" has no plural, "plus" is another word
_MOST_WORDS = 4  #: of a service's name, by ear
_ELECTED = re.compile(
    r"\b(?:rencontrer|voir|avec|recue? par|pour|a|parler a|parler avec|que) (?:monsieur |madame )?"
    r"(?:(?P<le>le|la) mair(?:e|esse)|l adjointe?|un adjoint|une adjointe|au maire)\b(?! de | d )"
)
#: said before an office to which something goes: "non, c'est pour le service des sports"
_TO_OFFICE = re.compile(
    r"^(?:(?:non|nan|euh|ben|pardon|mais|plutot|en fait|c est|c etait|ce serait|il faut|mettez|"
    r"envoyez|adressez|transmettez|passez)(?: le| la| ca)? )*(?:pour|a|au|aux|avec|vers|chez)\b"
)
_OFFICE = re.compile(r"^(?:le |la )?(?:service|bureau)\b")
#: between two services, where the caller does not know which one
_OR = re.compile(
    r"\s+ou(?: bien| sinon| peut etre| alors| plutot)?"
    r"(?:\s+(?:a|au|aux|le|la|l|les|du|de|des|pour|service))*\s+"
)


class Directory:
    """Finds the service that a caller wants to speak to."""

    def __init__(self, town: Town, intents: Intents, persons: Persons | None = None) -> None:
        self._town = town
        self._intents = intents
        self._persons = persons or Persons(town)
        names = {
            _ARTICLE.sub("", spoken(name)): service.id
            for service in town.services
            for name in (service.name, *service.names)
        }
        names = {name: owner for name, owner in names.items() if name not in _VAGUE}
        longest_first = sorted(names, key=len, reverse=True)
        self._names = names
        keys = {
            sounds(name.split()): owner
            for name, owner in names.items()
            if set(terms(name)) <= set(terms(town.service(owner).name))  # no passport, no pool
        }
        self._by_sound = {key: owner for key, owner in keys.items() if len(key) >= _FEWEST_SOUNDS}
        self._plurals = {
            f"{name}s": name for name in names if len(name) > _SIGLE and name[-1] not in "sx"
        }
        every = sorted({*longest_first, *self._plurals}, key=len, reverse=True)
        self._any = re.compile(rf"\b(?:{'|'.join(map(re.escape, every))})\b")

    def named(self, words: Words) -> Service | None:
        """The service with the longest name in these words, else that of a person in them."""
        if self.torn(words):
            return None
        found = max(self._any.findall(words.spoken), key=len, default="")
        if found:
            return self._town.service(self._owner(found))
        person = self._persons.mentioned(words)
        if person is not None:
            return self._town.service(person.service)
        return self._heard_alike(words)

    def torn(self, words: Words) -> bool:
        """Whether the caller hesitates between two: "l'urbanisme ou l'état civil, je sais pas"."""
        found = [
            (match.span(), self._owner(match[0])) for match in self._any.finditer(words.spoken)
        ]
        return any(
            one != other and _OR.fullmatch(words.spoken[end:start])
            for ((_, end), one), ((start, _), other) in pairwise(found)
        )

    def _owner(self, found: str) -> str:
        """The service of a name, in the plural or not."""
        return self._names.get(found) or self._names[self._plurals[found]]

    def _heard_alike(self, words: Words) -> Service | None:
        """A service whose name sounds the same: "l'état civile", "l'esport" for "les sports"."""
        tokens = words.spoken.split()
        windows = (
            sounds(tokens[at : at + size])
            for size in range(_MOST_WORDS, 0, -1)
            for at in range(len(tokens) - size + 1)
        )
        owner = next((self._by_sound[key] for key in windows if key in self._by_sound), "")
        return self._town.service(owner) if owner else None

    def _asks_politely(self, words: Words) -> bool:
        """ "Le CCAS, s'il vous plaît": an office and nothing else, as at a switchboard."""
        return words.core != words.spoken and self.office(words) is not None

    def office(self, words: Words) -> Service | None:
        """The service named as an office: "l'urbanisme", not "la déchetterie" that it runs.

        The hours of an office are those of the configuration; those of a place are in its sheet.
        """
        found = max(self._any.findall(words.spoken), key=len, default="")
        if not found:
            return None
        service = self._town.service(self._owner(found))
        return service if set(terms(found)) <= set(terms(service.name)) else None

    def person(self, words: Words) -> str:
        """Whom of the town something is for: "le maire", "madame Benali"; empty for nobody."""
        if elected := _ELECTED.search(words.spoken):
            return "l'adjoint" if "adjoint" in elected.group() else f"{elected['le']} maire"
        found = self._persons.mentioned(words)
        return f"{found.title} {found.name.split()[-1]}".strip() if found is not None else ""

    def only_office(self, text: str, *, by_title: bool = False) -> Service | None:
        """The service, when these words name its office and say nothing else.

        Args:
            by_title: only by what it is called itself: "le cimetière" may be a subject.
        """
        said = spoken(text)
        rest = _ARTICLE.sub("", _TO_OFFICE.sub("", said).strip())
        named = self._names.get(rest) or self._names.get(_OFFICE_OF.sub("", rest))
        if named is None:
            return None
        service = self._town.service(named)
        as_office = _OFFICE.match(rest) or set(terms(rest)) <= set(terms(service.name))
        meant = as_office or (_TO_OFFICE.match(said) and not by_title)
        return service if meant else None

    def wanted(self, words: Words) -> Service | None:
        """The service that the caller asks to be passed to by name, and nothing else.

        "Je voudrais avoir l'urbanisme" is; "je voudrais avoir un acte de naissance" is not.
        """
        rest, farthest = words.core, len("bon alors est ce que ")
        while (reach := self._intents.reach.search(rest)) and reach.start() <= farthest:
            rest, farthest = rest[reach.end() :].strip(), 0
        asked = rest != words.core or _OFFICE.match(words.core) or self._asks_politely(words)
        if not asked or _QUESTION.match(words.core):
            return None
        rest = _NOW.sub("", rest)
        rest = re.sub(r"^(?:quelqu un|une personne|un agent|le bureau|le secretariat)\s+", "", rest)
        rest = re.sub(r"^(?:de|du|d|des|au|a|aux)\s+", "", rest)
        rest = _ARTICLE.sub("", rest)
        owner = self._names.get(rest) or self._names.get(_OFFICE_OF.sub("", rest))
        return self._town.service(owner) if owner else None
