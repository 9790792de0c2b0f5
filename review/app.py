"""The supervisors' page put together: `deploy` mounts it at /review.

Shield (size, rate, HTTPS, headers) ─► routes, each with its right (gate) ─► pages and API
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from records import CallHeld, RecordsError, UnknownRecord
from review.desk import ReviewDesk
from review.gate import Gate, MustChoosePassword, NotLoggedIn, Refusal
from review.pages.admin import AdminPages
from review.pages.audio import AudioPages
from review.pages.calls import CallPages
from review.pages.filters import FilterPages, saved
from review.pages.outbox import OutboxPages
from review.pages.persons import PersonPages
from review.pages.questions import QuestionPages
from review.pages.reports import ReportPages
from review.pages.retention import RetentionPages
from review.pages.session import LONGEST_RESUMED, SessionPages, resumable
from review.pages.suggestions import SuggestionPages
from review.pages.tickets import TicketPages
from review.pages.today import TodayPages
from review.render import Pages
from review.rights import Right
from review.routes import Routes, Who
from review.shield import Shield

logger = logging.getLogger("allomairie.review")

GONE = "Il n'y a rien à cette adresse : l'appel ou la demande a peut-être été effacé."
HELD = "Cet appel est conservé par une décision. Levez-la d'abord ; rien n'a été effacé."
NO_DATABASE = (
    "La base de données ne répond pas pour l'instant. Rien de ce qui était enregistré n'est "
    "perdu ; réessayez dans une minute."
)
UNREADABLE = "Cette demande n'est pas comprise : une valeur manque ou n'est pas de la bonne forme."

#: the first that fits counts
_SAID: dict[type[Exception], tuple[int, str]] = {
    UnknownRecord: (404, GONE),
    CallHeld: (409, HELD),
    RecordsError: (503, NO_DATABASE),
    RequestValidationError: (422, UNREADABLE),
    # the shield stops reading a body that turns out too long, as if the other side had left
    ClientDisconnect: (413, "Ce que vous envoyez est trop long."),
}


def build(desk: ReviewDesk) -> FastAPI:
    """The application; its `state.rights` says what right each route needs."""
    app = FastAPI(
        title="Allô Mairie, page des superviseurs",
        description="Ce que les pages montrent, en JSON, avec les mêmes droits (`x-right`). "
        "La session est celle de la page ; ce qui change porte l'en-tête X-CSRF-Token, que "
        "`/api/me` donne.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    pages = Pages(desk)
    routes = Routes(app, Gate(desk))
    for part in (
        SessionPages(desk, pages),
        TodayPages(desk, pages),
        CallPages(desk, pages, saved),
        FilterPages(desk),
        TicketPages(desk, pages),
        OutboxPages(desk, pages),
        QuestionPages(desk, pages),
        SuggestionPages(desk, pages),
        AudioPages(desk),
        AdminPages(desk, pages),
        PersonPages(desk, pages),
        RetentionPages(desk, pages),
        ReportPages(desk, pages),
    ):
        part.add(routes)

    def me(who: Who) -> dict[str, object]:
        """Who is logged in, with which rights, and the token for what changes."""
        rights: Sequence[str] = sorted(right.value for right in who.rights)
        return {"login": who.login, "name": who.name, "rights": rights, "csrf": who.csrf}

    def openapi(who: Who) -> JSONResponse:
        """This description of the API."""
        return JSONResponse(app.openapi())

    routes.api("GET", "/api/me", Right.SELF)(me)
    routes.api("GET", "/api/openapi.json", Right.SELF, include_in_schema=False)(openapi)
    app.state.rights = routes.rights
    _handle_errors(app, pages)
    app.add_middleware(Shield)
    return app


def _handle_errors(app: FastAPI, pages: Pages) -> None:
    """Each failure becomes one sentence in French, as a page or as JSON."""

    def told(request: Request, status: int, message: str) -> Response:
        root = request.scope.get("root_path", "")
        if request.scope["path"].removeprefix(root).startswith("/api/"):
            return JSONResponse({"error": message}, status_code=status)
        return pages.show(request, "error.html", {"message": message}, status=status)

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)  # noqa: S101 - registered for it
        root, path = request.scope.get("root_path", ""), request.scope["path"]
        if path.removeprefix(root).startswith("/api/"):
            return JSONResponse({"error": error.message}, status_code=error.status)
        if isinstance(error, MustChoosePassword):
            return Response(status_code=303, headers={"Location": f"{root}/account"})
        if not isinstance(error, NotLoggedIn):
            return told(request, error.status, error.message)
        if request.method == "GET":
            query = f"?{request.url.query}" if request.url.query else ""
            where = quote(f"{path}{query}")
            return Response(status_code=303, headers={"Location": f"{root}/login?next={where}"})
        kept = resumable(error.form)
        values = {
            "error": "Votre session a expiré. Reconnectez-vous : ce que vous avez écrit est gardé.",
            "login": "",
            "next": path,
            "resumed": kept if len(kept) <= LONGEST_RESUMED else "",
        }
        return pages.show(request, "login.html", values, status=401)

    async def plain(request: Request, error: Exception) -> Response:
        status, message = next(said for kind, said in _SAID.items() if isinstance(error, kind))
        if status == 503:
            logger.error("the supervisors' page: %s", error)
        return told(request, status, message)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
        message = GONE if error.status_code == 404 else UNREADABLE
        return told(request, error.status_code, message)

    for kind in _SAID:
        app.add_exception_handler(kind, plain)
    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(HTTPException, http)
