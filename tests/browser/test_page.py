"""The page at / in a real Chromium, calling a town hall that echoes."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import (
    ALLOW_MICROPHONE,
    FAKE_MICROPHONE,
    LOUDEST_HZ,
    TONE_HZ,
    Launch,
    Site,
    serving,
)

pytestmark = pytest.mark.browser

OVER = "Appel terminé. Merci de votre appel."


@asynccontextmanager
async def visiting(browser: Browser, site: Site, **context: object) -> AsyncIterator[Page]:
    """Open the page; whatever it complains about fails the test."""
    complaints: list[str] = []
    page = await browser.new_page(**context)  # type: ignore[arg-type]
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    await page.goto(site.url)
    yield page
    # the browser itself reports a refused or failed request; the page reports nothing
    assert [c for c in complaints if not c.startswith("Failed to load resource")] == []


async def call(page: Page) -> None:
    await page.get_by_role("button", name="Appeler").click()
    await expect(page.get_by_role("status")).to_contain_text("En communication", timeout=15_000)


async def ended(site: Site) -> str:
    return await asyncio.wait_for(site.town.reasons.get(), 10)


async def test_a_call_from_dialling_to_hanging_up(launch: Launch, tone_wav: Path) -> None:
    microphone = f"--use-file-for-fake-audio-capture={tone_wav}"
    async with (
        serving() as site,
        launch(ALLOW_MICROPHONE, FAKE_MICROPHONE, microphone) as browser,
        visiting(browser, site) as page,
    ):
        # 1. the town's greeting is on the screen
        await call(page)
        transcript = page.get_by_role("log", name="Ce qui se dit")
        await expect(transcript).to_contain_text("La mairie\u00a0: Bonjour, écho à l'appareil.")
        # 2. the microphone's tone comes back from the loudspeaker
        assert await page.evaluate(LOUDEST_HZ) == pytest.approx(TONE_HZ, abs=10)
        # 3. keys: by mouse, and by keyboard within the keypad
        await page.get_by_role("button", name="5").click()
        await page.keyboard.press("7")
        await page.get_by_role("button", name="Étoile").click()
        for key in "57*":
            await expect(transcript).to_contain_text(f"Vous\u00a0: {key}")
        # 4. time passes
        await expect(page.get_by_label("Durée de l’appel")).not_to_have_text("00:00")
        # 5. hanging up: the server knows at once, the keypad sleeps, the focus is not lost
        await page.get_by_role("button", name="Raccrocher").click()
        assert await ended(site) == "ended by the caller"
        await expect(page.get_by_role("status")).to_have_text(OVER)
        await expect(page.get_by_role("button", name="5")).to_be_disabled()
        assert (site.town.stats.rx_packets or 0) > 10
        # 6. and one can call again
        await call(page)
        await expect(transcript).to_have_text(re.compile("^La mairie\u00a0: Bonjour"))


async def test_the_town_hangs_up(launch: Launch) -> None:
    async with (
        serving() as site,
        launch(ALLOW_MICROPHONE, FAKE_MICROPHONE) as browser,
        visiting(browser, site) as page,
    ):
        await call(page)
        await page.get_by_role("button", name="Dièse").click()
        await expect(page.get_by_role("status")).to_have_text(OVER)
        assert await ended(site) == "ended by the server"
        await expect(page.get_by_role("button", name="Appeler")).to_be_focused()
        await expect(page.get_by_role("alert")).to_be_empty()


async def test_closing_the_tab_ends_the_call(launch: Launch) -> None:
    async with serving() as site, launch(ALLOW_MICROPHONE, FAKE_MICROPHONE) as browser:
        async with visiting(browser, site) as page:
            await call(page)
        await page.close()
        assert await ended(site) == "ended by the caller"


async def complaint_of(page: Page) -> str:
    """Try to call; returns what the page says, once it is ready for another try."""
    await page.get_by_role("button", name="Appeler").click()
    alert = page.locator("#problem")
    await expect(alert).not_to_be_empty(timeout=10_000)
    await expect(page.get_by_role("button", name="Appeler")).to_be_enabled()
    await expect(page.get_by_role("status")).to_have_text("Prêt à appeler.")
    return await alert.inner_text()


async def test_the_microphone_is_refused(launch: Launch) -> None:
    async with (
        serving() as site,
        launch(FAKE_MICROPHONE) as browser,
        visiting(browser, site, permissions=[]) as page,
    ):
        assert (await complaint_of(page)).startswith("Le micro n’est pas autorisé.")
        assert site.town.calls == []


async def test_there_is_no_microphone(launch: Launch) -> None:
    async with (
        serving() as site,
        launch() as browser,
        visiting(browser, site, permissions=["microphone"]) as page,
    ):
        assert (await complaint_of(page)).startswith("Aucun micro n’a été trouvé.")


async def test_the_microphone_is_busy(launch: Launch) -> None:
    async with (
        serving() as site,
        launch() as browser,
        visiting(browser, site, permissions=["microphone"]) as page,
    ):
        # no sound card here can be held by another program: the browser's own error stands in
        await page.evaluate(
            """() => {
              navigator.mediaDevices.getUserMedia = () =>
                Promise.reject(new DOMException("in use", "NotReadableError"));
            }"""
        )
        assert (await complaint_of(page)).startswith("Le micro est déjà utilisé")


def network_address() -> str:
    """This machine's address on its network, which is no secure context over http."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: nothing is sent
        except OSError:
            pytest.skip("this machine has no network address besides loopback")
        return str(probe.getsockname()[0])


async def test_an_insecure_address_cannot_use_the_microphone(launch: Launch) -> None:
    async with (
        serving(network_address()) as site,
        launch(ALLOW_MICROPHONE, FAKE_MICROPHONE) as browser,
        visiting(browser, site) as page,
    ):
        assert "sécurisée, qui commence par https" in await complaint_of(page)


async def test_the_servers_refusal_is_shown(launch: Launch) -> None:
    async with (
        serving(most=0) as site,
        launch(ALLOW_MICROPHONE, FAKE_MICROPHONE) as browser,
        visiting(browser, site) as page,
    ):
        assert (await complaint_of(page)).startswith("Toutes nos lignes sont occupées.")
        assert "02 61 91 40 00" in await page.locator("#problem").inner_text()


async def test_the_server_is_gone(launch: Launch) -> None:
    async with launch(ALLOW_MICROPHONE, FAKE_MICROPHONE) as browser:
        async with serving() as site:
            page = await browser.new_page()
            await page.goto(site.url)
        assert (await complaint_of(page)).startswith("La mairie n’a pas pu être jointe.")


async def test_a_closed_line_says_so_at_once(launch: Launch) -> None:
    async with (
        serving(enabled=False) as site,
        launch() as browser,
        visiting(browser, site) as page,
    ):
        await expect(page.locator("#problem")).to_contain_text("ne sont pas ouverts")
        await expect(page.get_by_role("button", name="Appeler")).to_be_disabled()


async def test_the_keyboard_reaches_everything_in_order(launch: Launch) -> None:
    async with (
        serving() as site,
        launch() as browser,
        visiting(browser, site) as page,
    ):
        await page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Aller au bouton d’appel")
        await expect(skip).to_be_focused()
        await expect(skip).to_be_in_viewport()
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Aller au message à écrire")).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="écrivez")).to_be_focused()
        await page.keyboard.press("Tab")
        button = page.get_by_role("button", name="Appeler")
        await expect(button).to_be_focused()
        outline = await button.evaluate("e => getComputedStyle(e).outline")
        assert "solid 3px" in outline
        await page.keyboard.press("Tab")
        await expect(page.get_by_text("Continuer un appel téléphonique")).to_be_hidden()
        assert await page.locator("h1").count() == 1
        assert await page.title() == "Appeler la mairie ou lui écrire – Saint-Aubin"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_reads_well_on_a_small_screen(launch: Launch, scheme: str, tmp_path: Path) -> None:
    small = {"width": 320, "height": 700}
    async with (
        serving() as site,
        launch() as browser,
        visiting(browser, site, viewport=small, color_scheme=scheme) as page,
    ):
        # 1. no sideways scrolling at 320 px (RGAA 10.11), nor with the text at 200 % (10.4)
        for size in ("100%", "200%"):
            await page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
            assert await page.evaluate("document.documentElement.scrollWidth") <= 320
        # 2. the notice and the button can be seen together before scrolling
        await page.evaluate("document.documentElement.style.fontSize = ''")
        await expect(page.locator("#notice")).to_be_in_viewport()
        await expect(page.get_by_role("button", name="Appeler")).to_be_in_viewport()
        await page.screenshot(path=tmp_path / f"small-{scheme}.png", full_page=True)
