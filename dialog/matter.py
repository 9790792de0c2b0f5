"""What of a call is worth having in writing: sentences that were said, a ticket's reference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

MOST_SENTENCES = 24  #: kept of one subject; a caller hears fewer

_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_SIGNS = {
    "phone": re.compile(
        r"\b0[1-9](?:[ .]?\d\d){4}\b|\b0 ?80\d[ .]?\d{2,3}[ .]?\d{2,3}\b|\b3\d{3}\b(?! ?€)"
        r"|\b3\d \d\d\b(?! ?€)|\b1[01]\d \d{3}\b"
    ),
    "date": re.compile(
        rf"\b(?:\d{{1,2}}|1er) (?:{_MONTHS})\b|\b\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?\b"
    ),
}
ADDRESS = re.compile(
    r"(?<![\w@.-])(?:https?://)?(?P<host>(?:[a-z0-9-]{2,}\.)+[a-z]{2,})(?P<path>/[^\s,;)]*)?"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PAPERS = re.compile(
    r"\b(?:carte d'identité|passeport|justificatif|photo|livret de famille|acte de naissance|"
    r"attestation|formulaire|cerfa|timbre|avis d'impôt|permis|facture|quittance|relevé|"
    r"photocopie|copie|certificat|carnet de santé|ordonnance|déclaration|jugement)s?\b",
    re.IGNORECASE,
)
_PAPERS_OF_LIST = 2  #: papers in a list, to make it one


@dataclass(frozen=True)
class Matter:
    """One subject, in words that were validated: the sheet's, the configuration's, a ticket's."""

    title: str = ""
    sentences: tuple[str, ...] = ()
    link: str = ""  #: on the town's own domain
    sheet: str = ""  #: id of the sheet they are from
    phone: str = ""  #: the number that the caller gave with a ticket
    ticket: bool = False

    def joined(self, more: Matter) -> Matter:
        """This subject with what was said of it later; another subject takes its place."""
        if not more.sheet or more.sheet != self.sheet:
            return more
        every = tuple(dict.fromkeys((*self.sentences, *more.sentences)))
        return replace(more, sentences=every[-MOST_SENTENCES:])


@dataclass(frozen=True)
class SendingState:
    """What a call remembers about sending."""

    matter: Matter | None = None  #: what "envoyez-moi ça" means now
    offered: bool = False  #: once a call, after an answer
    declined: bool = False
    sent: int = 0  #: messages of this call

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> SendingState:
        """What `dataclasses.asdict` wrote; keys of another version are ignored."""
        known = {k: v for k, v in values.items() if k in cls.__dataclass_fields__}
        if matter := known.get("matter"):
            kept = {k: v for k, v in matter.items() if k in Matter.__dataclass_fields__}
            known["matter"] = Matter(**{**kept, "sentences": tuple(kept.get("sentences", ()))})
        return cls(**known)


def worth_noting(sentences: Iterable[str]) -> tuple[str, ...]:
    """What these sentences hold that nobody remembers: "phone", "date", "link", "papers"."""
    told = list(sentences)
    text = " ".join(told)
    found = [name for name, sign in _SIGNS.items() if sign.search(text)]
    if ADDRESS.search(text) or _EMAIL.search(text):
        found.append("link")
    papers = {match.group().lower().rstrip("s") for match in _PAPERS.finditer(text)}
    if len(papers) >= _PAPERS_OF_LIST:
        found.append("papers")
    return tuple(found)


def on_domain(address: str, website: str) -> bool:
    """Whether a page is on the town's official site."""
    match, own = ADDRESS.search(address.lower()), host(website)
    if match is None or not own:
        return False
    return match["host"] == own or match["host"].endswith(f".{own}")


def host(website: str) -> str:
    """The bare name of a site: "www.ville.fr/accueil" is "ville.fr"."""
    match = ADDRESS.search(website.lower())
    return match["host"].removeprefix("www.") if match else ""


_OFFICIAL = ("gouv.fr", "service-public.fr")  #: sites that sheets send callers to


def without_foreign_links(sentences: Sequence[str], website: str) -> tuple[str, ...]:
    """The sentences without those that name a site that is neither the town's nor the State's.

    A telephone makes a link of it, and people are told to trust no link of a stranger.
    """
    allowed = tuple(filter(None, (*_OFFICIAL, host(website))))
    return tuple(
        sentence
        for sentence in sentences
        if all(
            any(m["host"] == one or m["host"].endswith(f".{one}") for one in allowed)
            for m in ADDRESS.finditer(sentence.lower())
        )
    )
