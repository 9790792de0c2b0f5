"""How long a text message is: GSM 03.38 septets, or UCS-2 where a character is not in that table.

One part holds 160 septets (70 UCS-2 units); of a longer message each part holds 153 (67), because
the telephone needs the rest to join them. A character of the extension table takes two septets and
is never cut in two.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

SINGLE, JOINED = 160, 153  #: septets of a message of one part, and of each part of a longer one
WIDE_SINGLE, WIDE_JOINED = 70, 67  #: the same in UCS-2 units

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")

_REPLACED = {
    **{"œ": "oe", "Œ": "OE", "«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "‘": "'"},
    **{"’": "'", "ʼ": "'", "´": "'", "`": "'", "…": "...", "–": "-", "—": "-", "‑": "-"},
    **{"−": "-", "•": "-", "·": ".", "×": "x", "°": "o", "º": "o", "ª": "a", "²": "2"},
    **{"³": "3", "½": "1/2", "¼": "1/4", "¾": "3/4", "→": "->", "\t": " ", "\u00ad": ""},
    **{"\u200b": "", "\u2060": "", "\ufeff": "", "\u2028": "\n", "\u2029": "\n"},
}
_MORE = " ..."  #: after a text that was cut


def transliterate(text: str) -> str:
    """The text with as few characters outside the table as can be: "ê" becomes "e", "’" "'".

    What has no likeness in the table (another alphabet) stays, and the message is then UCS-2.
    """
    return "".join(_letter(character) for character in unicodedata.normalize("NFC", text))


def _letter(character: str) -> str:
    if character in BASIC or character in EXTENDED:
        return character
    if character in _REPLACED:
        return _REPLACED[character]
    if character.isspace():
        return " "
    decomposed = unicodedata.normalize("NFKD", character)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    known = plain and all(c in BASIC or c in EXTENDED for c in plain)
    return plain if known else character


def is_gsm(text: str) -> bool:
    """Whether every character is in the table."""
    return all(c in BASIC or c in EXTENDED for c in text)


def septets(text: str) -> int:
    """How many septets the text takes.

    Raises:
        ValueError: a character is not in the table.
    """
    if not is_gsm(text):
        raise ValueError("the text has a character that is not in the GSM table")
    return sum(2 if c in EXTENDED else 1 for c in text)


def parts(text: str) -> int:
    """How many parts the message is sent in, and paid for; 0 when it is empty."""
    narrow = is_gsm(text)
    units = [_units(character, narrow) for character in text]
    single, joined = (SINGLE, JOINED) if narrow else (WIDE_SINGLE, WIDE_JOINED)
    if sum(units) <= single:
        return 1 if units else 0
    count, used = 1, 0
    for size in units:
        if used + size > joined:  # a character of two units is not cut
            count, used = count + 1, 0
        used += size
    return count


def _units(character: str, narrow: bool) -> int:
    if narrow:
        return 2 if character in EXTENDED else 1
    return 2 if ord(character) > 0xFFFF else 1


def fit(sentences: Sequence[str], most_parts: int, *, before: str = "", after: str = "") -> str:
    """As many whole sentences, from the first on, as fit in this many parts.

    Args:
        sentences: in order; none is ever cut, because half of one may say the contrary.
        before, after: what the message holds in any case.

    Returns:
        The message, transliterated; empty when not even one sentence fits.
    """
    told = [transliterate(" ".join(sentence.split())) for sentence in sentences]
    head, tail = (transliterate(" ".join(part.split())) for part in (before, after))
    for count in range(len(told), 0, -1):
        middle = " ".join(told[:count])
        if count < len(told):
            middle = middle.rstrip(" ;:,") + _MORE
        text = " ".join(part for part in (head, middle, tail) if part)
        if parts(text) <= most_parts:
            return text
    return ""
