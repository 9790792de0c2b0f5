"""What the measured callers ask, and which sheets answer it.

`|` is a pause inside the sentence: whoever thinks while speaking must not be cut off. The sheets
are the example town's; a question with several may be answered from any of them.
"""

from __future__ import annotations

from dataclasses import dataclass

PAUSE_S = (0.3, 0.8)  #: shortest and longest pause inside a sentence
CUT_IN_AT = 4  #: every fourth question of a call is asked over the reply to the one before


@dataclass(frozen=True)
class Question:
    """One thing that a caller asks."""

    text: str  #: with `|` where the caller pauses
    sheets: frozenset[str]  #: that answer it in the example town

    @property
    def parts(self) -> tuple[str, ...]:
        """What is said between two pauses."""
        return tuple(part.strip() for part in self.text.split("|"))

    @property
    def words(self) -> str:
        """The words without the pauses."""
        return " ".join(self.parts)


def _q(text: str, *sheets: str) -> Question:
    return Question(text, frozenset(sheets))


QUESTIONS = (
    _q("À quelle heure ouvre la piscine ?", "piscine-municipale"),
    _q(
        "Bonjour, je voudrais savoir | quels papiers il faut apporter pour refaire ma carte "
        "d'identité.",
        "carte-identite",
    ),
    _q("Est-ce que la déchetterie est ouverte le dimanche ?", "decheterie"),
    _q(
        "J'ai un vieux canapé et deux matelas à jeter, | comment est-ce que je peux faire ?",
        "encombrants",
        "decheterie-acceptes",
    ),
    _q(
        "Combien coûte un repas à la cantine ?",
        "cantine-tarifs",
    ),
    _q(
        "On voudrait se pacser, mon ami et moi, | ça se passe à la mairie ?",
        "pacs",
    ),
    _q(
        "Comment je fais pour m'inscrire sur les listes électorales ?",
        "inscription-listes-electorales",
    ),
    _q("Quand est-ce que le marché a lieu ?", "marche"),
    _q(
        "Mon passeport expire dans deux mois, | est-ce que je peux le faire refaire chez vous ?",
        "passeport",
        "rendez-vous-titres",
    ),
    _q("Il me faut un acte de naissance, s'il vous plaît.", "acte-naissance"),
    _q(
        "Je voudrais louer la salle des fêtes | pour l'anniversaire de mes parents.",
        "salle-location",
    ),
    _q("Quels sont les horaires de la bibliothèque ?", "bibliotheque"),
    _q(
        "Je voudrais construire un abri de jardin de douze mètres carrés, | il me faut un permis ?",
        "abri-jardin",
        "declaration-prealable",
        "permis-construire",
    ),
    _q("C'est pour inscrire ma fille à l'école en septembre.", "inscription-ecole"),
    _q("À quelle heure ferme la mairie le vendredi ?", "mairie-horaires"),
    _q(
        "Ma mère a quatre-vingt-deux ans, | et elle aurait besoin d'une aide à domicile.",
        "aide-domicile",
        "apa",
    ),
    _q("Quel jour passe la poubelle jaune ?", "collecte-tri", "collecte-ordures"),
    _q("Je cherche une place en crèche pour mon bébé.", "creche-inscription"),
    _q(
        "Est-ce que vous avez une adresse où je peux faire | une demande de logement social ?",
        "logement-social",
    ),
    _q("Est-ce que je peux brûler mes déchets verts dans mon jardin ?", "dechets-verts"),
)


def of_caller(caller: int, calls: int, each: int) -> list[list[Question]]:
    """The questions of one caller: so many calls of `each`; no two callers begin alike."""
    step = 7  # has no divisor in common with the number of questions
    first = caller * 5
    order = [QUESTIONS[(first + step * at) % len(QUESTIONS)] for at in range(calls * each)]
    return [order[at : at + each] for at in range(0, len(order), each)]
