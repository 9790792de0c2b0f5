"""Street reports as GeoReport v2 shows them: pure functions, only what everybody may know.

No word of a caller, no name, no number, and not the reference that callers hear. Without `precise`,
the street without its house number and the place to about 100 m.
Source: wiki.open311.org/GeoReport_v2.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dialog.tasks.rules import Problem, TaskRules
from dialog.town import Town
from records import TicketRecord, TicketStatus

GROUP = "Voie publique"
_RULES = TaskRules.load()
_OTHER = "Autre problème"
_ROUGH = 3  #: decimals of a degree: 111 m


@dataclass(frozen=True, slots=True)
class Shown:
    """How reports are shown."""

    town: Town
    precise: bool = False


def services() -> list[dict[str, Any]]:
    """The kinds of reports."""
    return [_service(one.id, _named(one)) for one in _RULES.problems] + [_service("other", _OTHER)]


def service_name(code: str) -> str | None:
    """The name of a kind; None when there is none with this code."""
    if code == "other":
        return _OTHER
    known = _RULES.problem(code)
    return _named(known) if known else None


def request(ticket: TicketRecord, shown: Shown) -> dict[str, Any]:
    """One report."""
    code = ticket.fields.get("problem", "") or "other"
    closed = ticket.status is TicketStatus.CLOSED
    changed = max((one.at for one in ticket.events), default=ticket.created_at)
    due = ticket.due_on
    placed = ticket.lat is not None and ticket.lon is not None
    digits = 6 if shown.precise else _ROUGH
    return {
        "service_request_id": ticket.id,
        "status": "closed" if closed else "open",
        "status_notes": _notes(ticket),
        "service_name": service_name(code) or _OTHER,
        "service_code": code,
        "description": service_name(code) or _OTHER,
        "agency_responsible": shown.town.service(ticket.service).name,
        "service_notice": "",
        "requested_datetime": ticket.created_at.isoformat(timespec="seconds"),
        "updated_datetime": changed.isoformat(timespec="seconds"),
        "expected_datetime": f"{due.isoformat()}T00:00:00Z" if due else "",
        "address": _address(ticket, shown),
        "address_id": "",
        "zipcode": "",
        "lat": round(ticket.lat, digits) if placed and ticket.lat is not None else None,
        "long": round(ticket.lon, digits) if placed and ticket.lon is not None else None,
        "media_url": "",
    }


def as_xml(root: str, item: str, values: Sequence[dict[str, Any]]) -> bytes:
    """The values as the protocol's XML."""
    top = ET.Element(root)
    for value in values:
        one = ET.SubElement(top, item)
        for name, content in value.items():
            _put(ET.SubElement(one, name), content)
    written: bytes = ET.tostring(top, encoding="utf-8", xml_declaration=True)
    return written


def as_xml_object(root: str, value: dict[str, Any]) -> bytes:
    """One value as the protocol's XML."""
    top = ET.Element(root)
    _put(top, value)
    written: bytes = ET.tostring(top, encoding="utf-8", xml_declaration=True)
    return written


def _put(element: ET.Element, content: Any) -> None:
    if isinstance(content, list):
        for one in content:
            inner = ET.SubElement(element, "endpoint" if isinstance(one, dict) else "format")
            _put(inner, one)
    elif isinstance(content, dict):
        for name, value in content.items():
            _put(ET.SubElement(element, name), value)
    elif isinstance(content, bool):
        element.text = "true" if content else "false"
    elif content is not None:
        element.text = str(content)


def _named(problem: Problem) -> str:
    return problem.name[:1].upper() + problem.name[1:]


def _service(code: str, name: str) -> dict[str, Any]:
    return {
        "service_code": code,
        "service_name": name,
        "description": f"{name}, signalé par téléphone",
        "metadata": False,
        "type": "realtime",
        "keywords": "",
        "group": GROUP,
    }


def _notes(ticket: TicketRecord) -> str:
    if ticket.status is TicketStatus.IN_PROGRESS:
        return "Pris en charge"
    return "Traité" if ticket.status is TicketStatus.CLOSED else "Reçu"


def _address(ticket: TicketRecord, shown: Shown) -> str:
    """Only a street that is on the town's list: what was heard may hold anything."""
    if not ticket.street:
        return ""
    number = ticket.fields.get("number", "") if shown.precise else ""
    return f"{number} {ticket.street}, {shown.town.name}".strip()
