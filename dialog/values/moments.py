"""When a caller can be reached or wants to come: days and times together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from dialog.town import WEEKDAYS
from dialog.values.clock import ClockReading, Period, parse_clock
from dialog.values.days import DayReading, paris, parse_day
from dialog.values.words import line

_ANY = re.compile(
    r"\b(?:n importe (?:quand|quel jour|quelle heure|quel moment)|quand (?:vous|tu) (?:vou\w+|veux|"
    r"pou\w+|peux)|(?:peu|ca m est egal|comme vous voulez|a votre convenance|tout le temps|"
    r"quand ca vous arrange|a tout moment|toute la (?:journee|semaine)|tous les jours|"
    r"peu importe|je suis (?:toujours )?(?:libre|disponible)(?! (?:que|seulement|le|la|les|a|"
    r"l|en|lundi|mardi|mercredi|jeudi|vendredi|samedi|demain))))\b"
)
_SOON = re.compile(
    r"\b(?:(?:des|aussitot) que (?:possible|vous pouvez)|tout de suite|maintenant|immediatement|"
    r"d urgence|urgent|rapidement|(?:au plus|le plus) (?:vite|tot|rapidement)(?: possible)?)\b"
)
#: "demain" as recognisers write it; nobody is called back at two hands
_TOMORROW = re.compile(r"\b(?:deux|2|de) mains?\b", re.IGNORECASE)
_BUT = re.compile(
    rf"\b(?:sauf|pas|hormis|a part|excepte|ni)(?: le| les)? ({'|'.join(WEEKDAYS)})s?\b"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """When: a day, a part of a day, both, or any time."""

    days: DayReading | None = None
    periods: tuple[Period, ...] = ()  #: the likeliest reading first
    anytime: bool = False
    but: tuple[int, ...] = ()  #: days of the week that are excluded, Monday is 0
    said: str = ""  #: in French, as it is read back


def parse_moment(text: str, now: datetime) -> Moment | None:
    """The moment in an utterance, or None when none is said."""
    text = _TOMORROW.sub("demain", text[:2_000])
    words = line(text)
    but = tuple(dict.fromkeys(WEEKDAYS.index(m[1]) for m in _BUT.finditer(words)))
    if but:
        text = words = _BUT.sub(" ", words)
    days, clock = parse_day(text, paris(now)), parse_clock(text)
    anytime = bool(_ANY.search(words)) and (days is None or "jour" in words) and clock is None
    if _SOON.search(words) and days is None and clock is None:
        return Moment(anytime=True, but=but, said=_with_but("dès que possible", but))
    if anytime or (but and days is None and clock is None):
        return Moment(anytime=True, but=but, said=_with_but("à n'importe quel moment", but))
    if days is None and clock is None:
        return None
    periods = clock.periods if clock else ()
    return Moment(days, periods, False, but, _with_but(_said(days, clock), but))


def _said(days: DayReading | None, clock: ClockReading | None) -> str:
    day = days.said if days else ""
    if clock is None:
        return day
    part, exact = clock.said, clock.periods[0].exact
    if not day:
        return f"à {part}" if exact else part
    if exact:
        return f"{day} à {part}"
    whole = {"le matin": "matin", "l'après-midi": "après-midi", "le soir": "soir"}.get(part)
    if whole is None or " " in day:
        return f"{day}, {part}"
    if day == "aujourd'hui":
        return f"{'cet' if whole[0] == 'a' else 'ce'} {whole}"
    return f"{day} {whole}"


def _with_but(said: str, but: tuple[int, ...]) -> str:
    if not but:
        return said
    return f"{said}, sauf le {' et le '.join(WEEKDAYS[number] for number in but)}"
