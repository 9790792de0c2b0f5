"""Postal addresses: street abbreviations, house numbers, postcodes."""

from __future__ import annotations

import re

from voice.speakable.numbers import cardinal
from voice.speakable.phones import spoken_group

#: Abbreviated kind of street -> in full. Those of _BARE are also known without their full stop.
STREETS = {
    **{"av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard"},
    **{"blvd": "boulevard", "boul": "boulevard", "pl": "place", "imp": "impasse"},
    **{"chem": "chemin", "ch": "chemin", "che": "chemin", "rte": "route", "all": "allée"},
    **{"sq": "square", "rés": "résidence", "res": "résidence", "lot": "lotissement"},
    **{"pass": "passage", "fg": "faubourg", "fbg": "faubourg", "crs": "cours", "r": "rue"},
    **{"esp": "esplanade", "prom": "promenade", "ham": "hameau", "rpt": "rond-point"},
    **{"qu": "quai", "trav": "traverse"},
}
_BARE = ("av", "ave", "bd", "bld", "blvd", "rte", "chem", "imp", "all", "sq", "pl", "fg", "rés")
#: Ranks and titles that street names carry.
TITLES = {
    **{"Gal": "Général", "Gén": "Général", "Mal": "Maréchal", "Cdt": "Commandant"},
    **{"Col": "Colonel", "Cne": "Capitaine", "Cap": "Capitaine", "Lt": "Lieutenant"},
    **{"Sgt": "Sergent", "Amal": "Amiral", "Pdt": "Président", "Prés": "Président"},
    **{"Cal": "Cardinal", "Mgr": "Monseigneur", "Abbé": "Abbé", "Pr": "Professeur"},
    **{"Prof": "Professeur", "Dr": "Docteur"},
}
_AHEAD = r"(?= (?:d[eu]s?\b|d'|l[ae]s?\b|l'|[A-ZÀ-Ý0-9]))"
_R_AHEAD = re.compile(r" (?:du|des|de l[a']|d')")
_NAME_AHEAD = r"(?= (?:du\b|des\b|de l[a']|d'|de [A-ZÀ-Ý]|[A-ZÀ-Ý]))"
#: A short word, maybe with a full stop, before a name: the callback looks it up.
_STREET = re.compile(rf"\b[^\W\d_]{{1,4}}(?<![.'-][^\W\d_])\b(\.?){_AHEAD}")
_TITLE = re.compile(r"\b([A-Z][\w]{1,3})\.?(?= [A-ZÀ-Ý])")
_TITLE_COMES = re.compile(
    rf"(?i)\b(?:du|de|des|le|au|{'|'.join(dict.fromkeys(STREETS.values()))}) $"
)
_SAINT = re.compile(r"\b([Ss])t(es?|s)?\.?([ -])(?=[A-ZÀ-Ý])")
_SURE = "rue|avenue|boulevard|impasse|chemin|allée|square|lotissement|quai|hameau|faubourg|ruelle"
_UNSURE = "place|route|résidence|cours|passage|promenade|esplanade|villa|voie|montée|traverse"
_INDEX = r"(?: ?(?P<index>(?i:bis|ter|quater|quinquies)|[A-D]\b))?"
_HOUSE = re.compile(
    rf"(?P<n>\d(?<![\d,.]\d)\d{{0,3}}){_INDEX}(?P<comma>,)?"
    rf" (?=(?i:{_SURE})\b|(?i:{_UNSURE}){_NAME_AHEAD})"
)
_POSTCODE = re.compile(r"\d(?<![\d,.]\d)(?:\d|[AB])\d{3}(?!\d|[,.]\d| ?[€%])")
_TOWN_AHEAD = re.compile(r" (?!Euros?\b)[A-ZÀ-Ý][\w'-]")
_ENDS = re.compile(r"[).;,]|$")
_POSTCODE_COMES = re.compile(
    r"(?i)\bcode postal(?: est| :| de la (?:ville|commune) est)?(?: le)? $"
)


def say_addresses(text: str) -> str:
    """Addresses in words, as a person dictates them."""
    text = _TITLE.sub(_spoken_title, _STREET.sub(_spoken_street, text))
    text = _SAINT.sub(r"\1aint\2\3", text)
    if not re.search(r"\d", text):
        return text
    text = _POSTCODE.sub(_spoken_postcode, text)
    return _HOUSE.sub(_spoken_house, text)


def spoken_postcode(postcode: str) -> str:
    """ "78370" -> "soixante-dix-huit, trois cent soixante-dix"; "01000" -> "zéro un, mille"."""
    head, tail = postcode[:2], postcode[2:]
    department = f"deux {head[1]}" if head[1].isalpha() else spoken_group(head)
    return f"{department}, {'mille' if tail == '000' else spoken_group(tail)}"


def _spoken_street(match: re.Match[str]) -> str:
    written = match[0].rstrip(".").lower()
    if written not in STREETS or not (match[1] or written in _BARE):
        return match[0]
    before = match.string[: match.start()]
    if written == "r" and not (
        re.search(r"\d $", before) or _R_AHEAD.match(match.string, match.end())
    ):
        return match[0]  # an initial: R. Martin
    heads = re.search(r"(?:^|[.!?:] )$", before)
    return STREETS[written].capitalize() if heads and match[0][0].isupper() else STREETS[written]


def _spoken_title(match: re.Match[str]) -> str:
    title = TITLES.get(match[1])
    return title if title and _TITLE_COMES.search(match.string[: match.start()]) else match[0]


def _spoken_postcode(match: re.Match[str]) -> str:
    text, before = match.string, match.string[: match.start()]
    if (
        _TOWN_AHEAD.match(text, match.end())
        or _POSTCODE_COMES.search(before)
        or match[0].startswith("0")  # no quantity begins with a zero
        or (_stands_alone(before) and _ENDS.match(text, match.end()))
    ):
        return spoken_postcode(match[0])
    return match[0]


def _stands_alone(before: str) -> bool:
    """Whether a parenthesis or a comma sets a run of digits apart: "Plaisir (78370)"."""
    return not before or before.endswith(("(", ", "))


def _spoken_house(match: re.Match[str]) -> str:
    said = cardinal(int(match["n"]))
    index = match["index"] or ""
    if index:
        said += f" {index.lower() if len(index) > 1 else index}"
    return f"{said}, " if index or match["comma"] else f"{said} "
