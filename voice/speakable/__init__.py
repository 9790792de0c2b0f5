"""French text as the engine must hear it: numbers, hours, prices, sigles written out in words.

The stages run from the most specific shape (an e-mail, a telephone number) to the least (any
number); each takes a text and returns it with its own shapes said, and leaves the rest alone.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from voice.speakable.acronyms import say_acronyms
from voice.speakable.addresses import say_addresses
from voice.speakable.clock import say_times
from voice.speakable.dates import say_dates
from voice.speakable.money import say_prices
from voice.speakable.numbers import say_numbers, say_signs
from voice.speakable.ordinals import say_ordinals
from voice.speakable.phones import say_phones
from voice.speakable.pronunciation import Pronunciation
from voice.speakable.references import say_references, spoken_reference
from voice.speakable.units import say_units
from voice.speakable.web import say_web

__all__ = ["Pronunciation", "speakable", "spoken_reference"]

_PARAGRAPH = re.compile(
    r"(?<![.!?:;,…])[ \t]*\n(?:[ \t]*\n)+[ \t]*|(?<=\w)[ \t]*\n(?=[ \t]*[-*•] )"
)
_HEADING = re.compile(r"^[ \t]*#+[ \t]+(.*?)[ \t]*[.:]?[ \t]*$", re.MULTILINE)
_MARKDOWN = re.compile(r"^[ \t]*(?:(?:[-*•–]|#+)[ \t]+)+|\*\*|__|`", re.MULTILINE)
_SPACES = re.compile(r"\s+")
_SPACE_BEFORE_COMMA = re.compile(r" +([,.])(?=\s|$)")
_DOUBLE_COMMA = re.compile(r",(?:\s*,)+")
_ELIDED = re.compile(r"\b([dD])e (?=une? (?!à |et |ou |virgule |place |rue ))")
_SLASH = re.compile(r"\s*/\s*")
_PLAIN = str.maketrans({"’": "'", "ʼ": "'", "‑": "-", "\u00ad": None, "\u200b": None})
_SIGNS = {
    "et/ou": "et ou",
    "&": " et ",
    "+": " plus ",
    "=": " égale ",
    "<": " moins de ",
    ">": " plus de ",
    "≥": " au moins ",
    "≤": " au plus ",
    "½": " un demi ",
}


def speakable(
    text: str,
    *,
    pronunciation: Pronunciation | None = None,
    today: date | None = None,
    slow: bool = False,
) -> str:
    """The text in words, ready for the synthesizer; no digit is left in it.

    Pure, and the identity on a text that is already in words.

    Args:
        text: as written in a sheet or a reply; simple Markdown marks are dropped.
        pronunciation: the town's own words, applied before the general rules.
        today: with it, the year of a numeric date is left out when it is the current one.
        slow: telephone numbers and references with longer pauses, for a caller who takes note.
    """
    said = say_web(_plain(text))
    if pronunciation is not None:
        said = pronunciation.apply(said)
    said = say_acronyms(_with_numbers_said(said, today, slow))
    return _tidy(say_numbers(said))


def _with_numbers_said(text: str, today: date | None, slow: bool) -> str:
    """The shapes that are not mere numbers: each stage sees what the ones before left."""
    text = say_references(text, slow=slow)
    text = say_phones(text, slow=slow)
    text = say_dates(text, today=today)
    for stage in (say_times, say_signs, say_prices, say_units, say_addresses, say_ordinals):
        text = stage(text)
    return text


def _plain(text: str) -> str:
    """One line, composed accents, plain apostrophes; paragraphs end with a full stop."""
    text = unicodedata.normalize("NFC", text).translate(_PLAIN)
    if "\n" in text or text[:1] in "#-*•" or "**" in text:
        text = _PARAGRAPH.sub(".\n", _HEADING.sub(r"\1.", text))
        text = _MARKDOWN.sub("", text)
    return _SPACES.sub(" ", text).strip()


def _tidy(text: str) -> str:
    for sign, said in _SIGNS.items():
        text = text.replace(sign, said)
    text = _ELIDED.sub(r"\1'", _SLASH.sub(", ", text))
    text = _SPACE_BEFORE_COMMA.sub(r"\1", _SPACES.sub(" ", text))
    return _DOUBLE_COMMA.sub(",", text).strip()
