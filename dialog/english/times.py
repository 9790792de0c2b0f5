"""Days and hours said in English; the calendar itself is `dialog.hours`."""

from __future__ import annotations

from datetime import date, datetime, time

from dialog.hours import Calendar
from dialog.town import Service

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_NOON = 12


def say_time(value: time) -> str:
    """ "8:30 am", "9 am", "12 noon", "1:30 pm"."""
    minutes = f":{value.minute:02d}" if value.minute else ""
    if value.hour == _NOON:
        return f"12{minutes} pm" if minutes else "12 noon"
    half = "am" if value.hour < _NOON else "pm"
    return f"{value.hour % _NOON or _NOON}{minutes} {half}"


def say_day(day: date, today: date) -> str:
    """ "today", "tomorrow", "on Monday" within a week, "on Monday 4 January" later."""
    ahead = (day - today).days
    if ahead in (0, 1):
        return ("today", "tomorrow")[ahead]
    name = DAYS[day.weekday()]
    return f"on {name}" if 0 < ahead < len(DAYS) else f"on {name} {day.day} {MONTHS[day.month - 1]}"


def say_next(calendar: Calendar, service: Service, at: datetime) -> str:
    """When a desk opens next: "tomorrow at 8:30 am"; empty when unknown."""
    opening = calendar.next_opening(service, at)
    if opening is None:
        return ""
    day = say_day(opening.date(), calendar.local(at).date())
    return f"{day} at {say_time(opening.time())}"
