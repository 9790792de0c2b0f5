"""The national address base (BAN) of a town, as far as the telephone needs it.

A file of `adresse.data.gouv.fr`, CSV with `;`, maybe gzipped: one line per house, with its commune
(`code_insee`) and position. Only street, number and position are kept.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dialog.values.streets import COLUMNS, House

NEEDED = ("numero", "rep", "nom_voie", "code_insee", "lon", "lat")
_GZIP = b"\x1f\x8b"
_HIGHEST = 9_998  #: 9999 and 99999 stand for "no number" in the base


class AddressBaseError(ValueError):
    """The file is not what is needed; the message is one sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What was taken from a file."""

    houses: tuple[House, ...]
    lines: int  #: of the file
    other_communes: int = 0  #: lines left out, of a commune that was not asked for
    left_out: int = 0  #: lines without a street or a usable position
    twice: int = 0  #: addresses given more than once

    @property
    def streets(self) -> int:
        """How many streets there are."""
        return len({house.street for house in self.houses})

    @property
    def numbers(self) -> int:
        """How many house numbers there are."""
        return sum(house.number is not None for house in self.houses)


def read_address_base(path: Path, insee: str = "") -> Imported:
    """The houses of one commune.

    Args:
        path: the CSV file, `.gz` or not.
        insee: keep only this commune; without it the file may hold only one.

    Raises:
        AddressBaseError: the file cannot be used, and why.
    """
    reader = csv.DictReader(io.StringIO(_text(path), newline=""), delimiter=";")
    try:
        missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            raise AddressBaseError(
                f"{path} is not a file of the national address base: the column "
                f"{missing[0]!r} is missing (columns are separated by ';')"
            )
        rows = list(reader)
    except csv.Error as error:
        raise AddressBaseError(f"{path} cannot be read as CSV: {error}") from error
    if not rows:
        raise AddressBaseError(f"{path} has no address")
    return _imported(path, rows, insee)


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        if content.startswith(_GZIP):
            content = gzip.decompress(content)
        text = content.decode("utf-8-sig")
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise AddressBaseError(f"{path} is a damaged gzip file: download it again") from error
    except UnicodeDecodeError as error:
        raise AddressBaseError(f"{path} is not in UTF-8, as the national base is") from error
    except OSError as error:
        raise AddressBaseError(f"{path} cannot be read: {error.strerror}") from error
    if not text.strip():
        raise AddressBaseError(f"{path} is empty")
    return text


def _imported(path: Path, rows: list[dict[str, str]], insee: str) -> Imported:
    communes = {row["code_insee"] or "" for row in rows}
    if not insee and len(communes) > 1:
        some = ", ".join(sorted(communes)[:3])
        raise AddressBaseError(
            f"{path} has {len(communes)} communes ({some}…): say which one with --insee"
        )
    if insee and insee not in communes:
        raise AddressBaseError(f"{path} has no address of the commune {insee}")
    kept = [row for row in rows if not insee or row["code_insee"] == insee]
    houses: dict[tuple[str, int | None, str], House] = {}
    left_out = twice = 0
    for row in kept:
        house = _house(row)
        if house is None:
            left_out += 1
            continue
        key = (house.street, house.number, house.rep)
        twice += key in houses and house.number is not None
        houses.setdefault(key, house)
    if not houses:
        raise AddressBaseError(f"{path} has no address with a street and a position")
    return Imported(tuple(_sorted(houses)), len(rows), len(rows) - len(kept), left_out, twice)


def _sorted(houses: Mapping[tuple[str, int | None, str], House]) -> Iterator[House]:
    """By street and number; a street without number only where it has no house."""
    numbered = {street for street, number, _ in houses if number is not None}
    for key in sorted(houses, key=lambda k: (k[0], k[1] or 0, k[2])):
        if key[1] is not None or key[0] not in numbered:
            yield houses[key]


def _house(row: Mapping[str, str]) -> House | None:
    """A line of the base; None without a street or a position on Earth."""
    street = " ".join((row["nom_voie"] or "").split())
    try:
        lat, lon = float(row["lat"] or ""), float(row["lon"] or "")
    except ValueError:
        return None
    if not street or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    written = (row["numero"] or "").strip()
    number = int(written) if written.isdecimal() and len(written) < 6 else 0
    if not 0 < number <= _HIGHEST:
        return House(street, None, "", lat, lon)
    return House(street, number, (row["rep"] or "").strip().lower(), lat, lon)


def write_streets(houses: Iterable[House], path: Path) -> None:
    """Write `streets.csv`; a reader finds the old list or the new one, never a part of it.

    Raises:
        OSError: the folder cannot be written.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(COLUMNS)
            for one in houses:
                number = "" if one.number is None else one.number
                place = f"{one.lat:.6f}", f"{one.lon:.6f}"
                writer.writerow((one.street, number, one.rep, *place))
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
