"""One document of DILA, schema 3: a publication that becomes a sheet, or a reason why not."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date

from dialog.national.errors import Refused
from dialog.national.links import keywords, links, related
from dialog.national.prose import words
from dialog.national.structure import sections
from dialog.national.xml import Element, parse
from dialog.sheets import DRAFT, Section, Sheet

CREDIT = "service-public.fr, DILA, Licence Ouverte 2.0"
PAGE = "https://www.service-public.fr/particuliers/vosdroits/"
GUIDED_SEARCH = "Recherche guidée"
NO_THEME = "Comment faire si…"  #: the sheets on events of life stand under no theme
_DC = "{http://purl.org/dc/elements/1.1/}"
_ID = re.compile(r"F[0-9]{1,9}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_publication(content: bytes, expected: str = "") -> Sheet:
    """The sheet in a document, as a draft.

    Args:
        content: the document.
        expected: the id that the name of its file promises.

    Raises:
        Refused: it is no sheet, has no text, or is not XML that can be trusted.
    """
    root = parse(content)
    try:
        return _sheet(root, expected)
    except RecursionError:
        raise Refused("is nested too deeply") from None


def _sheet(root: Element, expected: str) -> Sheet:
    number = root.get("ID", "")
    if root.tag != "Publication" or not _ID.fullmatch(number):
        raise Refused("is not a sheet of service-public.fr")
    if expected and number != expected:
        raise Refused("has another id than the name of its file")
    if root.get("type") == GUIDED_SEARCH:
        raise Refused("is a guided search: a menu without text")
    title = _first(root, f"{_DC}title")
    parts = sections(root, _first(root, f"{_DC}description"))
    if not title or not parts:
        raise Refused("has no text")
    updated = _day(_first(root, f"{_DC}date"))
    return Sheet(
        id=number,
        title=title,
        service="",
        status=DRAFT,
        owner="DILA",
        questions=(),
        valid_from=None,
        valid_until=None,
        source=credit(updated),
        lang="fr",
        sections=parts,
        version=version_of(title, parts),
        theme=_first(root, "Theme/Titre") or _first(root, f"{_DC}subject") or NO_THEME,
        dossier=_first(root, "DossierPere/Titre"),
        audience=", ".join(dict.fromkeys(words(a) for a in root.iterfind("Audience"))),
        updated=updated,
        url=_page(root, number),
        links=links(root),
        see=related(root),
        keywords=keywords(root),
    )


def credit(updated: date | None) -> str:
    """The mention that the licence asks for: source and date."""
    return f"{CREDIT}, {updated.isoformat()}" if updated else CREDIT


def version_of(title: str, parts: tuple[Section, ...]) -> str:
    """Hash of what can be spoken: a town validates this, not a date or a link."""
    spoken = [title, [[s.heading, s.kind, s.conditions, s.paragraphs] for s in parts]]
    return hashlib.sha256(json.dumps(spoken, ensure_ascii=False).encode()).hexdigest()[:12]


def _first(root: Element, path: str) -> str:
    element = root.find(path)
    return words(element) if element is not None else ""


def _day(text: str) -> date | None:
    found = _DATE.search(text)
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None


def _page(root: Element, number: str) -> str:
    page = root.get("spUrl", "")
    return page if page.startswith("https://") else PAGE + number
