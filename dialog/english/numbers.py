"""Telephone numbers dictated in English: "oh six, twelve, thirty-four, double five…"."""

from __future__ import annotations

import re

from dialog.rules import spoken
from dialog.values.phones import national

_DIGITS = {
    "zero": "0",
    "oh": "0",
    "o": "0",
    "nought": "0",
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "for": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
}
_TEENS = {
    "ten": "10",
    "eleven": "11",
    "twelve": "12",
    "thirteen": "13",
    "fourteen": "14",
    "fifteen": "15",
    "sixteen": "16",
    "seventeen": "17",
    "eighteen": "18",
    "nineteen": "19",
}
_TENS = {
    "twenty": "2",
    "thirty": "3",
    "forty": "4",
    "fourty": "4",
    "fifty": "5",
    "sixty": "6",
    "seventy": "7",
    "eighty": "8",
    "ninety": "9",
}
_TIMES = {"double": 2, "triple": 3, "treble": 3}
_FOREIGN = re.compile(r"(?:\+|00)(?!33)[1-9]\d{6,13}")
_LEAST = 3  #: digits of an attempt at a number; fewer are a house number or an age


def digits(text: str) -> str:
    """The digits of what was said, in order, with a leading "+" where one was said."""
    plus = "+" if re.search(r"\+\s*\d|\bplus\b", text.lower()) else ""
    words = spoken(text).split()
    found = ""
    for at, word in enumerate(words):
        before = words[at - 1] if at else ""
        after = words[at + 1] if at + 1 < len(words) else ""
        found += _said(word, after) * _TIMES.get(before, 1)
    return plus + found if found else ""


def _said(word: str, after: str) -> str:
    if word.isdigit():
        return word
    if word in _TENS:
        # "sixty-one" is 61, "sixty, oh one" is 60 01
        return _TENS[word] if _DIGITS.get(after, "0") != "0" else f"{_TENS[word]}0"
    return _TEENS.get(word) or _DIGITS.get(word, "")


def phone(text: str) -> str:
    """The number of an answer: ten national digits, or "+44…" from abroad; empty when none."""
    found = digits(text)
    if (here := national(found)) or not found:
        return here
    if _FOREIGN.fullmatch(found):
        return f"+{found.lstrip('+').removeprefix('00')}"
    # words before the number may hold digits: "my number, I have only one, is 06…"
    return next((n for at in range(len(found)) if (n := national(found[at:]))), "")


def attempted(text: str) -> bool:
    """Whether somebody who gave no valid number seems to have given one."""
    return len(digits(text)) >= _LEAST


def read_back(number: str) -> str:
    """ "06 12 34 56 78", "+44 20 79 46 09 58": the voice says digit by digit."""
    sign, bare = ("+", number[1:]) if number.startswith("+") else ("", number)
    return sign + " ".join(bare[at : at + 2] for at in range(0, len(bare), 2))
