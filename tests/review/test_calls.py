"""The list of calls and one call: filters, French search, paging, exports, marks, hostile words."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from dialog.evaluation.cases import read_cases
from records import Outcome
from tests.review.conftest import World, message

HOSTILE = (
    "<script>alert('x')</script> <img src=x onerror=alert(1)> \" onmouseover=alert(2) x=\" "
    '\'; DROP TABLE calls; -- {{ 7*7 }} {% raw %} </textarea></title> =HYPERLINK("http://x") \u202e'
)


def found(world: World, **filters: str) -> list[str]:
    client = world.log_in("superviseur")
    answer = client.get("/api/calls", params=filters)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["calls"]]


@pytest.mark.parametrize(
    ("said", "search"),
    [
        ("les déchèteries sont ouvertes ?", "decheterie"),
        ("où sont les écoles maternelles", "ECOLE maternelle"),
        ("mes chevaux", "cheval"),
        ("des travaux rue des Lilas", "travail lilas"),
        ("carte d'identité perdue", "cartes identites"),
        ("une sœur à l'hôpital", "soeurs hopitaux"),
        ("il me faut un passeport", "passep"),
    ],
)
def test_french_words_are_found_without_accents_or_plurals(
    both: World, said: str, search: str
) -> None:
    wanted = both.call(said)
    both.call("tout autre chose")
    assert found(both, q=search) == [wanted]
    assert found(both, q=f"{search} zzz") == []


def test_a_call_is_found_by_reference_ticket_and_number(world: World) -> None:
    wanted = world.call(ticket=message("700123"), number="+33639981234")
    world.call("autre", number="+33639980000")
    reference = world.records.call(wanted).call.reference
    for search in (reference, "700 123", "06 39 98 12 34", "0033639981234", "+33 6 39 98 12 34"):
        assert found(world, q=search) == [wanted], search


@pytest.mark.parametrize(
    "search", ["'", '"', "*", "a OR b*", "NEAR(", "((", "%", "\\", "-- x", "''"]
)
def test_signs_in_a_search_are_only_signs(both: World, search: str) -> None:
    both.call()
    assert found(both, q=search) == []


def test_a_search_of_ten_thousand_characters(world: World) -> None:
    world.call()
    client = world.log_in("superviseur")
    assert client.get("/calls", params={"q": "mot " * 2500}).status_code == 200
    answer = client.get("/calls", params={"q": "x" * 10_001})
    assert answer.status_code == 422
    assert "trop longue" in answer.text


def test_each_filter_narrows(both: World) -> None:
    plain = both.call(sheet="poubelles")
    english = both.call(language="en", outcome=Outcome.TRANSFERRED, sheet="")
    unsure = both.call(confidence=0.4, line="0261914010")
    left = both.call(ticket=message())
    both.clock.move(days=2)
    late = both.call()
    assert found(both, language="en") == [english]
    assert found(both, outcome="transferred") == [english]
    assert found(both, doubtful="1") == [unsure]
    assert found(both, line="0261914010") == [unsure]
    assert found(both, tickets="1") == [left]
    assert found(both, subject="poubelles") == [plain]
    assert found(both, since="2026-11-26") == [late]
    assert found(both, until="2026-11-25") == [left, unsure, english, plain]
    assert found(both, service="accueil") == [left]
    # a call about a sheet of the service counts for it, and a ticket's service does too
    assert found(both, service="etat-civil") == [late, left, unsure, plain]


@pytest.mark.parametrize(
    "query",
    [
        "since=hier",
        "until=2026-13-45",
        "since=0001-01-01",
        "after=x",
        "tickets=9",
        "after=2026-11-24_5",
    ],
)
def test_bad_filters_are_told_in_french(world: World, query: str) -> None:
    client = world.log_in("superviseur")
    for path in ("/calls", "/api/calls", "/api/calls/export.csv"):
        if "export" in path and "after" in query:
            continue
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 422, f"{path}?{query}"
        assert re.search(
            "date s'écrit|n'existe plus|n'est pas comprise", answer.text.replace("&#39;", "'")
        )


def test_pages_follow_each_other_without_gap_or_repetition(world: World) -> None:
    ids = [world.call() for _ in range(57)]
    client = world.log_in("superviseur")
    first = client.get("/api/calls").json()
    new = world.call()  # a call that comes meanwhile moves nothing
    second = client.get("/api/calls", params={"after": first["after"]}).json()
    read = [one["id"] for one in (*first["calls"], *second["calls"])]
    assert read == list(reversed(ids))
    assert new not in read
    assert second["after"] == ""


def test_exports_hold_what_is_filtered_and_no_words(world: World) -> None:
    wanted = world.call("mon passeport, ma parole", confidence=0.2)
    world.call()
    client = world.log_in("superviseur")
    text = client.get("/api/calls/export.csv?doubtful=1").text
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert [row["id"] for row in rows] == [wanted]
    assert "ma parole" not in text
    exported = json.loads(client.get("/api/calls/export.json?doubtful=1").text)
    assert [one["id"] for one in exported] == [wanted]
    actions = [one.detail for one in world.records.review.accesses() if one.action == "export"]
    assert actions == ["calls json", "calls csv"]


def test_a_cell_is_never_a_formula(world: World) -> None:
    world.call(line="=HYPERLINK(1)")
    text = world.log_in("superviseur").get("/api/calls/export.csv").text
    assert "'=HYPERLINK(1)" in text


def test_what_callers_say_is_text_everywhere(both: World) -> None:
    fields = {"name": HOSTILE, "phone": "0639980101", "subject": HOSTILE, "place": HOSTILE}
    call_id = both.call(HOSTILE, reply=HOSTILE, sheet="", ticket=message(fields=fields))
    both.records.alerts.add(call_id, "gas", HOSTILE)
    client = both.log_in("superviseur", "dpo", "redacteur", "technique", "ecoute")
    mark = {"kind": "note", "turn": 1, "text": HOSTILE}
    assert client.post(f"/api/calls/{call_id}/marks", json=mark).status_code == 201
    assert client.patch("/api/tickets/482913", json={"note": HOSTILE[:900]}).status_code == 200
    pages = ["/calls", f"/calls/{call_id}", "/tickets", "/tickets/482913", "/today", "/questions"]
    seen = 0
    for page in [*pages, "/access", "/accounts", f"/calls?q={HOSTILE[:40]}"]:
        text = client.get(page).text
        assert "<script>alert" not in text, page
        assert "<img src=x" not in text, page
        assert '" onmouseover' not in text, page
        assert "</textarea></title>" not in text, page
        assert " 49 " not in text, page
        seen += "alert(&#39;x&#39;)" in text
    assert seen >= 5
    assert both.records.call(call_id).turns[1].heard.startswith("<script>")


def test_a_call_shows_why_and_what_was_heard(world: World) -> None:
    call_id = world.call()
    page = world.log_in("superviseur").get(f"/calls/{call_id}").text.replace("&#39;", "'")
    for wanted in (
        "comment refaire mon passeport",
        "La fiche « Passeport » répond à la question, avec une confiance de 97 %.",
        "Les phrases mêmes de la fiche",
        "de la voix à la voix",
        "0:10",
        "Le son n'est pas enregistré",
    ):
        assert wanted in page, wanted
    assert [one.action for one in world.records.review.accesses(call_id=call_id)] == ["read"]


def test_what_was_not_heard_is_told_apart(world: World) -> None:
    call_id = world.call()
    turn = world.records.call(call_id).turns[1]
    world.records.finish_turn(turn.id, played="Il faut", interrupted=True)
    shown = world.log_in("superviseur").get(f"/api/calls/{call_id}").json()["turns"][1]
    assert (shown["played"], shown["unheard"]) == ("Il faut", "un rendez-vous.")


def test_notes_grid_flag_and_corrections(both: World) -> None:
    call_id = both.call(confidence=0.5)
    client = both.log_in("superviseur")

    def mark(**data: object) -> dict[str, object]:
        answer = client.post(f"/api/calls/{call_id}/marks", json=data)
        assert answer.status_code == 201, answer.text
        return answer.json()

    mark(kind="note", text="à rappeler")
    mark(kind="grid", understood="yes", right="no")
    assert mark(kind="flag")["flagged"] is True
    mark(kind="word", turn=1, text="je refais mon passeport")
    shown = mark(kind="sheet", turn=1, sheet="poubelles")
    assert shown["turns"][1]["corrected"] == "je refais mon passeport"
    assert shown["turns"][1]["right_sheet"] == "poubelles"
    assert shown["grid"] == {"understood": "yes", "right": "no", "polite": "", "human": ""}
    assert found(both, flagged="1") == [call_id]
    mark(kind="flag", on=False)
    assert found(both, flagged="1") == []
    # the town's evaluation set has the correction, once, and `kb eval` can read it
    mark(kind="word", turn=1, text="comment refaire un passeport")
    cases = read_cases(both.root / "evaluation" / "corrections.jsonl")
    assert [(case.turns[0].text, case.turns[0].accept) for case in cases] == [
        ("comment refaire un passeport", ("poubelles",))
    ]


@pytest.mark.parametrize(
    "mark",
    [
        {"kind": "note", "text": "  "},
        {"kind": "note", "text": "x" * 2001},
        {"kind": "word", "text": "sans échange"},
        {"kind": "sheet", "turn": 1, "sheet": "inconnue"},
        {"kind": "autre"},
        {"kind": "grid", "right": "peut-être"},
        {"kind": "note", "text": "x", "admin": True},
    ],
)
def test_bad_marks_change_nothing(world: World, mark: dict[str, object]) -> None:
    call_id = world.call()
    client = world.log_in("superviseur")
    answer = client.post(f"/api/calls/{call_id}/marks", json=mark)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert world.records.review.call(call_id)[1] == ()


def test_a_hidden_passage_is_not_shown_searched_or_listed(both: World) -> None:
    call_id = both.call("ma maladie rare", action="out_of_scope", sheet="", reply="Je ne sais pas.")
    client = both.log_in("superviseur")
    mark = {"kind": "hidden", "turn": 1}
    assert client.post(f"/api/calls/{call_id}/marks", json=mark).status_code == 201
    for path in (f"/calls/{call_id}", f"/api/calls/{call_id}", "/questions", "/api/questions"):
        assert "maladie" not in client.get(path).text, path
    assert found(both, q="maladie") == []
    assert "maladie" in both.log_in("dpo").get(f"/api/calls/{call_id}").text
    client.post(f"/api/calls/{call_id}/marks", json={**mark, "on": False})
    assert found(both, q="maladie") == [call_id]


def test_an_erased_passage_is_gone_from_everywhere(world: World) -> None:
    word = "zzyzx"
    call_id = world.call(
        f"mon secret {word}", reply=f"Vous dites {word} ?", sheet="", action="clarify"
    )
    supervisor, officer = world.log_in("superviseur"), world.log_in("dpo")
    for mark in (
        {"kind": "word", "turn": 1, "text": f"mon {word}"},
        {"kind": "sheet", "turn": 1, "sheet": ""},
        {"kind": "note", "turn": 1, "text": f"il a dit {word}"},
    ):
        assert supervisor.post(f"/api/calls/{call_id}/marks", json=mark).status_code == 201
    assert word in (world.root / "evaluation" / "corrections.jsonl").read_text()
    path = f"/calls/{call_id}/turns/1/erase"
    token = officer.headers["X-CSRF-Token"]
    assert supervisor.post(path, data={"sure": "1"}).status_code == 403
    assert officer.post(path, data={"csrf": token}).status_code == 422  # not confirmed
    assert officer.post(path, data={"csrf": token, "sure": "1"}).status_code == 303
    for client in (supervisor, officer):
        assert word not in client.get(f"/api/calls/{call_id}").text
    assert found(world, q=word) == []
    assert word not in (world.root / "evaluation" / "corrections.jsonl").read_text()
    # nor in the file: SQLite overwrites what is erased, and the index is merged
    world.records.close()  # folds the log into the file
    assert word.encode() not in (world.root / "records.db").read_bytes()


def test_words_whose_time_is_over_are_not_searched_or_noted_any_more(world: World) -> None:
    call_id = world.call("ma vieille question")
    client = world.log_in("superviseur")
    client.post(f"/api/calls/{call_id}/marks", json={"kind": "note", "text": "vieille note"})
    world.clock.move(days=100)
    world.records.erase_old(90)
    assert found(world, q="vieille") == []
    assert "vieille" not in world.log_in("superviseur").get(f"/calls/{call_id}").text


def test_an_unknown_call_is_a_french_page(world: World) -> None:
    client = world.log_in("superviseur")
    answer = client.get("/calls/nulle-part")
    assert answer.status_code == 404
    assert "effacé" in answer.text


def test_a_database_that_is_locked_is_told_and_nothing_breaks(world: World) -> None:
    import sqlite3

    call_id = world.call()
    client = world.log_in("superviseur")
    other = sqlite3.connect(world.root / "records.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = client.post(f"/api/calls/{call_id}/marks", json={"kind": "note", "text": "vu"})
    other.execute("ROLLBACK")
    other.close()
    assert answer.status_code == 503
    assert "base de données ne répond pas" in answer.json()["error"]
    assert client.get("/calls").status_code == 200
