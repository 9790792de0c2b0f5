"""Phrases an answer with the language model, where it is capable; what it says is checked."""

from __future__ import annotations

from dialog.language_model import LlamaRewriter

MOST_TOKENS = 120
_SYSTEM = (
    "Tu es l'accueil téléphonique d'une mairie. Réponds à la question en une ou deux phrases "
    "courtes, seulement avec les phrases données. N'ajoute rien, ne change aucun chiffre, aucun "
    "prix, aucune heure, aucun nom."
)


class LlamaPhraser:
    """`dialog.phrasing.Phraser` on the model that also rewrites follow-ups."""

    def __init__(self, model: LlamaRewriter) -> None:
        self._model = model

    def phrase(self, question: str, sentences: str) -> str:
        """See `Phraser`."""
        user = f"Question : {question}\nPhrases : {sentences}"
        return self._model.chat(_SYSTEM, user, most_tokens=MOST_TOKENS)
