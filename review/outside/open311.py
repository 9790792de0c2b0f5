"""Our street reports for everybody: the reading half of a GeoReport v2 server, at /open311/v2."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from records.outside_store import OutsideStore
from records.reports import ReportFilter
from review.outside import georeport
from review.outside.georeport import Shown

MOST = 500


@dataclass(frozen=True)
class Open311Reading:
    """How reports are shown to everybody."""

    shown: Shown
    jurisdiction_id: str = ""
    days: int = 90


class Wrong(Exception):
    """A request that cannot be answered; status and one sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Open311Pages:
    """The routes."""

    def __init__(
        self, store: OutsideStore, settings: Open311Reading, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._settings = settings
        self._now = now

    def add(self, router: APIRouter) -> None:
        """Add the routes."""
        for path, answer in (
            ("/open311/discovery.{form}", self.discovery),
            ("/open311/v2/services.{form}", self.services),
            ("/open311/v2/services/{code}.{form}", self.definition),
            ("/open311/v2/requests.{form}", self.requests),
            ("/open311/v2/requests/{number}.{form}", self.request),
        ):
            router.add_api_route(path, _answering(answer), methods=["GET"])

    def discovery(self, request: Request) -> tuple[str, str, list[dict[str, Any]]]:
        base = str(request.base_url).rstrip("/")
        endpoint = {
            "specification": "http://wiki.open311.org/GeoReport_v2",
            "url": f"{base}/open311/v2",
            "type": "production",
            "formats": ["application/json", "text/xml"],
        }
        changed = "2026-11-25T00:00:00+00:00"
        told = {"changeset": changed, "contact": "", "endpoints": [endpoint]}
        return "discovery", "", [told]

    def services(self, request: Request) -> tuple[str, str, list[dict[str, Any]]]:
        self._check(request)
        return "services", "service", georeport.services()

    def definition(self, request: Request) -> tuple[str, str, list[dict[str, Any]]]:
        self._check(request)
        code = request.path_params["code"]
        if georeport.service_name(code) is None:
            raise Wrong(404, "Aucune sorte de signalement n'a ce code.")
        return "service_definition", "", [{"service_code": code, "attributes": []}]

    def requests(self, request: Request) -> tuple[str, str, list[dict[str, Any]]]:
        self._check(request)
        found = self._store.reports(self._wanted(request), MOST)
        shown = [georeport.request(one, self._settings.shown) for one in found]
        return "service_requests", "request", shown

    def request(self, request: Request) -> tuple[str, str, list[dict[str, Any]]]:
        self._check(request)
        found = self._store.report(request.path_params["number"])
        oldest = self._now() - timedelta(days=self._settings.days)
        if found is None or found.created_at < oldest:
            raise Wrong(404, "Aucun signalement n'a ce numéro.")
        return "service_requests", "request", [georeport.request(found, self._settings.shown)]

    def _check(self, request: Request) -> None:
        ours = self._settings.jurisdiction_id
        given = request.query_params.get("jurisdiction_id", "")
        if ours and given and given != ours:
            raise Wrong(404, "jurisdiction_id ne désigne pas cette ville.")

    def _wanted(self, request: Request) -> ReportFilter:
        query, now = request.query_params, self._now().astimezone(UTC)
        oldest = now - timedelta(days=self._settings.days)
        since = _moment(query.get("start_date", ""), oldest)
        until = _moment(query.get("end_date", ""), now + timedelta(days=1))
        status = query.get("status", "")
        if status not in ("", "open", "closed", "open,closed", "closed,open"):
            raise Wrong(400, "status est open ou closed.")
        return ReportFilter(
            since=max(since, oldest),
            until=until,
            problems=_listed(query.get("service_code", "")),
            closed=status == "closed" if status in ("open", "closed") else None,
            ids=_listed(query.get("service_request_id", "")),
        )


Answer = Callable[[Request], tuple[str, str, list[dict[str, Any]]]]


def _answering(answer: Answer) -> Callable[[Request], Response]:
    """A route: the answer in the form that the address asks for."""

    def route(request: Request) -> Response:
        form = request.path_params["form"]
        if form not in ("json", "xml"):
            return JSONResponse([_told(404, "Il y a .json et .xml.")], status_code=404)
        try:
            root, item, values = answer(request)
            status = 200
        except Wrong as error:
            root, item, status = "errors", "error", error.status
            values = [_told(error.status, str(error))]
        return _written(form, root, item, values, status)

    return route


def _written(
    form: str, root: str, item: str, values: Sequence[dict[str, Any]], status: int
) -> Response:
    if form == "json":
        content: Any = values if item else values[0]
        return JSONResponse(content, status_code=status)
    written = (
        georeport.as_xml(root, item, values) if item else georeport.as_xml_object(root, values[0])
    )
    return Response(written, status_code=status, media_type="text/xml; charset=utf-8")


def _told(status: int, message: str) -> dict[str, Any]:
    return {"code": status, "description": message}


def _listed(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())[:100]


def _moment(text: str, default: datetime) -> datetime:
    if not text:
        return default
    try:
        found = datetime.fromisoformat(text.strip().replace(" ", "+"))
    except ValueError:
        raise Wrong(400, "Une date s'écrit comme 2026-11-24T10:30:00Z.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
