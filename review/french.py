"""The words of the pages: what the records' words are called, and how moments are written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from records import Outcome, TicketStatus, mask_number

OUTCOMES: Mapping[str, str] = {
    Outcome.IN_PROGRESS: "En cours",
    Outcome.COMPLETED: "Terminé",
    Outcome.TRANSFERRED: "Passé à un agent",
    Outcome.TRANSFER_FAILED: "Transfert sans réponse",
    Outcome.HUNG_UP: "Raccroché par l'appelant",
    Outcome.REJECTED: "Refusé, lignes occupées",
    Outcome.FAILED: "Incident technique",
    Outcome.INTERRUPTED: "Coupé par un arrêt",
}
STATUSES: Mapping[str, str] = {
    TicketStatus.OPEN: "À traiter",
    TicketStatus.IN_PROGRESS: "En cours",
    TicketStatus.CLOSED: "Clos",
}
KINDS: Mapping[str, str] = {
    "message": "Message",
    "report": "Signalement",
    "appointment": "Rendez-vous",
}
ACTIONS: Mapping[str, str] = {
    "answer": "Réponse d'une fiche",
    "clarify": "Question de précision",
    "transfer": "Passage à un agent",
    "message": "Prise de message",
    "report": "Signalement",
    "appointment": "Demande de rendez-vous",
    "emergency": "Urgence",
    "repeat": "Répétition",
    "slower": "Plus lentement",
    "chitchat": "Politesse",
    "out_of_scope": "Sans réponse",
    "goodbye": "Au revoir",
    "none": "Rien d'entendu",
}
CHANNELS: Mapping[str, str] = {"sip": "Téléphone", "webrtc": "Navigateur", "text": "Par écrit"}
LANGUAGES: Mapping[str, str] = {
    "fr": "français",
    "en": "anglais",
    "es": "espagnol",
    "pt": "portugais",
    "it": "italien",
    "de": "allemand",
    "pl": "polonais",
    "tr": "turc",
    "ro": "roumain",
    "uk": "ukrainien",
    "ru": "russe",
    "ar": "arabe",
}
ALERTS: Mapping[str, str] = {
    "suicide": "propos suicidaires",
    "gas": "odeur ou fuite de gaz",
    "cable": "câble électrique",
    "child": "enfant en danger",
    "violence": "violences",
    "intruder": "intrusion, agression ou arme",
    "shelter": "sans abri cette nuit",
    "danger": "secours, feu ou malaise",
}
STAGES: Mapping[str, str] = {
    "stt": "reconnaissance des mots",
    "judge": "fin de phrase, jugement",
    "end_of_turn": "fin de phrase, attente",
    "search": "recherche des fiches",
    "decide": "décision",
    "llm": "modèle de langue",
    "tts_first": "premier son préparé",
    "voice_to_voice": "de la voix à la voix",
}
GRID: Mapping[str, str] = {
    "understood": "L'appelant a été compris",
    "right": "La réponse était juste",
    "polite": "Le ton convenait",
    "human": "Il fallait un agent",
}
FIELDS: Mapping[str, str] = {
    "name": "Nom",
    "person": "Pour",
    "subject": "Objet",
    "phone": "Téléphone",
    "mobile": "Mobile",
    "email": "Courriel",
    "when": "Quand rappeler",
    "days": "Jours souhaités",
    "problem": "Problème",
    "description": "Description",
    "place": "Lieu",
    "number": "Numéro",
    "landmark": "Repère",
    "size": "Taille",
    "urgent": "Danger",
}
PROBLEMS: Mapping[str, str] = {"other": "Autre problème"}
_WEEKDAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")


def day(value: date | None) -> str:
    """ "mar. 24/11/2026"."""
    return f"{_WEEKDAYS[value.weekday()]} {value:%d/%m/%Y}" if value else ""


def moment(value: datetime | None, zone: ZoneInfo) -> str:
    """ "mar. 24/11/2026 à 10:30", on the town's clock."""
    if value is None:
        return ""
    local = value.astimezone(zone)
    return f"{day(local.date())} à {local:%H:%M}"


def clock(value: datetime | None, zone: ZoneInfo) -> str:
    """ "10:30:05", on the town's clock."""
    return f"{value.astimezone(zone):%H:%M:%S}" if value else ""


def duration(value: timedelta | None) -> str:
    """ "2 min 05 s"."""
    if value is None:
        return ""
    minutes, seconds = divmod(max(0, round(value.total_seconds())), 60)
    return f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"


def percent(value: float | None) -> str:
    """ "93 %"; empty when not known."""
    return "" if value is None else f"{value * 100:.0f} %"


def phone(number: str, *, whole: bool) -> str:
    """ "06 12 34 56 78", or its last four digits; "masqué" when the caller's was."""
    if not number:
        return "masqué"
    if not whole:
        return mask_number(number)
    national = f"0{number[3:]}" if number.startswith("+33") and len(number) == 12 else number
    if len(national) == 10 and national.isdigit():
        return " ".join(national[at : at + 2] for at in range(0, 10, 2))
    return national
