"""Filters that supervisors keep: own, shared, replaced, deleted, limited; never a number."""

from __future__ import annotations

import re

from records.saved_filters import MOST
from tests.review.conftest import World


def save(client: object, name: str, shared: bool = False, **wanted: str) -> dict[str, object]:
    body = {"name": name, "shared": shared, "wanted": wanted}
    answer = client.post("/api/filters", json=body)  # type: ignore[attr-defined]
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def names(client: object) -> list[str]:
    return [one["name"] for one in client.get("/api/filters").json()]  # type: ignore[attr-defined]


def test_a_filter_is_kept_from_the_page_and_found_there_again(both: World) -> None:
    sure, unsure = both.call("oui"), both.call("une carte", confidence=0.5)
    client = both.log_in("superviseur")
    page = client.get("/calls", params={"doubtful": "1", "q": "carte"})
    assert "Enregistrer ce filtre" in page.text
    assert 'name="doubtful" value="1"' in page.text
    done = client.post(
        "/filters", data={"name": "Peu sûrs & cartes", "doubtful": "1", "q": "carte", "x": "y"}
    )
    assert done.status_code == 303
    assert done.headers["location"].endswith("&done=filter")
    page = client.get(done.headers["location"]).text
    assert "Le filtre est enregistré." in page
    kept = re.search(r'href="(/calls\?[^"]+)">Peu sûrs &amp; cartes<', page)
    assert kept is not None
    found = client.get(kept[1].replace("&amp;", "&")).text
    assert unsure in found
    assert sure not in found
    assert "Enregistrer ce filtre" not in client.get("/calls").text, "there is nothing to keep"


def test_own_filters_are_private_until_they_are_shared(world: World) -> None:
    one, other = world.log_in("superviseur"), world.log_in("ecoute")
    save(one, "Zoé", doubtful="1")
    save(one, "à tous", shared=True, flagged="1")
    save(other, "Nuit", tickets="1")
    assert names(one) == ["Zoé", "à tous"]
    assert names(other) == ["Nuit", "à tous"], "one's own first"
    assert "Zoé" not in other.get("/calls").text
    # saved again under its name: replaced
    save(one, "à tous", shared=False, flagged="1", line="0261914000")
    assert names(other) == ["Nuit"]
    assert one.get("/api/filters").json()[1]["query"] == "line=0261914000&flagged=1"


def test_only_the_owner_deletes(world: World) -> None:
    one, other = world.log_in("superviseur"), world.log_in("superviseur")
    number = save(one, "à tous", shared=True, flagged="1")["id"]
    assert other.delete(f"/api/filters/{number}").status_code == 404
    assert other.post(f"/filters/{number}/delete").status_code == 404
    assert names(other) == ["à tous"]
    assert "supprimer le filtre" not in other.get("/calls").text
    assert one.post(f"/filters/{number}/delete").headers["location"].endswith("done=filter_gone")
    assert names(one) == names(other) == []
    assert one.delete(f"/api/filters/{number}").status_code == 404


def test_fifty_are_enough_and_other_accounts_have_their_own(world: World) -> None:
    client = world.log_in("superviseur")
    login = client.get("/api/me").json()["login"]
    for at in range(MOST):
        world.records.review.filters.save(login, f"filtre {at}", {"flagged": "1"}, shared=False)
    full = client.post("/api/filters", json={"name": "un de plus", "wanted": {"flagged": "1"}})
    assert full.status_code == 422
    assert "50 filtres" in full.json()["error"]
    save(client, "filtre 7", doubtful="1")  # replacing is no new one
    save(world.log_in("superviseur"), "le mien", doubtful="1")
    assert len(names(client)) == MOST


def test_what_cannot_be_kept_is_told_in_french(world: World) -> None:
    client = world.log_in("superviseur")
    for body, said in (
        ({"name": " ", "wanted": {"flagged": "1"}}, "donnez un nom"),
        ({"name": "x" * 61, "wanted": {"flagged": "1"}}, "60 caractères"),
        ({"name": "tout", "wanted": {}}, "Choisissez d'abord un filtre"),
        ({"name": "Rosa", "wanted": {"q": "06 39 98 01 01"}}, "Un numéro de téléphone"),
        ({"name": "06 39 98 01 01", "wanted": {"flagged": "1"}}, "Un numéro de téléphone"),
        ({"name": "long", "wanted": {"q": "mot " * 60}}, "200 caractères"),
        ({"name": "jour", "wanted": {"since": "2026-13-45"}}, "Une date s'écrit"),
    ):
        answer = client.post("/api/filters", json=body)
        assert answer.status_code == 422, body
        assert said in answer.json()["error"], body
    assert names(client) == []


def test_hostile_names_are_shown_as_text(world: World) -> None:
    client = world.log_in("superviseur")
    save(client, "<script>\"'{{ 7*7 }}", q='"><script>alert(1)</script>')
    page = client.get("/calls").text
    assert "<script>&" not in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page
