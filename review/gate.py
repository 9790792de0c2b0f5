"""Who comes in: the session's cookie, the right that a route declares, and forged requests.

request ─► size, rate, transport (middleware) ─► needs(right) ─► route
                                                    ├─ no session      401, or the login page
                                                    ├─ no right        403
                                                    └─ forged request  403
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from records import Browser
from review.desk import ReviewDesk
from review.rights import Right, rights_of

COOKIE = "allomairie_review"
CSRF_HEADER = "X-CSRF-Token"
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
FIRST_LOGIN_PATHS = ("/account", "/logout")  #: open to who must still choose a password


class Refusal(Exception):
    """A request that is turned away; `status` and one sentence in French."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class NotLoggedIn(Refusal):
    """No session, or one that was idle for too long; what was typed is kept."""

    def __init__(self, form: Mapping[str, str]) -> None:
        super().__init__(401, "Connectez-vous pour ouvrir cette page.")
        self.form = form


class MustChoosePassword(Refusal):
    """The password was given by somebody else and has to be changed first."""

    def __init__(self) -> None:
        super().__init__(403, "Choisissez d'abord votre mot de passe.")


@dataclass(frozen=True)
class Visitor:
    """Who asks, and what for: what a route is given."""

    login: str
    name: str
    rights: frozenset[Right]
    csrf: str
    browser: Browser | None = None
    form: Mapping[str, str] = field(default_factory=dict)

    def may(self, right: Right | str) -> bool:
        """Whether the visitor has this right."""
        return Right(right) in self.rights


class Gate:
    """Makes the dependency of each route."""

    def __init__(self, desk: ReviewDesk) -> None:
        self._desk = desk

    def needs(self, right: Right) -> Callable[[Request], Awaitable[Visitor]]:
        """A dependency that lets in who has the right, and hands over who it is."""

        async def enter(request: Request) -> Visitor:
            unsafe = request.method in UNSAFE
            if unsafe:
                _refuse_elsewhere(request)
            form = await _form(request) if unsafe else {}
            if right is Right.PUBLIC:
                visitor = Visitor("", "", frozenset({Right.PUBLIC}), "", None, form)
            else:
                visitor = await self._known(request, form)
                if unsafe:
                    _refuse_forged(request, visitor)
                if right not in visitor.rights:
                    raise Refusal(403, "Votre rôle ne permet pas d'ouvrir cette page.")
            request.state.visitor = visitor
            return visitor

        return enter

    async def _known(self, request: Request, form: Mapping[str, str]) -> Visitor:
        token = request.cookies.get(COOKIE, "")
        browser = None
        if token:
            accounts = self._desk.store.accounts
            browser = await run_in_threadpool(accounts.browser, token, self._desk.idle)
        if browser is None:
            raise NotLoggedIn(form)
        account = browser.account
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        if account.must_change and not path.startswith(FIRST_LOGIN_PATHS):
            raise MustChoosePassword
        return Visitor(
            account.login, account.name, rights_of(account.roles), browser.csrf, browser, form
        )


async def _form(request: Request) -> Mapping[str, str]:
    """The fields of a form; a JSON body is the route's own affair."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("application/x-www-form-urlencoded"):
        return {}
    form = await request.form(max_files=0, max_fields=200)
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _refuse_elsewhere(request: Request) -> None:
    """Only the page itself may send: what the browser says of where it comes from."""
    origin = request.headers.get("origin", "")
    site = request.headers.get("sec-fetch-site", "same-origin")
    foreign = bool(origin) and urlsplit(origin).netloc != request.headers.get("host", "")
    if foreign or site not in ("same-origin", "none"):
        raise Refusal(403, "Cette demande ne vient pas de cette page. Rechargez-la et réessayez.")


def _refuse_forged(request: Request, visitor: Visitor) -> None:
    given = request.headers.get(CSRF_HEADER) or visitor.form.get("csrf", "")
    if not secrets.compare_digest(given.encode(), visitor.csrf.encode()):
        raise Refusal(403, "Cette page a expiré. Rechargez-la et réessayez.")
