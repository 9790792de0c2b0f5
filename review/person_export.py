"""What a person is given of the own data: a zip with JSON, a page to read and print, and files.

Used by the page and by `allomairie privacy export`; knows neither of them.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader

from dialog.town import Town
from review import french
from review.attachments import Attachments, no_attachments
from review.call_view import SHOWN_EVENTS
from review.render import TEMPLATES

DATA, PAGE = "donnees.json", "a-lire.html"


def bundle(
    kept: Mapping[str, Any],
    town: Town,
    at: datetime,
    *,
    titles: Mapping[str, str],
    attachments: Attachments = no_attachments,
) -> bytes:
    """The zip of what `PrivacyStore.export` found."""
    files = list(attachments([call["id"] for call in kept["calls"]]))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(DATA, json.dumps(kept, ensure_ascii=False, indent=2) + "\n")
        names = [one.name for one in files]
        archive.writestr(PAGE, page(kept, town, at, titles=titles, files=names))
        for one in files:
            archive.writestr(one.name, one.content)
    return content.getvalue()


def page(
    kept: Mapping[str, Any],
    town: Town,
    at: datetime,
    *,
    titles: Mapping[str, str],
    files: Sequence[str] = (),
) -> str:
    """One HTML page that needs nothing else: to read, and to print."""
    zone = ZoneInfo(town.timezone)
    # not strict: what is empty is not in the export
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,  # callers can say anything
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["moment"] = lambda text: french.moment(_moment(text), zone)
    return environment.get_template("person_export.html").render(
        kept=kept,
        town=town,
        at=at.isoformat(),
        titles=titles,
        files=files,
        fr=french,
        happened=SHOWN_EVENTS,
        services={one.id: one.name for one in town.services},
    )


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
