"""The call button on the town's own site, in a real Chromium; and both sides' loudness."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import ALLOW_MICROPHONE, FAKE_MICROPHONE, Launch, Site, serving
from tests.conftest import free_port

pytestmark = pytest.mark.browser


@contextlib.asynccontextmanager
async def town_site(port: int, assistant: Site) -> AsyncIterator[str]:
    """Another web server: the town's site, with our snippet in its page."""
    snippet = (
        f'<script src="{assistant.url}embed.js" data-label="Appeler la mairie" defer></script>'
    )
    page = f"<!doctype html><html lang=fr><title>Ville</title><h1>Ville</h1>{snippet}".encode()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode() + page)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", port)
    async with server:
        yield f"http://127.0.0.1:{port}/"


async def test_a_call_from_the_towns_own_site(launch: Launch, tone_wav: Path) -> None:
    """1. The town's page shows the button. 2. It opens the small page, which calls. 3. Keys and
    hanging up work there. 4. The button closes it."""
    port = free_port()
    microphone = f"--use-file-for-fake-audio-capture={tone_wav}"
    async with (
        serving(embed_origins=(f"http://127.0.0.1:{port}",)) as assistant,
        town_site(port, assistant) as url,
        launch(ALLOW_MICROPHONE, FAKE_MICROPHONE, microphone) as browser,
    ):
        page = await browser.new_page()
        await page.goto(url)
        button = page.get_by_role("button", name="Appeler la mairie")
        await button.click()
        frame = page.frame_locator("iframe")
        await frame.get_by_role("button", name="Appeler").click()
        status = frame.get_by_role("status")
        await expect(status).to_contain_text("En communication", timeout=20_000)
        # both sides are loud: the tone, and its echo
        for label in ("Votre voix", "La mairie"):
            level = frame.get_by_label(label, exact=True)
            await expect(level).to_be_visible()
            for _ in range(100):
                if float(await level.evaluate("one => one.value")) > 40:
                    break
                await asyncio.sleep(0.1)
            else:
                pytest.fail(f"{label} stays silent")
        await frame.get_by_role("button", name="3", exact=True).click()
        await expect(frame.get_by_role("log")).to_contain_text("Vous\u00a0: 3")
        await frame.get_by_role("button", name="Raccrocher").click()
        assert await asyncio.wait_for(assistant.town.reasons.get(), 10) == "ended by the caller"
        await button.click()
        await expect(page.locator("iframe")).to_have_count(0)


async def test_a_site_that_is_not_listed_shows_nothing(launch: Launch) -> None:
    port = free_port()
    async with (
        serving(embed_origins=("https://www.ville.example",)) as assistant,
        town_site(port, assistant) as url,
        launch(ALLOW_MICROPHONE, FAKE_MICROPHONE) as browser,
    ):
        page = await browser.new_page()
        refused = asyncio.get_running_loop().create_future()
        page.on(
            "console",
            lambda said: (
                "frame-ancestors" in said.text
                and not refused.done()
                and refused.set_result(said.text)
            ),
        )
        await page.goto(url)
        await page.get_by_role("button", name="Appeler la mairie").click()
        await asyncio.wait_for(refused, 10)
        await expect(page.frame_locator("iframe").get_by_role("button")).to_have_count(0)
        assert not assistant.town.calls
