"""What finds a telephone call again in writing: a reference and a code."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

CODE_DIGITS = 6
HIDDEN = "[code]"  #: what is written in its place
_FIGURES = "zéro|un|deux|trois|quatre|cinq|six|sept|huit|neuf"


@dataclass(frozen=True)
class Resumption:
    """Written before it is said; the records keep the code only as a salted hash."""

    reference: str  #: six digits
    code: str  #: six digits
    hours: int  #: how long the code holds


def draw_code() -> str:
    """Six random digits, the first not 0, as those of a reference."""
    least = 10 ** (CODE_DIGITS - 1)
    return str(least + secrets.randbelow(9 * least))


def without_code(text: str, code: str) -> str:
    """A text that may be written down: from the code on, in figures or in words, it is left out.

    What was played of a reply is in the words of the voice, and may stop within the code; so all
    that follows the word "code" goes with it.
    """
    start, word, rest = text.partition("code ")
    if not code or not word:
        return text
    said = re.sub(r"\D", "", rest)
    if code in said or _spoken_digits(rest):
        return f"{start}code {HIDDEN}"
    return text


def _spoken_digits(text: str) -> bool:
    """Whether a text begins with figures or with their names, as the voice says them."""
    return re.match(rf"[\d]|(?:{_FIGURES})\b", text.strip()) is not None
