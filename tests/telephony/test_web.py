"""Calls from a browser: the routes, and a real WebRTC peer (aiortc) against a small town hall."""

from __future__ import annotations

import asyncio
import fractions
import json
import random
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import numpy as np
import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError
from av import AudioFrame
from fastapi import FastAPI

from telephony.browser_call import BrowserCall
from telephony.web import WebCalls, add_routes
from telephony.web_tickets import Tickets
from tests.browser.echo_town import EchoTown

PHONE = "02 61 91 40 00"
TONE_HZ = 440
PATIENCE_S = 10  #: for a thing on loopback that takes milliseconds


class Tone(AudioStreamTrack):
    """A microphone in front of a tuning fork."""

    async def recv(self) -> AudioFrame:
        frame = await super().recv()
        at = (frame.pts + np.arange(frame.samples)) / frame.sample_rate
        pcm = (8000 * np.sin(2 * np.pi * TONE_HZ * at)).astype(np.int16)
        tone = AudioFrame.from_ndarray(pcm[None, :], layout="mono")
        tone.sample_rate, tone.pts = frame.sample_rate, frame.pts
        tone.time_base = fractions.Fraction(1, frame.sample_rate)
        return tone


class Visitor:
    """A browser's side of a call."""

    def __init__(self) -> None:
        self.peer = RTCPeerConnection()
        self.peer.addTrack(Tone())
        self.channel = self.peer.createDataChannel("call")
        self.messages: asyncio.Queue[str] = asyncio.Queue()
        self.left = asyncio.Event()
        self.channel.on("message", self.messages.put_nowait)
        self.channel.on("close", self.left.set)
        self.opened = asyncio.Event()
        self.channel.on("open", self.opened.set)
        self.sound: asyncio.Queue[AudioFrame] = asyncio.Queue()
        self._listening: asyncio.Task[None] | None = None
        self.peer.on("track", self._listen)

    def _listen(self, track: AudioStreamTrack) -> None:
        async def listen() -> None:
            with suppress(MediaStreamError):
                while True:
                    self.sound.put_nowait(await track.recv())

        self._listening = asyncio.create_task(listen())

    async def offer(self) -> dict[str, str]:
        await self.peer.setLocalDescription(await self.peer.createOffer())
        return {"sdp": self.peer.localDescription.sdp, "type": "offer"}

    async def call(self, http: httpx.AsyncClient) -> None:
        ticket = (await http.post("/api/ticket")).json()["ticket"]
        assert (await self.answered(http, {"ticket": ticket}))["pc_id"]

    async def answered(self, http: httpx.AsyncClient, right: dict[str, str]) -> dict[str, str]:
        """Offer with a ticket, or with the secret of a call to go on with; the server's answer."""
        response = await http.post("/api/offer", json={**await self.offer(), **right})
        assert response.status_code == 200, response.text
        answer: dict[str, str] = response.json()
        await self.peer.setRemoteDescription(RTCSessionDescription(answer["sdp"], answer["type"]))
        return answer

    async def message(self) -> dict[str, object]:
        text = await asyncio.wait_for(self.messages.get(), PATIENCE_S)
        message: dict[str, object] = json.loads(text)
        return message

    async def loudest_hz(self, seconds: float) -> float:
        """The strongest frequency of the next sound that is not silence."""
        pcm, rate_hz = np.zeros(0, np.int16), 48_000
        while len(pcm) < seconds * rate_hz:
            frame = await asyncio.wait_for(self.sound.get(), PATIENCE_S)
            rate_hz = frame.sample_rate
            mono = frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0]
            if len(pcm) or np.abs(mono).max() > 1000:
                pcm = np.concatenate([pcm, mono])
        spectrum = np.abs(np.fft.rfft(pcm * np.hanning(len(pcm))))
        return float(np.fft.rfftfreq(len(pcm), 1 / rate_hz)[spectrum.argmax()])

    async def close(self) -> None:
        await self.peer.close()
        if self._listening is not None:
            self._listening.cancel()


class Web:
    """The page's server with an echo behind it."""

    def __init__(self, embed_origins: tuple[str, ...] = (), **limits: object) -> None:
        self.town = EchoTown()
        self.now = 1000.0
        self.tickets = Tickets(per_address=1000, clock=lambda: self.now)
        settings = {"enabled": True, "per_minute": 100, "tickets": self.tickets} | limits
        self.calls = WebCalls(self.town, clock=lambda: self.now, **settings)  # type: ignore[arg-type]
        app = FastAPI()
        add_routes(
            app,
            self.calls,
            town_name="Saint-Aubin & <Fils>",
            phone=PHONE,
            embed_origins=embed_origins,
        )
        transport = httpx.ASGITransport(app)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://mairie.test")

    async def offer(self, offer: object) -> httpx.Response:
        """Send an offer with a ticket of ours."""
        if isinstance(offer, dict):
            offer = {"ticket": self.tickets.give("127.0.0.1"), **offer}
        return await self.http.post("/api/offer", json=offer)


@asynccontextmanager
async def web(embed_origins: tuple[str, ...] = (), **limits: object) -> AsyncIterator[Web]:
    site = Web(embed_origins, **limits)
    async with site.http:
        yield site
        await site.calls.close()
    assert site.calls.active == 0


@asynccontextmanager
async def visitor() -> AsyncIterator[Visitor]:
    someone = Visitor()
    yield someone
    await someone.close()


async def ended(site: Web) -> str:
    return await asyncio.wait_for(site.town.reasons.get(), PATIENCE_S)


# -- the routes -------------------------------------------------------------------------------


async def test_the_page_names_the_town_and_is_locked_down() -> None:
    async with web() as site:
        page = await site.http.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="fr">' in page.text
    assert "Saint-Aubin &amp; &lt;Fils&gt;" in page.text
    assert "<Fils>" not in page.text
    assert f'<a href="tel:0261914000">{PHONE}</a>' in page.text
    assert "intelligence artificielle" in page.text
    assert "transcrit" in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "microphone=(self)" in page.headers["permissions-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"


async def test_the_page_needs_nothing_from_elsewhere() -> None:
    async with web() as site:
        texts = [(await site.http.get(path)).text for path in ("/", "/page/style.css")]
    page, style = texts
    assert "<style" not in page
    assert "style=" not in page
    assert "//" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "url(" not in style


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/page/style.css", "text/css"), ("/page/call.js", "text/javascript")],
)
async def test_style_and_script_are_served(path: str, kind: str) -> None:
    async with web() as site:
        answer = await site.http.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["index.html", "nothing.js", "..%2Fweb.py", "%2e%2e"])
async def test_nothing_else_of_the_folder_is_served(name: str) -> None:
    async with web() as site:
        assert (await site.http.get(f"/page/{name}")).status_code == 404


def sdp(*media: str, extra: str = "") -> str:
    head = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
    return head + "".join(f"m={kind} 9 UDP/TLS/RTP/SAVPF 111\r\n" for kind in media) + extra


@pytest.mark.parametrize(
    "offer",
    [
        {},
        {"sdp": sdp("audio")},
        {"sdp": "", "type": "offer"},
        {"sdp": "bonjour", "type": "offer"},
        {"sdp": sdp("video"), "type": "offer"},
        {"sdp": sdp("audio", "video"), "type": "offer"},
        {"sdp": sdp("audio", "audio"), "type": "offer"},
        {"sdp": sdp("application"), "type": "offer"},
        {"sdp": sdp("audio"), "type": "answer"},
        {"sdp": sdp("audio"), "type": "offer"},  # no ICE, no DTLS, no codec
        {"sdp": sdp("audio", extra="a=fingerprint:x\r\na=setup\r\n"), "type": "offer"},
        {"sdp": sdp("audio", extra="a=candidate:1 1 udp 1 h 9 typ host\r\n" * 51), "type": "offer"},
        {"sdp": sdp("audio") + "a" * 20_000, "type": "offer"},
        {"sdp": 12, "type": "offer"},
        {"sdp": sdp("audio"), "type": "offer", "town": "Paris"},
        [1, 2],
    ],
)
async def test_a_wrong_offer_gets_a_french_sentence_and_no_call(offer: object) -> None:
    async with web() as site:
        answer = await site.offer(offer)
        assert site.calls.active == 0
    assert answer.status_code == 422
    assert answer.json() == {
        "error": "La demande d'appel de votre navigateur n'a pas été comprise. "
        f"Rechargez la page et réessayez, ou appelez la mairie au {PHONE}."
    }


async def test_a_page_without_common_codec_is_refused() -> None:
    async with visitor() as someone, web() as site:
        offer = await someone.offer()
        lines = [line for line in offer["sdp"].splitlines() if "rtpmap" not in line]
        offer["sdp"] = "\r\n".join([*lines, ""])
        answer = await site.offer(offer)
    assert answer.status_code == 422


def spoil(offer: str, chance: random.Random) -> str:
    """A browser's offer with one line lost, cut, doubled or changed."""
    lines = offer.split("\r\n")
    at = chance.randrange(len(lines))
    lines[at : at + 1] = chance.choice(
        [
            [],
            [lines[at][: chance.randint(0, len(lines[at]))]],
            [lines[at], chance.choice(lines)],
            [lines[at].replace(chance.choice("0123456789 :/="), chance.choice(["", "-1", "é"]))],
        ]
    )
    return "\r\n".join(lines)


async def test_spoiled_offers_are_answered_or_refused_but_break_nothing() -> None:
    chance = random.Random(3)
    async with visitor() as someone, web(most=200) as site:
        good = (await someone.offer())["sdp"]
        statuses = []
        for _ in range(100):
            offer = {"sdp": spoil(good, chance), "type": "offer"}
            statuses.append((await site.offer(offer)).status_code)
    assert set(statuses) == {200, 422}


async def test_only_small_json_is_read() -> None:
    async with web() as site:
        form = await site.http.post("/api/offer", content=b"{}")
        huge = await site.offer({"sdp": "a" * 40_000, "type": "offer"})
        broken = await site.http.post(
            "/api/offer", content=b'{"sdp":', headers={"content-type": "application/json"}
        )
    assert [a.status_code for a in (form, huge, broken)] == [415, 413, 422]
    assert all(PHONE in a.json()["error"] for a in (form, huge, broken))


async def test_calls_begun_per_minute_are_limited_for_all_visitors() -> None:
    junk = {"sdp": sdp("audio"), "type": "offer"}  # passes the door, fails at the parser
    async with web(per_minute=2) as site:
        # 1. two calls within the minute are looked at, the third is not
        codes = []
        for _ in range(3):
            site.now += 10
            answer = await site.offer(junk)
            codes.append(answer.status_code)
        assert codes == [422, 422, 429]
        assert answer.json()["error"] == (
            "Beaucoup d'appels arrivent par cette page en ce moment. "
            f"Réessayez dans une minute, ou appelez la mairie au {PHONE}."
        )
        # 2. a minute after the first one there is room again
        site.now += 40.5
        assert (await site.offer(junk)).status_code == 422


async def test_a_town_without_web_calls_says_so() -> None:
    async with visitor() as someone, web(enabled=False) as site:
        answer = await site.offer(await someone.offer())
        page = await site.http.get("/")
    sentence = f"Les appels depuis cette page ne sont pas ouverts. Appelez la mairie au {PHONE}."
    assert (answer.status_code, answer.json()["error"]) == (503, sentence)
    assert sentence in page.text


def test_page_files_are_shipped_with_the_package() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    shipped = project["tool"]["setuptools"]["package-data"]["*"]
    folder = Path(__file__).parents[2] / "telephony" / "page"
    assert {f"**/*{file.suffix}" for file in folder.iterdir()} <= set(shipped)


# -- real calls -------------------------------------------------------------------------------


async def test_a_call_has_sound_both_ways_and_lines_on_the_screen() -> None:
    async with visitor() as someone, web() as site:
        await someone.call(site.http)
        # 1. the town speaks first, on the screen
        assert await someone.message() == {
            "type": "line",
            "who": "bot",
            "text": "Bonjour, écho à l'appareil.",
        }
        # 2. the visitor's tone comes back through 16 kHz in and 24 kHz out
        assert await someone.loudest_hz(0.5) == pytest.approx(TONE_HZ, abs=5)
        # 3. who called is known only as a browser
        assert site.town.calls[0].info.channel == "webrtc"
        assert site.town.calls[0].info.caller == ""
        # 4. the visitor leaves; the end is noticed and the sound was counted
        someone.channel.send('{"type":"bye"}')
        assert await ended(site) == "ended by the caller"
        assert (site.town.stats.rx_packets or 0) > 10
        assert (site.town.stats.tx_packets or 0) > 10
        assert site.town.stats.lost_packets == 0


async def test_keys_arrive_and_everything_else_is_ignored() -> None:
    async with visitor() as someone, web() as site:
        await someone.call(site.http)
        await someone.message()
        for junk in (
            "bonjour",
            b"\xff\xfe",
            "[]",
            "null",
            "{}",
            '{"type":"key"}',
            '{"type":"key","digit":55}',
            '{"type":"key","digit":"55"}',
            '{"type":"key","digit":""}',
            '{"type":"key","digit":"A"}',
            '{"type":"key","digit":"' + "5" * 500 + '"}',
            "[" * 100_00,
        ):
            someone.channel.send(junk)
        for digit in "5*0":
            someone.channel.send(f'{{"type":"key","digit":"{digit}"}}')
        assert [(await someone.message())["text"] for _ in range(3)] == ["5", "*", "0"]


async def test_the_town_hangs_up_after_telling_the_page() -> None:
    async with visitor() as someone, web() as site:
        await someone.call(site.http)
        await someone.message()
        someone.channel.send('{"type":"key","digit":"#"}')
        # 1. the page is told; it leaves as call.js does
        assert await someone.message() == {"type": "ended"}
        await someone.close()
        # 2. the call is over, by the server; a transfer had been refused in plain words
        assert await ended(site) == "ended by the server"
        assert site.town.refused == "a call from the browser cannot be transferred"


async def test_a_page_that_does_not_leave_is_cut() -> None:
    async with visitor() as someone, web() as site:
        await someone.call(site.http)
        await someone.message()
        someone.channel.send('{"type":"key","digit":"#"}')
        assert await ended(site) == "ended by the server"
        await asyncio.wait_for(someone.left.wait(), PATIENCE_S)


async def test_a_visitor_who_closes_the_window_is_gone() -> None:
    async with web() as site:
        async with visitor() as someone:
            await someone.call(site.http)
            await someone.message()
        assert await ended(site) == "ended by the caller"


async def test_a_visitor_who_never_connects_is_given_up() -> None:
    async with visitor() as someone:
        call = await BrowserCall.from_offer((await someone.offer())["sdp"], connect_s=0.05)
        with pytest.raises(ConnectionError, match=r"did not connect within 0\.05 s"):
            await call.answer()
        await call.hangup()
        await call.hangup()  # a call already gone is not an error
        assert await call.wait_closed() == "ended by the server"


async def test_all_lines_busy() -> None:
    async with visitor() as first, visitor() as second, web(most=1) as site:
        await first.call(site.http)
        answer = await site.offer(await second.offer())
        assert answer.status_code == 503
        assert answer.json()["error"].startswith("Toutes nos lignes sont occupées.")


async def test_stopping_ends_calls_and_takes_no_more() -> None:
    async with visitor() as someone, visitor() as late, web() as site:
        await someone.call(site.http)
        await someone.message()
        await site.calls.close()
        await asyncio.wait_for(someone.left.wait(), PATIENCE_S)
        answer = await site.offer(await late.offer())
        assert answer.status_code == 503
        assert answer.json()["error"].startswith("Le service redémarre.")
