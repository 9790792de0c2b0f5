"""Numbers that callers write down are dictated: a real pause after each group (section 6).

Engines hardly pause at a comma inside a number: 40 to 150 ms were measured where 250 ms are needed.
So a dictated number is made group by group, with silence between. The groups of telephone numbers
are few, and kept: after some calls a new number costs no synthesis at all.
"""

from __future__ import annotations

import re

from voice.clauses import NUMBER_WORDS

PAUSE_S = 0.25  #: between two groups
LONG_PAUSE_S = 0.45  #: the same for a caller who takes note
_MARK = "\u2016"  #: stands behind a group in the key of cached speech; never spoken
_GROUP = rf"{NUMBER_WORDS}(?![\w-])"
_DICTATED = re.compile(rf"(?<![\w-]){_GROUP}(?:[,;] {_GROUP})+")
_PAIR = re.compile(r"(?:zéro )?[a-zé-]+|[a-z-]+ et (?:un|onze)")
_NUMBER = re.compile(_GROUP)


def marked(text: str) -> str:
    """The text with a mark behind each group of a dictated number; the same text without one."""
    return _DICTATED.sub(_with_marks, text)


def pieces(text: str) -> list[tuple[str, float]]:
    """What is made separately of a marked text, each with the seconds of silence behind it."""
    parts = [part.strip() for part in text.split(_MARK)]
    return [
        (part, 0.0 if last else LONG_PAUSE_S if part.endswith(";") else PAUSE_S)
        for part, last in zip(parts, [*[False] * (len(parts) - 1), True], strict=True)
        if part
    ]


def is_group(piece: str) -> bool:
    """Whether a piece is nothing but two digits, as any telephone number may hold them."""
    bare = piece.rstrip(",;.!?")
    return _PAIR.fullmatch(bare) is not None and _NUMBER.fullmatch(bare) is not None


def _with_marks(match: re.Match[str]) -> str:
    """Three groups or more; or two of several words, as references and "116 117" are.

    "les sept, quatorze et vingt et un juillet" is a list, not a dictated number.
    """
    groups = re.split(r"(?<=[,;]) ", match[0])
    if len(groups) < 3 and not all(_several_words(group) for group in groups):
        return match[0]
    return f"{_MARK} ".join(groups)


def _several_words(group: str) -> bool:
    bare = group.rstrip(",;")
    return " " in bare and _NUMBER.fullmatch(bare) is not None
