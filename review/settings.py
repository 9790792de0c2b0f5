"""The section `[review]` of a town's configuration."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field, field_validator

_COLOUR = re.compile(r"#[0-9a-f]{6}")
LEAST_CONTRAST = 4.5  #: WCAG 2.1, 1.4.3 (RGAA 3.2): white text on the town's colour


class ReviewSettings(BaseModel):
    """The supervisors' page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(True, description="Whether the supervisors' page is at /review.")
    colour: str = Field(
        "#0f5c4d",
        description="The town's colour, '#rrggbb', dark enough for white text on it.",
    )
    idle_minutes: int = Field(
        30, ge=1, le=30, description="A page left alone for so long must log in again (R26)."
    )
    contact: str = Field(
        "", max_length=200, description="Whom supervisors ask when the page is not accessible."
    )

    @field_validator("colour")
    @classmethod
    def _readable(cls, value: str) -> str:
        colour = value.strip().lower()
        if not _COLOUR.fullmatch(colour):
            raise ValueError(f"colour {value!r} is not written like '#0f5c4d'")
        if (found := contrast(colour, "#ffffff")) < LEAST_CONTRAST:
            raise ValueError(
                f"colour {value!r} is too light: white text on it has a contrast of {found:.1f}, "
                f"at least {LEAST_CONTRAST} is needed; take a darker one"
            )
        return colour


def contrast(one: str, other: str) -> float:
    """Contrast of two '#rrggbb' colours, 1 to 21 (WCAG 2.1, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    def linear(pair: str) -> float:
        value = int(pair, 16) / 255
        return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(colour[at : at + 2]) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
