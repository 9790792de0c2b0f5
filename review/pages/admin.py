"""Who has an account, and who read what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import Response

from records import Access
from review.desk import ReviewDesk
from review.render import Pages
from review.rights import NAMES, Right, Role
from review.routes import Routes, Who

PER_PAGE = 100
ACTIONS = {
    "login": "connexion",
    "logout": "déconnexion",
    "login_failed": "connexion refusée",
    "read": "lecture d'un appel",
    "read_ticket": "lecture d'une demande",
    "search": "recherche",
    "export": "export",
    "listen": "écoute d'un appel",
    "annotate": "annotation",
    "erase": "effacement d'un passage",
    "find_person": "recherche d'une personne",
    "export_person": "remise des données d'une personne",
    "erase_person": "effacement d'une personne",
    "hold": "conservation décidée",
    "lift": "conservation levée",
    "purge": "effacement de ce qui est échu",
    "filter": "filtre enregistré ou supprimé",
    "report": "rapport mensuel",
    "ticket": "action sur une demande",
    "alert": "alerte vue",
    "account_added": "compte créé",
    "account_changed": "compte modifié",
    "read_log": "lecture du journal",
    "phrasing": "tournures ajoutées",
    "sheet": "fiche écrite",
    "validated": "fiche validée",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """An account without its secrets."""

    login: str
    name: str
    roles: tuple[str, ...]
    state: str
    last_login_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessList:
    """A page of the log; `before` is the next page's key, 0 on the last one."""

    lines: tuple[Access, ...]
    before: int


class AdminPages:
    """Accounts and the access log."""

    def __init__(self, desk: ReviewDesk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages
        self._store = desk.store

    def add(self, routes: Routes) -> None:
        """Add the routes of this file."""
        routes.page("/accounts", Right.ACCOUNTS)(self.accounts_page)
        routes.api("GET", "/api/accounts", Right.ACCOUNTS)(self.accounts)
        routes.page("/access", Right.ACCESS_LOG)(self.access_page)
        routes.api("GET", "/api/access", Right.ACCESS_LOG)(self.access)

    def accounts_page(self, request: Request, who: Who) -> Response:
        """All accounts; they are made on the command line."""
        names = {role.value: name for role, name in NAMES.items()}
        values = {"accounts": self.accounts(who), "role_names": names, "roles": list(Role)}
        return self._pages.show(request, "accounts.html", values)

    def accounts(self, who: Who) -> tuple[AccountLine, ...]:
        """All accounts by login."""
        now = self._store.now()
        return tuple(
            AccountLine(
                login=one.login,
                name=one.name,
                roles=one.roles,
                state="désactivé"
                if one.disabled
                else "bloqué"
                if one.locked_until and one.locked_until > now
                else "attend sa première connexion"
                if one.must_change
                else "actif",
                last_login_at=one.last_login_at,
            )
            for one in self._store.accounts.every()
        )

    def access_page(
        self,
        request: Request,
        who: Who,
        before: Annotated[int, Query(ge=0, lt=2**62)] = 0,
        login: Annotated[str, Query(max_length=80)] = "",
        call: Annotated[str, Query(max_length=64)] = "",
    ) -> Response:
        """The access log, newest first."""
        found = self.access(who, before, login, call)
        values = {"list": found, "actions": ACTIONS, "login": login, "call_id": call}
        return self._pages.show(request, "access.html", values)

    def access(
        self,
        who: Who,
        before: Annotated[int, Query(ge=0, lt=2**62)] = 0,
        login: Annotated[str, Query(max_length=80)] = "",
        call: Annotated[str, Query(max_length=64)] = "",
    ) -> AccessList:
        """Who read or did what, 100 a page, newest first."""
        found = self._store.accesses(
            before=before or None, limit=PER_PAGE + 1, login=login, call_id=call
        )
        if not before:
            self._store.log(who.login, "read_log")
        lines = found[:PER_PAGE]
        return AccessList(lines=lines, before=lines[-1].id if len(found) > PER_PAGE else 0)
