"""The page /demander: residents suggest a question or report a wrong answer; no script is needed.

POST ─► from this page (token, origin) ─► not empty ─► not too often ─► no robot (trap) ─► kept
What is refused is shown again with everything that was typed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool

from records import SuggestionKind
from records.outside_store import OutsideStore
from records.suggestions import LONGEST
from review.outside.limits import WritingLimits
from review.outside.tokens import Tokens

FILES = Path(__file__).parent / "files"
COOKIE = "allomairie_demander"
TRAP = "site_web"  #: a field that people do not see; robots fill it
LARGEST_FORM = 16 * 1024
EXPIRED = "Cette page a expiré. Votre texte est gardé ci-dessous : envoyez-le encore une fois."
TOO_MANY = (
    "Beaucoup de messages arrivent en ce moment. Votre texte est gardé ci-dessous : "
    "réessayez dans dix minutes, ou appelez la mairie."
)
ELSEWHERE = "Cette demande ne vient pas de cette page. Votre texte est gardé ci-dessous."


@dataclass(frozen=True)
class FormWords:
    """What the page says of the town."""

    town: str
    greeting_name: str
    phone: str
    colour: str
    controller: str
    contact: str
    days: int  #: how long a message is kept


class PublicForm:
    """The routes of the page.

    Args:
        clock: seconds, monotonic; tests let it jump.
    """

    def __init__(
        self, store: OutsideStore, words: FormWords, per_hour: int, clock: Callable[[], float]
    ) -> None:
        self._store = store
        self._words = words
        self._limits = WritingLimits(per_hour, clock)
        self._tokens = Tokens(clock)
        environment = Environment(
            loader=FileSystemLoader(FILES), autoescape=True, undefined=StrictUndefined
        )
        self._page = environment.get_template("demander.html")

    def add(self, router: APIRouter) -> None:
        """Add the routes."""
        router.add_api_route("/demander", self.show, methods=["GET"])
        router.add_api_route("/demander", self.take, methods=["POST"])
        router.add_api_route("/demander/demander.css", self.style, methods=["GET"])
        router.add_api_route("/demander/ville.css", self.colour, methods=["GET"])

    def show(self, request: Request) -> Response:
        """The form."""
        return self._shown(request, {}, thanks=request.query_params.get("merci") == "1")

    def style(self) -> Response:
        """The style sheet."""
        return FileResponse(FILES / "demander.css", media_type="text/css")

    def colour(self) -> Response:
        """The town's colour."""
        return Response(f":root{{--town:{self._words.colour}}}\n", media_type="text/css")

    async def take(self, request: Request) -> Response:
        """Keep what was written, or say what is missing."""
        body = await request.body()
        if len(body) > LARGEST_FORM:
            return self._shown(request, {}, f"Le texte dépasse {LONGEST} caractères.", 413)
        form = {
            name: value
            for name, value in (await request.form(max_files=0, max_fields=20)).items()
            if isinstance(value, str)
        }
        status, error = self._refusal(request, form)
        if not error and not form.get(TRAP):
            status, error = await self._kept(form)
        if error:
            return self._shown(request, form, error, status)
        return RedirectResponse("/demander?merci=1", 303)

    def _refusal(self, request: Request, form: Mapping[str, str]) -> tuple[int, str]:
        if _from_elsewhere(request):
            return 403, ELSEWHERE
        if not self._tokens.valid(request.cookies.get(COOKIE, ""), form.get("token", "")):
            return 403, EXPIRED
        if form.get("kind") not in ("question", "wrong"):
            return 422, "Choisissez de quoi il s'agit : une question, ou une réponse fausse."
        text, answer = form.get("text", "").strip(), form.get("answer", "").strip()
        if not text:
            return 422, "Écrivez la question, comme vous la poseriez au téléphone."
        if form["kind"] == "wrong" and not answer:
            return 422, "Écrivez aussi ce qui n'allait pas dans la réponse."
        if len(text) > LONGEST or len(answer) > LONGEST:
            return 422, f"Un texte dépasse {LONGEST} caractères : raccourcissez-le un peu."
        if not self._limits.allow(str(request.client.host if request.client else "")):
            return 429, TOO_MANY
        return 200, ""

    async def _kept(self, form: Mapping[str, str]) -> tuple[int, str]:
        try:
            await run_in_threadpool(
                self._store.suggest,
                SuggestionKind(form["kind"]),
                form["text"],
                form.get("answer", ""),
            )
        except ValueError as error:
            return 422, f"Votre message n'est pas enregistré : {error}."
        return 200, ""

    def _shown(
        self,
        request: Request,
        form: Mapping[str, str],
        error: str = "",
        status: int = 200,
        *,
        thanks: bool = False,
    ) -> HTMLResponse:
        browser = request.cookies.get(COOKIE, "")
        known = len(browser) == 43 and browser.isascii()
        browser = browser if known else secrets.token_urlsafe(32)
        values = {
            "words": self._words,
            "token": self._tokens.issue(browser),
            "trap": TRAP,
            "kind": form.get("kind", ""),
            "text": form.get("text", ""),
            "answer": form.get("answer", ""),
            "error": error,
            "thanks": thanks,
            "longest": LONGEST,
        }
        page = HTMLResponse(self._page.render(values), status_code=status)
        page.set_cookie(
            COOKIE,
            browser,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
            path="/demander",
        )
        return page


def _from_elsewhere(request: Request) -> bool:
    """Whether the browser says that another site sends this."""
    origin = request.headers.get("origin", "")
    site = request.headers.get("sec-fetch-site", "same-origin")
    foreign = bool(origin) and urlsplit(origin).netloc != request.headers.get("host", "")
    return foreign or site not in ("same-origin", "none")
