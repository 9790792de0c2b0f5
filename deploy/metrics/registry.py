"""Metrics and their text exposition, format 0.0.4 of Prometheus.

    families ─► samples ─► "# HELP … # TYPE … name{label="value"} 1.0"

Safe between threads: engines count in theirs while the event loop reads. A family has a fixed set
of label names; its values must come from a small fixed vocabulary, never from a caller.
"""

from __future__ import annotations

import logging
import math
import re
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

logger = logging.getLogger("allomairie")

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MOST_SERIES = 500  #: of one family: more is a mistake, and would fill the collector's disk

Values = tuple[str, ...]
Sample = tuple[str, Sequence[tuple[str, str]], float]  #: suffix of the name, labels, value

_NAME = re.compile(r"[a-z_][a-z0-9_]*")


class Family:
    """One metric with its labels. Subclasses say what its samples are."""

    kind = "untyped"

    def __init__(self, name: str, text: str, labels: Sequence[str] = ()) -> None:
        """
        Args:
            name: with its unit, e.g. "calls_total".
            text: one sentence for whoever reads the metric.

        Raises:
            ValueError: a name that Prometheus does not take.
        """
        for word in (name, *labels):
            if not _NAME.fullmatch(word):
                raise ValueError(f"{word!r} is no name of a metric or a label")
        self.name = name
        self.text = text
        self.labels = tuple(labels)
        self._lock = threading.Lock()

    def samples(self) -> Iterable[Sample]:
        """What it shows now."""
        raise NotImplementedError

    def _checked(self, values: Values, known: Mapping[Values, object]) -> Values:
        if len(values) != len(self.labels):
            raise ValueError(f"{self.name} has the labels {self.labels}, not {values}")
        if values not in known and len(known) >= MOST_SERIES:
            raise ValueError(
                f"{self.name} has {MOST_SERIES} series already: a label is not bounded"
            )
        return values

    def _pairs(self, values: Values) -> list[tuple[str, str]]:
        return list(zip(self.labels, values, strict=True))


class Counter(Family):
    """Only ever grows."""

    kind = "counter"

    def __init__(self, name: str, text: str, labels: Sequence[str] = ()) -> None:
        super().__init__(name, text, labels)
        self._counts: dict[Values, float] = {} if labels else {(): 0.0}

    def declare(self, *values: str) -> None:
        """Show a series at 0 before it first counts, so that its first count is seen as a rise."""
        self.inc(*values, by=0)

    def inc(self, *values: str, by: float = 1) -> None:
        """Add to one series.

        Raises:
            ValueError: `by` is negative, or the labels are not this family's.
        """
        if not by >= 0:
            raise ValueError(f"{self.name} cannot grow by {by}")
        with self._lock:
            key = self._checked(values, self._counts)
            self._counts[key] = self._counts.get(key, 0.0) + by

    def value(self, *values: str) -> float:
        """One series, 0 when it never counted."""
        with self._lock:
            return self._counts.get(values, 0.0)

    def samples(self) -> Iterable[Sample]:
        """One for each series."""
        with self._lock:
            counts = dict(self._counts)
        return [("", self._pairs(values), count) for values, count in counts.items()]


class Histogram(Family):
    """Observations in buckets, with their sum and number.

    Args:
        buckets: upper bounds, rising; `+Inf` is added.
    """

    kind = "histogram"

    def __init__(
        self, name: str, text: str, buckets: Sequence[float], labels: Sequence[str] = ()
    ) -> None:
        super().__init__(name, text, labels)
        if not buckets or list(buckets) != sorted(set(buckets)) or math.isinf(buckets[-1]):
            raise ValueError(f"the buckets of {name} must rise and be finite")
        self._bounds = tuple(map(float, buckets))
        self._series: dict[Values, tuple[list[int], list[float]]] = {}
        if not labels:
            self.declare()

    def declare(self, *values: str) -> None:
        """Show a series before its first observation."""
        with self._lock:
            self._of(values)

    def observe(self, value: float, *values: str) -> None:
        """Count one observation; what is no number is left out."""
        if math.isnan(value):
            return
        with self._lock:
            counts, total = self._of(values)
            counts[bisect_left(self._bounds, value)] += 1
            total[0] += value

    def count(self, *values: str) -> int:
        """How many observations a series has."""
        with self._lock:
            counts, _ = self._series.get(values, ([], []))
            return sum(counts)

    def _of(self, values: Values) -> tuple[list[int], list[float]]:
        key = self._checked(values, self._series)
        if key not in self._series:
            self._series[key] = ([0] * (len(self._bounds) + 1), [0.0])
        return self._series[key]

    def samples(self) -> Iterable[Sample]:
        """Cumulative buckets, sum and count of each series."""
        with self._lock:
            series = {key: (list(c), t[0]) for key, (c, t) in self._series.items()}
        return [s for key, (c, total) in series.items() for s in self._shown(key, c, total)]

    def _shown(self, key: Values, counts: Sequence[int], total: float) -> Iterator[Sample]:
        pairs, so_far = self._pairs(key), 0
        for bound, count in zip((*self._bounds, math.inf), counts, strict=True):
            so_far += count
            yield "_bucket", [*pairs, ("le", number(bound))], so_far
        yield "_sum", pairs, total
        yield "_count", pairs, so_far


class Read(Family):
    """Read where it is known when somebody asks: a gauge, or a counter that another part keeps.

    Args:
        read: one number, or a number for each tuple of label values. It must not block.
        kind: "gauge" or "counter".
    """

    def __init__(
        self,
        name: str,
        text: str,
        read: Callable[[], float | Mapping[Values, float]],
        labels: Sequence[str] = (),
        kind: str = "gauge",
    ) -> None:
        super().__init__(name, text, labels)
        self.kind = kind
        self._read = read

    def samples(self) -> Iterable[Sample]:
        """What is read now."""
        found = self._read()
        if not isinstance(found, Mapping):
            found = {(): found}
        return [("", self._pairs(self._checked(key, found)), value) for key, value in found.items()]


class Registry:
    """All metrics of one server, shown in the order they were added."""

    def __init__(self) -> None:
        self._families: dict[str, Family] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all metrics, without the suffixes of histograms."""
        return tuple(self._families)

    def add(self, *families: Family) -> None:
        """Show these.

        Raises:
            ValueError: a name is taken.
        """
        for family in families:
            if family.name in self._families:
                raise ValueError(f"the metric {family.name} exists already")
            self._families[family.name] = family

    def text(self) -> str:
        """Everything, as a collector reads it; a family that cannot be read is left out."""
        return "".join(_read(one) for one in self._families.values())


def number(value: float) -> str:
    """A number as the format writes it."""
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if math.isnan(value):
        return "NaN"
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)


def _read(family: Family) -> str:
    try:
        return "".join(_lines(family))
    except Exception:  # one source that fails must not blind the operator to all others
        logger.exception("the metric %s cannot be read", family.name)
        return ""


def _lines(family: Family) -> Iterator[str]:
    yield f"# HELP {family.name} {_escaped(family.text)}\n"
    yield f"# TYPE {family.name} {family.kind}\n"
    for suffix, pairs, value in family.samples():
        named = ",".join(f'{name}="{_quoted(label)}"' for name, label in pairs)
        labels = f"{{{named}}}" if named else ""
        yield f"{family.name}{suffix}{labels} {number(value)}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', '\\"')
