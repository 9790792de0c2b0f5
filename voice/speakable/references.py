"""Reference numbers: the assistant's own six digits, and the town's planning files."""

from __future__ import annotations

import re

from voice.speakable.acronyms import letter_names
from voice.speakable.numbers import digits

_OWN = re.compile(
    r"(?P<before>(?i:\b(?:références?|réf\.?|dossier|demande|ticket|code|message|signalement))"
    r"(?: (?:numéro|n°|est|est le|porte le numéro|de suivi|d'urbanisme))* ?:? ?)"
    r"(?P<number>\d{3} ?\d{3})(?! ?[€%\d]|[,.]\d)"
)
_FILE = re.compile(
    r"\b(?P<kind>DP|PC|PA|PD|CU[ab]?|AT) ?(?P<department>\d{3}|2[AB]\d|0?2[AB]) ?(?P<town>\d{3}) ?"
    r"(?P<year>\d{2}) ?(?:(?P<letter>[A-Z]) ?(?P<rank>\d{4})|(?P<number>\d{5}))"
    r"(?: ?-? ?(?P<change>[MT]) ?(?P<nth>\d{2}))?(?!\w)"
)


def spoken_reference(number: str, *, slow: bool = False) -> str:
    """ "482913" -> "quatre huit deux, neuf un trois": two groups of three digits, one by one.

    Raises:
        ValueError: the text is not six digits (spaces between them are fine).
    """
    run = number.replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    if not re.fullmatch(r"[0-9]{6}", run):
        raise ValueError(f"A reference has six digits, not {number!r}.")
    halves = [digits(run[:3]), digits(run[3:])]
    if slow:
        return "; ".join(half.replace(" ", ", ") for half in halves)
    return ", ".join(halves)


def say_references(text: str, *, slow: bool = False) -> str:
    """References announced as such ("référence 482 913") and planning files, digit by digit."""
    if not re.search(r"\d", text):
        return text
    text = _OWN.sub(lambda m: m["before"] + spoken_reference(m["number"], slow=slow), text)
    return _FILE.sub(lambda m: _spoken_file(m, "; " if slow else ", "), text)


def _spoken_file(match: re.Match[str], pause: str) -> str:
    kind = match["kind"]
    groups = [letter_names(kind) if len(kind) == 3 else kind]  # the acronyms' stage says the others
    for part in ("department", "town", "year", "letter", "rank", "number", "change", "nth"):
        if match[part]:
            groups.append(_spoken_part(match[part]))
    return pause.join(groups)


def _spoken_part(part: str) -> str:
    return " ".join(letter_names(c) if c.isalpha() else digits(c) for c in part)
