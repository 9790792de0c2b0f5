"""Rights of persons from the page: found, handed out, erased with a proof, held; and retention."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from records import Access, CallFilter, Outcome, UnknownRecord
from review.app import build
from review.attachments import Attachment
from tests.review.conftest import World, message

NUMBER = "06 39 98 01 01"  #: of the world's calls
OTHER = "+33639980202"
HOSTILE = "<script>alert(1)</script> {{ 7*7 }}"


def log_of(world: World, action: str) -> tuple[Access, ...]:
    return world.records.review.accesses(action=action)


def find(client: TestClient, **asked: str) -> dict[str, object]:
    answer = client.post("/api/persons/find", json=asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def erase(client: TestClient, **asked: str) -> object:
    seen = str(find(client, **asked)["seen"])
    return client.post("/api/persons/erase", json={**asked, "seen": seen, "confirm": "EFFACER"})


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_person_is_found_however_the_number_is_written_and_nobody_else(world: World) -> None:
    world.call(ticket=message())
    world.call(number=OTHER)
    dpo = world.log_in("dpo")
    for said in (NUMBER, "0639980101", "+33 6 39 98 01 01", "0033639980101"):
        found = find(dpo, number=said)
        assert (found["calls"], found["turns"], found["tickets"]) == (1, 1, 1), said
    assert find(dpo, reference="482 913")["calls"] == 1
    # a masked number: by the time it called
    slot = find(dpo, since="2026-11-24T10:29", until="2026-11-24T10:31")
    assert slot["calls"] == 1
    assert find(dpo, number="0600000000")["calls"] == 0
    page = dpo.post("/persons", data={"number": NUMBER})
    assert "1 appel avec 1 échange, 1 demande" in page.text
    assert "/persons" in page.text
    assert NUMBER not in str(page.url)


def test_the_log_tells_who_searched_and_never_for_whom(world: World) -> None:
    world.call(ticket=message())
    dpo = world.log_in("dpo")
    find(dpo, number=NUMBER)
    dpo.post("/api/persons/export", json={"number": NUMBER})
    erase(dpo, number=NUMBER)
    for action in ("find_person", "export_person", "erase_person"):
        lines = log_of(world, action)
        assert lines, action
        assert all("by number" in line.detail for line in lines), lines
        assert not any("0101" in line.detail or "Weiss" in line.detail for line in lines)


def test_the_export_is_a_zip_to_read_and_to_compute_with(world: World) -> None:
    call = world.call(HOSTILE, ticket=message())
    supervisor, dpo = world.log_in("superviseur"), world.log_in("dpo")
    supervisor.post(f"/api/calls/{call}/marks", json={"kind": "note", "text": "rappelée lundi"})
    answer = dpo.post("/persons/export", data={"number": NUMBER})
    assert answer.headers["content-type"] == "application/zip"
    assert re.search(
        r'filename="donnees-2026-11-24-\d{4}\.zip"', answer.headers["content-disposition"]
    )
    files = unzipped(answer.content)
    assert set(files) == {"donnees.json", "a-lire.html"}
    kept = json.loads(files["donnees.json"])
    assert kept["calls"][0]["turns"][1]["heard"] == HOSTILE
    assert kept["calls"][0]["notes"][0]["data"]["text"] == "rappelée lundi"
    assert kept["tickets"][0]["fields"]["name"] == "Rosa Weiss"
    page = files["a-lire.html"].decode()
    assert "<script" not in page
    assert "{{ 7*7 }}" in page, "words are no template"
    for said in ("&lt;script&gt;", "Rosa Weiss", "rappelée lundi", "fiche « Passeport »", "CNIL"):
        assert said in page, said
    assert not re.search(r"(?:src|href)=.https?:", page), "nothing is asked of another site"


def test_files_of_a_call_join_the_export(world: World) -> None:
    call = world.call()

    def files(calls: Sequence[str]) -> list[Attachment]:
        assert calls == [call]
        return [Attachment("enregistrements/1.ogg", b"OggS sound")]

    world.app = build(replace(world.desk, attachments=files))
    found = unzipped(world.log_in("dpo").post("/persons/export", data={"number": NUMBER}).content)
    assert found["enregistrements/1.ogg"] == b"OggS sound"
    assert "enregistrements/1.ogg" in found["a-lire.html"].decode()


def test_erasing_takes_the_word_and_leaves_a_proof_without_the_person(world: World) -> None:
    gone = world.call("une pelleteuse violette", ticket=message())
    kept = world.call(number=OTHER)
    dpo = world.log_in("dpo")
    seen = str(find(dpo, number=NUMBER)["seen"])
    form = {"number": NUMBER, "seen": seen, "case": "RGPD-2026-012"}
    # 1. without the word nothing goes
    for word in ("", "oui", "EFFACE"):
        refused = dpo.post("/persons/erase", data={**form, "confirm": word})
        assert refused.status_code == 422
        assert "écrivez EFFACER" in refused.text
    assert find(dpo, number=NUMBER)["calls"] == 1
    # 2. with it the person goes, and nobody else
    done = dpo.post("/persons/erase", data={**form, "confirm": " effacer "})
    assert done.status_code == 303
    with pytest.raises(UnknownRecord):
        world.records.call(gone)
    assert world.records.call(kept).turns[1].heard
    assert world.records.review.count_calls(CallFilter(search="pelleteuse"), 10) == 0
    # 3. the proof says what, when, who and how much, and can be read again later
    for _ in range(2):
        proof = dpo.get(done.headers["location"]).text
        for said in ("par numéro de téléphone", "RGPD-2026-012", "24/11/2026", "1, avec 1 échange"):
            assert said in proof, said
        for secret in ("0101", "01 01", "Weiss", "pelleteuse"):
            assert secret not in proof, secret
    # 4. a second time there is nothing
    again = dpo.post("/persons/erase", data={**form, "confirm": "EFFACER"})
    assert again.status_code == 404
    assert "Rien n&#39;est conservé" in again.text


def test_what_changed_since_it_was_shown_is_shown_again_first(world: World) -> None:
    world.call()
    dpo = world.log_in("dpo")
    seen = str(find(dpo, number=NUMBER)["seen"])
    world.call("et encore ceci")
    body = {"number": NUMBER, "seen": seen, "confirm": "EFFACER"}
    answer = dpo.post("/api/persons/erase", json=body)
    assert answer.status_code == 409
    assert "a changé" in answer.json()["error"]
    assert find(dpo, number=NUMBER)["calls"] == 2


def test_the_evaluation_set_forgets_the_person_too(world: World) -> None:
    gone, kept = world.call("mon passeport perdu"), world.call("mes poubelles", number=OTHER)
    supervisor = world.log_in("superviseur")
    for call in (gone, kept):
        mark = {"kind": "sheet", "turn": 1, "sheet": "passeport"}
        assert supervisor.post(f"/api/calls/{call}/marks", json=mark).status_code == 201
    erase(world.log_in("dpo"), number=NUMBER)
    left = (world.root / "evaluation" / "corrections.jsonl").read_text(encoding="utf-8")
    assert "passeport perdu" not in left
    assert "mes poubelles" in left


def test_a_held_call_is_neither_erased_nor_purged_and_both_say_so(world: World) -> None:
    held = world.call("je vais tout casser", ticket=message())
    world.call("bonjour encore")
    dpo = world.log_in("dpo")
    # 1. held with a reason, which the log does not repeat
    assert dpo.post(f"/calls/{held}/hold", data={"reason": "  "}).status_code == 422
    placed = dpo.post(f"/api/calls/{held}/hold", json={"reason": "menace du 24, plainte déposée"})
    assert placed.status_code == 201
    assert placed.json()["until"].startswith("2027-02-22")
    assert [(one.call_id, one.detail) for one in log_of(world, "hold")] == [
        (held, "until 2027-02-22")
    ]
    assert "menace du 24" in dpo.get(f"/calls/{held}").text
    assert "menace du 24" in dpo.get("/persons").text
    # 2. erasing the person leaves it and what it left, and says so
    done = erase(dpo, number=NUMBER)
    assert (done.json()["calls"], done.json()["held"], done.json()["tickets"]) == (1, 1, 0)
    assert "1 appel est conservé" in dpo.get(f"/persons/proofs/{done.json()['number']}").text
    assert world.records.find_ticket("482913").fields["name"] == "Rosa Weiss"
    # 3. nor may a passage of it be erased
    passage = dpo.delete(f"/api/calls/{held}/turns/1")
    assert passage.status_code == 409
    assert "conservé par une décision" in passage.json()["error"]
    # 4. prolonged before its end, it outlives the time of its words, then its own
    for _ in range(4):
        world.clock.move(days=80)
        world.records.privacy.hold(held, "instruction en cours", "dpo")
        purged = world.records.privacy.purge(90, "serve")
        assert (purged.words, purged.calls, purged.tickets) == (0, 0, 0)
    assert purged.held == 1
    assert world.records.call(held).turns[1].heard == "je vais tout casser"
    world.clock.move(days=60)
    assert world.records.privacy.delete_old_calls() == 0
    # 5. lifted, it goes
    dpo = world.log_in("dpo")
    assert dpo.post(f"/api/calls/{held}/hold/lift", json={"reason": "classée"}).json() == []
    assert dpo.post(f"/api/calls/{held}/hold/lift", json={"reason": "encore"}).status_code == 422
    assert world.records.privacy.delete_old_calls() == 1


def test_a_hold_ends_by_itself_after_ninety_days(world: World) -> None:
    held = world.call("je vais tout casser")
    world.records.privacy.hold(held, "menace", "dpo")
    world.clock.move(days=89)
    assert world.records.privacy.purge(30, "serve").held == 1
    world.clock.move(days=2)
    purged = world.records.privacy.purge(30, "serve")
    assert (purged.words, purged.held) == (1, 0)
    assert world.records.privacy.holds() == ()


def test_the_retention_page_counts_what_the_purge_then_takes(world: World) -> None:
    for _ in range(3):
        world.call(ticket=message(str(700_000 + world.clock().minute)))
    world.clock.move(days=91)
    world.call(number=OTHER)
    dpo = world.log_in("dpo")
    shown = dpo.get("/api/retention").json()
    assert [one["due"] for one in shown["classes"][:4]] == [None, 3, 0, 0]
    assert shown["last"] is None
    page = dpo.get("/retention").text
    assert "records.transcript_days" in page
    assert "90 jours" in page
    done = dpo.post("/api/retention/purge").json()
    assert (done["words"], done["calls"], done["tickets"]) == (3, 0, 0)
    after = dpo.get("/api/retention").json()
    assert [one["due"] for one in after["classes"][:4]] == [None, 0, 0, 0]
    assert after["last"]["took"].startswith("paroles de 3 appels, 0 appels entiers, 0 demandes")
    assert "paroles de 3 appels" in dpo.get("/retention").text
    assert dpo.post("/retention/purge").headers["location"] == "/retention?done=purge"


def test_an_erased_number_comes_back_in_no_page(both: World) -> None:
    gone = both.call("une pelleteuse violette", ticket=message(), outcome=Outcome.HUNG_UP)
    dpo = both.log_in("dpo")
    assert erase(dpo, number=NUMBER).status_code == 200
    for path in ("/calls", "/tickets", "/persons", "/access", "/retention"):
        text = dpo.get(path).text
        assert gone not in text, path
        assert "Rosa Weiss" not in text, path


def test_what_names_nobody_is_told_in_french(world: World) -> None:
    dpo = world.log_in("dpo")
    for asked, said in (
        ({}, "un seul des trois"),
        ({"number": NUMBER, "reference": "482913"}, "un seul des trois"),
        ({"reference": "48291"}, "six chiffres"),
        ({"reference": "abcdef"}, "six chiffres"),
        ({"number": "Jeanne"}, "en chiffres"),
        ({"since": "2026-11-24T10:00"}, "le début et la fin"),
        ({"since": "2026-11-24T10:00", "until": "2026-11-24T09:00"}, "dans cet ordre"),
        ({"since": "hier", "until": "2026-11-24T09:00"}, "s&#39;écrit comme"),
        ({"since": "0001-01-01T00:00", "until": "2026-11-24T09:00"}, "s&#39;écrit comme"),
        ({"since": "2026-01-01T00:00", "until": "2026-11-24T09:00"}, "31 jours au plus"),
        ({"number": "0" * 5000}, "trop longue"),
    ):
        for path in ("/persons", "/persons/export", "/persons/erase"):
            answer = dpo.post(path, data=asked)
            assert answer.status_code == 422, (path, asked)
            assert said in answer.text, (path, asked)


def test_a_case_number_cannot_hide_a_telephone_number(world: World) -> None:
    world.call()
    dpo = world.log_in("dpo")
    seen = str(find(dpo, number=NUMBER)["seen"])
    body = {"number": NUMBER, "seen": seen, "confirm": "EFFACER"}
    for case in ("06 39 98 01 01", "Mme Weiss; DROP", "x" * 41):
        answer = dpo.post("/api/persons/erase", json={**body, "case": case})
        assert answer.status_code == 422, case
    assert find(dpo, number=NUMBER)["calls"] == 1
    assert dpo.get("/persons/proofs/1").status_code == 404, "a line that is no erasure"
