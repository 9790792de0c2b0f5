"""What is wrong with a sheet's file, said in French: the program's own sentences are English."""

from __future__ import annotations

import re

_SENTENCES = (
    (r"the key '(.+)' is missing from the head", r"La clé « \1 » manque dans l'en-tête."),
    (r"unknown key '(.+)' in the head.*", r"La clé « \1 » est inconnue dans l'en-tête."),
    (r"the key '(.+)' stands twice in the head", r"La clé « \1 » est écrite deux fois."),
    (r"(\w+): a text is needed", r"« \1 » doit être un texte, et il est vide."),
    (
        r"(valid_\w+): '?(.*?)'? is not a date such as .*",
        r"« \1 » doit être une date comme 2027-12-31, pas « \2 ».",
    ),
    (r"valid_until is before valid_from", "« valid_until » est avant « valid_from »."),
    (
        r"id: '(.+)' has other characters than .*",
        r"L'identifiant « \1 » ne doit avoir que des lettres, des chiffres et des tirets.",
    ),
    (r"questions: each one is .*", "Chaque question est une ligne « - texte »."),
    (r"tags: a list of words .*", "« tags » doit être une liste de mots, comme [événement]."),
    (r"a heading has no words", "Un titre est vide."),
    (r"the section '(.+)' has no text", r"La partie « \1 » n'a pas de texte."),
    (r"the direct answer has no text", "La réponse directe n'a pas de texte."),
    (r"the head is not closed .*", "L'en-tête n'est pas fermé par une ligne « --- »."),
    (r"a sheet begins with .*", "Une fiche commence par une ligne « --- », puis son en-tête."),
    (r"the head is not valid YAML \((.*)\)", r"L'en-tête est mal écrit (\1)."),
    (r"the head is not a list .*", "L'en-tête doit être une suite de lignes « clé: valeur »."),
)


def in_french(sentence: str) -> str:
    """The sentence in French; one that is unknown is given as it is."""
    for pattern, french in _SENTENCES:
        if match := re.fullmatch(pattern, sentence, re.DOTALL):
            return match.expand(french)
    return f"Fiche illisible : {sentence}."
