"""Every route × every role: who has no right gets nothing, and no route is without one."""

from __future__ import annotations

import pytest
from starlette.routing import Route

from review.rights import RIGHTS, Right, Role
from tests.review.conftest import World, message

SHEET = {"title": "Vélos", "service": "accueil", "text": "La mairie prête des vélos."}
BODIES: dict[tuple[str, str], dict[str, object]] = {
    ("POST", "/api/calls/{call_id}/marks"): {"kind": "note", "text": "vu"},
    ("PATCH", "/api/tickets/{reference}"): {"note": "rappelé"},
    ("POST", "/api/questions/phrasings"): {"sheet": "passeport", "phrasings": ["mon passeport"]},
    ("POST", "/api/sheets/preview"): SHEET,
    ("POST", "/api/sheets"): SHEET,
}


def filled(path: str, call_id: str) -> str:
    """The path with real ids in it."""
    values = {
        "{call_id}": call_id,
        "{reference}": "482913",
        "{turn}": "1",
        "{number}": "1",
        "{sheet_id}": "passeport",
        "{message_id}": "0af1",
        "{suggestion}": "1",
        "{name}": "review.css",
    }
    for name, value in values.items():
        path = path.replace(name, value)
    assert "{" not in path, f"tell the test what to put into {path}"
    return path


def test_every_route_names_its_right(world: World) -> None:
    routes = {
        (method, route.path)
        for route in world.app.routes
        if isinstance(route, Route)
        for method in route.methods or ()
        if method != "HEAD"
    }
    assert routes == set(world.app.state.rights)
    assert len(routes) > 25


@pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role.value if role else "nobody")
def test_only_the_right_opens_a_route(world: World, role: Role | None) -> None:
    call_id = world.call(ticket=message())
    world.records.alerts.add(call_id, "gas", "ça sent le gaz")
    client = world.log_in(role.value) if role else world.client()
    rights = {Right.PUBLIC} | ({Right.SELF, *RIGHTS[role]} if role else set())
    opened = 0
    for (method, path), right in sorted(world.app.state.rights.items()):
        if path in ("/logout", "/api/live") and right in rights:
            continue  # would end the session; would not end
        answer = client.request(
            method,
            filled(path, call_id),
            json=BODIES.get((method, path)) if path.startswith("/api") else None,
            data=None if path.startswith("/api") else {"kind": "note", "text": "vu", "sure": "1"},
        )
        said = f"{method} {path} as {role}: {answer.status_code} {answer.text[:300]}"
        assert answer.status_code < 500, said
        if right in rights:
            assert answer.status_code not in (401, 403) or path == "/login", said
            opened += answer.status_code < 400
        elif role:
            assert answer.status_code == 403, said
        else:
            to_login = answer.headers.get("location", "").startswith("/login")
            assert answer.status_code == 401 or (answer.status_code == 303 and to_login), said
    assert opened >= (6 if role else 3)


def test_a_right_is_worth_nothing_without_the_token(world: World) -> None:
    call_id = world.call(ticket=message())
    client = world.log_in("superviseur", "dpo", "redacteur")
    del client.headers["X-CSRF-Token"]
    for (method, path), right in world.app.state.rights.items():
        if method == "GET" or right is Right.PUBLIC:
            continue
        for headers in ({}, {"X-CSRF-Token": "x" * 43}):
            answer = client.request(
                method, filled(path, call_id), json=BODIES.get((method, path)), headers=headers
            )
            assert answer.status_code == 403, f"{method} {path}: {answer.status_code}"
    assert world.records.review.call(call_id)[1] == ()


def test_another_site_cannot_send_even_a_login(world: World) -> None:
    client = world.client()
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        assert client.post("/login", data={"login": "x"}, headers=headers).status_code == 403


def test_two_roles_have_both_rights(world: World) -> None:
    client = world.log_in("lecteur", "technique")
    assert client.get("/accounts").status_code == 200
    assert client.get("/today").status_code == 200
    assert client.get("/calls").status_code == 403


def test_who_may_not_see_numbers_sees_four_digits(world: World) -> None:
    call_id = world.call(ticket=message())
    whole = world.log_in("superviseur")
    masked = world.log_in("ecoute")
    assert "06 39 98 01 01" in whole.get("/calls").text
    for path in ("/calls", f"/calls/{call_id}", "/api/calls", f"/api/calls/{call_id}"):
        text = masked.get(path).text
        assert "639980101" not in text.replace(" ", ""), path
        assert "0101" in text, path
