"""Who may hear the sound of a call: a right, a reason, and a line in the access log (R24, R25).

The line is the permission: it names who, which call and why, and holds for an hour.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from records import (
    Annotation,
    AnnotationKind,
    CallView,
    Mark,
    Recording,
    RecordingStore,
    ReviewStore,
    UnknownRecord,
    VaultError,
)
from review.attachments import Attachment, Attachments
from review.desk import ReviewDesk
from review.gate import Refusal, Visitor
from review.rights import Right

logger = logging.getLogger("allomairie.review")

ACTION = "listen"
HOLDS_FOR = timedelta(hours=1)
#: a list and not free words: the log holds no words of callers (R25)
REASONS: Mapping[str, str] = {
    "qualite": "contrôler la qualité d'une réponse",
    "reclamation": "traiter une réclamation",
    "personne": "répondre à la demande de la personne",
    "urgence": "vérifier une urgence ou une menace",
    "formation": "former l'équipe",
}
NO_SOUND = "Il n'y a pas de son pour cet appel, ou il a été effacé."
NO_REASON = "Dites d'abord pourquoi vous écoutez cet appel, sur sa page."
UNREADABLE = "Ce son ne peut pas être lu : sa clé n'est pas celle d'aujourd'hui, ou il est abîmé."
VEILED = "Un passage masqué n'est pas situé dans le son : il ne peut pas être écouté."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """The sound of a call as its page offers it."""

    seconds: float | None
    mode: str
    allowed: bool  #: a reason was given within the last hour
    turns: Mapping[int, Mark]
    reasons: Mapping[str, str]  #: to choose from


def of_call(desk: ReviewDesk, call_id: str) -> Recording | None:
    """The recording of a call; None where there is none."""
    return desk.recordings.of_call(call_id) if desk.recordings is not None else None


def offered(desk: ReviewDesk, who: Visitor, call_id: str) -> Sound | None:
    """What the page of a call shows a visitor of its sound."""
    found = of_call(desk, call_id)
    if found is None or found.seconds is None or not who.may(Right.LISTEN):
        return None
    return Sound(
        seconds=found.seconds,
        mode=found.mode,
        allowed=allowed(desk, who, call_id),
        turns={mark.turn: mark for mark in found.marks},
        reasons=REASONS,
    )


def allow(desk: ReviewDesk, who: Visitor, call_id: str, reason: str) -> None:
    """Let a visitor listen, for this reason.

    Raises:
        Refusal: the reason is none of `REASONS`, or there is nothing to hear.
    """
    if of_call(desk, call_id) is None:
        raise Refusal(404, NO_SOUND)
    if reason not in REASONS:
        raise Refusal(422, f"Choisissez un motif : {', '.join(REASONS.values())}.")
    desk.store.log(who.login, ACTION, call_id, REASONS[reason])


def allowed(desk: ReviewDesk, who: Visitor, call_id: str) -> bool:
    """Whether the visitor said why, within the last hour."""
    lines = desk.store.accesses(limit=1, login=who.login, call_id=call_id, action=ACTION)
    return bool(lines) and lines[0].at > desk.store.now() - HOLDS_FOR


def hidden_turns(marks: Sequence[Annotation]) -> tuple[int, ...]:
    """The turns whose last word is that they are hidden."""
    state: dict[int, bool] = {}
    for mark in marks:
        if mark.kind == AnnotationKind.HIDDEN and mark.turn is not None:
            state[mark.turn] = bool(mark.data.get("on"))
    return tuple(sorted(turn for turn, on in state.items() if on))


def heard_by(
    desk: ReviewDesk, who: Visitor, call_id: str, found: tuple[CallView, tuple[Annotation, ...]]
) -> tuple[bytes, str]:
    """The Ogg file as this visitor may hear it, and a name for exactly these bytes.

    Raises:
        Refusal: no sound, no reason, or the sound cannot be read.
    """
    recording = of_call(desk, call_id)
    if recording is None or desk.recordings is None:
        raise Refusal(404, NO_SOUND)
    if not allowed(desk, who, call_id):
        raise Refusal(403, NO_REASON)
    hidden = () if who.may(Right.ERASE) else hidden_turns(found[1])
    try:
        recording.spans(hidden)
    except LookupError:
        raise Refusal(409, VEILED) from None
    try:
        sound = desk.recordings.sound(recording, hidden)
    except VaultError as error:
        logger.error("a recording cannot be read: %s", error)
        raise Refusal(503, UNREADABLE) from error
    return sound, f'"{recording.id[:12]}-{"-".join(map(str, hidden))}"'


def sound_files(store: ReviewStore, recordings: RecordingStore) -> Attachments:
    """The sound of calls as files, for the person whose calls they are."""

    def attachments(calls: Sequence[str]) -> Iterator[Attachment]:
        for call_id in calls:
            recording = recordings.of_call(call_id)
            if recording is None:
                continue
            try:
                reference = store.call(call_id)[0].call.reference
                sound = recordings.sound(recording)
            except (VaultError, UnknownRecord) as error:
                logger.error("a recording is missing from a person's export: %s", error)
                continue
            yield Attachment(f"appels/{reference}-{call_id[:6]}/audio.ogg", sound)

    return attachments
