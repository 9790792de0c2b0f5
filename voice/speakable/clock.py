"""Times of day and opening periods: 8h30, 12h, 8h-12h / 13h30-17h."""

from __future__ import annotations

import re

from voice.speakable.numbers import cardinal

_TIME = r"\d(?<![\d,.]\d)\d?(?: ?[hH](?: ?[0-5]\d(?! ?[hH\d]))?(?![^\W\d_])|:[0-5]\d(?![\d:]))"
_TO = r" ?[-–—/] ?"
_HOUR = r"\d(?<![\d,.]\d)\d?"
_PERIOD = rf"(?:{_TIME}|{_HOUR}){_TO}{_TIME}"
_AND = r" ?[,;/] ?(?:et |puis )?| (?:et|puis) (?:de )?"
_PERIODS = re.compile(rf"(?=\d){_PERIOD}(?:(?:{_AND}){_PERIOD})*")
_NEXT = re.compile(rf"(?P<sep>{_AND})?(?P<first>{_TIME}|{_HOUR}){_TO}(?P<last>{_TIME})")
_LENGTH = re.compile(
    r"(?i)\b(?:pendant|durant|sous|toutes les|dans les|en moins de|plus de|moins de|dure"
    r"|durée de|durée :) $"
)
_WORK = re.compile(
    rf"{_TIME}(?= (?:de (?:travail|cours|formation|stage|marche|route|garde|bénévolat|conduite)"
    r"|par (?:jour|semaine|mois|an)|maximum|minimum|d'affilée)\b)"
)
_ALWAYS = re.compile(r"\b24 ?h(?:eures)? ?(?:/|sur) ?24(?: ?h\b)?")
_EVERY_DAY = re.compile(r"\b7 ?j(?:ours)? ?(?:/|sur) ?7(?: ?j(?:ours)?)?\b")
_ONE_TIME = re.compile(_TIME)
_PARTS = re.compile(r"(\d{1,2})(?: ?[hH:] ?(\d{2})?)?")
_NAMED = {0: "minuit", 12: "midi"}


def spoken_time(hour: int, minute: int = 0, *, named: bool = True) -> str:
    """21, 30 -> "vingt et une heures trente"; noon and midnight by name unless `named` is False."""
    if named and hour in _NAMED:
        said = _NAMED[hour]
    else:
        said = cardinal(hour, feminine=True) + (" heure" if hour < 2 else " heures")
    return f"{said} {cardinal(minute, feminine=True)}" if minute else said


def say_times(text: str) -> str:
    """Times, opening periods and lengths in hours, in words."""
    if not re.search(r"\d(?: ?[hH](?![^\W\d_])|:\d| ?[hj]o?e?u?r)|7 ?j", text):
        return text
    text = _ALWAYS.sub("vingt-quatre heures sur vingt-quatre", text)
    text = _EVERY_DAY.sub("sept jours sur sept", text)
    text = _WORK.sub(lambda m: _said(m[0], named=False), text)
    text = _PERIODS.sub(_spoken_periods, text)
    return _ONE_TIME.sub(_spoken_one, text)


def _spoken_one(match: re.Match[str]) -> str:
    length = _LENGTH.search(match.string[: match.start()])
    return _said(match[0], named=not length)


def _said(written: str, *, named: bool = True) -> str:
    match = _PARTS.match(written)
    if match is None:
        return written
    hour, minute = int(match[1]), int(match[2] or 0)
    return spoken_time(hour, minute, named=named)


def _spoken_periods(match: re.Match[str]) -> str:
    said = [
        _joint(one["sep"]) + f"de {_said(one['first'])} à {_said(one['last'])}"
        for one in _NEXT.finditer(match[0])
    ]
    whole = "".join(said)
    announced = re.search(r"\b[dD]e $", match.string[: match.start()])
    return whole.removeprefix("de ") if announced else whole


def _joint(separator: str | None) -> str:
    if separator is None:
        return ""
    return " et " if separator.strip().startswith("et") else ", puis "
