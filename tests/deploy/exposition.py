"""A reader of Prometheus' text format 0.0.4, written from its grammar and not from our writer."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
_SAMPLE = re.compile(rf"({_NAME})(?:\{{({_LABEL}(?:,{_LABEL})*)\}})? (\S+)")
_PAIR = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"')
_KINDS = {"counter", "gauge", "histogram", "summary", "untyped"}
Key = tuple[str, tuple[tuple[str, str], ...]]


@dataclass
class Exposition:
    """What a collector has read."""

    kinds: dict[str, str] = field(default_factory=dict)
    helps: dict[str, str] = field(default_factory=dict)
    samples: dict[Key, float] = field(default_factory=dict)

    def value(self, metric: str, /, **labels: str) -> float:
        return self.samples[metric, tuple(sorted(labels.items()))]


def read(text: str) -> Exposition:
    """Read all of it; anything that the grammar does not allow is an AssertionError."""
    assert text.endswith("\n")
    found, family = Exposition(), ""
    for line in text.splitlines():
        if line.startswith("# HELP "):
            _, _, family, told = line.split(" ", 3)
            assert family not in found.helps, f"{family} is there twice"
            found.helps[family] = told
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == family, f"TYPE of {name} under HELP of {family}"
            assert kind in _KINDS, kind
            found.kinds[name] = kind
        else:
            match = _SAMPLE.fullmatch(line)
            assert match, f"not a sample: {line!r}"
            name, pairs, value = match.groups()
            assert name == family or _is_part(name, family, found.kinds[family]), line
            key = (name, tuple(sorted(_PAIR.findall(pairs or ""))))
            assert key not in found.samples, f"the series {key} is there twice"
            found.samples[key] = float(value)
    _check_histograms(found)
    return found


def _is_part(name: str, family: str, kind: str) -> bool:
    return kind == "histogram" and name in {
        f"{family}{end}" for end in ("_bucket", "_sum", "_count")
    }


def _check_histograms(found: Exposition) -> None:
    """Buckets never fall, the last is +Inf and equals the count."""
    series: dict[Key, list[tuple[float, float]]] = {}
    for (name, pairs), value in found.samples.items():
        if name.endswith("_bucket"):
            others = tuple(pair for pair in pairs if pair[0] != "le")
            bound = float(dict(pairs)["le"])
            series.setdefault((name.removesuffix("_bucket"), others), []).append((bound, value))
    for (family, others), buckets in series.items():
        counts = [count for _, count in sorted(buckets)]
        assert counts == sorted(counts), family
        assert math.isinf(sorted(buckets)[-1][0]), family
        assert counts[-1] == found.samples[f"{family}_count", others], family
