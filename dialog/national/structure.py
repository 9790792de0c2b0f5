"""Chapters, situations and cases of a publication, walked in reading order.

    Publication ─► Introduction, Texte ─► Chapitre ─► SousChapitre ─► BlocCas ─► Cas ─► BlocCas …
                └► ListeSituations ─► Situation ─► Texte ─► …

Each leaf is a run of blocks (`blocks.say`); the way down to it is its `Place`.
"""

from __future__ import annotations

import re

from dialog.national.blocks import Piece, all_services, say
from dialog.national.kinds import kind
from dialog.national.links import title_of
from dialog.national.outline import Outline, Place
from dialog.national.prose import plain_name, sentence, sentences, words
from dialog.national.xml import Element
from dialog.sheets import Section

MOST_DEPTH = 40  #: parts within parts; sheets have at most 8
TITLE_WORDS = 6  #: of a heading that is only a bold paragraph
ONLINE = "En ligne"  #: heading of services that the text does not name
#: Words by which the text itself already points to a service of this name.
_SAID = {
    "Service en ligne": re.compile(r"en ligne|teleservice|internet|sur le site"),
    "Formulaire": re.compile(r"formulaire|cerfa|imprime"),
    "Modèle de document": re.compile(r"modele|lettre|courrier|ecrit"),
    "Simulateur en ligne": re.compile(r"simulateur|simul|calcul|en ligne"),
    "Recherche en ligne": re.compile(r"en ligne|annuaire|recherch"),
}
_PARTS = {
    "Texte",
    "Chapitre",
    "SousChapitre",
    "BlocCas",
    "Cas",
    "Introduction",
    "ListeSituations",
    "Situation",
}
_HEADS = {"Titre", "TitreAlternatif", "Condition"}


def sections(root: Element, description: str) -> tuple[Section, ...]:
    """All sections of a publication, the direct answer first.

    Args:
        description: the summary of the sheet's head; what the text says again is left out of it.
    """
    outline = Outline()
    top = Place()
    for tag in ("Introduction", "Texte", "ListeSituations"):
        for part in root.iterfind(tag):
            _walk(part, top, outline, 0)
    for comment in root.iterfind("LienExterneCommente/Commentaire"):
        outline.add(top, *say(comment).paragraphs)
    for warning in root.iterfind("Avertissement"):
        place = top.chapter(title_of(warning) or "À noter", "")
        outline.add(place, *say(warning.iterfind("Texte")).paragraphs)
    offices = [office for office in root.iterfind("OuSAdresser") if title_of(office)]
    if offices:
        place = Place("Où s'adresser ?", kind="contact", title="Où s'adresser ?")
        for office in offices:
            said = say([office]).paragraphs
            outline.add(place, *said)
    _services(say(root.iterfind("ServiceEnLigne")).services, top, outline)
    found = outline.sections()
    return _with_description(found, description, outline)


def _walk(element: Element, place: Place, outline: Outline, depth: int) -> None:
    """One part: runs of blocks stay at its place, parts within it go on from there."""
    if depth > MOST_DEPTH:
        return
    run: list[Element] = []
    own = place
    for child in element:
        if child.tag in _HEADS:
            continue
        if title := _heading_in_bold(child):
            _say(run, place, outline)
            run = []
            place = own.part(title, "")
        elif child.tag not in _PARTS:
            run.append(child)
        else:
            _say(run, place, outline)
            run = []
            _walk(child, _place_of(child, place), outline, depth + 1)
    _say(run, place, outline)


def _heading_in_bold(element: Element) -> str:
    """The words of a paragraph that is all bold, short and no sentence: a heading in disguise."""
    if element.tag != "Paragraphe" or len(element) != 1 or element[0].tag != "MiseEnEvidence":
        return ""
    title = words(element)
    if title != words(element[0]) or title[-1:] in ".!?…;," or re.search(r"\d", title):
        return ""
    title = title.rstrip(" :")
    return title if 0 < len(title.split()) <= TITLE_WORDS and kind(title) else ""


def _place_of(element: Element, place: Place) -> Place:
    title = title_of(element).rstrip(" :")
    declared = element.get("type", "")
    if element.tag == "Chapitre":
        other = element.find("TitreAlternatif")
        title = words(other) if other is not None and words(other) else title
        return place.chapter(title, declared)
    if element.tag == "SousChapitre":
        return place.part(title, declared)
    if element.tag in ("Cas", "Situation"):
        return place.case(title, declared)
    return place


def _say(run: list[Element], place: Place, outline: Outline) -> None:
    if not run:
        return
    said = say(run, "" if outline.text_at(place) else place.title)
    outline.add(place, *said.paragraphs)
    _services(said.services, place, outline)


def _services(services: tuple[Piece, ...], place: Place, outline: Outline) -> None:
    """Name services where the text does not already speak of them."""
    here = plain_name(outline.text_at(place))
    unsaid = [s for s in services if not _SAID[s.name].search(here)]
    if unsaid:
        online = Place(ONLINE, place.conditions, "online", ONLINE)
        outline.add(online, *all_services(unsaid))


def _with_description(
    found: tuple[Section, ...], description: str, outline: Outline
) -> tuple[Section, ...]:
    """Begin with the summary, less what the direct answer says anyway."""
    direct = found[0] if found and (found[0].heading, found[0].conditions) == ("", ()) else None
    if description.endswith("…") and direct is not None:
        description = ""  # cut short by its editor; the text has it whole
    kept = sentences(description)
    if kept and outline.says(kept[0]):
        kept = []  # the text begins the same way; a second sentence would not stand alone
    summary = sentence(" ".join(s for s in kept if not outline.says(s)))
    if direct is None:
        return (Section("", (summary,)), *found) if summary else found
    if not summary:
        return found
    return (Section("", (summary, *direct.paragraphs)), *found[1:])
