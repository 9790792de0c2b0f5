"""Who may call from a browser: tickets, origins, the drain; and what a TURN server is told."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac

import pytest
from pydantic import ValidationError

from deploy.webrtc import WebRtc
from telephony.ice import Ice, credentials
from telephony.web_tickets import BadTicket, Tickets, TooOften
from tests.telephony.test_web import ended, sdp, visitor, web

JUNK = {"sdp": sdp("audio"), "type": "offer"}  # passes the door, fails at the parser


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_ticket_is_good_once_for_its_address_and_for_two_minutes() -> None:
    clock = Clock()
    tickets = Tickets(clock=clock)
    ticket = tickets.give("192.0.2.1")
    for wrong, address in (
        (ticket, "192.0.2.2"),
        (ticket + "0", "192.0.2.1"),
        ("9" + ticket, "192.0.2.1"),
        ("", "192.0.2.1"),
        ("é.é.é", "192.0.2.1"),
        ("." * 500, "192.0.2.1"),
    ):
        with pytest.raises(BadTicket):
            tickets.take(wrong, address)
    tickets.take(ticket, "192.0.2.1")
    with pytest.raises(BadTicket):
        tickets.take(ticket, "192.0.2.1")
    late = tickets.give("192.0.2.1")
    clock.now += 120
    with pytest.raises(BadTicket):
        tickets.take(late, "192.0.2.1")


def test_an_address_gets_few_tickets_a_minute_and_others_are_not_disturbed() -> None:
    clock = Clock()
    tickets = Tickets(per_address=2, clock=clock)
    tickets.give("192.0.2.1")
    clock.now += 30
    tickets.give("192.0.2.1")
    with pytest.raises(TooOften):
        tickets.give("192.0.2.1")
    tickets.give("192.0.2.2")
    clock.now += 30.5
    tickets.give("192.0.2.1")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://mairie.test"}, 200),
        ({"origin": "https://ailleurs.test"}, 403),
        ({"origin": "null"}, 403),
    ],
)
async def test_only_our_own_page_gets_a_ticket(headers, status) -> None:
    async with web() as site:
        answer = await site.http.post("/api/ticket", headers=headers)
    assert answer.status_code == status
    if status == 200:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json()["ice_servers"] == []


async def test_without_a_good_ticket_there_is_no_call() -> None:
    async with web() as site:
        ticket = (await site.http.post("/api/ticket")).json()["ticket"]
        codes = [
            (await site.http.post("/api/offer", json={**JUNK, "ticket": one})).status_code
            for one in ("", "nothing", ticket, ticket)
        ]
    assert codes == [403, 403, 422, 403]


async def test_one_address_asking_too_often_is_told_in_french() -> None:
    async with web(tickets=Tickets(per_address=1)) as site:
        await site.http.post("/api/ticket")
        answer = await site.http.post("/api/ticket")
    assert answer.status_code == 429
    assert answer.json()["error"].startswith("Vous avez appelé plusieurs fois en peu de temps.")


async def test_while_draining_calls_go_on_and_none_begins() -> None:
    async with visitor() as someone, visitor() as late, web() as site:
        await someone.call(site.http)
        await someone.message()
        site.calls.refusing = True
        refused = await site.offer(await late.offer())
        ticket = await site.http.post("/api/ticket")
        assert (refused.status_code, ticket.status_code) == (503, 503)
        someone.channel.send('{"type":"key","digit":"4"}')
        assert (await someone.message())["text"] == "4"
        site.calls.refusing = False
        assert (await site.http.post("/api/ticket")).status_code == 200


async def test_a_conversation_goes_on_over_a_new_connection() -> None:
    """1. A call. 2. Its network is gone: another connection with the call's secret. 3. Keys and
    sound go both ways in the same call. 4. A wrong secret gets nothing, nor does an old one."""
    async with visitor() as first, visitor() as second, web() as site:
        ticket = site.tickets.give("127.0.0.1")
        answer = await first.answered(site.http, {"ticket": ticket})
        await first.message()
        for wrong in ("nothing", "é" * 50):
            offer = {**JUNK, "ticket": "", "resume": wrong}
            assert (await site.http.post("/api/offer", json=offer)).status_code == 410
        again = await second.answered(site.http, {"ticket": "", "resume": answer["resume"]})
        assert again["resume"] == answer["resume"]
        await asyncio.wait_for(second.opened.wait(), 10)
        second.channel.send('{"type":"key","digit":"8"}')
        assert (await second.message())["text"] == "8"
        assert await second.loudest_hz(0.5) == pytest.approx(440, abs=5)
        assert len(site.town.calls) == 1
        second.channel.send('{"type":"bye"}')
        assert await ended(site) == "ended by the caller"
        offer = {**JUNK, "ticket": "", "resume": answer["resume"]}
        assert (await site.http.post("/api/offer", json=offer)).status_code == 410


async def test_the_button_is_served_to_listed_sites_only() -> None:
    async with web() as site:
        assert (await site.http.get("/embed")).status_code == 404
        assert (await site.http.get("/embed.js")).status_code == 404
    async with web(embed_origins=("https://www.ville.example",)) as site:
        page = await site.http.get("/embed")
        script = await site.http.get("/embed.js")
        whole = await site.http.get("/")
    assert "frame-ancestors https://www.ville.example" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in whole.headers["content-security-policy"]
    assert script.headers["content-type"].startswith("text/javascript")
    assert "$" not in page.text


# -- TURN -------------------------------------------------------------------------------------


def test_turn_credentials_as_coturn_computes_them() -> None:
    user, password = credentials("secret", 1_800_000_000.9)
    assert user == "1800000000:allomairie"
    mac = hmac.new(b"secret", user.encode(), hashlib.sha1).digest()
    assert password == base64.b64encode(mac).decode()


def test_both_sides_get_the_servers() -> None:
    ice = Ice(("stun:a.test",), ("turn:b.test?transport=tcp",), "secret", 600)
    stun, turn = ice.for_page(1000.0)
    assert stun == {"urls": ["stun:a.test"]}
    assert turn["username"] == "1600:allomairie"
    assert [one.urls for one in ice.for_server(1000.0)] == [["stun:a.test"], turn["urls"]]
    assert ice.for_server(1000.0)[1].credential == turn["credential"]
    assert "secret'" not in repr(ice)
    assert Ice().for_page(0.0) == []


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"stun": ["http://a.test"]}, "no STUN address"),
        ({"turn": ["turn:a.test?transport=sctp"], "secret": "x"}, "no TURN address"),
        ({"turn": ["turns:a.test?transport=udp"], "secret": "x"}, "no TURN address"),
        ({"turn": ["turn:a.test"]}, "turn needs secret_file"),
        ({"relay_only": True}, "relay_only needs"),
        ({"embed_origins": ["https://ville.example/"]}, "no origin"),
        ({"embed_origins": ["*"]}, "no origin"),
        ({"embed_origins": ["http://ville.example"]}, "no origin"),
        ({"embed_origins": ["https://a.test; script-src *"]}, "no origin"),
    ],
)
def test_wrong_settings_say_what_is_wrong(settings, words) -> None:
    with pytest.raises(ValidationError, match=words):
        WebRtc(**settings)
