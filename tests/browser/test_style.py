"""The page's colours against RGAA 3.2 and 3.3 (WCAG contrast), light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STYLE = (Path(__file__).parents[2] / "telephony" / "page" / "style.css").read_text("utf-8")

TEXT = [
    ("ink", "paper"),
    ("ink", "card"),
    ("ink", "caller"),
    ("ink", "town"),
    ("ink", "alert"),
    ("soft", "paper"),
    ("soft", "card"),
    ("green", "paper"),
    ("on-green", "green"),
    ("on-red", "red"),
]
CONTROLS = [("line", "card"), ("green", "card"), ("red", "card"), ("focus", "card")]


def palette(scheme: str) -> dict[str, str]:
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    light, dark = (dict(re.findall(r"--([\w-]+): (#\w{6});", block)) for block in blocks)
    return light if scheme == "light" else dark


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_controls_stand_out(scheme: str) -> None:
    colours = palette(scheme)
    weak = {
        f"{front} on {back}": round(contrast(colours[front], colours[back]), 2)
        for pairs, least in ((TEXT, 4.5), (CONTROLS, 3.0))
        for front, back in pairs
        if contrast(colours[front], colours[back]) < least
    }
    assert weak == {}
