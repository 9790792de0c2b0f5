"""What callers dictate, as values: numbers, dates, names, places.

Plain functions over the words of one utterance, without state. Each value has a French read-back
that parses to the same value, so that a caller hears exactly what was understood.
"""

from __future__ import annotations

from dialog.values.addresses import Address, parse_address
from dialog.values.clock import ClockReading, Period, parse_clock
from dialog.values.corrections import correct
from dialog.values.days import DayReading, parse_day
from dialog.values.moments import Moment, parse_moment
from dialog.values.names import NameReading, parse_name
from dialog.values.phones import PhoneReading, Refusal, parse_phone, read_back
from dialog.values.spelling import parse_spelling, spell
from dialog.values.streets import House, StreetMatch, Streets, Verdict

__all__ = [
    "Address",
    "ClockReading",
    "DayReading",
    "House",
    "Moment",
    "NameReading",
    "Period",
    "PhoneReading",
    "Refusal",
    "StreetMatch",
    "Streets",
    "Verdict",
    "correct",
    "parse_address",
    "parse_clock",
    "parse_day",
    "parse_moment",
    "parse_name",
    "parse_phone",
    "parse_spelling",
    "read_back",
    "spell",
]
