"""Questions without a good answer, grouped; from a group to a sheet's phrasings or a new sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from dialog.search.bank import BankError
from dialog.sheets import Sheet
from records import DoubtfulQuestion
from review import writing
from review.desk import ReviewDesk
from review.gate import Refusal, Visitor
from review.grouping import group
from review.pages.suggestions import as_questions
from review.render import Pages
from review.rights import Right
from review.routes import Routes, Who
from review.writing import Draft, Preview

MOST = 500
SHOWN = 40  #: groups on the page; the API gives all
WHY = {
    "unanswered": "sans réponse",
    "asked_back": "à préciser",
    "unsure": "peu sûre",
    "suggested": "formulaire public",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question; `call_id` is empty for who may not open calls."""

    heard: str
    at: datetime
    why: str
    confidence: float | None
    call_id: str
    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionGroup:
    """Questions that mean the same, the most typical first."""

    questions: tuple[Question, ...]
    nearest: str
    nearest_title: str


class Phrasings(BaseModel):
    """Phrasings to add to a sheet."""

    model_config = ConfigDict(extra="forbid")

    sheet: str = Field(max_length=200)
    phrasings: list[str] = Field(max_length=writing.MOST_PHRASINGS)


class SheetText(BaseModel):
    """A new sheet as it is written."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=120)
    service: str = Field(max_length=80)
    text: str = Field(max_length=writing.LONGEST_TEXT)
    questions: list[str] = Field(default=[], max_length=writing.MOST_PHRASINGS)
    valid_until: str = Field("", max_length=10)


class QuestionPages:
    """Making answers better."""

    def __init__(self, desk: ReviewDesk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages
        self._store = desk.store

    def add(self, routes: Routes) -> None:
        """Add the routes of this file."""
        routes.page("/questions", Right.QUESTIONS)(self.page)
        routes.api("GET", "/api/questions", Right.QUESTIONS)(self.groups)
        routes.form("/questions/phrasings", Right.SHEETS)(self.phrasings_form)
        routes.api("POST", "/api/questions/phrasings", Right.SHEETS)(self.phrasings_api)
        routes.form("/sheets/new", Right.SHEETS)(self.write)
        routes.page("/sheets", Right.SHEETS)(self.drafts_page)
        routes.form("/sheets/{sheet_id}/validate", Right.SHEETS)(self.validate)
        routes.api("POST", "/api/sheets/preview", Right.SHEETS)(self.preview_api)
        routes.api("POST", "/api/sheets", Right.SHEETS, status_code=201)(self.save_api)

    def page(
        self, request: Request, who: Who, days: Annotated[int, Query(ge=1, le=90)] = 30
    ) -> Response:
        """The groups, the largest first."""
        found = self.groups(who, days)
        values = {
            "groups": found[:SHOWN],
            "more": len(found) - SHOWN,
            "days": days,
            "titles": self._desk.sheet_titles(),
            "written": len(self._store.outside.suggestions(MOST)),
            "drafts": len(writing.drafts(self._desk.root)) if who.may(Right.SHEETS) else 0,
        }
        return self._pages.show(request, "questions.html", values)

    def groups(
        self, who: Who, days: Annotated[int, Query(ge=1, le=90)] = 30
    ) -> tuple[QuestionGroup, ...]:
        """Questions without a good answer of the last days, grouped by meaning."""
        until = self._desk.now + timedelta(seconds=1)
        found = self._store.doubtful(until - timedelta(days=days), until, limit=MOST)
        titles = self._desk.sheet_titles()
        asked = [one for one in found if not one.heard.startswith("[")]
        asked += as_questions(self._store.outside.suggestions(MOST))
        return tuple(
            QuestionGroup(
                questions=tuple(_question(who, question) for question in one.questions),
                nearest=one.nearest,
                nearest_title=titles.get(one.nearest, one.nearest),
            )
            for one in group(asked)
        )

    def phrasings_form(self, request: Request, who: Who) -> Response:
        """Phrasings of a group for an existing sheet."""
        texts = [value for name, value in who.form.items() if name.startswith("say-")]
        self._add(who, who.form.get("sheet", ""), texts)
        return RedirectResponse(f"{request.scope['root_path']}/questions?done=phrasing", 303)

    def phrasings_api(self, who: Who, asked: Phrasings) -> dict[str, int]:
        """Add phrasings to a sheet; callers profit after the next start."""
        return {"added": self._add(who, asked.sheet, asked.phrasings)}

    def _add(self, who: Visitor, sheet_id: str, texts: list[str]) -> int:
        sheet = next((one for one in self._desk.sheets() if one.id == sheet_id.strip()), None)
        if sheet is None:
            raise Refusal(422, "Choisissez une fiche de la liste, par exemple « passeport ».")
        try:
            added = writing.add_phrasings(self._desk.root, sheet, texts)
        except BankError as error:
            raise Refusal(
                409, f"Un fichier de tournures de la ville est abîmé : {error}."
            ) from error
        except ValueError as error:
            raise Refusal(422, f"Non enregistré : {error}.") from error
        self._store.log(who.login, "phrasing", detail=sheet.id)
        return added

    def write(self, request: Request, who: Who) -> Response:
        """The form of a new sheet: begun from a group, previewed, or kept."""
        draft = _draft(who.form, who.name)
        values: dict[str, Any] = {"draft": draft, "preview": None, "error": ""}
        step = who.form.get("step", "begin")
        try:
            if step == "save":
                self._save(who, draft)
                return RedirectResponse(f"{request.scope['root_path']}/sheets?done=draft", 303)
            if step == "preview":
                values["preview"] = self._preview(draft)
        except Refusal as refusal:
            values["error"] = refusal.message
        status = 422 if values["error"] else 200
        return self._pages.show(request, "sheet_new.html", values, status=status)

    def preview_api(self, who: Who, sheet: SheetText) -> Preview:
        """What the assistant would say, and what the checks find."""
        return self._preview(_of_api(sheet, who.name))

    def save_api(self, who: Who, sheet: SheetText) -> dict[str, str]:
        """Keep a new sheet as a draft; another person validates it."""
        return {"id": self._save(who, _of_api(sheet, who.name))}

    def _preview(self, draft: Draft) -> Preview:
        self._check(draft)
        opened = self._desk.lint_folder
        try:
            return writing.preview(draft, opened() if opened else None)
        except ValueError as error:
            raise Refusal(422, f"Cette fiche ne va pas encore : {error}.") from error

    def _save(self, who: Visitor, draft: Draft) -> str:
        self._check(draft)
        try:
            sheet_id = writing.save(self._desk.root, draft)
        except ValueError as error:
            raise Refusal(422, f"Non enregistré : {error}.") from error
        self._store.log(who.login, "sheet", detail=sheet_id)
        return sheet_id

    def _check(self, draft: Draft) -> None:
        if draft.service not in {service.id for service in self._desk.town.services}:
            raise Refusal(422, "Choisissez un service de la liste.")
        if draft.valid_until:
            try:
                date.fromisoformat(draft.valid_until)
            except ValueError:
                raise Refusal(422, "Une date s'écrit comme 2027-12-31.") from None

    def drafts_page(self, request: Request, who: Who) -> Response:
        """The drafts that wait for another person."""
        waiting = [(sheet, self._author(sheet)) for sheet in writing.drafts(self._desk.root)]
        return self._pages.show(request, "sheets.html", {"waiting": waiting})

    def validate(self, request: Request, who: Who, sheet_id: str) -> Response:
        """Validate a draft that somebody else wrote."""
        sheets = {sheet.id: sheet for sheet in writing.drafts(self._desk.root)}
        if sheet_id in sheets and self._author(sheets[sheet_id]) == who.login:
            raise Refusal(403, "Vous avez écrit cette fiche : une autre personne la valide.")
        try:
            writing.validate(self._desk.root, sheet_id)
        except ValueError as error:
            raise Refusal(404, f"Rien à valider : {error}.") from error
        self._store.log(who.login, "validated", detail=sheet_id)
        return RedirectResponse(f"{request.scope['root_path']}/sheets?done=validated", 303)

    def _author(self, sheet: Sheet) -> str:
        """Who wrote a draft here, from the access log; empty for a file of the town."""
        found = self._store.accesses(action="sheet", detail=sheet.id, limit=1)
        return found[0].login if found else ""


def _question(who: Visitor, one: DoubtfulQuestion) -> Question:
    return Question(
        heard=one.heard,
        at=one.at,
        why=WHY[one.why.value],
        confidence=one.confidence,
        call_id=one.call_id if who.may(Right.CALLS) else "",
        turn=one.turn,
    )


def _draft(form: Mapping[str, str], owner: str) -> Draft:
    lines = [value for name, value in form.items() if name.startswith("say-")]
    lines += form.get("questions", "").splitlines()
    kept = dict.fromkeys(" ".join(line.split()) for line in lines if line.strip())
    return Draft(
        title=form.get("title", "").strip(),
        service=form.get("service", ""),
        text=form.get("text", "").replace("\r\n", "\n"),
        questions=tuple(kept)[: writing.MOST_PHRASINGS],
        owner=owner,
        valid_until=form.get("valid_until", "").strip(),
    )


def _of_api(sheet: SheetText, owner: str) -> Draft:
    kept = dict.fromkeys(" ".join(line.split()) for line in sheet.questions if line.strip())
    return Draft(
        title=sheet.title,
        service=sheet.service,
        text=sheet.text,
        questions=tuple(kept),
        owner=owner,
        valid_until=sheet.valid_until,
    )
