"""The whole edition of 2019-2020, read once, where the machine has it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from dialog.national import Edition, Report, read_edition
from dialog.sheets import Sheet

ARCHIVE = Path(__file__).resolve().parents[3] / "shared" / "data" / "vosdroits-2019-part.zip"


@pytest.fixture(scope="session")
def whole_archive() -> Path:
    if not ARCHIVE.exists():
        pytest.skip(f"the edition of 2019-2020 is not here ({ARCHIVE})")
    return ARCHIVE


@pytest.fixture(scope="session")
def whole(whole_archive: Path) -> tuple[Mapping[str, Sheet], Report]:
    """All sheets by id, and the report of reading them."""
    report = Report()
    with Edition(whole_archive) as edition:
        sheets = read_edition(edition, [], report)
    return {sheet.id: sheet for sheet in sheets}, report
