"""Measures and percentages: 20 m², 5,5 %, 50 km/h, 35 x 45 mm."""

from __future__ import annotations

import re

from voice.speakable.numbers import NUMBER, cardinal, spoken_number, value

#: Symbol -> singular, plural; the feminine ones say "une".
_UNITS = {
    "m²": ("mètre carré", "mètres carrés"),
    "m2": ("mètre carré", "mètres carrés"),
    "m³": ("mètre cube", "mètres cubes"),
    "m3": ("mètre cube", "mètres cubes"),
    "km²": ("kilomètre carré", "kilomètres carrés"),
    "km/h": ("kilomètre heure", "kilomètres heure"),
    "km": ("kilomètre", "kilomètres"),
    "kg": ("kilo", "kilos"),
    "cm": ("centimètre", "centimètres"),
    "mm": ("millimètre", "millimètres"),
    "ml": ("millilitre", "millilitres"),
    "cl": ("centilitre", "centilitres"),
    "m": ("mètre", "mètres"),
    "l": ("litre", "litres"),
    "L": ("litre", "litres"),
    "g": ("gramme", "grammes"),
    "t": ("tonne", "tonnes"),
    "ha": ("hectare", "hectares"),
    "kWh": ("kilowattheure", "kilowattheures"),
    "kW": ("kilowatt", "kilowatts"),
    "dB": ("décibel", "décibels"),
    "Mo": ("méga-octet", "méga-octets"),
    "Go": ("giga-octet", "giga-octets"),
    "min": ("minute", "minutes"),
    "mn": ("minute", "minutes"),
    "j": ("jour", "jours"),
    "°C": ("degré", "degrés"),
    "°": ("degré", "degrés"),
    "%": ("pour cent", "pour cent"),
    "‰": ("pour mille", "pour mille"),
}
_FEMININE = frozenset({"t", "min", "mn"})
#: What follows a slash, "/m²", when it is not written in full.
_PER = {"h": "heure", "pers": "personne", "hab": "habitant"} | {
    symbol: singular for symbol, (singular, _) in _UNITS.items() if symbol not in "%‰°"
}
_SYMBOLS = "|".join(re.escape(s) for s in sorted(_UNITS, key=len, reverse=True))
_MEASURE = re.compile(
    rf"(?P<n>{NUMBER})(?:(?P<to> ?[-–x×] ?)(?P<last>{NUMBER}))? ?(?P<unit>{_SYMBOLS})(?![\w'²³])"
    r"(?: ?/ ?(?P<per>[^\W\d_]+[²³23]?))?"
)
_METRES = re.compile(r"\d(?<![\d,.]\d)\d{0,2}(?:,\d{1,2} ?m|m\d{2})(?![\w'²³/])")


def say_units(text: str) -> str:
    """Measures and percentages in words."""
    if not re.search(r"\d ?[^\W_]|\d ?[%°‰]", text):
        return text
    text = _METRES.sub(_spoken_metres, text)
    return _MEASURE.sub(_spoken_measure, text)


def _spoken_metres(match: re.Match[str]) -> str:
    """1,80 m -> "un mètre quatre-vingts"."""
    whole, decimals, *_ = re.findall(r"\d+", match[0])
    metres, cm = int(whole), int(decimals.ljust(2, "0"))
    if not metres and cm:
        return f"{cardinal(cm)} {'centimètre' if cm == 1 else 'centimètres'}"
    said = f"{cardinal(metres)} {'mètre' if metres < 2 else 'mètres'}"
    return f"{said} {cardinal(cm)}" if cm else said


def _spoken_measure(match: re.Match[str]) -> str:
    unit, first, last = match["unit"], match["n"], match["last"]
    singular, plural = _UNITS[unit]
    said = spoken_number(last or first, feminine=unit in _FEMININE)
    if last:
        joint = "sur" if match["to"].strip() in {"x", "×"} else "à"
        said = f"{spoken_number(first, feminine=unit in _FEMININE)} {joint} {said}"
    return f"{said} {singular if value(last or first) < 2 else plural}{spoken_per(match['per'])}"


def spoken_per(unit: str | None) -> str:
    """ "m²" -> " par mètre carré"; a word that is no symbol stays; nothing for None."""
    return f" par {_PER.get(unit, unit)}" if unit else ""
