"""Logging in: password and code, lock-out, idle sessions, and what was typed when one ended."""

from __future__ import annotations

import html
import re

import pyotp
import pytest
from starlette.testclient import TestClient

from review import passwords
from tests.review.conftest import PASSWORD, World, message

WRONG = {"password": "faux"}


def log_in(world: World, client: TestClient, login: str, secret: str, **changes: str) -> int:
    given = {
        "login": login,
        "password": PASSWORD,
        "code": pyotp.TOTP(secret).at(world.clock()),
        **changes,
    }
    return client.post("/login", data=given).status_code


def test_password_and_code_open_the_page(world: World) -> None:
    secret = world.account("rosa", "superviseur")
    client = world.client()
    assert client.get("/calls?q=passeport").headers["location"] == (
        "/login?next=/calls%3Fq%3Dpasseport"
    )
    answer = client.post(
        "/login",
        data={
            "login": "Rosa ",
            "password": PASSWORD,
            "code": pyotp.TOTP(secret).at(world.clock()),
            "next": "/calls?q=passeport",
        },
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/calls?q=passeport")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert client.get("/calls").status_code == 200
    assert client.post("/logout", data={"csrf": client.get("/api/me").json()["csrf"]}).is_redirect
    assert client.get("/api/calls").status_code == 401


def test_over_https_the_cookie_never_travels_in_clear(world: World) -> None:
    secret = world.account("rosa", "superviseur")
    client = TestClient(world.app, base_url="https://mairie.example", client=("192.0.2.7", 1))
    data = {
        "login": "rosa",
        "password": PASSWORD,
        "code": pyotp.TOTP(secret).at(world.clock()),
    }
    answer = client.post("/login", data=data, follow_redirects=False)
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"]


def test_from_elsewhere_without_https_nothing_opens(world: World) -> None:
    client = TestClient(world.app, base_url="http://mairie.example", client=("192.0.2.7", 1))
    answer = client.get("/login")
    assert answer.status_code == 403
    assert "HTTPS" in answer.text


@pytest.mark.parametrize("wrong", ["password", "code", "login"])
def test_one_wrong_thing_is_told_like_another(world: World, wrong: str) -> None:
    secret = world.account("rosa", "superviseur")
    client = world.client()
    answer = client.post(
        "/login",
        data={
            "login": "rosa",
            "password": PASSWORD,
            "code": pyotp.TOTP(secret).at(world.clock()),
            wrong: "000001",
        },
    )
    assert answer.status_code == 401
    assert "Identifiant, mot de passe ou code incorrect." in answer.text


def test_the_fifth_failure_locks_for_a_quarter_of_an_hour(world: World) -> None:
    secret = world.account("rosa", "superviseur")
    client = world.client()
    for _ in range(5):
        assert log_in(world, client, "rosa", secret, **WRONG) == 401
    assert log_in(world, client, "rosa", secret) == 401  # right, but locked
    world.clock.move(minutes=16)
    assert log_in(world, client, "rosa", secret) == 303
    actions = [one.action for one in world.records.review.accesses(login="rosa")]
    assert actions == ["login", *["login_failed"] * 5]


def test_a_code_is_good_once(world: World) -> None:
    secret = world.account("rosa", "superviseur")
    assert log_in(world, world.client(), "rosa", secret) == 303
    assert log_in(world, world.client(), "rosa", secret) == 401
    world.clock.move(seconds=31)
    assert log_in(world, world.client(), "rosa", secret) == 303


def test_half_an_hour_away_and_one_must_log_in_again(world: World) -> None:
    client = world.log_in("superviseur")
    world.clock.move(minutes=29)
    assert client.get("/calls").status_code == 200  # seen: the half hour begins again
    world.clock.move(minutes=29)
    assert client.get("/calls").status_code == 200
    world.clock.move(minutes=31)
    assert client.get("/calls").headers["location"].startswith("/login")


def test_no_session_lasts_longer_than_a_day_of_work(world: World) -> None:
    client = world.log_in("superviseur")
    for _ in range(30):
        world.clock.move(minutes=25)
        client.get("/calls")
    assert client.get("/api/calls").status_code == 401


def test_a_disabled_account_is_out_at_once(world: World) -> None:
    client = world.log_in("superviseur")
    login = client.get("/api/me").json()["login"]
    world.records.review.accounts.change(login, by="test", disabled=True)
    assert client.get("/api/calls").status_code == 401


def test_the_first_password_only_opens_the_form_to_change_it(world: World) -> None:
    secret = world.account("rosa", "superviseur", confirmed=False)
    client = world.client()
    assert log_in(world, client, "rosa", secret) == 303
    assert client.get("/calls").headers["location"] == "/account"
    assert client.get("/api/calls").status_code == 403
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/account").text)[1]
    form = {"csrf": token, "old": PASSWORD, "new": "court", "again": "court"}
    refused = client.post("/account", data=form)
    assert refused.status_code == 422
    assert "12 caractères" in refused.text
    form |= {"new": "Les-tilleuls-de-8h30", "again": "Les-tilleuls-de-8h30"}
    assert client.post("/account", data=form).status_code == 303
    assert client.get("/calls").status_code == 200


def test_what_was_written_when_the_session_ended_is_not_lost(world: World) -> None:
    call_id = world.call(ticket=message())
    secret = world.account("rosa", "superviseur")
    client = world.client()
    assert log_in(world, client, "rosa", secret) == 303
    token = client.get("/api/me").json()["csrf"]
    world.clock.move(minutes=40)
    # 1. the form is sent too late: the login page carries what was written
    note = 'Rappelée, "tout" est <réglé>'
    late = client.post("/tickets/482913", data={"csrf": token, "note": note})
    assert late.status_code == 401
    assert "ce que vous avez écrit est gardé" in late.text
    assert world.records.review.ticket("482913")[0].events[-1].kind == "created"
    resumed = re.search(r'name="resumed" value="([^"]+)"', late.text)[1]
    # 2. after the login it is shown again, with one button
    answer = client.post(
        "/login",
        data={
            "login": "rosa",
            "password": PASSWORD,
            "code": pyotp.TOTP(secret).at(world.clock()),
            "next": "/tickets/482913",
            "resumed": html.unescape(resumed),
        },
    )
    assert answer.status_code == 200
    assert "Rien n'est perdu" in html.unescape(answer.text)
    assert "<réglé>" not in answer.text
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
    # 3. and kept
    sent = client.post(
        "/tickets/482913", data={name: html.unescape(value) for name, value in fields.items()}
    )
    assert sent.status_code == 303
    assert world.records.review.ticket("482913")[0].events[-1].data["text"] == note
    assert call_id


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_login_leads_to_no_other_site(world: World, target: str) -> None:
    secret = world.account("rosa", "superviseur")
    data = {
        "login": "rosa",
        "password": PASSWORD,
        "code": pyotp.TOTP(secret).at(world.clock()),
        "next": target,
    }
    assert world.client().post("/login", data=data).headers["location"] == "/"


def test_a_link_cannot_bring_a_form_of_its_maker(world: World) -> None:
    page = world.client().get("/login", params={"resumed": '{"status": "closed"}'}).text
    assert "closed" not in page


def test_what_makes_a_password_good() -> None:
    assert passwords.weakness("Les-tilleuls-de-8h30", "rosa", "Rosa Weiss") == ""
    assert passwords.weakness(passwords.generate(), "rosa", "Rosa Weiss") == ""
    for weak in (
        "Court-1a",
        "toutenminuscules",
        "Rosaweiss-2026!",
        "Mairie-de-2026!",
        "Aa1!Aa1!Aa1!",
    ):
        assert passwords.weakness(weak, "rosa", "Rosa Weiss"), weak


def test_passwords_are_argon2id_and_tokens_are_not_in_the_database(world: World) -> None:
    world.log_in("superviseur")
    client = world.client()
    secret = world.account("rosa", "lecteur")
    log_in(world, client, "rosa", secret)
    assert world.records.review.accounts.find("rosa").password_hash.startswith("$argon2id$")
    token = client.cookies["allomairie_review"]
    stored = b"".join(path.read_bytes() for path in world.root.glob("records.db*"))
    assert token.encode() not in stored


def test_a_thousand_requests_are_not_served(world: World) -> None:
    client = world.client()
    answers = [client.get("/login").status_code for _ in range(300)]
    assert answers[0] == 200
    assert answers.count(429) > 50


def test_headers_let_nothing_in_from_outside(world: World) -> None:
    for path in ("/login", "/static/review.css", "/api/calls", "/nulle-part"):
        headers = world.client().get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("told", [True, False])
def test_a_body_that_is_too_long_is_refused(world: World, told: bool) -> None:
    body = b"login=" + b"x" * 300_000
    pieces = body if told else (body[at : at + 10_000] for at in range(0, len(body), 10_000))
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = world.client().post("/login", content=pieces, headers=kind)
    assert answer.status_code == 413
    assert "trop long" in answer.text
