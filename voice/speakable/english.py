"""English text as the English voice must hear it: French numbers digit by digit, hours, prices.

The voice's own phonemes read plain English numbers well; only what is read otherwise is written
out here.
"""

from __future__ import annotations

import re

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_PHONE = re.compile(
    r"(?<![\d+])(?:\+\d{2}|0\d)(?: \d{2}){3,6}(?: \d)?(?! ?\d)|\b0 800(?: \d{2}){3}\b"
)
_REFERENCE = re.compile(r"(?<!\d )\b\d{3} \d{3}\b(?! \d)")
_EMERGENCY = re.compile(
    r"\b(?:112|114|115|119|3114|3919)\b"
    r"|(?:(?<=dial )|(?<=or )|(?<=, ))1[578]\b(?! \w*(?:years|days))"
)
_CLOCK = re.compile(r"\b(\d{1,2}):(\d{2})\b")
_EUROS = re.compile(r"(?:€ ?(\d+)(?:[.,](\d{2}))?|(\d+)(?:[.,](\d{2}))? ?€)")
_HALF = re.compile(r"(?<=\d) ?([ap])\.?m\b\.?")
_SIGNS = str.maketrans({"’": "'", "“": None, "”": None, "«": None, "»": None})


def speakable_english(text: str) -> str:
    """The text with numbers, hours and prices as they are said."""
    text = _PHONE.sub(_in_pairs, text.translate(_SIGNS))
    text = _REFERENCE.sub(_in_pairs, text)
    text = _EMERGENCY.sub(lambda number: " ".join(_said(number[0])), text)
    text = _EUROS.sub(_price, text)
    text = _CLOCK.sub(_clock, text)
    return " ".join(_HALF.sub(r" \1.m.", text).split())


def _said(digits: str) -> list[str]:
    return [_DIGITS[int(digit)] for digit in digits if digit.isdigit()]


def _in_pairs(number: re.Match[str]) -> str:
    groups = (" ".join(_said(group)) for group in number[0].lstrip("+").split())
    return f"{'plus ' if number[0].startswith('+') else ''}{', '.join(groups)}"


def _price(match: re.Match[str]) -> str:
    euros, cents = match[1] or match[3], match[2] or match[4]
    return f"{euros} euros {cents}" if cents else f"{euros} euros"


def _clock(match: re.Match[str]) -> str:
    hour, minutes = int(match[1]), match[2]
    if minutes == "00":
        return str(hour)
    return f"{hour} oh {int(minutes)}" if minutes.startswith("0") else f"{hour} {minutes}"
