"""A town's own words, from its pronunciation.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice.speakable import Pronunciation, speakable

EXAMPLE = Path(__file__).parents[2] / "examples" / "saint-aubin" / "pronunciation.toml"


def test_the_example_town_names_its_streets_and_sigles() -> None:
    # 1. the town's file is read
    town = Pronunciation.load(EXAMPLE)
    # 2. its words pass before the general rules, whole words only
    said = speakable("Le CCAS de Saint-Aubin est au 12 rue Simone-Veil.", pronunciation=town)
    assert said == "Le cé cé a èsse de Sain-Taubin est au douze rue Simone Veille."
    # 3. an address that people write down keeps its spelling
    assert "saint tiret aubin" in speakable("accueil@saint-aubin.example", pronunciation=town)


def test_whole_words_only_and_longer_entries_first() -> None:
    words = Pronunciation({"Ker": "Kère", "Ker Goff": "Kère Gof", "yeuse": "ieuse"})
    assert words.apply("Ker Goff, Ker Huon, Kermesse") == "Kère Gof, Kère Huon, Kermesse"
    assert words.apply("Yeuse et yeuse") == "Ieuse et ieuse"
    assert Pronunciation().apply("Ker") == "Ker"


def test_a_sigle_is_spelled_read_or_said_in_full_as_the_town_wants(tmp_path: Path) -> None:
    # 1. the three modes of one file
    path = tmp_path / "pronunciation.toml"
    path.write_text(
        'letters = ["SIVOS"]\n[words]\n"MAM" = "mame"\n[expand]\nPC = "poste de commandement"\n'
        'ALAE = { say = "accueil périscolaire", plural = "accueils périscolaires" }\n'
        'MPE = { say = "maison de la petite enfance", gender = "f" }\n',
        encoding="utf-8",
    )
    town = Pronunciation.load(path)
    # 2. the town's way goes before the general one, articles and plurals included
    said = speakable("Le SIVOS, la MAM, le PC, les ALAE.", pronunciation=town)
    assert said == (
        "Le èsse i vé o èsse, la mame, le poste de commandement, les accueils périscolaires."
    )
    assert speakable("à l'MPE", pronunciation=town) == "à la maison de la petite enfance"
    # 3. whoever checks sheets knows what the file tells
    assert town.known == {"SIVOS", "MAM", "PC", "ALAE", "MPE"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('letters = "CCAS"\n', "letters must be a list"),
        ('letters = ["CM2"]\n', "'CM2', which is not a sigle"),
        ("expand = 3\n", "expand must be a table"),
        ("[expand]\nMPE = 3\n", "expand.MPE must be a text"),
        ('[expand]\nMPE = { plural = "maisons" }\n', "lacks `say`"),
        ('[expand]\nMPE = { say = "maison", genre = "f" }\n', "unknown key 'genre'"),
        ('[expand]\nMPE = { say = "maison", gender = "x" }\n', 'is "m" or "f"'),
        ('[expand]\nMPE = { say = "" }\n', "must hold texts"),
        ('[words]\n"Ker" = "Kère"\n"Goff" = \n', "line 3"),
        ('"Ker" = "Kère"\n', "'Ker' is unknown"),
        ("words = 3\n", "words must be a table"),
        ('[words]\n"Ker" = 3\n', "words.Ker must be a text"),
        ('[words]\n"Ker" = " "\n', "words.Ker must be a text"),
        ('[words]\n"" = "Kère"\n', "nothing on its left"),
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence(
    tmp_path: Path, content: str, sentence: str
) -> None:
    path = tmp_path / "pronunciation.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=sentence) as refused:
        Pronunciation.load(path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_or_badly_encoded_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        Pronunciation.load(tmp_path / "absent.toml")
    latin = tmp_path / "latin.toml"
    latin.write_bytes('[words]\n"é" = "é"\n'.encode("latin-1"))
    with pytest.raises(ValueError, match="UTF-8"):
        Pronunciation.load(latin)


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "pronunciation.toml"
    path.write_text("", encoding="utf-8")
    assert speakable("Ker", pronunciation=Pronunciation.load(path)) == "Ker"
