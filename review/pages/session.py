"""Logging in and out, the own account, and what anybody may see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from records import Account
from review import passwords
from review.desk import ReviewDesk
from review.gate import COOKIE, Refusal
from review.render import Pages
from review.rights import NAMES, Right, Role
from review.routes import Routes, Who

STATIC = Path(__file__).parents[1] / "static"
SCRIPTS = ("review.js", "live.js", "player.js")
FILES = {"review.css": "text/css", **dict.fromkeys(SCRIPTS, "text/javascript")}
WRONG = (
    "Identifiant, mot de passe ou code incorrect. Après cinq essais, le compte est bloqué "
    "un quart d'heure."
)
LONGEST_RESUMED = 200_000


class SessionPages:
    """Logging in and out, and the own account."""

    def __init__(self, desk: ReviewDesk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages
        self._accounts = desk.store.accounts

    def add(self, routes: Routes) -> None:
        """Add the routes of this file."""
        routes.page("/static/{name}", Right.PUBLIC)(self.static)
        routes.page("/login", Right.PUBLIC)(self.login_page)
        routes.form("/login", Right.PUBLIC)(self.login)
        routes.form("/logout", Right.SELF)(self.logout)
        routes.page("/account", Right.SELF)(self.account_page)
        routes.form("/account", Right.SELF)(self.change_password)
        routes.page("/accessibilite", Right.PUBLIC)(self.accessibility)

    def static(self, name: str) -> Response:
        """Style sheet and scripts; the town's colour is a style sheet of its own."""
        if name == "town.css":
            return Response(_town_css(self._desk), media_type="text/css")
        if name == "icon.svg":
            return Response(_icon(self._desk), media_type="image/svg+xml")
        if name not in FILES:
            raise Refusal(404, "Ce fichier n'existe pas.")
        return FileResponse(STATIC / name, media_type=FILES[name])

    def login_page(self, request: Request) -> Response:
        """The form to log in."""
        # what was typed comes from our own page only: a link could bring a form of its maker's
        given = {"next": request.query_params.get("next", "")}
        return self._pages.show(request, "login.html", _login_values(given))

    def login(self, request: Request, who: Who) -> Response:
        """Check login, password and code together: nobody learns which one was wrong."""
        account = self._accounts.find(who.form.get("login", ""))
        step = _checked(self._desk, account, who.form)
        token = self._accounts.log_in(account.login, step) if account and step is not None else None
        if token is None:
            if account is not None and not _locked(self._desk, account) and not account.disabled:
                account = self._accounts.failed(account.login)
            elif account is None:
                self._desk.store.log("", "login_failed")
            values = {**_login_values(who.form), "error": WRONG}
            return self._pages.show(request, "login.html", values, status=401)
        response = _after_login(request, who.form, self._desk, self._pages, token)
        response.set_cookie(
            COOKIE,
            token,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
            path=request.scope.get("root_path", "") or "/",
        )
        return response

    def logout(self, request: Request, who: Who) -> Response:
        """Forget this browser."""
        if who.browser is not None:
            self._accounts.log_out(who.browser)
        response = RedirectResponse(f"{request.scope['root_path']}/login?done=logout", 303)
        response.delete_cookie(COOKIE, path=request.scope["root_path"] or "/")
        return response

    def account_page(self, request: Request, who: Who) -> Response:
        """The own account: roles and password."""
        return self._pages.show(request, "account.html", _own(who, ""))

    def change_password(self, request: Request, who: Who) -> Response:
        """Choose a new password; other browsers of the account are logged out."""
        assert who.browser is not None  # noqa: S101 - the gate let nobody else in
        account, new = who.browser.account, who.form.get("new", "")
        problem = passwords.weakness(new, account.login, account.name)
        if not passwords.verify(account.password_hash, who.form.get("old", "")):
            problem = "L'ancien mot de passe n'est pas le bon."
        elif new != who.form.get("again", ""):
            problem = "Les deux nouveaux mots de passe sont différents."
        elif new == who.form.get("old", ""):
            problem = "Le nouveau mot de passe est l'ancien."
        if problem:
            return self._pages.show(request, "account.html", _own(who, problem), status=422)
        self._accounts.change(
            account.login,
            by=account.login,
            password_hash=passwords.hash_password(new),
            must_change=False,
            keep=who.browser.token_hash,
        )
        return RedirectResponse(f"{request.scope['root_path']}/account?done=password", 303)

    def accessibility(self, request: Request) -> Response:
        """The declaration of accessibility (decree 2019-768)."""
        return self._pages.show(request, "accessibility.html")


def _town_css(desk: ReviewDesk) -> str:
    return f":root {{ --town: {desk.settings.colour}; }}\n"


def _icon(desk: ReviewDesk) -> str:
    """A house in the town's colour."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" '
        f'rx="6" fill="{desk.settings.colour}"/><path d="M6 15 16 7l10 8v10H6z" fill="#fff"/></svg>'
    )


def _locked(desk: ReviewDesk, account: Account) -> bool:
    return account.locked_until is not None and account.locked_until > desk.store.now()


def _checked(desk: ReviewDesk, account: Account | None, form: Mapping[str, str]) -> int | None:
    """The time step of the code when everything is right; always as much work."""
    right = passwords.verify(account.password_hash if account else None, form.get("password", ""))
    if account is None or not right or account.disabled or _locked(desk, account):
        return None
    return passwords.code_step(account.totp_secret, form.get("code", ""), desk.store.now())


def _login_values(given: Mapping[str, str]) -> dict[str, object]:
    """What the form keeps: where to go on, and what was typed when the session ended."""
    return {
        "error": "",
        "login": given.get("login", "")[:80],
        "next": _own_path(given.get("next", "")),
        "resumed": given.get("resumed", "")[:LONGEST_RESUMED],
    }


def _own_path(target: str) -> str:
    """A path of this site, or nothing: no other site is gone to after the login."""
    parts = urlsplit(target)
    safe = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if safe and not parts.netloc and not parts.scheme and "\\" not in target else ""


def _after_login(
    request: Request, form: Mapping[str, str], desk: ReviewDesk, pages: Pages, token: str
) -> Response:
    root = request.scope.get("root_path", "")
    target = _own_path(form.get("next", ""))
    if not target.startswith(f"{root}/"):
        target = f"{root}/"
    fields = _resumed(form.get("resumed", ""))
    if not fields:
        return RedirectResponse(target, 303)
    browser = desk.store.accounts.browser(token, desk.idle)
    fields["csrf"] = browser.csrf if browser else ""
    return pages.show(request, "resume.html", {"target": target, "fields": fields})


def resumable(form: Mapping[str, str]) -> str:
    """What was typed, to be carried through the login; never a password."""
    secret = ("csrf", "password", "old", "new", "again", "code")
    kept = {name: value for name, value in form.items() if name not in secret}
    return json.dumps(kept, ensure_ascii=False) if kept else ""


def _resumed(text: str) -> dict[str, str]:
    """What was typed into the form that the end of the session interrupted."""
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(k): str(v) for k, v in found.items() if k != "csrf"}


def _own(who: Who, problem: str) -> dict[str, object]:
    assert who.browser is not None  # noqa: S101 - the gate let nobody else in
    account = who.browser.account
    names = [NAMES[Role(role)] for role in account.roles if role in {*Role}]
    return {"account": account, "roles": names, "error": problem}
