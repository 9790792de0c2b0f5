"""Whether two street reports tell of the same problem: same kind, close in place and time."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

NEAR_M = 60.0  #: two callers rarely name the same house number
WITHIN = timedelta(days=7)  #: later it is a new problem, or one that was not solved

_EARTH_M = 6_371_000.0


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a problem is, as far as the caller could say."""

    lat: float | None
    lon: float | None
    street: str
    number: str
    place: str  #: as heard, for what is not on the town's street list

    @classmethod
    def of(
        cls, lat: float | None, lon: float | None, street: str, fields: Mapping[str, str]
    ) -> Whereabouts:
        """From a ticket's columns and fields."""
        number = _folded(fields.get("number", ""))
        return cls(lat, lon, _folded(street), number, _folded(fields.get("place", "")))


def same_place(one: Whereabouts, other: Whereabouts) -> bool:
    """Within `NEAR_M` where both have coordinates; else the same address, or the same words."""
    if one.lat is not None and other.lat is not None:
        return distance_m(one, other) <= NEAR_M
    if one.street and other.street:
        return one.street == other.street and one.number == other.number
    return bool(one.place) and one.place == other.place


def distance_m(one: Whereabouts, other: Whereabouts) -> float:
    """Metres between two places with coordinates; flat earth, which a town is."""
    degrees = (one.lat, one.lon, other.lat, other.lon)
    lat1, lon1, lat2, lon2 = (math.radians(value or 0.0) for value in degrees)
    east = (lon2 - lon1) * math.cos((lat1 + lat2) / 2)
    return _EARTH_M * math.hypot(east, lat2 - lat1)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", letters))
