"""Chromium that may use nothing but TURN, through a real coturn; and a network that breaks."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate
from playwright.async_api import Page, expect

from telephony.ice import Ice
from tests.browser.conftest import (
    ALLOW_MICROPHONE,
    FAKE_MICROPHONE,
    LOUDEST_HZ,
    TONE_HZ,
    Launch,
    Site,
    serving,
)
from tests.browser.relay import SECRET, TURNSERVER, WATCH, WAY, relaying

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not TURNSERVER.exists(), reason="Debian's coturn is not installed"),
]


async def dial(page: Page, site: Site) -> None:
    await page.add_init_script(WATCH)
    await page.goto(site.url)
    await page.get_by_role("button", name="Appeler").click()


async def hears_the_tone(page: Page) -> bool:
    """The echo of the microphone's tone; a gap that the browser stretched is looked at again."""
    for _ in range(5):
        if await page.evaluate(LOUDEST_HZ) == pytest.approx(TONE_HZ, abs=10):
            return True
    return False


async def talking(page: Page) -> None:
    await expect(page.get_by_role("status")).to_contain_text("En communication", timeout=20_000)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_call_through_turn_alone(
    launch: Launch, tone_wav: Path, tmp_path: Path, transport: str
) -> None:
    """1. The page may only relay. 2. Sound goes both ways, through TURN, over TCP where the network
    lets nothing else out. 3. Both sides asked the TURN server, with credentials made for it."""
    microphone = f"--use-file-for-fake-audio-capture={tone_wav}"
    with relaying(tmp_path) as relay:
        ice = Ice(turn=(relay.uri(transport),), secret=SECRET, ttl_s=120, relay_only=True)
        async with (
            serving(ice=ice) as site,
            launch(ALLOW_MICROPHONE, FAKE_MICROPHONE, microphone) as browser,
        ):
            page = await browser.new_page()
            await dial(page, site)
            await talking(page)
            assert await page.evaluate(WAY) == f"relay {transport}"
            assert await hears_the_tone(page)
            await page.get_by_role("button", name="Raccrocher").click()
            assert await asyncio.wait_for(site.town.reasons.get(), 10) == "ended by the caller"
            assert (site.town.stats.rx_packets or 0) > 10
        assert relay.text.count("ALLOCATE processed, success") >= 2  # the page's and the server's


async def test_a_call_through_turns(
    launch: Launch,
    tone_wav: Path,
    tmp_path: Path,
    certificates: Path,
    monkeypatch,
) -> None:
    """TURN within TLS: what is left where only HTTPS gets out. Both sides; the server's side checks
    the certificate, Chromium is told its key, because no test touches the machine's authorities."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "ca.pem"))
    pem = (certificates / "server.pem").read_bytes()
    key = load_pem_x509_certificate(pem).public_key()
    known = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pin = base64.b64encode(hashlib.sha256(known).digest()).decode()
    flags = (
        f"--ignore-certificate-errors-spki-list={pin}",
        f"--use-file-for-fake-audio-capture={tone_wav}",
    )
    with relaying(tmp_path, certificates) as relay:
        ice = Ice(turn=(relay.uri("tls"),), secret=SECRET, relay_only=True)
        async with (
            serving(ice=ice) as site,
            launch(ALLOW_MICROPHONE, FAKE_MICROPHONE, *flags) as browser,
        ):
            page = await browser.new_page()
            await dial(page, site)
            await talking(page)
            assert await page.evaluate(WAY) == "relay tls"
            assert await hears_the_tone(page)
        assert relay.text.count("ALLOCATE processed, success") >= 2


async def test_wrong_credentials_open_nothing(launch: Launch, tmp_path: Path) -> None:
    with relaying(tmp_path) as relay:
        ice = Ice(turn=(relay.uri("udp"),), secret="autre", relay_only=True)  # noqa: S106
        async with (
            serving(ice=ice) as site,
            launch(ALLOW_MICROPHONE, FAKE_MICROPHONE) as browser,
        ):
            page = await browser.new_page()
            await dial(page, site)
            problem = page.get_by_role("alert").first
            await expect(problem).not_to_be_empty(timeout=30_000)
        assert "ALLOCATE processed, success" not in relay.text


async def test_the_conversation_survives_a_broken_network(
    launch: Launch, tone_wav: Path, tmp_path: Path
) -> None:
    """1. A call through TURN. 2. The relay dies: no packet passes. 3. It comes back: the page makes
    a new connection by itself. 4. The same call goes on: keys, sound, and one call in all."""
    microphone = f"--use-file-for-fake-audio-capture={tone_wav}"
    with relaying(tmp_path) as relay:
        ice = Ice(turn=(relay.uri("udp"),), secret=SECRET, relay_only=True)
        async with (
            serving(ice=ice) as site,
            launch(ALLOW_MICROPHONE, FAKE_MICROPHONE, microphone) as browser,
        ):
            page = await browser.new_page()
            await dial(page, site)
            await talking(page)
            relay.stop()
            await expect(page.get_by_role("status")).to_contain_text("mauvaise", timeout=20_000)
            relay.start()
            await talking(page)
            assert await page.evaluate("window.peers.length") >= 2
            await page.get_by_role("button", name="5", exact=True).click()
            log = page.get_by_role("log", name="Ce qui se dit")
            await expect(log).to_contain_text("Vous\u00a0: 5")
            assert await hears_the_tone(page)
            assert len(site.town.calls) == 1
            await page.get_by_role("button", name="Raccrocher").click()
            assert await asyncio.wait_for(site.town.reasons.get(), 10) == "ended by the caller"
