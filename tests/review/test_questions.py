"""From questions without an answer to phrasings, or to a new sheet that another validates."""

from __future__ import annotations

import html

import pytest

from dialog.search.bank import read_bank
from dialog.sheets import load_sheets
from tests.review.conftest import World

NEW = {
    "title": "Prêt de vélos",
    "service": "accueil",
    "text": "La mairie prête deux vélos. C'est gratuit pour une semaine.",
    "questions": ["vous prêtez des vélos", "emprunter un vélo", "c'est combien le vélo"],
}


def ask(world: World, *questions: str) -> None:
    for question in questions:
        world.call(
            question, action="out_of_scope", sheet="", reply="Je ne sais pas.", confidence=0.2
        )


def test_questions_of_one_meaning_are_one_group(both: World) -> None:
    ask(
        both,
        "est-ce que vous prêtez des vélos électriques",
        "un vélo électrique à prêter",
        "prêtez-vous des vélos",
        "les paons du voisin crient la nuit",
    )
    groups = both.log_in("redacteur").get("/api/questions").json()
    assert [len(one["questions"]) for one in groups] == [3, 1]
    assert all("vélo" in one["heard"] for one in groups[0]["questions"])
    assert groups[0]["questions"][0]["call_id"] == ""  # who writes sheets opens no calls


def test_phrasings_go_into_the_towns_bank(world: World) -> None:
    ask(world, "# mon passe port est mort", "renouveler mon passe port")
    client = world.log_in("redacteur")
    groups = client.get("/api/questions").json()
    said = [one["heard"] for group in groups for one in group["questions"]]
    form = {"csrf": client.headers["X-CSRF-Token"], "sheet": "passeport"}
    form |= {f"say-{number}": text for number, text in enumerate(said)}
    form["say-9"] = "mon numéro est 1 85 05 78 006 084 91"
    for _ in range(2):  # a second click adds nothing
        assert client.post("/questions/phrasings", data=form).status_code == 303
    kept = read_bank(world.root / "phrasings")["passeport"]
    assert sorted(kept) == [
        "mon numéro est [NIR masqué]",
        "mon passe port est mort",
        "renouveler mon passe port",
    ]


@pytest.mark.parametrize(
    "bad",
    [
        {"sheet": "inconnue", "phrasings": ["x"]},
        {"sheet": "passeport", "phrasings": []},
        {"sheet": "passeport", "phrasings": ["  "]},
        {"sheet": "passeport", "phrasings": ["x" * 401]},
        {"sheet": "../passeport", "phrasings": ["x"]},
    ],
)
def test_bad_phrasings_write_nothing(world: World, bad: dict[str, object]) -> None:
    answer = world.log_in("redacteur").post("/api/questions/phrasings", json=bad)
    assert answer.status_code == 422
    assert not (world.root / "phrasings").exists()


def test_a_new_sheet_is_seen_kept_and_validated_by_another(world: World) -> None:
    writer, other = world.log_in("redacteur"), world.log_in("redacteur")
    form = {**NEW, "questions": "\n".join(NEW["questions"])}
    form["csrf"] = writer.headers["X-CSRF-Token"]
    # 1. what the assistant would say
    page = html.unescape(writer.post("/sheets/new", data={**form, "step": "preview"}).text)
    assert "<p>La mairie prête deux vélos.</p><p>C'est gratuit pour une semaine.</p>" in page
    assert not (world.root / "sheets" / "pret-de-velos.md").exists()
    # 2. a draft, which is never spoken
    assert writer.post("/sheets/new", data={**form, "step": "save"}).status_code == 303
    assert _sheet(world).status == "brouillon"
    # 3. not by who wrote it
    refused = writer.post("/sheets/pret-de-velos/validate", data={"csrf": form["csrf"]})
    assert refused.status_code == 403
    assert other.post("/sheets/pret-de-velos/validate").status_code == 303
    assert _sheet(world).status == "validée"
    assert _sheet(world).questions == tuple(NEW["questions"])
    # 4. and nobody writes over it
    assert other.post("/api/sheets", json=NEW).status_code == 422


def _sheet(world: World):
    return next(one for one in load_sheets(world.root / "sheets") if one.id == "pret-de-velos")


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"title": "!!!"},
        {"text": "  "},
        {"service": "inconnu"},
        {"valid_until": "demain"},
        {"title": "x" * 121},
        {"text": "## Prix\n"},
    ],
)
def test_bad_sheets_are_refused_and_what_was_written_stays(
    world: World, change: dict[str, str]
) -> None:
    client = world.log_in("redacteur")
    assert client.post("/api/sheets", json={**NEW, **change}).status_code == 422
    form = {**NEW, "questions": "ma question à moi", **change, "step": "save"}
    answer = client.post("/sheets/new", data={**form, "csrf": client.headers["X-CSRF-Token"]})
    assert answer.status_code == 422
    assert "ma question à moi" in answer.text
    assert [path.name for path in (world.root / "sheets").iterdir()] == ["passeport.md"]


def test_a_sheet_cannot_smuggle_a_key_into_its_head(world: World) -> None:
    client = world.log_in("redacteur")
    title = "Vélos\nstatus: validée"
    answer = client.post("/api/sheets", json={**NEW, "title": title})
    sheets = {one.id: one for one in load_sheets(world.root / "sheets")}
    if answer.status_code == 201:
        assert sheets[answer.json()["id"]].status == "brouillon"


def test_the_checks_of_kb_check_are_told(world: World) -> None:
    from dataclasses import replace

    from dialog.lint import Folder
    from review.app import build

    folder = Folder.read(world.root, world.desk.town, world.desk.today)
    world.app = build(replace(world.desk, lint_folder=lambda: folder))
    client = world.log_in("redacteur")
    text = "Appelez le 0899 12 34 56 pour réserver."
    found = client.post("/api/sheets/preview", json={**NEW, "text": text}).json()["findings"]
    assert any(one["severity"] == "error" and "surtax" in one["message"] for one in found), found
