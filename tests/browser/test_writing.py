"""Writing to the town hall in a real Chromium, with the real desk and records behind it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from dialog.continuing import WritingPage
from dialog.desk import Desk
from dialog.search import Index
from dialog.sheets import Sheet
from dialog.town import Town
from telephony.written_limits import Limits
from tests.browser.conftest import Launch, serving
from tests.browser.test_page import visiting
from tests.dialog.conftest import OPEN, index, sheets, town
from tests.telephony.written_town import Phone, Web, opened

__all__ = ["index", "sheets", "town"]

pytestmark = pytest.mark.browser

PAPERS = "Quels papiers pour une carte d'identité ?"
#: no microphone is ever asked for
NO_MICROPHONE = """() => {
  navigator.mediaDevices.getUserMedia = () => { window.askedMicrophone = true; };
}"""


@pytest.fixture(scope="module")
def desk(town: Town, sheets: list[Sheet], index: Index) -> Desk:
    return Desk(town, sheets, index, clock=lambda: OPEN, writing=WritingPage("valmont.example"))


@asynccontextmanager
async def writing_to(
    desk: Desk, launch: Launch, folder: Path, *, limits: Limits | None = None, **context: object
) -> AsyncIterator[tuple[Page, Web]]:
    async with (
        opened(desk, folder, limits=limits or Limits()) as web,
        serving(writing=web.writing) as site,
        launch() as browser,
        visiting(browser, site, **context) as page,
    ):
        await page.evaluate(NO_MICROPHONE)
        yield page, web
        assert not await page.evaluate("Boolean(window.askedMicrophone)")


def log(page: Page):
    return page.get_by_role("log", name="Écrire à la mairie")


async def says(page: Page, text: str) -> None:
    """Write and press Enter; returns once it is answered."""
    before = await page.locator("#written .line.bot").count()
    await page.get_by_label("Votre message").fill(text)
    await page.keyboard.press("Enter")
    wanted = before + (2 if before == 0 else 1)
    await expect(page.locator("#written .line.bot")).to_have_count(wanted, timeout=15_000)


async def test_a_conversation_by_keyboard_alone(desk: Desk, launch: Launch, tmp_path: Path) -> None:
    async with writing_to(desk, launch, tmp_path) as (page, web):
        # 1. the second skip link leads to the message
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        message = page.get_by_label("Votre message")
        await expect(message).to_be_focused()
        # 2. Enter sends; the notice comes first, then what was written, then the answer
        await page.keyboard.type(PAPERS)
        await page.keyboard.press("Enter")
        lines = page.locator("#written .line")
        await expect(lines).to_have_count(3, timeout=15_000)
        texts = await lines.all_inner_texts()
        assert "intelligence artificielle" in texts[0]
        assert texts[1].startswith("Vous")
        assert PAPERS in texts[1]
        assert "état civil" in texts[2]
        # 3. the focus stays, and the field is empty for the next one
        await expect(message).to_be_focused()
        await expect(message).to_have_value("")
        await expect(page.locator("#thinking")).to_be_empty()
        # 4. Shift+Enter makes a line
        await page.keyboard.type("une ligne")
        await page.keyboard.press("Shift+Enter")
        await page.keyboard.type("une autre")
        await expect(message).to_have_value("une ligne\nune autre")
        assert [t.heard for t in (await web.call()).turns][1] == PAPERS


async def test_choices_are_buttons_and_a_ticket_comes_of_it(
    desk: Desk, launch: Launch, tmp_path: Path
) -> None:
    async with writing_to(desk, launch, tmp_path) as (page, web):
        await says(page, "Je voudrais laisser un message")
        for text in ("Jean Martin", "la haie du voisin", "06 12 34 56 78"):
            await says(page, text)
        yes = page.get_by_role("button", name="Oui", exact=True)
        await yes.focus()
        await page.keyboard.press("Enter")
        await expect(log(page)).to_contain_text("Quand préférez-vous", timeout=15_000)
        # the focus is not lost with the button that was pressed
        await expect(page.get_by_label("Votre message")).to_be_focused()
        await says(page, "demain matin")
        await page.get_by_role("button", name="Oui", exact=True).click()
        await expect(log(page)).to_contain_text(re.compile(r"référence est le \d{3} \d{3}"))
        (ticket,) = await web.records.open_tickets()
        assert ticket.fields["phone"] == "0612345678"
        # goodbye ends it; another message begins anew
        await page.get_by_role("button", name="Non, merci").click()
        await expect(page.locator("#thinking")).to_contain_text("Conversation terminée")
        await expect(page.get_by_role("button", name="Non, merci")).to_have_count(0)
        await page.get_by_label("Votre message").fill("bonjour")
        await page.get_by_role("button", name="Envoyer").click()
        await expect(page.locator("#written .line.caller").last).to_contain_text("bonjour")


async def test_markup_is_shown_as_text(desk: Desk, launch: Launch, tmp_path: Path) -> None:
    async with writing_to(desk, launch, tmp_path) as (page, _):
        words = '<img src=x onerror="window.hacked = 1"><b>gras</b>'
        await says(page, words)
        assert words in await page.locator("#written .line.caller").inner_text()
        assert await page.locator("#written b, #written img").count() == 0
        assert not await page.evaluate("Boolean(window.hacked)")
        # and what is noted of it and read back is text, too
        await says(page, "Je voudrais laisser un message")
        await says(page, "Jean Martin")
        await says(page, "<b>la haie</b> & le mur")
        assert await page.locator("#written b").count() == 0


async def test_errors_say_what_to_write_and_lose_nothing(
    desk: Desk, launch: Launch, tmp_path: Path
) -> None:
    async with writing_to(desk, launch, tmp_path, limits=Limits(turns_of_one=1)) as (page, _):
        message = page.get_by_label("Votre message")
        # 1. nothing written: an example, the field is marked, the focus is there
        await page.get_by_role("button", name="Envoyer").click()
        problem = page.locator("#writing-problem")
        await expect(problem).to_contain_text("par exemple")
        await expect(message).to_have_attribute("aria-invalid", "true")
        await expect(message).to_be_focused()
        assert "writing-problem" in str(await message.get_attribute("aria-describedby"))
        # 2. the server refuses: its sentence is shown and the words come back
        await says(page, "bonjour")
        await expect(problem).to_be_empty()
        await message.fill(PAPERS)
        await page.keyboard.press("Enter")
        await expect(problem).to_contain_text("trop de messages")
        await expect(message).to_have_value(PAPERS)
        # 3. a message cannot be longer than the server takes
        assert await message.get_attribute("maxlength") == "1000"


async def test_the_server_is_gone(desk: Desk, launch: Launch, tmp_path: Path) -> None:
    async with launch() as browser, opened(desk, tmp_path) as web:
        async with serving(writing=web.writing) as site:
            page = await browser.new_page()
            await page.goto(site.url)
        await page.get_by_label("Votre message").fill("bonjour")
        await page.keyboard.press("Enter")
        await expect(page.locator("#writing-problem")).to_contain_text("pas pu être jointe")
        await expect(page.get_by_label("Votre message")).to_have_value("bonjour")


async def test_a_call_goes_on_in_writing(desk: Desk, launch: Launch, tmp_path: Path) -> None:
    async with writing_to(desk, launch, tmp_path) as (page, web):
        phone = await Phone.rings(web)
        answered = await phone.says(PAPERS)
        said = await phone.says("je préfère continuer par écrit")
        match = re.search(r"Référence (\d{3} \d{3}), code (\d{3} \d{3})", said)
        assert match is not None
        await page.get_by_text("Continuer un appel téléphonique par écrit").click()
        reference, code = page.get_by_label("Référence"), page.get_by_label("Code")
        # 1. what is not a reference is told with an example, at the field
        await reference.fill(match[1])
        await code.fill("12")
        await page.get_by_role("button", name="Continuer").click()
        await expect(page.locator("#resume-problem")).to_contain_text("482 913")
        await expect(code).to_be_focused()
        # 2. a wrong code
        await code.fill("100 000")
        await page.get_by_role("button", name="Continuer").click()
        await expect(page.locator("#resume-problem")).to_contain_text("Aucune conversation")
        # 3. the right one: the call's replies are there, the focus is in the message
        await code.fill(match[2])
        await page.keyboard.press("Enter")
        await expect(log(page)).to_contain_text(answered, timeout=15_000)
        await expect(log(page)).to_contain_text("Nous reprenons ici votre appel")
        await expect(page.get_by_label("Votre message")).to_be_focused()
        await expect(code).to_have_value("")
        await page.get_by_label("Votre message").fill("c'est payant ?")
        await page.keyboard.press("Enter")
        await expect(log(page)).to_contain_text("25 €", timeout=15_000)


async def test_closing_the_tab_keeps_what_was_begun(
    desk: Desk, launch: Launch, tmp_path: Path
) -> None:
    async with writing_to(desk, launch, tmp_path) as (page, web):
        await says(page, "Je voudrais laisser un message")
        await says(page, "Jean Martin")
        await page.goto("about:blank")
        for _ in range(100):
            if tickets := await web.records.open_tickets():
                break
            await page.wait_for_timeout(50)
        assert [ticket.complete for ticket in tickets] == [False]
        assert web.writing.active == 0


async def test_a_town_that_does_not_take_writing(launch: Launch) -> None:
    async with serving() as site, launch() as browser, visiting(browser, site) as page:
        await expect(page.locator("#writing-problem")).to_contain_text("ne permet pas d'écrire")
        await expect(page.get_by_label("Votre message")).to_be_disabled()
        await expect(page.get_by_role("button", name="Envoyer")).to_be_disabled()
        await expect(page.locator("#resume")).to_be_hidden()


# -- accessibility (RGAA) ---------------------------------------------------------------------

UNNAMED = """() => [...document.querySelectorAll("input, textarea, button, a, summary")]
  .filter((e) => !(e.labels?.length || e.textContent.trim() || e.getAttribute("aria-label")))
  .map((e) => e.outerHTML)"""
REPEATED_IDS = """() => {
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  return ids.filter((id, at) => ids.indexOf(id) !== at);
}"""
BROKEN_REFERENCES = """() => [...document.querySelectorAll("[aria-describedby], [aria-labelledby]")]
  .flatMap((e) => `${e.getAttribute("aria-describedby") ?? ""} ${
    e.getAttribute("aria-labelledby") ?? ""}`.trim().split(/\\s+/))
  .filter((id) => id && !document.getElementById(id))"""


async def test_names_landmarks_and_one_heading(desk: Desk, launch: Launch, tmp_path: Path) -> None:
    async with writing_to(desk, launch, tmp_path) as (page, _):
        assert await page.evaluate("document.documentElement.lang") == "fr"
        assert await page.locator("h1").count() == 1
        for landmark in ("banner", "main", "contentinfo"):
            assert await page.get_by_role(landmark).count() == 1
        assert await page.evaluate(UNNAMED) == []
        assert await page.evaluate(REPEATED_IDS) == []
        assert await page.evaluate(BROKEN_REFERENCES) == []
        # answers are announced without taking the focus
        assert await log(page).get_attribute("aria-live") == "polite"
        # nothing comes from elsewhere
        names = await page.evaluate(
            "performance.getEntriesByType('resource').map((e) => new URL(e.name).host)"
        )
        assert set(names) <= {await page.evaluate("location.host")}


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_reads_well_on_a_small_screen(
    desk: Desk, launch: Launch, tmp_path: Path, scheme: str
) -> None:
    small = {"width": 320, "height": 700}
    async with writing_to(desk, launch, tmp_path, viewport=small, color_scheme=scheme) as (page, _):
        await says(page, "un agent")
        await page.get_by_text("Continuer un appel téléphonique par écrit").click()
        for size in ("200%", "100%"):
            await page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
            assert await page.evaluate("document.documentElement.scrollWidth") <= 320
        await expect(page.get_by_role("button", name="Oui", exact=True)).to_be_visible()
        for control in await page.locator("#writing button").all():
            box = await control.bounding_box()
            assert box is not None
            assert box["height"] >= 44
        await page.get_by_label("Votre message").focus()
        outline = await page.get_by_label("Votre message").evaluate(
            "e => getComputedStyle(e).outline"
        )
        assert "solid 3px" in outline
        await page.screenshot(path=tmp_path / f"writing-{scheme}.png", full_page=True)
