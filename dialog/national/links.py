"""Pages, services and forms that a sheet points to; never spoken, but kept for other channels."""

from __future__ import annotations

from collections.abc import Iterator

from dialog.national.prose import tidy, words
from dialog.national.xml import Element
from dialog.sheets import Link

#: How a service is announced aloud.
NAMES = {
    "Formulaire": "Formulaire",
    "Modèle de document": "Modèle de document",
    "Simulateur": "Simulateur en ligne",
    "Outil de recherche": "Recherche en ligne",
}
_TITLED = ("ServiceEnLigne", "OuSAdresser", "PourEnSavoirPlus", "ServiceEnLigneAnnexe")


def service_name(service: Element) -> str:
    """ "Service en ligne", "Formulaire"…"""
    return NAMES.get(service.get("type", ""), "Service en ligne")


def title_of(element: Element) -> str:
    """The title of a service, an office or a page."""
    title = element.find("Titre")
    return words(title) if title is not None else ""


def links(root: Element) -> tuple[Link, ...]:
    """All of a sheet, services first, each address once."""
    found: dict[str, Link] = {}
    for tag in (*_TITLED, "LienExterne"):
        for element in root.iter(tag):
            title = title_of(element) if tag in _TITLED else words(element)
            for url in _addresses(element):
                if title and url not in found:
                    found[url] = Link(title, url)
    return tuple(found.values())


def related(root: Element) -> tuple[str, ...]:
    """The other sheets that this one names, in their order."""
    own = root.get("ID", "")
    found: dict[str, None] = {}
    for element in root.iter():
        other = ""
        if element.tag == "LienInterne":
            other = element.get("LienPublication", "")
        elif element.tag == "QuestionReponse":
            other = element.get("ID", "")
        if other.startswith("F") and other[1:].isdecimal() and other != own:
            found.setdefault(other)
    for element in root.iterfind("VoirAussi/Fiche"):
        other = element.get("ID", "")
        if other.startswith("F") and other[1:].isdecimal() and other != own:
            found.setdefault(other)
    return tuple(found)


def keywords(root: Element) -> tuple[str, ...]:
    """Words that belong to a sheet and do not stand in its text: its place, its abbreviations."""
    found: dict[str, None] = {}
    for path in ("SousThemePere", "SousDossierPere"):
        for element in root.iterfind(path):
            found.setdefault(words(element))
    for abbreviation in root.iterfind("Abreviation"):
        meaning = tidy(" ".join("".join(t.itertext()) for t in abbreviation.iterfind("Texte")))
        found.setdefault(f"{title_of(abbreviation)} : {meaning}")
    return tuple(word for word in found if word)


def _addresses(element: Element) -> Iterator[str]:
    pages = [element, *element.iterfind("RessourceWeb"), *element.iterfind("LienWeb")]
    for page in pages:
        url = (page.get("URL") or "").strip()
        if url.startswith(("https://", "http://")):
            yield url
