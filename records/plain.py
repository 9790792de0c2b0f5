"""Convert once, at the door: values that every database and every JSON reader can hold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from numbers import Integral, Real

_HOLDS = "null, true or false, a number, text, a list or an object"


def plain_text(value: str) -> str:
    """The text without what a database refuses: NUL, and bytes that were not UTF-8."""
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def plain_json(value: object, name: str = "value") -> object:
    """A copy that JSON can hold; NaN and infinity become null, numpy numbers plain ones.

    Raises:
        ValueError: a sentence naming the place that holds something else.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        number = float(value)
        return number if math.isfinite(number) else None
    if isinstance(value, Mapping):
        return {plain_text(str(k)): plain_json(v, f"{name}.{k}") for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [plain_json(item, f"{name}[{i}]") for i, item in enumerate(value)]
    raise ValueError(f"{name} is a {type(value).__name__}, which is not {_HOLDS}")


def finite(value: float | None) -> float | None:
    """The number as a plain float, or None for NaN and infinity."""
    if value is None or not math.isfinite(value):
        return None
    return float(value)
