"""Paragraphs, lists, boxes, tables and contacts of a sheet, as text that can be read aloud."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from dialog.national.contacts import contact_details
from dialog.national.links import service_name, title_of
from dialog.national.lists import said_as_item, said_as_list
from dialog.national.prose import sentence, tidy, words
from dialog.national.table import rows
from dialog.national.xml import Element

BOXES = {"Attention", "ANoter", "ASavoir", "Rappel"}
_OPEN = {
    "FragmentConditionne",
    "ContenuIllustre",
    "Contenu",
    "Introduction",
    "Texte",
    "Commentaire",
}
SHORT_WORDS = 3  #: an answer so short is said with its heading: "Coût : Gratuit."


_ANSWERS = {"gratuit", "gratuite", "oui", "non", "aucun", "aucune", "néant", "ou", "et", "variable"}


class What(Enum):
    """What a piece of a text is, for the way it is joined with its neighbours."""

    TEXT = 1
    ITEM = 2
    WHOLE = 3  #: a box or a table: stands for itself
    CONTACT = 4
    SERVICE = 5


_CAPTIONED = (What.TEXT, What.ITEM, What.WHOLE)


@dataclass(frozen=True)
class Piece:
    """One block in words."""

    what: What
    text: str
    more: tuple[str, ...] = ()  #: how to reach a contact
    name: str = ""  #: "Service en ligne", "Formulaire"


@dataclass(frozen=True)
class Said:
    """What a run of blocks says, and the services that it only points to."""

    paragraphs: tuple[str, ...]
    services: tuple[Piece, ...] = ()


def say(elements: Iterable[Element], heading: str = "") -> Said:
    """Join blocks into paragraphs.

    Args:
        elements: neighbours in one part of the sheet.
        heading: opens a list that nothing else opens, and an answer of one to three words.
    """
    pieces = [piece for element in elements for piece in _pieces(element, captions=True)]
    said: list[str] = []
    services: list[Piece] = []
    while pieces:
        first = pieces.pop(0)
        if first.what is What.SERVICE:
            services.append(first)
        elif first.what is What.CONTACT:
            said += [sentence(f"Où s'adresser : {first.text}"), *first.more]
        elif first.what is What.ITEM:
            items = [first.text, *_take(pieces, What.ITEM)]
            opening = _opening(heading) if not said else ""
            said.append(said_as_list(opening, items))
        elif first.what is What.TEXT:
            said += _text(first.text, pieces, heading if not said else "")
        else:
            said.append(first.text)
    return Said(tuple(p for p in said if p), tuple(services))


def _text(text: str, pieces: list[Piece], heading: str) -> list[str]:
    """A paragraph with what it announces."""
    if pieces and pieces[0].what in _CAPTIONED and _captions(text):
        text = text if text[-1] in ":?" else f"{text} :"
        if text.endswith("?") and pieces[0].what is What.TEXT:
            text = f"{text} {pieces.pop(0).text}"
    while text.endswith(":") and pieces and pieces[0].what is What.TEXT:
        text = f"{text} {pieces.pop(0).text}"
    following = pieces[0].what if pieces else None
    if text.endswith(":") and following is What.WHOLE and len(text.split()) <= SHORT_WORDS:
        return [f"{text} {pieces.pop(0).text}"]
    if following is What.ITEM:
        opening = text if text[-1] in ":.!?…" else f"{text} :"
        return [said_as_list(opening, _take(pieces, What.ITEM))]
    if text.endswith(":") and following in (What.CONTACT, What.SERVICE):
        announced = _take_pieces(pieces, following)
        return [
            said_as_list(text, [piece.text for piece in announced]),
            *(line for piece in announced for line in piece.more),
        ]
    if heading and len(text.split()) <= SHORT_WORDS and text[-1] not in ".!?…":
        text = f"{_opening(heading)} {text}"
    return [sentence(text)]


def _captions(text: str) -> bool:
    """Whether words are a caption of what follows, not a short answer: "Démarche", not "Non"."""
    short = len(text.split()) <= SHORT_WORDS and text[-1].isalpha()
    if not short and not (text.endswith("?") and len(text.split()) <= 5):
        return False
    return text.casefold() not in _ANSWERS and not any(sign.isdigit() for sign in text)


def _opening(heading: str) -> str:
    return heading if not heading or heading[-1] in "?!:" else f"{heading} :"


def _take(pieces: list[Piece], what: What) -> list[str]:
    return [piece.text for piece in _take_pieces(pieces, what)]


def _take_pieces(pieces: list[Piece], what: What) -> list[Piece]:
    taken: list[Piece] = []
    while pieces and pieces[0].what is what:
        taken.append(pieces.pop(0))
    return taken


def _pieces(element: Element, *, captions: bool = False) -> Iterator[Piece]:
    """A block and what is open in it, piece by piece.

    Args:
        captions: whether a paragraph in bold captions what follows; within lists it does not.
    """
    if element.tag in _OPEN:
        for child in element:
            yield from _pieces(child, captions=captions)
    elif element.tag in ("OuSAdresser", "ServiceEnLigne"):
        yield from _pointer(element)
    elif element.tag in ("Paragraphe", "Titre"):
        if text := words(element):
            yield Piece(What.TEXT, f"{text} :" if captions and _is_caption(element, text) else text)
    else:
        what = What.ITEM if element.tag == "Liste" else What.WHOLE
        yield from (Piece(what, text) for text in _texts(element) if text)


def _texts(element: Element) -> list[str]:
    if element.tag == "Liste":
        return [_item(item) for item in element.iterfind("Item")]
    if element.tag == "Tableau":
        return rows(element, _cell)
    return [_box(element)] if element.tag in BOXES else []


def _pointer(element: Element) -> Iterator[Piece]:
    """An office or an online service."""
    title = title_of(element)
    if title and element.tag == "OuSAdresser":
        yield Piece(What.CONTACT, title, more=contact_details(element))
    elif title:
        yield Piece(What.SERVICE, title, name=service_name(element))


def _is_caption(paragraph: Element, text: str) -> bool:
    """Whether a paragraph is only some words in bold, which caption what follows."""
    bold = len(paragraph) == 1 and paragraph[0].tag == "MiseEnEvidence"
    return bold and words(paragraph[0]) == text and text[-1].isalpha() and len(text.split()) <= 6


def _item(item: Element) -> str:
    """An item; a list in it is said within the sentence, with commas."""
    return said_as_item([_inside(child) for child in item if _inside(child)])


def _cell(cell: Element) -> str:
    return said_as_item([_inside(child) for child in cell if _inside(child)])


def _inside(element: Element) -> str:
    if element.tag == "Liste":
        items = [_item(item).rstrip(" ;,.") for item in element.iterfind("Item")]
        return ", ".join(item for item in items if item)
    return " ".join(piece.text for piece in _pieces(element))


def _box(element: Element) -> str:
    """ "Attention : …" in one paragraph."""
    title = title_of(element).rstrip(" :")
    said = say(child for child in element if child.tag != "Titre")
    text = " ".join(said.paragraphs)
    return tidy(f"{title} : {text}") if text and title else text


def all_services(pieces: Sequence[Piece]) -> list[str]:
    """Sentences that name services: "Service en ligne : Demande d'acte de naissance."."""
    return list(dict.fromkeys(sentence(f"{piece.name} : {piece.text}") for piece in pieces))
