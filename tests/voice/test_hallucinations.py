"""Invented words go, callers' words stay."""

from __future__ import annotations

import pytest

from voice.hallucinations import is_echo, is_loop, without_credits, without_loop


@pytest.mark.parametrize(
    "invented",
    [
        "Sous-titres réalisés par la communauté d'Amara.org",
        "Sous-titres réalisés para la communauté d'Amara.org",
        "Sous-titrage Société Radio-Canada",
        "Sous-titrage ST' 501",
        "Sous-titrage MFP.",
        "Sous-titres faits par Jean-Michel",
        "❤️ par SousTitreur.com",
        "Sous-titres par SousTitreur.com...",
        "Merci d'avoir regardé cette vidéo !",
        "Merci d’avoir regardé la vidéo.",
        "Merci d'avoir suivi cet épisode jusqu'au bout.",
        "Abonnez-vous !",
        "Abonnez-vous à ma chaîne.",
        "N'oubliez pas de vous abonner et d'activer la cloche.",
        "À bientôt pour une nouvelle vidéo !",
        "Thanks for watching!",
        "Thank you so much for watching.",
        "© 2019 Radio France",
        "Musique de fin",
        "Générique de fin",
        "[Musique]",
        "(rires)",
        "*Bruit de fond*",
        "♪",
        "[Musique",
        "...",
        " . ! ",
        "",
        "Merci d'avoir regardé cette vidéo ! Abonnez-vous ! Sous-titrage ST' 501",
    ],
)
def test_credits_and_sounds_are_nothing(invented: str) -> None:
    assert without_credits(invented) == ""


@pytest.mark.parametrize(
    "spoken",
    [
        "Je voudrais m'inscrire à l'école de musique.",
        "Musique.",
        "La musique de la salle des fêtes m'empêche de dormir.",
        "Merci.",
        "Merci beaucoup, au revoir.",
        "Merci d'avoir regardé mon dossier.",
        "Merci de m'avoir écouté.",
        "Est-ce que le conseil municipal a des sous-titres pour les sourds ?",
        "Les sous-titres du film au cinéma municipal.",
        "Sous-titrer le conseil municipal, c'est prévu ?",
        "Je voudrais m'abonner à la lettre de la mairie.",
        "Ma rue s'appelle rue du Générique.",
        "À bientôt !",
        "Le copyright des photos du bulletin municipal, il est à qui ?",
        "Mon numéro, c'est le 06.12.34.56.78.",
        "C'est à 10.30 ou à 11 h ?",
        "Mon adresse est marie.durand@exemple.fr et j'attends.",
        "Oui.",
        "1",
    ],
)
def test_what_callers_say_survives_word_for_word(spoken: str) -> None:
    assert without_credits(spoken) == spoken


@pytest.mark.parametrize(
    ("heard", "left"),
    [
        (
            "Bonjour, je veux un acte de naissance. Sous-titres réalisés par la communauté "
            "d'Amara.org",
            "Bonjour, je veux un acte de naissance.",
        ),
        ("[Musique] Allô ? [Bruit]", "Allô ?"),
        ("Au revoir. Merci d'avoir regardé cette vidéo !", "Au revoir."),
    ],
)
def test_a_credit_after_real_words_goes_alone(heard: str, left: str) -> None:
    assert without_credits(heard) == left


@pytest.mark.parametrize(
    "heard",
    [
        "on se marie. On se marie. on se marie.",
        "non " * 5,
        "je voudrais la mairie je voudrais la mairie je voudrais la mairie",
        "Allô, je ne sais pas, je ne sais pas, je ne sais pas, je ne sais pas.",
        "hahahahahahahahahahaha",
        "0 " * 60,
        "un deux " * 30,
    ],
)
def test_a_loop_is_seen(heard: str) -> None:
    assert is_loop(heard)


@pytest.mark.parametrize(
    "spoken",
    [
        "Non non non.",
        "Oui oui, oui oui.",
        "Allô ? Allô ? Allô ? Allô ?",
        "deux deux deux",
        "zéro deux, deux deux, deux deux, deux deux, deux deux",
        "02 22 22 22 22",
        "01 01 01 01 01",
        "0 6 0 6 0 6 0 6 0 6",
        "quatre-vingt quatre-vingt quatre-vingt quatre-vingt",
        "vingt et un, vingt et un, vingt et un",
        "Il y a un chien, un très très très gros chien.",
        "",
    ],
)
def test_what_a_caller_may_repeat_is_no_loop(spoken: str) -> None:
    assert not is_loop(spoken)


@pytest.mark.parametrize(
    ("looped", "once"),
    [
        ("on se marie. on se marie. on se marie.", "on se marie."),
        ("Non non non non non non", "Non non"),
        ("le canapé, le canapé, le canapé à jeter", "le canapé, à jeter"),
        ("hahahahahahahahahahaha", "haha"),
        ("c'est le 02 22 22 22 22 c'est le 02 22 22 22 22", "c'est le 02 22 22 22 22"),
        ("deux deux deux deux deux deux", "deux deux deux deux deux deux"),
        ("22 22 22 22 22 22", "22 22 22 22 22 22"),
    ],
)
def test_a_loop_is_said_once_and_numbers_stay(looped: str, once: str) -> None:
    assert without_loop(looped) == once


@pytest.mark.parametrize(
    "tone", ["Fou ! Fou ! Fou ! Fou !", "bip bip bip bip bip", "Tu, tu, tu, tu."]
)
def test_a_tone_written_down_is_nothing_said(tone: str) -> None:
    assert without_credits(tone) == ""


@pytest.mark.parametrize(
    "said",
    ["Non, non, non, non !", "Allô ? Allô ? Allô ? Allô ?", "Feu ! Feu ! Feu ! Feu !", "deux " * 5],
)
def test_what_people_say_over_and_over_is_kept(said: str) -> None:
    assert without_credits(said) == said.strip()


HINTS = "Bonjour, mairie de Saint-Aubin. Carte d'identité, passeport, PACS, déchetterie."


@pytest.mark.parametrize(
    "text",
    ["Carte d'identité, passeport, PACS, déchetterie.", "passeport, PACS, déchetterie", HINTS],
)
def test_nothing_but_the_hints_is_an_echo(text: str) -> None:
    assert is_echo(text, HINTS)


@pytest.mark.parametrize(
    "text",
    ["Passeport.", "Le passeport, le PACS.", "C'est pour un passeport et un PACS.", "PACS", ""],
)
def test_words_that_the_hints_have_too_are_no_echo(text: str) -> None:
    assert not is_echo(text, HINTS)
    assert not is_echo(text, "")
