"""The player in a real Chromium: by mouse and keyboard, beside the words, and without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Launch, launch
from tests.review.conftest import World
from tests.review.test_audio import Heard, sound
from tests.review.test_browser import AUDIT, CONTRAST, Site, serving, visiting

__all__ = ["launch", "sound"]
pytestmark = pytest.mark.browser
AT = "() => document.getElementById('audio').currentTime"


@pytest.fixture
def heard(world: World, sound: bytes, tmp_path: Path) -> Heard:
    return Heard(world, sound, tmp_path)


async def listen(page: Page, site: Site, call: str) -> None:
    """Open the call and say why."""
    await page.goto(f"{site.url}/calls/{call}")
    await page.get_by_label("Pourquoi écoutez-vous cet appel").select_option("qualite")
    await page.get_by_role("button", name="Écouter (0:06)").click()
    await page.wait_for_function("() => document.getElementById('audio')?.readyState > 0")


async def test_listening_with_mouse_and_keyboard(heard: Heard, launch: Launch) -> None:
    world = heard.world
    async with serving(world) as site, launch() as browser:
        world.records.review.accounts.change(site.login, by="test", roles=("ecoute", "lecteur"))
        async with visiting(browser, site) as page:
            await listen(page, site, heard.call)
            # 1. the length is known from the end of the file, fetched by range
            length = await page.evaluate("() => document.getElementById('audio').duration")
            assert length == pytest.approx(6.0, abs=0.05)
            assert await page.evaluate(AT) == 0  # nothing plays by itself
            # 2. a turn plays from there, and is marked
            await page.get_by_role("button", name="Écouter la réponse, échange 1").click()
            await page.wait_for_function(
                "() => document.getElementById('audio').currentTime > 3.02"
            )
            await expect(page.locator("#tour-1")).to_have_attribute("aria-current", "true")
            await expect(page.locator("#tour-0")).not_to_have_attribute("aria-current", "true")
            # 3. space pauses and arrows jump, away from fields
            await page.evaluate("() => document.activeElement.blur()")
            await page.keyboard.press("Space")
            await page.wait_for_function("() => document.getElementById('audio').paused")
            await page.evaluate("() => { document.getElementById('audio').currentTime = 5.5; }")
            await page.keyboard.press("ArrowLeft")
            assert await page.evaluate(AT) == pytest.approx(0.5, abs=0.01)
            await page.get_by_role("button", name="+ 5 s").click()
            assert await page.evaluate(AT) == pytest.approx(5.5, abs=0.01)
            # 4. the speed, from 0.75 to 2
            await page.get_by_label("Vitesse").select_option("2")
            assert await page.evaluate("() => document.getElementById('audio').playbackRate") == 2
            # 5. in a field the keys are the field's
            await page.get_by_label("Votre note").fill("")
            await page.get_by_label("Votre note").press("Space")
            assert await page.evaluate("() => document.getElementById('audio').paused")
            await page.get_by_label("Votre note").fill("")
            assert await page.evaluate(AUDIT) == []
            assert await page.evaluate(CONTRAST) == []


async def test_without_scripts_the_browser_s_own_player_remains(
    heard: Heard, launch: Launch
) -> None:
    world = heard.world
    async with serving(world) as site, launch() as browser:
        world.records.review.accounts.change(site.login, by="test", roles=("ecoute", "lecteur"))
        async with visiting(browser, site, java_script_enabled=False) as page:
            await page.goto(f"{site.url}/calls/{heard.call}")
            await page.get_by_label("Pourquoi écoutez-vous cet appel").select_option("urgence")
            await page.get_by_role("button", name="Écouter (0:06)").click()
            await expect(page.locator("audio[controls]")).to_be_visible()
            await expect(page.locator("#player")).to_be_hidden()
            assert await page.locator("[data-at]:visible").count() == 0
