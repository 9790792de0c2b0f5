"""How an office is reached, said as one would say it to somebody who takes note."""

from __future__ import annotations

from dialog.national.prose import key, plain_name, sentence, words
from dialog.national.xml import Element

_USELESS = ("par telecopie", "par fax")
_LINES = ("par courrier", "adresse", "sur place")  #: the lines of an address are one sentence


def contact_details(office: Element) -> tuple[str, ...]:
    """One paragraph for each way: "Par téléphone : 39 19 (appel gratuit). Ouvert du lundi…"."""
    text = office.find("Texte")
    if text is None:
        return ()
    said: list[str] = []
    title = office.find("Titre")
    known = key(words(title)) if title is not None else ""
    loose = [line for line in _lines(text) if f" {key(line)} " not in f" {known} "]
    if loose:
        joined = (
            ", ".join(_with_openings(loose))
            if _is_address(loose)
            else " ".join(map(sentence, loose))
        )
        said.append(sentence(joined))
    for chapter in text.iterfind("Chapitre"):
        title = chapter.find("Titre")
        name = words(title).rstrip(" :") if title is not None else ""
        lines = _lines(chapter)
        if not lines or plain_name(name).startswith(_USELESS):
            continue
        if plain_name(name).startswith(_LINES) or _is_address(lines):
            way = sentence(", ".join(_with_openings(lines)))
        else:
            way = " ".join(map(sentence, _with_openings(lines)))
        said.append(f"{name} : {way}" if name else way)
    return tuple(said)


def _lines(part: Element) -> list[str]:
    """The lines of a way, without those that are only a link: nobody can click on a call."""
    lines: list[str] = []
    for child in part:
        if child.tag == "Paragraphe" and not _is_link(child):
            lines.append(words(child))
        elif child.tag == "Liste":
            lines += [words(item) for item in child.iterfind("Item")]
    return [line for line in lines if line]


def _is_link(paragraph: Element) -> bool:
    """Whether a paragraph holds an address to click and little else."""
    page = "".join("".join(link.itertext()) for link in paragraph.iter("LienExterne"))
    return bool(page) and len("".join(paragraph.itertext())) - len(page) < 20


def _with_openings(lines: list[str]) -> list[str]:
    """ "Par téléphone :" belongs to the line after it."""
    joined: list[str] = []
    for line in lines:
        if joined and joined[-1].endswith(":"):
            joined[-1] = f"{joined[-1]} {line}"
        else:
            joined.append(line)
    return joined


def _is_address(lines: list[str]) -> bool:
    """Whether the lines end with a postcode and a town."""
    return len(lines) > 1 and lines[-1][:5].isdecimal() and len(lines[-1]) > 6
