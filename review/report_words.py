"""What the tables of the monthly report and their categories are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

#: the tables in the order of the page
TITLES: Mapping[str, str] = {
    "fate": "Ce que sont devenus les appels",
    "opening": "Pendant et hors des heures d'ouverture",
    "hour": "Appels par heure",
    "line": "Appels par ligne",
    "subject": "Sujets les plus fréquents",
    "question": "Ce que l'assistant a répondu aux questions",
    "length": "Durée des appels",
    "left_after": "Raccrochés sans un mot : après combien de temps",
    "left_when": "Raccrochés sans un mot : à quel moment",
    "ticket": "Demandes laissées aux services",
    "follow_up": "Suivi de ces demandes",
    "voice": "Attente avant la réponse, à l'oreille de l'appelant",
    "language": "Langues",
    "refused": "Refus",
}
NAMES: Mapping[str, Mapping[str, str]] = {
    "fate": {
        "solved": "Résolus sans agent",
        "message": "Demande laissée",
        "picked_up": "Passés à un agent, qui a décroché",
        "not_picked_up": "Passés à un agent, sans réponse",
        "abandoned": "Raccrochés sans un mot",
        "not_answered": "Non décrochés",
        "failed": "Incident technique",
        "other": "Autres : réponse peu sûre, ou pas de sujet",
        "not_over": "En cours",
    },
    "opening": {"open": "Accueil ouvert", "closed": "Accueil fermé"},
    "subject": {"others": "Autres sujets", "none": "Sans sujet reconnu"},
    "question": {
        "answered": "Réponse d'une fiche",
        "unsure": "Réponse peu sûre",
        "asked_back": "Question de précision",
        "unanswered": "Sans réponse",
        "to_a_person": "Passage à un agent",
        "form": "Prise d'une demande",
        "emergency": "Urgence",
        "other": "Politesse, répétition, au revoir",
    },
    "length": {
        "under_30s": "Moins de 30 s",
        "under_1min": "30 s à 1 min",
        "under_2min": "1 à 2 min",
        "under_5min": "2 à 5 min",
        "longer": "Plus de 5 min",
        "not_answered": "Non décrochés",
        "not_over": "En cours",
    },
    "left_after": {
        "under_5s": "Moins de 5 s",
        "under_15s": "5 à 15 s",
        "longer": "Plus de 15 s",
    },
    "left_when": {
        "morning": "Matin, 8 h à 12 h",
        "noon": "Midi, 12 h à 14 h",
        "afternoon": "Après-midi, 14 h à 18 h",
        "night": "Soir et nuit",
    },
    "follow_up": {
        "closed_in_time": "Closes à temps",
        "closed_late": "Closes en retard",
        "open_in_time": "Ouvertes, dans les temps",
        "open_late": "Ouvertes, en retard",
    },
    "voice": {
        "under_0.8s": "Moins de 0,8 s",
        "under_1.2s": "0,8 à 1,2 s",
        "under_2.5s": "1,2 à 2,5 s",
        "longer": "Plus de 2,5 s",
        "not_measured": "Non mesurée",
    },
    "refused": {"recording": "Enregistrement refusé", "transcription": "Transcription refusée"},
    "timing": {
        "answer": "De la sonnerie au décroché",
        "length": "Durée d'un appel",
        "voice": "De la voix à la voix",
    },
}
#: tables whose categories have an order of their own; the others go by count
ORDER: Mapping[str, Sequence[str]] = {
    name: tuple(NAMES[name])
    for name in ("fate", "opening", "length", "left_after", "left_when", "follow_up", "voice")
}
