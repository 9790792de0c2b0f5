"""Pages from templates: everything escaped, moments in the town's time, one context for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from review import french
from review.desk import ReviewDesk
from review.gate import Visitor
from review.rights import Right

TEMPLATES = Path(__file__).parent / "templates"

#: what the menu shows: page, name, right
MENU = (
    ("today", "Aujourd'hui", Right.FIGURES),
    ("calls", "Appels", Right.CALLS),
    ("tickets", "Demandes", Right.TICKETS),
    ("questions", "Questions", Right.QUESTIONS),
    ("reports", "Rapports", Right.FIGURES),
    ("accounts", "Comptes", Right.ACCOUNTS),
    ("access", "Journal d'accès", Right.ACCESS_LOG),
    ("persons", "Droits des personnes", Right.PERSONS),
    ("retention", "Conservation", Right.PERSONS),
)


class Pages:
    """Renders the templates for one town."""

    def __init__(self, desk: ReviewDesk) -> None:
        self._desk = desk
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,  # callers can say anything
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        zone = desk.zone
        filters: dict[str, Callable[..., Any]] = {
            "moment": lambda value: french.moment(value, zone),
            "clock": lambda value: french.clock(value, zone),
            "day": french.day,
            "duration": french.duration,
            "percent": french.percent,
            "service": desk.service_name,
        }
        self._environment.filters |= filters
        self._environment.globals |= {"fr": french, "town": desk.town, "desk": desk}

    def show(
        self,
        request: Request,
        template: str,
        values: Mapping[str, Any] | None = None,
        *,
        status: int = 200,
    ) -> HTMLResponse:
        """The page; `visitor` in its context is None for who is not logged in."""
        visitor: Visitor | None = getattr(request.state, "visitor", None)
        if visitor is not None and not visitor.login:
            visitor = None
        root = request.scope.get("root_path", "")
        context = {
            "root": root,
            "path": request.scope["path"].removeprefix(root),
            "visitor": visitor,
            "csrf": visitor.csrf if visitor else "",
            "menu": [one for one in MENU if visitor and visitor.may(one[2])],
            "may": visitor.may if visitor else (lambda right: False),
            "done": request.query_params.get("done", ""),
            "query_with": lambda **changed: _query(request, changed),
            **(values or {}),
        }
        return HTMLResponse(
            self._environment.get_template(template).render(context), status_code=status
        )


def _query(request: Request, changed: Mapping[str, object]) -> str:
    """The request's query with some values changed; empty ones and the page's key go."""
    kept = [(k, v) for k, v in request.query_params.multi_items() if k not in changed]
    kept = [(k, v) for k, v in kept if v and k not in ("after", "done")]
    return urlencode([*kept, *((k, str(v)) for k, v in changed.items() if v)])
