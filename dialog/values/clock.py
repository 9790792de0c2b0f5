"""Times of day and parts of the day, as callers say them.

A bare "trois heures" is three in the afternoon for a town hall, but may be three at night: such a
reading has both, the likelier first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time

from dialog.hours import MONTHS, say_time
from dialog.search.normalise import fold
from dialog.values.cardinals import readings
from dialog.values.words import line

FIRST, LAST = time(0, 0), time(23, 59)


@dataclass(frozen=True, slots=True)
class Period:
    """A part of a day, or one time when both ends are the same."""

    first: time
    last: time

    @property
    def exact(self) -> bool:
        """Whether it is one time of day."""
        return self.first == self.last


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What was understood of a time."""

    periods: tuple[Period, ...]  #: the readings, the likeliest first
    said: str  #: the likeliest one, in French: "15h", "le matin", "après 17h"


MORNING, AFTERNOON = Period(time(8), time(12)), Period(time(12), time(18))
EVENING, NOON = Period(time(18), time(22)), Period(time(12), time(14))
#: Said words -> the part of the day, the longest first: "après-midi" before "midi".
_PARTS: tuple[tuple[str, str, Period], ...] = (
    (
        r"(?:en |au )?debut d(?:e l |e | )?apres midi",
        "en début d'après-midi",
        Period(time(12), time(15)),
    ),
    (
        r"(?:en |a la )?fin d(?:e l |e | )?apres midi",
        "en fin d'après-midi",
        Period(time(16), time(18)),
    ),
    (
        r"(?:en |au )?milieu d(?:e l |e | )?apres midi",
        "en milieu d'après-midi",
        Period(time(14), time(16)),
    ),
    (r"(?:en |au )?debut de (?:la )?matinee", "en début de matinée", Period(time(8), time(10))),
    (r"(?:en |a la )?fin de (?:la )?matinee", "en fin de matinée", Period(time(10, 30), time(12))),
    (r"(?:en |au )?milieu de (?:la )?matinee", "en milieu de matinée", Period(time(9), time(11))),
    (
        r"(?:en |a la )?fin de (?:la )?journee|apres le (?:travail|boulot)",
        "en fin de journée",
        Period(time(17), time(19)),
    ),
    (r"(?:en |au )?debut de soiree", "en début de soirée", Period(time(18), time(20))),
    (
        r"(?:a|pendant) l heure d(?:u dejeuner|u repas|e midi)|pause dejeuner",
        "entre midi et deux",
        NOON,
    ),
    (r"(?:toute la|dans la|en) journee", "dans la journée", Period(time(8), time(18))),
    (r"(?:l |cet |cette |en )?apres midi|(?:l |cet )?aprem", "l'après-midi", AFTERNOON),
    (
        r"(?:tot )?(?:le |ce |du |au )?matin|(?:dans la |en |la |cette )?matinee",
        "le matin",
        MORNING,
    ),
    (r"(?:le |ce |du |au )?soir|(?:dans la |en |la )?soiree", "le soir", EVENING),
)
_LUNCH = re.compile(r"\bentre midi et (?:deux|2)\b")
_NOT_CLOCK = re.compile(
    r"\b(?:pendant|durant|dans|toutes les|il y a|en moins de|d ici|sous|24 h(?:eures)? sur)$"
)
_OF_NIGHT = re.compile(r"\b(?:du matin|ce matin|de la nuit|cette nuit)\b")
_OF_DAY = re.compile(r"\b(?:de l |cet |en |d )?apres midi\b|\bl aprem\b|\bcet aprem\b")
_OF_EVENING = re.compile(r"\b(?:du soir|ce soir|le soir|en soiree)\b")
_OF_MORNING = re.compile(r"\bmatin(?:ee)?\b")
_MONTHS = frozenset(fold(month) for month in MONTHS)
_HOUR_WORDS = ("heure", "heures", "h")
_UNTIL_HOUR = {"quart": 15, "demie": 30, "demi": 30}
_AFTER = re.compile(r"\b(?:apres|a partir (?:de|d)|des|pas avant|plus tard que|depuis)(?: les?)?$")
_BEFORE = re.compile(
    r"\b(?:avant|jusqu (?:a|au)|pas apres|plus tot que|pas plus tard que)(?: les?)?$"
)
_PART = tuple((re.compile(rf"\b(?:{words})\b"), said, part) for words, said, part in _PARTS)


def parse_clock(text: str) -> ClockReading | None:
    """The time or part of a day in an utterance, or None when none is said."""
    words = line(re.sub(r"(?<=\d)\s?:\s?(?=\d\d(?!\d))", "h", text[:_ENOUGH]))
    if _LUNCH.search(words):
        return ClockReading((NOON,), "entre midi et deux")
    tokens = words.split()
    times = list(_times(tokens))
    if times:
        return _timed(tokens, times, words)
    return _part(words)


_ENOUGH = 2_000  #: characters; a time is said in the first of them


def say_period(period: Period) -> str:
    """A period in French, which `parse_clock` reads back as the same one."""
    if period.exact:
        return _say(period.first)
    if period.first == FIRST:
        return f"avant {_say(period.last)}"
    if period.last == LAST:
        return f"après {_say(period.first)}"
    return f"entre {_say(period.first)} et {_say(period.last)}"


def _say(value: time) -> str:
    """ "3h du matin", since "3h" alone is taken for the afternoon."""
    return f"{say_time(value)} du matin" if 1 <= value.hour <= 7 else say_time(value)


@dataclass(frozen=True, slots=True)
class _Time:
    """A time found among the words."""

    hour: int
    minute: int
    start: int
    end: int
    named: bool  #: midi, minuit: nothing to guess
    marked: bool  #: "heures" was said
    half: str = ""  #: "matin", "jour", "soir", said right after it


def _times(tokens: Sequence[str]) -> Iterator[_Time]:
    """The times of an utterance; bare numbers only as one end of a range."""
    at = 0
    while at < len(tokens):
        found = _time(tokens, at)
        if found is None or _NOT_CLOCK.search(" ".join(tokens[max(0, at - 3) : at])):
            at = at + 1 if found is None else found.end
            continue
        yield found
        at = found.end


def _time(tokens: Sequence[str], at: int) -> _Time | None:
    if tokens[at] in ("midi", "minuit"):
        if at and tokens[at - 1] == "apres" and (at < 2 or tokens[at - 2] != "juste"):
            return None
        hour, end, marked = (12 if tokens[at] == "midi" else 0), at + 1, True
    else:
        number = next((n for n in readings(tokens, at) if n.value <= 24), None)
        if number is None or (tokens[at].isdecimal() and len(tokens[at]) > 2):
            return None
        hour, end = number.value % 24, number.end
        marked = end < len(tokens) and tokens[end] in _HOUR_WORDS
        if not marked and not _range_end(tokens, at, end):
            return None
        end += marked
    hour, minute, end = _minutes(tokens, hour, end) if marked else (hour, 0, end)
    named = tokens[at] in ("midi", "minuit")
    half, end = _half(tokens, end)
    return _Time(hour, minute, at, end, named, marked, half)


def _range_end(tokens: Sequence[str], at: int, end: int) -> bool:
    """Whether a bare number is an end of "entre 14 et 16 heures", "de 9 à 11 heures"."""
    if at and tokens[at - 1] in ("entre", "de") and end < len(tokens):
        joint = {"entre": "et", "de": "a"}[tokens[at - 1]]
        if tokens[end] != joint or end + 1 >= len(tokens):
            return False
        other = next(iter(readings(tokens, end + 1)), None)
        if other and other.end < len(tokens) and tokens[other.end] in _MONTHS:
            return False
        hours = other and other.end < len(tokens) and tokens[other.end] in _HOUR_WORDS
        return bool(hours or tokens[end + 1] == "midi" or (other and joint == "et"))
    if at >= 2 and tokens[at - 1] == "et":  # the second end: "entre 14 heures et 16"
        date = end < len(tokens) and tokens[end] in _MONTHS
        return not date and "entre" in tokens[max(0, at - 8) : at - 1]
    return bool(
        at >= 2 and tokens[at - 1] == "a" and set(tokens[max(0, at - 4) : at]) & {*_HOUR_WORDS}
    )


def _minutes(tokens: Sequence[str], hour: int, at: int) -> tuple[int, int, int]:
    """The minutes after "heures": "30", "et quart", "moins vingt"."""
    rest = list(tokens[at : at + 5])
    if rest[:1] == ["et"] and len(rest) > 1 and rest[1] in _UNTIL_HOUR:
        return hour, _UNTIL_HOUR[rest[1]], at + 2
    if rest[:2] in (["trois", "quarts"], ["3", "quarts"]):
        return hour, 45, at + 2
    if rest[:1] == ["moins"]:
        after = 2 if rest[1:2] == ["le"] else 1
        if rest[after : after + 1] == ["quart"]:
            return (hour - 1) % 24, 45, at + after + 1
        number = next((n for n in readings(tokens, at + 1) if 0 < n.value < 60), None)
        if number:
            return (hour - 1) % 24, 60 - number.value, _past_minutes(tokens, number.end)
    number = next((n for n in readings(tokens, at) if n.value < 60), None)
    if number and not (number.end < len(tokens) and tokens[number.end] in _HOUR_WORDS):
        return hour, number.value, _past_minutes(tokens, number.end)
    return hour, 0, at


def _past_minutes(tokens: Sequence[str], at: int) -> int:
    return at + 1 if at < len(tokens) and tokens[at] in ("minute", "minutes") else at


def _half(tokens: Sequence[str], at: int) -> tuple[str, int]:
    rest = " ".join(tokens[at : at + 4])
    for name, pattern in (("matin", _OF_NIGHT), ("jour", _OF_DAY), ("soir", _OF_EVENING)):
        match = pattern.match(rest)
        if match:
            return name, at + len(match[0].split())
    return "", at


def _timed(tokens: Sequence[str], times: list[_Time], words: str) -> ClockReading:
    """One time or a range, with the halves of the day that the words allow."""
    first = times[0]
    half = first.half or next((one.half for one in times if one.half), "") or _context(words)
    before = " ".join(tokens[max(0, first.start - 5) : first.start])
    joint = " ".join(tokens[first.end : times[1].start]) if len(times) > 1 else ""
    ranged = (
        (before.endswith("entre") and joint == "et")
        or (re.search(r"\b(?:de|d|a partir de)$", before) and joint in ("a", "jusqu a", "et"))
        or joint in ("a", "jusqu a")
    )
    if ranged and len(times) > 1:
        return _reading(_ranges(first, times[1], half))
    clocks = [time(hour, first.minute) for hour in _hours(first, half)]
    if _AFTER.search(before) and not before.endswith(("pas apres",)):
        return _reading([Period(one, LAST) for one in clocks])
    if _BEFORE.search(before):
        return _reading([Period(FIRST, one) for one in clocks])
    periods = [Period(one, one) for one in clocks]
    if joint.split()[-1:] == ["ou"] or joint == "ou":
        periods += [
            Period(t, t) for t in (time(h, times[1].minute) for h in _hours(times[1], half))
        ]
    return _reading(periods)


def _ranges(first: _Time, last: _Time, half: str) -> list[Period]:
    """A range; both ends in the same half of the day unless one is said otherwise."""
    starts = [time(h, first.minute) for h in _hours(first, first.half or half)]
    ends = [time(h, last.minute) for h in _hours(last, last.half or half)]
    pairs = [Period(a, b) for a in starts for b in ends if a < b]
    both = [Period(a, b) for a, b in zip(starts, ends, strict=False) if a < b]
    return both or pairs[:1] or [Period(starts[0], starts[0])]


def _reading(periods: Sequence[Period]) -> ClockReading:
    unique = tuple(dict.fromkeys(periods))
    return ClockReading(unique, say_period(unique[0]))


def _context(words: str) -> str:
    """The half of the day said elsewhere: "demain matin à neuf heures"."""
    if _OF_DAY.search(words):
        return "jour"
    if re.search(r"\bsoir\b", words):
        return "soir"
    return "matin" if _OF_MORNING.search(words) else ""


def _hours(found: _Time, half: str) -> list[int]:
    """The hours that a said one may be, the likeliest first."""
    hour = found.hour
    if found.named or hour > 12 or hour == 0:
        return [hour]
    if half == "matin":
        return [hour]
    if half in ("jour", "soir") and hour < 12:
        low = 12 if half == "jour" else 15
        return [hour + 12] if hour + 12 >= low and not (half == "jour" and hour > 8) else [hour]
    if hour < 7:
        return [hour + 12, hour]
    return [hour, hour + 12] if hour == 7 else [hour]


def _part(words: str) -> ClockReading | None:
    """Parts of the day, in the order in which they are said."""
    found: list[tuple[int, str, Period]] = []
    for pattern, said, part in _PART:
        for match in pattern.finditer(words):
            found.append((match.start(), said, part))
        words = pattern.sub(lambda m: "_" * len(m[0]), words)
    if re.search(r"\bmidi\b", words):
        found.append((words.index("midi"), "12h", Period(time(12), time(12))))
    found.sort(key=lambda one: one[0])
    if not found:
        return None
    return ClockReading(tuple(dict.fromkeys(part for _, _, part in found)), found[0][1])
