"""One call as a supervisor reads it: the conversation with times, causes and marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from records import Annotation, AnnotationKind, CallView, EventRecord, TurnRecord
from review import french
from review.desk import ReviewDesk
from review.gate import Visitor
from review.rights import Right

HIDDEN = "[passage masqué]"
SHOWN_EVENTS: Mapping[str, str] = {
    "barge_in": "L'appelant a coupé la parole",
    "resumed": "La réponse a repris après une interruption sans mots",
    "filler": "« Un instant » a été dit en attendant",
    "transfer_asked": "Transfert demandé",
    "transferred": "Appel passé à un agent",
    "transfer_abandoned": "Transfert abandonné",
    "transfer_failed": "Transfert sans réponse",
    "masked": "Un numéro personnel a été masqué",
    "refused": "L'appelant a refusé d'être enregistré ou transcrit",
    "degraded": "Une partie du service était en panne",
    "emergency": "Urgence reconnue",
    "resumable": "L'appel peut continuer par écrit",
    "message_sent": "Un message est parti",
    "message_failed": "Un message n'a pas pu partir",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """A sheet that was considered."""

    sheet: str
    title: str
    score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a supervisor wrote."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnView:
    """One turn. Words of a hidden turn are replaced, unless the reader decides on erasing."""

    number: int
    at: datetime
    offset: str  #: since the call began: "0:42"
    heard: str
    heard_confidence: float | None
    corrected: str  #: what the caller really said, as a supervisor heard or understood it
    reply: str
    played: str | None
    unheard: str  #: the end of the reply that the caller did not hear
    interrupted: bool
    action: str
    action_name: str
    why: str
    sheet: str
    sheet_title: str
    sentences: tuple[str, ...]
    right_sheet: str | None  #: what a supervisor says the sheet should have been
    confidence: float | None
    candidates: tuple[Considered, ...]
    timings: Mapping[str, float]
    dtmf: str
    hidden: bool
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPage:
    """One call with everything that a reader may see of it."""

    id: str
    reference: str
    channel: str
    line: str
    caller: str  #: whole or masked, by right
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    outcome_name: str
    end_reason: str
    language: str
    transfer_target: str
    stats: Mapping[str, object]
    turns: tuple[TurnView, ...]
    events: tuple[tuple[str, str, str], ...]  #: offset, kind, in French
    notes: tuple[Note, ...]
    grid: Mapping[str, str]
    flagged: bool
    recorded: bool


def view(
    desk: ReviewDesk, visitor: Visitor, found: tuple[CallView, tuple[Annotation, ...]]
) -> CallPage:
    """The call for this visitor."""
    whole, marks = found
    call = whole.call
    titles = desk.sheet_titles()
    return CallPage(
        id=call.id,
        reference=call.reference,
        channel=call.channel.value,
        line=call.line,
        caller=french.phone(call.caller_number, whole=visitor.may(Right.NUMBERS)),
        started_at=call.started_at,
        ended_at=call.ended_at,
        outcome=call.outcome.value,
        outcome_name=french.OUTCOMES[call.outcome],
        end_reason=call.end_reason,
        language=call.language,
        transfer_target=call.transfer_target,
        stats=call.stats,
        turns=tuple(_turn(one, call.started_at, marks, titles, visitor) for one in whole.turns),
        events=tuple(_event(one, call.started_at) for one in whole.events if _told(one)),
        notes=_notes(marks, None),
        grid=_last(marks, AnnotationKind.GRID) or {},
        flagged=bool((_last(marks, AnnotationKind.FLAG) or {}).get("on")),
        recorded=desk.recordings is not None and desk.recordings.of_call(call.id) is not None,
    )


def _turn(
    turn: TurnRecord,
    began: datetime,
    marks: Sequence[Annotation],
    titles: Mapping[str, str],
    visitor: Visitor,
) -> TurnView:
    hidden = bool((_last(marks, AnnotationKind.HIDDEN, turn.number) or {}).get("on"))
    veiled = hidden and not visitor.may(Right.ERASE)
    word = _last(marks, AnnotationKind.WORD, turn.number)
    sheet = _last(marks, AnnotationKind.SHEET, turn.number)
    unheard = _unheard(turn)
    return TurnView(
        number=turn.number,
        at=turn.started_at,
        offset=offset(turn.started_at, began),
        heard=HIDDEN if veiled and turn.heard else turn.heard,
        heard_confidence=turn.heard_confidence,
        corrected="" if veiled or word is None else str(word.get("text", "")),
        reply=HIDDEN if veiled and not turn.sheet_id else turn.reply,
        played=HIDDEN if veiled and not turn.sheet_id else turn.played,
        unheard="" if veiled and not turn.sheet_id else unheard,
        interrupted=turn.interrupted,
        action=turn.action,
        action_name=_action(turn),
        why=why(turn, titles),
        sheet=turn.sheet_id,
        sheet_title=titles.get(turn.sheet_id, turn.sheet_id),
        sentences=turn.sentences,
        right_sheet=None if sheet is None else str(sheet.get("sheet", "")),
        confidence=turn.confidence,
        candidates=_considered(turn, titles),
        timings={k: float(v) for k, v in turn.timings.items() if isinstance(v, int | float)},
        dtmf="" if veiled else turn.dtmf,
        hidden=hidden,
        notes=() if veiled else _notes(marks, turn.number),
    )


def _action(turn: TurnRecord) -> str:
    if turn.number == 0:
        return "Accueil"
    if turn.action == "answer" and not turn.sheet_id:
        return "Réponse de la configuration"
    return french.ACTIONS.get(turn.action, turn.action)


def _unheard(turn: TurnRecord) -> str:
    """What of the reply came after the part that was played."""
    if turn.played is None or not turn.interrupted:
        return ""
    if turn.reply.startswith(turn.played):
        return turn.reply[len(turn.played) :].strip()
    return ""


def why(turn: TurnRecord, titles: Mapping[str, str]) -> str:
    """Why the assistant did that, in one or two sentences; from what the turn recorded."""
    sure = french.percent(turn.confidence)
    considered = _considered(turn, titles)
    others = ", ".join(f"« {one.title} »" for one in considered[:3])
    if turn.number == 0:
        return "L'accueil, dit à chaque appel."
    if turn.action == "answer" and turn.sheet_id:
        title = titles.get(turn.sheet_id, turn.sheet_id)
        return f"La fiche « {title} » répond à la question, avec une confiance de {sure}."
    if turn.action == "answer":
        return "Répondu d'après la configuration de la ville : horaires, numéros."
    if turn.action == "clarify":
        return f"Plusieurs fiches étaient proches : {others}." if others else "Il fallait préciser."
    if turn.action == "transfer" and considered:
        return f"Aucune fiche n'était assez sûre ({others}) : passé à une personne."
    if turn.action == "transfer":
        return "L'appelant a demandé une personne, ou le sujet lui est réservé."
    if turn.action == "out_of_scope":
        near = f" Les plus proches : {others}." if others else ""
        return f"Aucune fiche ne répond à cette question.{near}"
    if turn.action == "emergency":
        return "Des mots d'urgence ont été reconnus : la consigne passe avant tout."
    if turn.action in ("message", "report", "appointment"):
        return "Une étape de la demande que l'appelant laisse."
    if turn.action == "none":
        return "Rien n'a été entendu."
    return "Une règle fixe : politesse, répétition ou fin d'appel."


def _considered(turn: TurnRecord, titles: Mapping[str, str]) -> tuple[Considered, ...]:
    found = []
    for one in turn.candidates:
        sheet, score = str(one.get("sheet", "")), one.get("score")
        number = float(score) if isinstance(score, int | float) else None
        found.append(Considered(sheet=sheet, title=titles.get(sheet, sheet), score=number))
    return tuple(found)


def offset(at: datetime, began: datetime) -> str:
    """Minutes and seconds since the call began."""
    seconds = max(0, round((at - began).total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02d}"


def _told(event: EventRecord) -> bool:
    return event.kind in SHOWN_EVENTS


def _event(event: EventRecord, began: datetime) -> tuple[str, str, str]:
    said = SHOWN_EVENTS[event.kind]
    service = event.data.get("service")
    return offset(event.at, began), event.kind, f"{said} : {service}" if service else said


def _last(
    marks: Sequence[Annotation], kind: AnnotationKind, turn: int | None = None
) -> dict[str, Any] | None:
    """The data of the last mark of this kind."""
    for mark in reversed(marks):
        if mark.kind == kind and mark.turn == turn:
            return dict(mark.data)
    return None


def _notes(marks: Sequence[Annotation], turn: int | None) -> tuple[Note, ...]:
    return tuple(
        Note(at=mark.at, by=mark.login, text=str(mark.data.get("text", "")))
        for mark in marks
        if mark.kind == AnnotationKind.NOTE and mark.turn == turn
    )
