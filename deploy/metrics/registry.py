"""What is read where it is known when a collector asks, beside what prometheus_client counts.

A label has a small fixed vocabulary of ours; nothing of a caller ever becomes one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE
from prometheus_client import CollectorRegistry, disable_created_metrics, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

__all__ = ["CONTENT_TYPE", "CollectorRegistry", "Read", "Values", "text"]

logger = logging.getLogger("allomairie")

disable_created_metrics()  # type: ignore[no-untyped-call]  # twice the series, for nothing

Values = tuple[str, ...]


class Read(Collector):
    """A gauge, or a counter that another part keeps.

    Args:
        name: with its unit.
        text: one sentence for whoever reads the metric.
        read: one number, or a number for each tuple of label values. It must not block.
        kind: what it is for a collector.
    """

    def __init__(
        self,
        name: str,
        text: str,
        read: Callable[[], float | Mapping[Values, float]],
        labels: Sequence[str] = (),
        kind: type[GaugeMetricFamily | CounterMetricFamily] = GaugeMetricFamily,
    ) -> None:
        self._read = read
        self._made = kind, name, text, labels

    def _empty(self) -> GaugeMetricFamily | CounterMetricFamily:
        kind, name, text, labels = self._made
        return kind(name, text, labels=labels)

    def describe(self) -> Iterable[Metric]:
        """Its name, without reading anything."""
        return [self._empty()]

    def collect(self) -> Iterable[Metric]:
        """What is read now; nothing of a source that fails, which must not hide all others."""
        family = self._empty()
        try:
            found = self._read()
            for values, value in found.items() if isinstance(found, Mapping) else [((), found)]:
                family.add_metric(values, value)
        except Exception:
            logger.exception("the metric %s cannot be read", family.name)
            return []
        return [family]


def text(registry: CollectorRegistry) -> str:
    """Everything, as a collector reads it."""
    return generate_latest(registry).decode()
