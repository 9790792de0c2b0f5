"""The page where residents write: kept, masked, read by supervisors; robots and floods held off."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from records import Suggestion, SuggestionKind, sqlite_url
from tests.review.conftest import World, open_world
from tests.review.outside_world import Outside, outside

ASK = {"kind": "question", "text": "à quelle heure ouvre la déchetterie", "answer": ""}
WRONG = {"kind": "wrong", "text": "le prix du passeport", "answer": "il a dit 86, c'est 96"}


def token(client: TestClient) -> str:
    found = re.search(r'name="token" value="([^"]+)"', client.get("/demander").text)
    assert found is not None
    return found[1]


def send(client: TestClient, **form: str) -> tuple[int, str]:
    answer = client.post("/demander", data={"token": token(client), **form})
    return answer.status_code, html.unescape(answer.text)


def kept(world: World) -> tuple[Suggestion, ...]:
    return world.records.review.outside.suggestions()


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for all tests in which nothing may change."""
    root = tmp_path_factory.mktemp("unchanged")
    opened = open_world(sqlite_url(root / "records.db"), root)
    yield opened
    opened.records.close()


def test_what_residents_write_is_read_by_supervisors(both: World) -> None:
    client = outside(both).client()
    assert send(client, **ASK)[0] == 303
    assert send(client, **WRONG)[0] == 303
    assert "Merci" in client.get("/demander?merci=1").text
    assert [(one.kind, one.text) for one in kept(both)] == [
        (SuggestionKind.WRONG, WRONG["text"]),
        (SuggestionKind.QUESTION, ASK["text"]),
    ]
    reader = both.log_in("redacteur")
    groups = reader.get("/api/questions").json()
    assert [(one["heard"], one["why"]) for one in groups[0]["questions"]] == [
        (ASK["text"], "formulaire public")
    ]
    page = html.unescape(reader.get("/suggestions").text)
    assert WRONG["answer"] in page
    assert "Messages des habitants (2)" in reader.get("/questions").text
    done = reader.post(
        f"/suggestions/{kept(both)[0].id}/done",
        data={"csrf": reader.headers["X-CSRF-Token"]},
    )
    assert done.status_code == 303
    assert [one.kind for one in kept(both)] == [SuggestionKind.QUESTION]


def test_residents_questions_stand_with_those_of_callers(world: World) -> None:
    send(outside(world).client(), kind="question", text="prêtez-vous des vélos électriques")
    world.call("est-ce que vous prêtez des vélos", action="out_of_scope", sheet="", confidence=0.2)
    groups = world.log_in("redacteur").get("/api/questions").json()
    whys = {one["why"] for one in groups[0]["questions"]}
    assert whys == {"formulaire public", "sans réponse"}


def test_who_wrote_is_not_kept_and_numbers_are_masked(world: World) -> None:
    client = outside(world).client(headers={"User-Agent": "a browser of somebody"})
    text = "mon NIR est 1 85 05 78 006 084 36 et mon adresse rosa.weiss@exemple.fr"
    send(client, **{**ASK, "text": text})
    (one,) = kept(world)
    assert one.text == "mon NIR est [NIR masqué] et mon adresse [e-mail masqué]"
    stored = (world.root / "records.db").read_bytes() + _log(world)
    assert b"somebody" not in stored
    assert b"rosa.weiss" not in stored


def _log(world: World) -> bytes:
    path = world.root / "records.db-wal"
    return path.read_bytes() if path.exists() else b""


@pytest.mark.parametrize(
    ("form", "status", "told"),
    [
        ({**ASK, "text": "  "}, 422, "Écrivez la question"),
        ({**ASK, "kind": "spam"}, 422, "Choisissez"),
        ({**WRONG, "answer": ""}, 422, "ce qui n'allait pas"),
        ({**ASK, "text": "x" * 1001}, 422, "1000 caractères"),
        ({**ASK, "text": "x" * 20_000}, 413, "1000 caractères"),
        ({**ASK, "token": "1.00"}, 403, "expiré"),
        ({**ASK, "token": "é"}, 403, "expiré"),
        ({**ASK, "token": ""}, 403, "expiré"),
    ],
)
def test_what_is_refused_is_shown_again(
    unchanged: World, form: dict[str, str], status: int, told: str
) -> None:
    client = outside(unchanged).client()
    answer, page = send(client, **form)
    assert (answer, told in page) == (status, True), page
    assert kept(unchanged) == ()
    if status != 413 and form["text"].strip():
        assert form["text"] in page
        assert "<title>Erreur" in page


def test_html_and_sql_are_words(both: World) -> None:
    text = "<script>alert(1)</script> '; DROP TABLE suggestions; --"
    client = outside(both).client()
    send(client, **{**ASK, "text": text})
    assert kept(both)[0].text == text
    assert "<script>alert" not in both.log_in("redacteur").get("/suggestions").text
    assert "<script>alert" not in client.post("/demander", data={**ASK, "text": text}).text


def test_a_robot_that_fills_every_field_is_thanked_and_forgotten(unchanged: World) -> None:
    assert send(outside(unchanged).client(), **ASK, site_web="https://spam.example")[0] == 303
    assert kept(unchanged) == ()


def test_another_site_cannot_write(world: World) -> None:
    client = outside(world).client()
    form = {**ASK, "token": token(client)}
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/demander", data=form, headers=headers).status_code == 403
    stranger = outside(world).client()
    assert stranger.post("/demander", data=form).status_code == 403
    assert kept(world) == ()


def test_a_token_of_this_morning_is_not_taken_but_the_text_is_kept(world: World) -> None:
    there = outside(world)
    client = there.client()
    old = token(client)
    there.seconds.time += 5 * 3600
    answer = client.post("/demander", data={**ASK, "token": old})
    assert answer.status_code == 403
    assert ASK["text"] in answer.text
    fresh = re.search(r'name="token" value="([^"]+)"', answer.text)
    assert fresh is not None
    assert client.post("/demander", data={**ASK, "token": fresh[1]}).status_code == 303


def flood(there: Outside, address: str, times: int) -> list[int]:
    client = there.client(address, headers={"X-Forwarded-Proto": "https"})
    return [send(client, **ASK)[0] for _ in range(times)]


def test_too_many_of_one_visitor_and_of_all_together(world: World) -> None:
    there = outside(world, per_hour=8)
    assert flood(there, "127.0.0.1", 6) == [303] * 5 + [429]
    assert flood(there, "127.0.0.2", 4) == [303] * 3 + [429]
    there.seconds.time += 3601
    assert flood(there, "127.0.0.1", 1) == [303]
    assert len(kept(world)) == 9


def test_no_https_no_form_from_another_machine(world: World) -> None:
    answer = outside(world).client("192.0.2.7").get("/demander")
    assert answer.status_code == 403
    assert "HTTPS" in answer.text


def test_the_page_works_without_scripts_and_tells_what_becomes_of_the_words(world: World) -> None:
    answer = outside(world).client().get("/demander")
    page = html.unescape(answer.text)
    assert "<script" not in page
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "http" not in re.sub(r"<[^>]+>", "", page)
    for word in (
        "Responsable : la mairie de Testville",
        "article 6.1.e",
        "90 jours",
        "dpo@testville.example",
        "CNIL",
        "vous opposer",
        "mission d'intérêt public",
    ):
        assert word in page, word
    for name in re.findall(r'<(?:textarea|input)[^>]* id="([^"]+)"', page):
        assert f'<label for="{name}">' in page, name
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_it_is_erased_with_the_words_of_calls(world: World) -> None:
    send(outside(world).client(), **ASK)
    world.clock.move(days=89)
    world.records.privacy.erase_old(90)
    assert len(kept(world)) == 1
    world.clock.move(days=2)
    world.records.privacy.erase_old(90)
    assert kept(world) == ()
