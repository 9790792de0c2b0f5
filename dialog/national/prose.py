"""The words of an element as plain French: no mark-up, no address of a page, single spaces."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from dialog.national.xml import Element

_SILENT = {"Condition", "Image", "Illustration", "Reference", "Colonne"}
_CARET = re.compile(r"\^(?=(?:er|ers|re|e|è|ème|nde?)\b)")
_PLAIN = str.maketrans(
    {
        "\xad": None,
        "\u200b": None,
        "\ufeff": None,
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "“": '"',
        "”": '"',
        "≤": " inférieur ou égal à ",
        "⩽": " inférieur ou égal à ",
        "≥": " supérieur ou égal à ",
        "⩾": " supérieur ou égal à ",
        "≈": " environ ",
        "×": " x ",
        "•": " ",
    }
)
_URL = re.compile(r"https?://[^\s,;)»\"]*|\bwww\.[^\s,;)»\"]+", re.IGNORECASE)
_BULLET = re.compile(r"^[-–*_•]\s+")
_BEFORE = re.compile(r"\s+([,.)\]])(?=\s|$|[,.)\]])")
_AFTER = re.compile(r"([(\[])\s+")
_MORE = re.compile(r"(?<![\w+])\+ (?=de \d)|(?<=\bou )\+(?!\s?\d)")
_DOTS = re.compile(r"[\s,]*\.{2,}|,\s*…")
_COMMA = re.compile(r"\s+,\s*(?!\d)")
_COLON = re.compile(r":\s*[.;](?=\s|$)")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[«\"A-ZÀÂÇÉÈÊÎÔÙ0-9])")
_ASIDE = re.compile(r"\(([^()]+)\)\.?")
_ENDS = ".!?…"
#: French ordinals are written 1er, 1re, 2e: the other spellings are read as letters
_ORDINALS = {
    "è": "e",
    "ème": "e",
    "eme": "e",
    "me": "e",
    "'ème": "e",
    "mes": "es",
    "ère": "re",
    "ere": "re",
    "èr": "er",
}
_POWERS = {"2": "²", "3": "³"}


def words(element: Element) -> str:
    """All that is written in an element, ready to be read aloud."""
    return tidy(_inline(element))


def tidy(text: str) -> str:
    """The same words, plain: spaces, apostrophes and signs as the voice expects them."""
    plain = _CARET.sub("", unicodedata.normalize("NFC", text).translate(_PLAIN))
    plain = _URL.sub(_site, plain)
    plain = " ".join(plain.split())
    plain = _BEFORE.sub(r"\1", _AFTER.sub(r"\1", plain))
    plain = _MORE.sub(lambda m: "plus " if m[0].endswith(" ") else "plus", plain)
    plain = _COLON.sub(":", _COMMA.sub(", ", plain))
    return _DOTS.sub("…", _BULLET.sub("", plain)).strip()


def sentence(text: str) -> str:
    """A text that ends like a sentence; what would have come after a colon does not come."""
    stripped = text.rstrip(" ,;:")
    if aside := _ASIDE.fullmatch(stripped):  # all of it in parentheses
        stripped = aside[1][:1].upper() + aside[1][1:]
    if not re.search(r"\w", stripped):
        return ""
    return stripped if stripped[-1] in _ENDS else f"{stripped}."


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [piece for piece in _SENTENCE.split(text) if piece]


def key(text: str) -> str:
    """What is left of a text when only its letters and digits count."""
    return re.sub(r"\W+", " ", text.casefold()).strip()


def plain_name(text: str) -> str:
    """A name without case, accents and signs, to compare what people type."""
    apart = unicodedata.normalize("NFD", text.casefold().replace("œ", "oe"))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", apart.encode("ascii", "ignore").decode()).split())


def _inline(element: Element) -> str:
    said = element.text or ""
    for child in element:
        if child.tag == "Exposant":
            said = _raised(said, child)
        elif child.tag == "Citation":
            said += f" «\xa0{tidy(_inline(child))}\xa0» "
        elif child.tag not in _SILENT:
            said += _inline(child)
        said += child.tail or ""
    return said


def _raised(said: str, element: Element) -> str:
    """1er, 2e, 43 m²: what is raised belongs to the character before it."""
    raised, before = _inline(element).strip(), said.rstrip()
    if raised in _POWERS and before.endswith("m"):
        return before + _POWERS[raised]
    if before[-1:].isdigit() or re.search(r"\b[IVXL]+$", before):
        return before + _ORDINALS.get(raised, raised)
    return said + raised


def _site(match: re.Match[str]) -> str:
    """The name of a site can be said, the address of a page cannot."""
    address = match[0].rstrip(".:")
    parts = urlsplit(address if "//" in address else f"https://{address}")
    return (parts.netloc.removeprefix("www.") or parts.scheme) + match[0][len(address) :]
