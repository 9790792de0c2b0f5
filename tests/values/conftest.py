"""The example town's streets, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialog.values import Streets

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "saint-aubin" / "streets.csv"


@pytest.fixture(scope="session")
def streets() -> Streets:
    return Streets.load(EXAMPLE)
