"""Days counted from today: "dans huit jours", "il y a deux semaines", "après-demain"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from dialog.values.feasts import after_days, workable, worked
from dialog.values.found_days import Found, days_after, months_after, one_day

_N = r"(?P<n>\d{1,4})"
_IN = re.compile(
    rf"\b(?:dans|d ici|sous) (?:les |a peu pres |environ )?{_N} "
    r"(?P<unit>jours?|semaines?|mois|ans?)(?: (?P<kind>ouvres?|ouvrables?))?\b"
)
_AGO = re.compile(
    rf"\b(?:il y a|y a|depuis|ca fait) (?:environ |a peu pres |bien )?{_N} "
    r"(?P<unit>jours?|semaines?|mois|ans?)\b"
)
_WITHIN = re.compile(r"\bsous (?P<word>huitaine|quinzaine)\b")
_ABOUT = re.compile(
    r"\b(?:dans|d ici) (?:une |1 )?(?P<word>huitaine|quinzaine|dizaine|vingtaine)(?: de jours)?\b"
)
_FORTNIGHT = {"huitaine": 7, "quinzaine": 14, "dizaine": 10, "vingtaine": 20}
_NEXT_WORKED = re.compile(r"\b(?:prochain|premier) jour (?P<kind>ouvre|ouvrable)\b")


def _length(unit: str, count: int) -> int | None:
    """Days of "huit jours" (7), "quinze jours" (14), "deux semaines"; None for months."""
    if unit.startswith("jour"):
        return {8: 7, 15: 14}.get(count, count)
    return 7 * count if unit.startswith("semaine") else None


def counted(words: str, today: date) -> Found:
    within = _WITHIN.search(words)
    if within:
        return today, today + timedelta(days=_FORTNIGHT[within["word"]]), False
    about = _ABOUT.search(words)
    if about:
        return one_day(today + timedelta(days=_FORTNIGHT[about["word"]]))
    soon = _NEXT_WORKED.search(words)
    if soon:
        return one_day(after_days(today, 1, worked if soon["kind"] == "ouvre" else workable))
    ahead = _IN.search(words)
    if ahead:
        count = int(ahead["n"])
        if ahead["kind"]:
            counts = workable if ahead["kind"].startswith("ouvrable") else worked
            return one_day(after_days(today, min(count, 400), counts))
        return one_day(_away(today, ahead["unit"], count, 1))
    ago = _AGO.search(words)
    return one_day(_away(today, ago["unit"], int(ago["n"]), -1)) if ago else None


def _away(today: date, unit: str, count: int, sign: int) -> date | None:
    days = _length(unit, count)
    if days is not None:
        return days_after(today, sign * days)
    return months_after(today, sign * count * (12 if unit.startswith("an") else 1))


_NEAR = (
    (re.compile(r"\bapres demain\b"), 2),
    (re.compile(r"\bavant hier\b"), -2),
    (re.compile(r"\bdemain en (?:8|huit)\b"), 8),
    (re.compile(r"\bdemain en (?:15|quinze)\b"), 15),
    (re.compile(r"\blendemain\b|\bdemain\b"), 1),
    (re.compile(r"\bhier\b"), -1),
    (
        re.compile(
            r"\baujourd hui\b|\bce (?:matin|soir|midi)\b|"
            r"\bcet(?:te)? (?:apres midi|aprem|nuit)\b|\btout a l heure\b"
        ),
        0,
    ),
)


def near(words: str, today: date) -> Found:
    for pattern, days in _NEAR:
        if pattern.search(words):
            return one_day(today + timedelta(days=days))
    return None
