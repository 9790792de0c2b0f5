"""Prices: 12,50 €, 0,80 €, 86 €/an, 3 €/m²."""

from __future__ import annotations

import re

from voice.speakable.numbers import NUMBER, cardinal, spoken_number, value
from voice.speakable.units import spoken_per

_AMOUNT = rf"(?:\d(?<!\d\d)\d{{0,2}}(?:\.\d{{3}})+(?!\d)(?:,\d+)?|{NUMBER})"
_PRICE = re.compile(
    rf"(?=\d)(?P<n>{_AMOUNT})(?:(?: ?€)? ?[-–] ?(?P<last>{_AMOUNT}))?"
    r"(?: ?(?P<scale>k|M|Md)?(?:€|EUR\b)(?P<cents>\d{2}(?!\d))?| (?:euros?)\b)"
    r"(?: ?/ ?(?P<per>[^\W\d_]+[²³23]?))?"
)
_CENTS = re.compile(rf"({NUMBER}) ?(?:cts?|centimes?)\b")
_SCALES = {"k": 1_000, "M": 1_000_000, "Md": 1_000_000_000}
_SCALE_WORDS = {1_000: "mille euros", 1_000_000: "millions d'euros"} | {
    1_000_000_000: "milliards d'euros",
}


def spoken_price(euros: int, cents: int = 0) -> str:
    """12, 50 -> "douze euros cinquante"; 0, 80 -> "quatre-vingts centimes"."""
    if not euros and cents:
        return f"{cardinal(cents)} {'centime' if cents == 1 else 'centimes'}"
    said = cardinal(euros)
    if said.endswith(("million", "millions", "milliard", "milliards")):
        said += " d'euros"
    else:
        said += " euro" if euros < 2 else " euros"
    return f"{said} {cardinal(cents)}" if cents else said


def say_prices(text: str) -> str:
    """Prices in words."""
    if not re.search(r"\d ?(?:€|[kM]|EUR|euro|ct|centime)", text):
        return text
    text = _PRICE.sub(_spoken_match, text)
    return _CENTS.sub(_spoken_cents, text)


def _spoken_match(match: re.Match[str]) -> str:
    first, last = match["n"], match["last"]
    scale = _SCALES.get(match["scale"] or "", 1)
    said = _spoken_amount(last or first, match["cents"] or "", scale)
    if last:
        low = spoken_number(first) if _is_whole(first) else _spoken_amount(first, "")
        said = f"{low} à {said}"
    return said + spoken_per(match["per"])


def _is_whole(written: str) -> bool:
    return not re.search(r"[,.]", written)


def _spoken_amount(written: str, cents: str, scale: int = 1) -> str:
    plain = re.sub(r"\.(?=\d{3}(?:\D|$))", "", written).replace(" ", "")
    whole, _, decimals = plain.replace(",", ".").partition(".")
    if scale > 1 and not decimals:
        return spoken_price(int(whole) * scale)
    if scale > 1:
        return f"{spoken_number(plain)} {_SCALE_WORDS[scale]}"
    if len(decimals) > 2 or len(whole) > 9:
        return f"{spoken_number(plain)} {'euro' if value(plain) < 2 else 'euros'}"
    return spoken_price(int(whole), int((decimals or cents or "0").ljust(2, "0")))


def _spoken_cents(match: re.Match[str]) -> str:
    singular = value(match[1]) < 2
    return f"{spoken_number(match[1])} {'centime' if singular else 'centimes'}"
