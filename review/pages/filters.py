"""Filters of the list of calls that supervisors keep under a name, their own or for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Path, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from records import SavedFilter
from review.desk import ReviewDesk
from review.gate import Refusal, Visitor
from review.pages.calls import Filters, wanted
from review.rights import Right
from review.routes import Routes, Who

LONGEST_SEARCH = 200  #: characters of a search that is kept
_MOST_DIGITS = 8  #: nine and more are a telephone number, which is a person's
Number = Annotated[int, Path(ge=1, lt=2**31)]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterLine:
    """A kept filter as the page shows it."""

    id: int
    name: str
    shared: bool
    own: bool
    owner: str
    query: str  #: behind /calls?


class Saving(BaseModel):
    """A filter to keep."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200)
    shared: bool = False
    wanted: Filters


def saved(desk: ReviewDesk, who: Visitor) -> tuple[FilterLine, ...]:
    """The own filters, then those that others share."""
    return tuple(_line(one, who) for one in desk.store.filters.seen_by(who.login))


class FilterPages:
    """Keeping and forgetting filters."""

    def __init__(self, desk: ReviewDesk) -> None:
        self._desk = desk
        self._store = desk.store

    def add(self, routes: Routes) -> None:
        """Add the routes of this file."""
        routes.form("/filters", Right.CALLS)(self.save_form)
        routes.form("/filters/{number}/delete", Right.CALLS)(self.delete_form)
        routes.api("GET", "/api/filters", Right.CALLS)(self.filters)
        routes.api("POST", "/api/filters", Right.CALLS, status_code=201)(self.save)
        routes.api("DELETE", "/api/filters/{number}", Right.CALLS)(self.delete)

    def filters(self, who: Who) -> tuple[FilterLine, ...]:
        """The own filters, then those that others share."""
        return saved(self._desk, who)

    def save_form(self, request: Request, who: Who) -> Response:
        """Keep what the list shows now."""
        kept = self.save(who, _from_form(who.form))
        root = request.scope["root_path"]
        return RedirectResponse(f"{root}/calls?{kept.query}&done=filter", 303)

    def save(self, who: Who, saving: Saving) -> FilterLine:
        """Keep a filter; one of one's own with the same name is replaced. 50 an account."""
        wanted(self._desk, saving.wanted)  # days are days
        values = {name: value for name, value in saving.wanted.model_dump().items() if value}
        _refuse_persons(values.get("q", ""), saving.name)
        if not values:
            raise Refusal(422, "Choisissez d'abord un filtre : la liste entière n'en est pas un.")
        try:
            kept = self._store.filters.save(who.login, saving.name, values, saving.shared)
        except ValueError as error:
            raise Refusal(422, f"Non enregistré : {error}.") from error
        self._store.log(who.login, "filter", detail=f"saved {kept.id}")
        return _line(kept, who)

    def delete_form(self, request: Request, who: Who, number: Number) -> Response:
        """Forget a filter of one's own."""
        self.delete(who, number)
        return RedirectResponse(f"{request.scope['root_path']}/calls?done=filter_gone", 303)

    def delete(self, who: Who, number: Number) -> tuple[FilterLine, ...]:
        """Forget a filter of one's own; returns those that are left."""
        self._store.filters.delete(who.login, number)
        self._store.log(who.login, "filter", detail=f"deleted {number}")
        return saved(self._desk, who)


def _from_form(form: Mapping[str, str]) -> Saving:
    known = {name: value for name, value in form.items() if name in Filters.model_fields}
    try:
        return Saving(
            name=form.get("name", ""),
            shared=form.get("shared") == "1",
            wanted=Filters.model_validate(known),
        )
    except ValueError:
        raise Refusal(422, "Ce filtre n'est pas compris : revenez à la liste.") from None


def _refuse_persons(search: str, name: str) -> None:
    """A filter lives on when the calls are gone: it must not keep whom it was about."""
    if any(sum(c.isdigit() for c in text) > _MOST_DIGITS for text in (search, name)):
        raise Refusal(422, "Un numéro de téléphone ne se garde pas dans un filtre.")
    if len(search) > LONGEST_SEARCH:
        raise Refusal(422, f"Une recherche gardée a {LONGEST_SEARCH} caractères au plus.")


def _line(one: SavedFilter, who: Visitor) -> FilterLine:
    return FilterLine(
        id=one.id,
        name=one.name,
        shared=one.shared,
        own=one.owner == who.login,
        owner=one.owner,
        query=urlencode(one.wanted),
    )
