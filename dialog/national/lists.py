"""Lists, said as sentences: "Il faut fournir : un passeport ; une photo."."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dialog.national.prose import sentence

MOST_WORDS = 45  #: after so many words a long list goes on in another sentence
_TWO_SENTENCES = re.compile(r"[^\W\d]\s?[.!?]\s+[A-ZÀÂÇÉÈÊÎÔ]")
_ALONE = {"ou", "et", "soit", "puis"}


def said_as_list(opening: str, items: Sequence[str]) -> str:
    """The items behind their opening; words unchanged.

    A long list becomes several sentences, so that a caller can be asked whether to go on: nobody
    can stop in the middle of a sentence of 200 words.
    """
    parts = [item.rstrip(" ;,.:") for item in items]
    parts = [part for part in parts if part]
    said = opening
    count = len(opening.split())
    for number, part in enumerate(parts):
        if number and (_TWO_SENTENCES.search(parts[number - 1]) or count > MOST_WORDS):
            said = sentence(said) + " " + part[:1].upper() + part[1:]
            count = 0
        elif number:
            said += (" " if _joins(parts[number - 1], part) else " ; ") + part
        else:
            said = f"{opening} {part}" if opening else part
        count += len(part.split())
    return sentence(said)


def said_as_item(parts: Sequence[str]) -> str:
    """An item of several paragraphs: "Carte d'identité" "ou" "Acte de naissance"."""
    said = ""
    for part in parts:
        if not said:
            said = part
        elif said[-1] in ".:;,?!…" or not part[:1].isupper() or said.split()[-1] in _ALONE:
            said = f"{said} {part}"
        else:
            said = f"{said}. {part}"
    return said


def _joins(before: str, after: str) -> bool:
    """Whether two items are one sentence already: "ou", "et" as items of their own."""
    return before in _ALONE or after in _ALONE
