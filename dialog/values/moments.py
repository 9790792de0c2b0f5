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
    r"\b(?:n importe (?:quand|quel jour|quelle heure|quel moment)|"
    r"quand (?:vous|tu|ils?|elles?|on|la mairie|le service) (?:vou\w+|veu\w+|pou\w+|peu\w+)|"
    r"(?:peu|ca m est egal|comme vous voulez|a votre convenance|tout le temps|"
    r"quand ca vous arrange|a tout moment|toute la (?:journee|semaine)|tous les jours|"
    r"peu importe|je suis (?:toujours )?(?:libre|disponible)(?! (?:que|seulement|le|la|les|a|"
    r"l|en|lundi|mardi|mercredi|jeudi|vendredi|samedi|demain))))\b"
)
_SOON = re.compile(
    r"\b(?:(?:des|aussitot) que (?:possible|vous pouvez)|tout de suite|maintenant|immediatement|"
    r"d urgence|urgent|rapidement|(?:au plus|le plus) (?:vite|tot|rapidement)(?: possible)?)\b"
)
#: "demain" as recognisers write it; nobody is called back at two hands
_TOMORROW = re.compile(r"\b(?:deux|2|de) (?:mains?|ma(?= matin))\b", re.IGNORECASE)
#: the same of "jeudi matin"
_THURSDAY = re.compile(r"\bje (?:dis|di)(?= matin| apr[eè]s| midi| soir)\b", re.IGNORECASE)
_BUT = re.compile(
    rf"\b(?:sauf|pas|jamais|hormis|a part|excepte|ni)(?: le| les)? ({'|'.join(WEEKDAYS)})s?\b"
    r"(?! (?:matin|apres midi|aprem|soir))"
)


_BUT_BOTH = re.compile(
    rf"\b((?:sauf|hormis|a part|excepte)(?: le| les)? (?:{'|'.join(WEEKDAYS)})s?) "
    rf"(?:et|ni|ou)(?: le| les)? ((?:{'|'.join(WEEKDAYS)})s?)\b"
)
_NOT_PART = re.compile(
    r"\b(?:sauf|pas|jamais|hormis|a part|excepte|ni)(?: en| dans)?(?: le| la| l| les)? "
    rf"(?:(?P<day>{'|'.join(WEEKDAYS)})s? )?"
    r"(?P<part>matin|matinee|apres midi|aprem|soir|soiree|midi)s?\b"
)
_PARTS = {"matin": "le matin", "matinee": "le matin", "apres midi": "l'après-midi"} | {
    "aprem": "l'après-midi",
    "soir": "le soir",
    "soiree": "le soir",
    "midi": "le midi",
}
_ELIDED = "l'"
_UNTIL = r"(?=,|;|\.|$|\b(?:donc|mais|alors|du coup|plutôt|plutot|sinon|par contre)\b)"
#: "je travaille le lundi, donc plutôt mercredi": days on which the caller cannot
_BUSY = re.compile(
    r"\b(?:je travaille|je (?:ne |n')?(?:peux|pourrai|pourrais|suis|serai) pas(?: libre| là| "
    r"disponible| dispo| venir| répondre| joignable)?|j'ai (?:école|cours|kiné|dialyse|réunion)|"
    rf"ça (?:ne )?(?:va|m'arrange) pas)\b(?P<when>.*?){_UNTIL}",
    re.IGNORECASE,
)


_BUSY_AFTER = re.compile(
    rf"\b(?:le )?(?P<when>{'|'.join(WEEKDAYS)})s?(?: (?:matin|après-midi|soir))?,? "
    r"(?:je (?:ne )?(?:peux|pourrai|suis) pas(?: là)?|(?:c'est|ce n'est) pas possible|"
    r"ça (?:ne )?va pas|je travaille)\b,?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """When: a day, a part of a day, both, or any time."""

    days: DayReading | None = None
    periods: tuple[Period, ...] = ()  #: the likeliest reading first
    anytime: bool = False
    but: tuple[int, ...] = ()  #: days of the week that are excluded, Monday is 0
    but_parts: tuple[str, ...] = ()  #: parts of the day that are: "le matin"
    said: str = ""  #: in French, as it is read back


def parse_moment(text: str, now: datetime) -> Moment | None:
    """The moment in an utterance, or None when none is said."""
    text = without_busy(_THURSDAY.sub("jeudi", _TOMORROW.sub("demain", text[:2_000])))
    words = line(text)
    while (both := _BUT_BOTH.sub(r"\1 sauf \2", words)) != words:
        text = words = both
    but = tuple(dict.fromkeys(WEEKDAYS.index(m[1]) for m in _BUT.finditer(words)))
    parts = tuple(dict.fromkeys(map(_part_left_out, _NOT_PART.finditer(words))))
    if but or parts:
        text = words = _NOT_PART.sub(" ", _BUT.sub(" ", words))
    days, clock = parse_day(text, paris(now)), parse_clock(text)
    anytime = bool(_ANY.search(words)) and (days is None or "jour" in words) and clock is None
    if _SOON.search(words) and days is None and clock is None:
        return Moment(anytime=True, but=but, said=_with_but("dès que possible", but, parts))
    if anytime or ((but or parts) and days is None and clock is None):
        said = _with_but("à n'importe quel moment", but, parts)
        return Moment(anytime=True, but=but, but_parts=parts, said=said)
    if days is None and clock is None:
        return None
    if days is not None and days.first == days.last:
        but = ()  # "pas mardi, mercredi"
    periods = clock.periods if clock else ()
    said = _with_but(_said(days, clock), but, parts)
    return Moment(days, periods, False, but, parts, said)


def without_busy(text: str) -> str:
    """The words without the days on which the caller cannot; with nothing else, "sauf" them."""
    rest = _BUSY_AFTER.sub(" ", text)
    if rest != text:
        named = any(day in rest.lower() for day in (*WEEKDAYS, "demain"))
        text = rest if named else _BUSY_AFTER.sub(r" sauf \g<when> ", text)
    if not _BUSY.search(text):
        return text
    rest = _BUSY.sub(" ", text)
    if any(word in rest.lower() for word in (*WEEKDAYS, "matin", "midi", "soir", "demain")):
        return rest
    return _BUSY.sub(_left_out, text)


def _left_out(busy: re.Match[str]) -> str:
    """ "Je ne peux pas avant 17 heures" is after it; "… le lundi" is any day but that one."""
    when = " ".join(busy["when"].split())
    for word, other in (("avant", "après"), ("après", "avant")):
        if re.search(rf"\b{word} (?=\d|\w+ heures?|midi)", when):
            return f" {re.sub(rf'{word} ', f'{other} ', when, count=1)} "
    return f" sauf {when} "


def _part_left_out(found: re.Match[str]) -> str:
    part = _PARTS[found["part"]]
    if not found["day"]:
        return part
    return f"le {found['day']} {part.removeprefix('le ').removeprefix(_ELIDED)}"


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


def _with_but(said: str, but: tuple[int, ...], parts: tuple[str, ...]) -> str:
    left_out = [*(f"le {WEEKDAYS[number]}" for number in but), *parts]
    return f"{said}, sauf {' et '.join(left_out)}" if left_out else said
