"""One line for whoever takes a call that the assistant passes on: who, what, what was heard.

"Mme Dupont, carte d'identité perdue, a entendu la fiche « Carte d'identité », message non laissé."
"""

from __future__ import annotations

from collections.abc import Mapping

from dialog.state import State
from dialog.tasks.ticket import grouped

LONGEST = 160  #: characters: what the display of a desk telephone or an SMS holds
_TITLES = {"madame": "Mme", "monsieur": "M.", "mademoiselle": "Mme", "docteur": "Dr"}
_LEFT_OPEN = {
    "message": "message non laissé",
    "report": "signalement non terminé",
    "appointment": "demande de rendez-vous non terminée",
}
_ABOUT = ("subject", "description")  #: fields of a form, in the caller's words


def summary(state: State, titles: Mapping[str, str]) -> str:
    """What a person should know before saying hello; only what the caller said in this call.

    Args:
        titles: of sheets, by id.
    """
    if state.refused == "transcription":
        return "Refuse l'assistant automatique."
    fixed = [part for part in (_heard(state, titles), _left(state)) if part]
    who = [part for part in (_urgent(state), _name(state)) if part]
    about = _about(state)
    room = LONGEST - len(", ".join([*who, *fixed])) - 3
    parts = [*who, *([_short(about, room)] if about and room > len("…") else []), *fixed]
    if not parts:
        return "Demande une personne, sans autre précision."
    line = _short(", ".join(parts), LONGEST - 1)
    return f"{line[:1].upper()}{line[1:]}."


def _urgent(state: State) -> str:
    if state.emergency:
        return "Urgence"
    return "Enfant" if state.child else ""


def _name(state: State) -> str:
    said = " ".join(state.task.values.get("name", "").split()) if state.task else ""
    title, _, rest = said.partition(" ")
    return f"{_TITLES[title]} {rest}" if title in _TITLES and rest else said


def _about(state: State) -> str:
    """The subject as dictated, else the last question."""
    values = state.task.values if state.task else {}
    told = next((values[name] for name in _ABOUT if values.get(name)), "")
    last = state.history[-1] if state.history else ""
    return " ".join((told or last).split()).strip(" .,;:!?…")


def _heard(state: State, titles: Mapping[str, str]) -> str:
    title = titles.get(state.sheet, "")
    return f"a entendu la fiche « {_short(title, 50)} »" if title else ""


def _left(state: State) -> str:
    if state.task is not None:
        return _LEFT_OPEN.get(state.task.kind, "")
    return f"référence {grouped(state.ticket)}" if state.ticket else ""


def _short(text: str, length: int) -> str:
    """The text, cut between words."""
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
