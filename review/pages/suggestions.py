"""What residents wrote on the public form: read here, dealt with here."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from records import Doubt, DoubtfulQuestion, Suggestion, SuggestionKind
from review.desk import ReviewDesk
from review.render import Pages
from review.rights import Right
from review.routes import Routes, Who

MOST = 200


class SuggestionPages:
    """The residents' messages."""

    def __init__(self, desk: ReviewDesk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages
        self._store = desk.store.outside

    def add(self, routes: Routes) -> None:
        """Add the routes of this file."""
        routes.page("/suggestions", Right.QUESTIONS)(self.page)
        routes.api("GET", "/api/suggestions", Right.QUESTIONS)(self.listed)
        routes.form("/suggestions/{suggestion}/done", Right.QUESTIONS)(self.done_form)
        routes.api("POST", "/api/suggestions/{suggestion}/done", Right.QUESTIONS)(self.done_api)

    def page(self, request: Request, who: Who) -> Response:
        """What nobody dealt with yet."""
        found = self.listed(who)
        values = {
            "wrong": [one for one in found if one.kind is SuggestionKind.WRONG],
            "asked": [one for one in found if one.kind is SuggestionKind.QUESTION],
        }
        return self._pages.show(request, "suggestions.html", values)

    def listed(self, who: Who) -> tuple[Suggestion, ...]:
        """What residents wrote and nobody dealt with yet, newest first."""
        return self._store.suggestions(MOST)

    def done_form(self, request: Request, who: Who, suggestion: int) -> Response:
        """Dealt with, from the page."""
        self.done_api(who, suggestion)
        return RedirectResponse(f"{request.scope['root_path']}/suggestions?done=suggestion", 303)

    def done_api(self, who: Who, suggestion: int) -> Suggestion:
        """Say that a message is dealt with; the first one counts."""
        kept = self._store.suggestion_done(suggestion, who.login)
        self._desk.store.log(who.login, "suggestion", detail=str(suggestion))
        return kept


def as_questions(found: tuple[Suggestion, ...]) -> list[DoubtfulQuestion]:
    """Suggested questions beside those of callers, to be grouped with them."""
    return [
        DoubtfulQuestion(
            call_id="",
            turn=0,
            at=one.at,
            heard=one.text,
            why=Doubt.SUGGESTED,
            action="",
            sheet_id="",
            confidence=None,
            candidates=(),
        )
        for one in found
        if one.kind is SuggestionKind.QUESTION
    ]
