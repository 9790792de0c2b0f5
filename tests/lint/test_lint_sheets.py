"""What `kb check` says of a sheet: the rule, the severity, the file and the line."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialog.lint import Severity
from dialog.lint.personal import check as personal
from tests.lint.conftest import Place, brief

BODY = 14  # the line of a body's first words, three questions in the head


def test_a_town_that_is_right_has_no_findings(place: Place) -> None:
    assert place.lint() == []


def words(count: int) -> str:
    return " ".join(["mot"] * count)


@pytest.mark.parametrize(
    ("body", "severity", "rule", "line"),
    [
        (f"{words(20)}. Le {words(20)}. Le {words(20)}.", "error", "trop-long", BODY),
        (f"{words(56)}.", "error", "phrase", BODY),
        (f"{words(26)}.", "advice", "phrase", BODY),
        ("Un. Deux. Trois. Quatre. Cinq.", "warning", "trop-de-faits", BODY),
        ("Bien.\n\n## Prix\nUn. Deux. Trois. Quatre. Cinq.", "warning", "trop-de-faits", BODY + 3),
        ("Appelez le 0810 20 30 40.", "error", "surtaxe", BODY),
        ("Appelez le 08 20 10 20 30.", "error", "surtaxe", BODY),
        ("Appelez le 0 899 10 20 30.", "error", "surtaxe", BODY),
        ("Appelez le +33 825 12 34 56.", "error", "surtaxe", BODY),
        ("Appelez le 118 712.", "error", "surtaxe", BODY),
        ("La météo est au 3250.", "error", "surtaxe", BODY),
        ("Appelez le 3456.", "warning", "numero-court", BODY),
        ("Appelez le 02 619 140 10.", "warning", "numero", BODY),
        ("Appelez le 02 61 91 40 1.", "warning", "numero", BODY),
        ("Appelez le 02 61 91 40 10. Elle répond le lundi.", "advice", "ordre", BODY),
        ("Le SIVURX vous répond.", "warning", "sigle", BODY),
        ("Allez sur www.valmont.example/a/b.", "warning", "lien", BODY),
        ("Allez sur https://valmont.example.", "advice", "lien", BODY),
        ("Voir service-public.fr/vosdroits/F1.", "warning", "lien", BODY),
        ("Dites votre numéro de sécurité sociale.", "error", "donnee-interdite", BODY),
        ("Communiquez votre IBAN par téléphone.", "error", "donnee-interdite", BODY),
        ("Tapez le numéro de carte bancaire.", "error", "donnee-interdite", BODY),
        ("Par exemple 2 55 08 14 168 025 38.", "error", "donnee-interdite", BODY),
        ("Virement sur FR14 2004 1010 0505 0001 3M02 606.", "error", "donnee-interdite", BODY),
        ("Payez avec 4111 1111 1111 1111.", "error", "donnee-interdite", BODY),
        ("La fête a lieu le 14 juillet 2026.", "warning", "date-passee", BODY),
        ("La fête a lieu le 01/09/2026.", "warning", "date-passee", BODY),
        ("Les inscriptions 2024-2025 sont ouvertes.", "warning", "date-passee", BODY),
        ("Voici les tarifs 2025.", "warning", "date-passee", BODY),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    place: Place, body: str, severity: str, rule: str, line: int
) -> None:
    place.sheet("essai", body)
    found = place.lint()
    assert (severity, rule, "sheets/essai.md", line) in brief(found)
    assert all(f.message[0].isupper() and f.message.endswith((".", "?", "»")) for f in found)


@pytest.mark.parametrize(
    "body",
    [
        "Appelez le 0 800 47 33 33, gratuit, ou le 0 806 001 620.",
        "Appelez le 3919 ou le 3646.",
        "Le +33 2 61 91 40 10 répond. Le 02.61.91.40.10 aussi.",
        "La ville a 3500 habitants et 1 250 places.",
        "Louis XIV aimait le CCAS.",
        "Allez sur valmont.example, ou écrivez à mairie@valmont.example.",
        "Ne donnez jamais votre numéro de sécurité sociale au téléphone.",
        "Apportez un relevé d'identité bancaire pour le prélèvement.",
        "Depuis le 1er janvier 2024, c'est gratuit. La loi du 11 février 2005 le dit.",
        "La fête a lieu le 14 juillet 2027, rue du 8 mai 1945.",
        "L'année 2026-2027 commence.",
        "Un. Deux. Trois. Quatre.",
        "Le dossier DP 078 490 26 A0012 est au guichet.",
    ],
)
def test_what_is_right_is_left_alone(place: Place, body: str) -> None:
    place.sheet("essai", body)
    assert place.lint(sigles=frozenset({"CCAS", "DP"})) == []


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_is_survived(text: str) -> None:
    """Whatever stands in a sheet, every rule comes to an end."""
    with TemporaryDirectory() as folder:
        place = Place(Path(folder))
        place.sheet("essai", text, questions=[text[:50].replace("\n", " ") or "a", "b", "c"])
        assert all(finding.message for finding in place.lint())


def test_a_sheet_that_is_over_or_will_be_soon(place: Place) -> None:
    place.sheet("hier", "Bien.", until="2026-11-24")
    place.sheet("bientot", "Bien.", until="2026-12-25")
    place.sheet("plus-tard", "Bien.", until="2026-12-26")
    found = {f.sheet: f for f in place.lint()}
    assert found["hier"].rule == "perimee"
    assert found["hier"].severity == Severity.ERROR
    assert "24 novembre 2026" in found["hier"].message
    assert found["bientot"].rule == "bientot-perimee"
    assert "plus-tard" not in found


def test_the_head_is_checked(place: Place) -> None:
    place.sheet("ailleurs", "Bien.", service="cantine")
    place.sheet("attente", "Bien.", status="brouillon")
    place.sheet("seule", "Bien.", questions=["une seule question"])
    path = place.root / "sheets" / "attente.md"
    path.write_text(path.read_text().replace("valid_until: 2027-12-31\n", ""))
    found = brief(place.lint())
    assert ("error", "service", "sheets/ailleurs.md", 4) in found
    assert ("warning", "sans-date", "sheets/attente.md", 1) in found
    assert ("advice", "statut", "sheets/attente.md", 5) in found
    assert ("advice", "questions", "sheets/seule.md", 9) in found


@pytest.mark.parametrize(
    ("content", "line", "sentence"),
    [
        ("Bonjour.", 1, "Une fiche commence par"),
        ("---\nid: x\n", 1, "n'est pas fermé"),
        ("---\nid: x\ntitle: X\n---\nBien.", 4, "La clé « service » manque"),
        ("---\nid: x\nowner: ''\n---\nBien.", 3, "« owner » doit être un texte"),
        ("---\nid: x\ncouleur: bleu\n---\nBien.", 3, "La clé « couleur » est inconnue"),
        ("---\nid: x\nvalid_until: demain\n---\nBien.", 3, "comme 2027-12-31, pas « demain »"),
        ("---\nid: x\ntags: fete\n---\nBien.", 3, "« tags » doit être une liste"),
        ("---\nid: é!\n---\nBien.", 2, "ne doit avoir que des lettres"),
        ("---\nid: [\n---\nBien.", 2, "L'en-tête est mal écrit"),
        ("---\nid: x\ntitle: a\x1bb\n---\nBien.", 3, "L'en-tête est mal écrit"),
    ],
)
def test_a_sheet_that_cannot_be_read_is_named_in_french_and_the_others_are_checked(
    place: Place, content: str, line: int, sentence: str
) -> None:
    (place.root / "sheets" / "casse.md").write_text(content, encoding="utf-8")
    place.sheet("essai", "Appelez le 0810 20 30 40.")
    found = place.lint()
    broken = next(f for f in found if f.rule == "illisible")
    assert (broken.severity, broken.file, broken.line) == (Severity.ERROR, "sheets/casse.md", line)
    assert sentence in broken.message
    assert any(f.rule == "surtaxe" for f in found)


def test_a_file_in_another_encoding_is_one_finding(place: Place) -> None:
    (place.root / "sheets" / "latin.md").write_bytes("---\nid: é\n".encode("latin-1"))
    (found,) = place.lint()
    assert "UTF-8" in found.message


def test_two_sheets_with_the_same_question(place: Place) -> None:
    place.sheet("un", "Bien.", questions=["où est la mairie ?", "quand ouvrez-vous", "bonjour là"])
    place.sheet("zz", "Bien.", questions=["Où est la mairie", "quand ouvrez vous l", "autre chose"])
    found = [f for f in place.lint() if f.rule.startswith("question-")]
    assert [(f.severity.value, f.rule, f.sheet, f.line) for f in found] == [
        ("error", "question-double", "zz", 10),
        ("warning", "question-proche", "zz", 11),
    ]
    assert "« un »" in found[0].message
    # a sheet that is over answers nothing any more
    place.sheet("zz", "Bien.", questions=["Où est la mairie", "a", "b"], until="2026-01-01")
    assert not [f for f in place.lint() if f.rule.startswith("question-")]


def test_two_sheets_with_one_id(place: Place) -> None:
    place.sheet("un", "Bien.")
    text = (place.root / "sheets" / "un.md").read_text()
    (place.root / "sheets" / "deux.md").write_text(text.replace(" un", " deux"))
    (place.root / "sheets" / "trois.md").write_text(text.replace("- un", "- trois"))
    found = [f for f in place.lint() if f.rule == "identifiant"]
    assert {f.file for f in found} == {"sheets/un.md", "sheets/trois.md"}


def test_the_assistant_itself_never_asks_for_what_sheets_may_not(place: Place) -> None:
    """R13 holds for the program's own sentences too."""
    phrases = Path(__file__).parents[2] / "dialog" / "data" / "phrases.toml"
    said = [line.partition(' = "')[2].rstrip('"') for line in phrases.read_text().splitlines()]
    said = [text for text in said if text]
    assert len(said) > 100
    for number, text in enumerate(said):
        place.sheet(f"phrase-{number}", text)
    from dialog.lint import Folder
    from dialog.town import Service, Town

    town = Town(
        name="V",
        greeting_name="V",
        phone="0",
        default_service="a",
        services=(Service(id="a", name="a"),),
    )
    folder = Folder.read(place.root, town, date(2026, 11, 25))
    assert len(folder.pages) >= len(said)
    assert not list(personal(folder))
