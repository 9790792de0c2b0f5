"""The rights of persons: find what is kept, hand it out, erase it with a proof, hold a call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Path, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from records import Access, Erased, Hold, Kept, KeptCall, UnknownRecord, Whose, read_proof
from review import evaluation_set
from review.desk import ReviewDesk
from review.gate import Refusal, Visitor
from review.person_export import bundle
from review.persons import CONFIRMATION, Asked, Erasing, about, asked_in, told, whose
from review.render import Pages
from review.rights import Right
from review.routes import Routes, Who

NOTHING = "Rien n'est conservé pour cette demande."
CHANGED = (
    "Ce qui est conservé a changé depuis que la page l'a montré : cherchez à nouveau, relisez, "
    "puis confirmez. Rien n'a été effacé."
)
CONFIRM = f"Pour confirmer, écrivez {CONFIRMATION}. Rien n'a été effacé."
LineNumber = Annotated[int, Path(ge=1, lt=2**62)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is kept, counted; `seen` confirms an erasure of exactly that."""

    calls: int
    turns: int
    tickets: int
    messages: int
    in_progress: int
    held: int
    seen: str
    shown: tuple[KeptCall, ...]
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was erased, when, by whom, how much of it; nothing of what it was."""

    number: int  #: of the line of the access log
    at: datetime
    by: str
    how: str  #: how it was found, in French
    case: str  #: the request's number in the town's own register
    calls: int
    turns: int
    tickets: int
    messages: int
    in_progress: int
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCall:
    """A call under a legal hold."""

    call_id: str
    reason: str
    placed_by: str
    placed_at: datetime
    until: datetime


class Reason(BaseModel):
    """Why a call is held, or held no more."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(max_length=1000)


class PersonPages:
    """Rights of persons and legal holds, as pages and as JSON."""

    def __init__(self, desk: ReviewDesk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages
        self._store = desk.store
        self._privacy = desk.store.privacy

    def add(self, routes: Routes) -> None:
        """Add the routes of this file."""
        right = Right.PERSONS
        routes.page("/persons", right)(self.page)
        routes.form("/persons", right)(self.find_form)
        routes.api("POST", "/api/persons/find", right)(self.find)
        routes.form("/persons/export", right)(self.export_form)
        routes.api("POST", "/api/persons/export", right, response_class=Response)(self.export)
        routes.form("/persons/erase", right)(self.erase_form)
        routes.api("POST", "/api/persons/erase", right)(self.erase)
        routes.page("/persons/proofs/{number}", right)(self.proof_page)
        routes.api("GET", "/api/persons/proofs/{number}", right)(self.proof)
        routes.api("GET", "/api/holds", right)(self.holds)
        routes.form("/calls/{call_id}/hold", right)(self.hold_form)
        routes.api("POST", "/api/calls/{call_id}/hold", right, status_code=201)(self.hold)
        routes.form("/calls/{call_id}/hold/lift", right)(self.lift_form)
        routes.api("POST", "/api/calls/{call_id}/hold/lift", right)(self.lift)

    # -- find --------------------------------------------------------------------------------

    def page(self, request: Request, who: Who) -> Response:
        """The form, and what is held."""
        return self._shown(request, Asked(), None)

    def find_form(self, request: Request, who: Who) -> Response:
        """What is kept; by POST, so that no number is in an address."""
        asked = asked_in(who.form)
        return self._shown(request, asked, self.find(who, asked))

    def _shown(self, request: Request, asked: Asked, found: Found | None) -> Response:
        values = {
            "asked": asked,
            "found": found,
            "held": self.holds(request.state.visitor),
            "word": CONFIRMATION,
            "slot": bool(asked.since),
        }
        return self._pages.show(request, "persons.html", values)

    def find(self, who: Who, asked: Asked) -> Found:
        """How much is kept of a person or of a slot, and the newest calls of it."""
        wanted = whose(asked, self._desk.zone)
        self._store.log(who.login, "find_person", asked.call, about(wanted, self._desk.zone))
        return _found(self._privacy.find(wanted))

    # -- hand out ----------------------------------------------------------------------------

    def export_form(self, who: Who) -> Response:
        """The zip, from the page's form."""
        return self.export(who, asked_in(who.form))

    def export(self, who: Who, asked: Asked) -> Response:
        """A zip: donnees.json, a-lire.html, and recordings where there are some."""
        wanted = whose(asked, self._desk.zone)
        kept = self._privacy.export(wanted)
        if not any(kept.values()):
            raise Refusal(404, NOTHING)
        how = about(wanted, self._desk.zone)
        self._store.log(who.login, "export_person", asked.call, how)
        content = bundle(
            kept,
            self._desk.town,
            self._desk.now,
            titles=self._desk.sheet_titles(),
            attachments=self._desk.attachments,
        )
        name = f"donnees-{self._desk.now:%Y-%m-%d-%H%M}.zip"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type="application/zip", headers=headers)

    # -- erase -------------------------------------------------------------------------------

    def erase_form(self, request: Request, who: Who) -> Response:
        """Erase from the page's form, then show the proof."""
        asked = asked_in(who.form, Erasing)
        done = self.erase(who, asked)
        return RedirectResponse(f"{request.scope['root_path']}/persons/proofs/{done.number}", 303)

    def erase(self, who: Who, asked: Erasing) -> Proof:
        """Erase what was found and shown; what is held or under way is left, and said."""
        wanted = whose(asked, self._desk.zone)
        how = about(wanted, self._desk.zone, asked.case)
        if asked.confirm.strip().upper() != CONFIRMATION:
            raise Refusal(422, CONFIRM)
        kept = self._privacy.find(wanted)
        if kept.nothing:
            raise Refusal(404, NOTHING)
        if asked.seen != kept.mark:
            raise Refusal(409, CHANGED)
        erased = self.erased(who, wanted, how)
        return self.proof(who, erased.log_line)

    def erased(self, who: Visitor, wanted: Whose, how: str) -> Erased:
        """Erase in the records, in the town's evaluation set and among the files of sound."""
        erased = self._privacy.erase(wanted, who.login, how)
        evaluation_set.forget_calls(self._desk.root, erased.ids)
        if self._desk.recordings is not None:
            self._desk.recordings.sweep()
        return erased

    def proof_page(self, request: Request, who: Who, number: LineNumber) -> Response:
        """The proof of an erasure, to print."""
        return self._pages.show(request, "erasure.html", {"proof": self.proof(who, number)})

    def proof(self, who: Who, number: LineNumber) -> Proof:
        """The proof of an erasure: when, who, how much; nothing of what it was."""
        return _proof(self._privacy.proof(number))

    # -- hold --------------------------------------------------------------------------------

    def holds(self, who: Who) -> tuple[HeldCall, ...]:
        """The calls that are held now, the one that ends first before others."""
        return tuple(_held(one) for one in self._privacy.holds())

    def hold_form(self, request: Request, who: Who, call_id: str) -> Response:
        """Hold a call, from its page."""
        self.hold(who, call_id, _reason(who))
        return RedirectResponse(f"{request.scope['root_path']}/calls/{call_id}?done=hold", 303)

    def hold(self, who: Who, call_id: str, reason: Reason) -> HeldCall:
        """Keep a call for 90 days, whatever its age; again prolongs it."""
        try:
            return _held(self._privacy.hold(call_id, reason.reason, who.login))
        except ValueError as error:
            raise Refusal(422, f"Non enregistré : {error}.") from error

    def lift_form(self, request: Request, who: Who, call_id: str) -> Response:
        """End the hold of a call, from its page."""
        self.lift(who, call_id, _reason(who))
        return RedirectResponse(f"{request.scope['root_path']}/calls/{call_id}?done=lift", 303)

    def lift(self, who: Who, call_id: str, reason: Reason) -> tuple[HeldCall, ...]:
        """End the hold of a call; returns what is still held."""
        try:
            self._privacy.lift(call_id, reason.reason, who.login)
        except ValueError as error:
            raise Refusal(422, f"Non enregistré : {error}.") from error
        return self.holds(who)


def _reason(who: Visitor) -> Reason:
    try:
        return Reason(reason=who.form.get("reason", ""))
    except ValueError:
        raise Refusal(422, "Le motif est trop long : une phrase suffit.") from None


def _found(kept: Kept) -> Found:
    return Found(
        calls=kept.calls,
        turns=kept.turns,
        tickets=kept.tickets,
        messages=kept.messages,
        in_progress=kept.in_progress,
        held=kept.held,
        seen=kept.mark,
        shown=kept.shown,
        references=kept.references,
    )


def _held(hold: Hold) -> HeldCall:
    return HeldCall(
        call_id=hold.call_id,
        reason=hold.reason,
        placed_by=hold.placed_by,
        placed_at=hold.placed_at,
        until=hold.until,
    )


def _proof(line: Access) -> Proof:
    counts = read_proof(line.detail)
    if not counts:
        raise UnknownRecord(f"the line {line.id} of the access log is of an older version")
    how, case = told(counts.pop("about"))
    return Proof(
        number=line.id,
        at=line.at,
        by=line.login,
        how=how,
        case=case,
        **{name: int(value) for name, value in counts.items()},
    )
