"""Who may do what: six roles (requirements R24), each a set of rights. One person may have several.

Every page and every route of the API names the right it needs; `review.gate` enforces it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Right(StrEnum):
    """What a route can ask for."""

    PUBLIC = "public"  #: whoever comes: the login, the style sheet
    SELF = "self"  #: whoever is logged in: the own account
    FIGURES = "figures"  #: counts without words or numbers
    CALLS = "calls"  #: transcripts
    NUMBERS = "numbers"  #: whole telephone numbers; without it the last four digits (R23)
    LISTEN = "listen"  #: audio, where there is some
    ANNOTATE = "annotate"  #: notes, grid, flag, corrections, hiding a passage
    ERASE = "erase"  #: erasing a passage for good
    EXPORT = "export"  #: taking lists away
    TICKETS = "tickets"  #: reading what callers left
    ACT = "act"  #: assigning, moving on, joining tickets; acknowledging alerts
    QUESTIONS = "questions"  #: questions without a good answer
    SHEETS = "sheets"  #: adding phrasings, writing sheets
    ACCESS_LOG = "access_log"  #: who read what
    PERSONS = "persons"  #: what is kept of a person: shown, exported, erased, held; the purge
    ACCOUNTS = "accounts"  #: who has an account


class Role(StrEnum):
    """The six roles."""

    READER = "lecteur"
    SUPERVISOR = "superviseur"
    LISTENER = "ecoute"
    EDITOR = "redacteur"
    DPO = "dpo"
    TECHNICIAN = "technique"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.READER: frozenset({Right.FIGURES}),
    Role.SUPERVISOR: frozenset(
        {
            Right.FIGURES,
            Right.CALLS,
            Right.NUMBERS,
            Right.ANNOTATE,
            Right.EXPORT,
            Right.TICKETS,
            Right.ACT,
            Right.QUESTIONS,
        }
    ),
    Role.LISTENER: frozenset({Right.CALLS, Right.LISTEN, Right.ANNOTATE}),
    Role.EDITOR: frozenset({Right.FIGURES, Right.QUESTIONS, Right.SHEETS}),
    Role.DPO: frozenset(
        {
            Right.CALLS,
            Right.NUMBERS,
            Right.ERASE,
            Right.EXPORT,
            Right.TICKETS,
            Right.ACCESS_LOG,
            Right.PERSONS,
        }
    ),
    Role.TECHNICIAN: frozenset({Right.FIGURES, Right.ACCOUNTS}),
}

NAMES: dict[Role, str] = {
    Role.READER: "lecteur : les chiffres",
    Role.SUPERVISOR: "superviseur : appels, demandes, notes",
    Role.LISTENER: "écoute : appels et enregistrements",
    Role.EDITOR: "rédacteur : questions et fiches",
    Role.DPO: "DPO : droits des personnes, journal d'accès",
    Role.TECHNICIAN: "technique : comptes, aucun contenu",
}


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    """The rights of all roles together; an unknown role gives none."""
    known = {role.value: role for role in Role}
    found: set[Right] = {Right.SELF}
    for word in roles:
        if word in known:
            found |= RIGHTS[known[word]]
    return frozenset(found)


def check_roles(words: Iterable[str]) -> tuple[str, ...]:
    """The roles, each once, accents forgiven.

    Raises:
        ValueError: one sentence in French naming the unknown one.
    """
    plain = str.maketrans("éÉ", "ee")
    wanted = [word.strip().lower().translate(plain) for word in words if word.strip()]
    for word in wanted:
        if word not in {role.value for role in Role}:
            known = ", ".join(role.value for role in Role)
            raise ValueError(f"« {word} » n'est pas un rôle ; il y a : {known}")
    if not wanted:
        raise ValueError("donnez au moins un rôle")
    return tuple(dict.fromkeys(wanted))
