"""The town's streets as a picture, without tiles from outside, and the reports on it.

streets.csv ─► metres east and north of the middle ─► one path for all houses ─► SVG
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from dialog.values.streets import Streets

WIDTH = 960.0  #: units of the picture; the height follows the town
MARGIN = 24.0
HIGHEST = 720.0
_M_PER_DEGREE = 111_195.0  #: of latitude, earth radius 6371 km


class Placed(Protocol):
    """What can stand on the map."""

    @property
    def lat(self) -> float | None: ...

    @property
    def lon(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Marker:
    """A ticket on the map; `number` is beside it in the list below."""

    x: float
    y: float
    number: int
    ticket: object


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture: its size, the streets as SVG path data, and the markers."""

    width: float
    height: float
    streets: str
    names: tuple[tuple[float, float, str], ...]  #: the longest streets, where their name stands
    markers: tuple[Marker, ...]
    unplaced: tuple[object, ...]  #: tickets without coordinates
    metre: float  #: units of the picture for one metre


@dataclass(frozen=True, slots=True)
class _Frame:
    south: float
    west: float
    scale: float  #: units per metre
    height: float
    cosine: float

    def point(self, lat: float, lon: float) -> tuple[float, float]:
        """Where a place is in the picture; flat earth, which a town is."""
        east = (lon - self.west) * _M_PER_DEGREE * self.cosine
        north = (lat - self.south) * _M_PER_DEGREE
        return MARGIN + east * self.scale, self.height - MARGIN - north * self.scale


class StreetMap:
    """Draws the town once, and tickets on it each time."""

    def __init__(self, streets: Callable[[], Streets]) -> None:
        self._open = streets

    def draw(self, tickets: Sequence[Placed]) -> Drawn | None:
        """The map with these tickets; None when the town has no list of streets."""
        if self._frame is None:
            return None
        frame, path, names = self._frame
        markers: list[Marker] = []
        unplaced: list[object] = []
        for ticket in tickets:
            if ticket.lat is None or ticket.lon is None:
                unplaced.append(ticket)
                continue
            x, y = frame.point(ticket.lat, ticket.lon)
            if 0 <= x <= WIDTH and 0 <= y <= frame.height:
                markers.append(Marker(round(x, 1), round(y, 1), len(markers) + 1, ticket))
            else:
                unplaced.append(ticket)
        return Drawn(WIDTH, frame.height, path, names, tuple(markers), tuple(unplaced), frame.scale)

    @cached_property
    def _frame(self) -> tuple[_Frame, str, tuple[tuple[float, float, str], ...]] | None:
        houses = self._open().places
        if len(houses) < 2:
            return None
        lats = [lat for places in houses.values() for lat, _ in places]
        lons = [lon for places in houses.values() for _, lon in places]
        south, north, west, east = min(lats), max(lats), min(lons), max(lons)
        cosine = math.cos(math.radians((south + north) / 2))
        wide = max(1.0, (east - west) * _M_PER_DEGREE * cosine)
        tall = max(1.0, (north - south) * _M_PER_DEGREE)
        scale = min((WIDTH - 2 * MARGIN) / wide, (HIGHEST - 2 * MARGIN) / tall)
        frame = _Frame(south, west, scale, round(tall * scale + 2 * MARGIN, 1), cosine)
        drawn = {
            name: [frame.point(lat, lon) for lat, lon in places] for name, places in houses.items()
        }
        path = " ".join(_line(points) for points in drawn.values())
        return frame, path, _names(drawn)


def _line(points: Sequence[tuple[float, float]]) -> str:
    """A street through its houses in the order of their numbers."""
    first, *others = (f"{x:.1f} {y:.1f}" for x, y in points)
    return f"M{first}" + ("".join(f"L{point}" for point in others) or "h0")


_LABELS = 14
_APART = 44.0


def _names(
    drawn: dict[str, list[tuple[float, float]]],
) -> tuple[tuple[float, float, str], ...]:
    """Names of the longest streets, none on top of another."""
    placed: list[tuple[float, float, str]] = []
    for name, points in sorted(drawn.items(), key=lambda one: -len(one[1])):
        x, y = points[len(points) // 2]
        x = min(max(x, 90.0), WIDTH - 90.0)
        if all(abs(y - b) > _APART / 2 or abs(x - a) > 4 * _APART for a, b, _ in placed):
            placed.append((round(x, 1), round(y, 1), name))
        if len(placed) == _LABELS:
            break
    return tuple(placed)
