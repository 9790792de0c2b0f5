"""The journeys of a morning in a real Chromium: mouse, keyboard, small screens, no network."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import pyotp
import pytest
import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser, Page, Route, expect

from records import Means, OutboxEntry, SuggestionKind
from review import passwords
from review.outside.app import OutsideSettings, outside_routes
from tests.browser.conftest import Launch, launch
from tests.review.conftest import PASSWORD, World, message
from tests.review.outside_world import WORDS

__all__ = ["launch"]
pytestmark = pytest.mark.browser
ROLES = ("superviseur", "redacteur", "dpo", "technique")
PAGES = (
    *("today", "calls", "tickets", "questions", "sheets", "accounts", "access", "account"),
    *("persons", "retention", "reports", "outbox", "suggestions"),
)

# What a screen reader needs of every page; each finding is one sentence. Not axe-core, which no
# package of this environment ships: the rules of it that can be checked in a few lines.
AUDIT = """() => {
  const found = [];
  const every = (what) => [...document.querySelectorAll(what)];
  const attribute = (e, name) => e.getAttribute(name) || "";
  const named = (e) => (attribute(e, "aria-label") || e.textContent || e.value || "").trim();
  const points = (e) => `${attribute(e, "aria-labelledby")} ${attribute(e, "aria-describedby")}`;
  if (document.documentElement.lang !== "fr") found.push("no lang");
  if (every("h1").length !== 1) found.push("not one h1");
  if (!document.querySelector("main")) found.push("no main");
  const ids = every("[id]").map((e) => e.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push("twice: " + id);
  for (const e of every("input:not([type=hidden]), select, textarea")) {
    if (!e.labels?.length && !attribute(e, "aria-label")) found.push("no label: " + e.outerHTML);
  }
  for (const e of every("button, a[href]")) if (!named(e)) found.push("no name: " + e.outerHTML);
  for (const e of every("table")) {
    if (!e.caption && !attribute(e, "aria-label")) found.push("table without caption");
    if (e.querySelector("th:not([scope])")) found.push("th without scope");
  }
  for (const e of every("svg:not([aria-hidden])")) {
    const name = attribute(e, "aria-label") || attribute(e, "aria-labelledby");
    if (!name) found.push("svg without name");
  }
  for (const e of every("[aria-labelledby], [aria-describedby]")) {
    for (const id of points(e).split(" ")) {
      if (id && !document.getElementById(id)) found.push("points nowhere: " + id);
    }
  }
  let last = 1;
  for (const h of every("h1, h2, h3, h4")) {
    const level = Number(h.tagName[1]);
    if (level > last + 1) found.push("heading skipped: " + h.textContent);
    last = level;
  }
  return found;
}"""

# Text whose contrast with what is behind it is too low (WCAG 2.1, 1.4.3).
CONTRAST = """() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const linear = (v) => v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) =>
    linear(r) * 0.2126 + linear(g) * 0.7152 + linear(b) * 0.0722;
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const colour = rgb(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const bad = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim().slice(0, 40);
    const unseen = e.closest("svg, .hidden, .skip, option, datalist, script");
    if (!text || unseen || !e.getClientRects().length) continue;
    const a = luminance(rgb(getComputedStyle(e).color));
    const b = luminance(behind(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad.push(`${ratio.toFixed(2)}: ${text}`);
  }
  return bad;
}"""

OPEN_ALL = "() => { for (const d of document.querySelectorAll('details')) d.open = true; }"


@dataclass
class Site:
    """The page as a browser reaches it, and an account to open it with."""

    world: World
    url: str
    login: str
    secret: str


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[Site]:
    """The app on a free port of this machine, mounted as `serve` mounts it."""
    app = FastAPI()
    app.mount("/review", world.app)
    wanted = OutsideSettings(form=WORDS)
    app.router.routes.extend(outside_routes(world.records.review, wanted))
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    secret = world.account("rosa.weiss", *ROLES)
    try:
        yield Site(
            world, f"http://127.0.0.1:{listener.getsockname()[1]}/review", "rosa.weiss", secret
        )
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def visiting(browser: Browser, site: Site, **options: object) -> AsyncIterator[Page]:
    """A page that is logged in. Nothing outside the site is asked for, and nothing fails in it."""
    context = await browser.new_context(locale="fr-FR", **options)  # type: ignore[arg-type]
    page = await context.new_page()
    outside: list[str] = []
    errors: list[str] = []

    async def watch(route: Route) -> None:
        if urlsplit(route.request.url).netloc != urlsplit(site.url).netloc:
            outside.append(route.request.url)
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/*", watch)
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    await log_in(page, site)
    yield page
    assert outside == []
    assert errors == []
    await context.close()


async def log_in(page: Page, site: Site) -> None:
    """As a supervisor does; the clock of the records stands still, so the code is its own."""
    site.world.clock.move(seconds=61)  # a code is good once
    await page.goto(f"{site.url}/")
    await page.get_by_label("Identifiant").fill(site.login)
    await page.get_by_label("Mot de passe").fill(PASSWORD)
    await page.get_by_label("Code à six chiffres").fill(
        pyotp.TOTP(site.secret).at(site.world.clock())
    )
    await page.get_by_role("button", name="Se connecter").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Aujourd'hui")


def furnish(world: World) -> str:
    """A morning: answered, unsure, unanswered, a message, a report, an alert. One call's id."""
    call_id = world.call("comment refaire mon passeport", ticket=message())
    world.call("des vélos à prêter", action="out_of_scope", sheet="", confidence=0.1)
    world.call("prêtez-vous des vélos", action="out_of_scope", sheet="", confidence=0.2)
    world.records.add_ticket(
        message(
            "400001",
            kind="report",
            fields={"problem": "pothole", "description": "un trou", "number": "3"},
            lat=47.9723,
            lon=-0.4094,
            street="Rue du Puits",
        )
    )
    world.records.alerts.add(call_id, "gas", "ça sent le gaz")
    for answer in ("", "il a dit 86 euros"):
        kind = SuggestionKind.WRONG if answer else SuggestionKind.QUESTION
        world.records.review.outside.suggest(kind, "le prix du passeport", answer)
    ticket_id = world.records.find_ticket("482913").id
    for number in (1, 2):
        hook = OutboxEntry(means=Means.WEBHOOK, to="gru", text="created", ticket_id=ticket_id)
        kept = world.records.outbox.add(dataclasses.replace(hook, subject=f"gru{number} created"))
    world.records.outbox.failed(kept.id, "gru answered with status 500")
    return call_id


async def test_a_morning_with_the_mouse(world: World, launch: Launch) -> None:
    call_id = furnish(world)
    async with serving(world) as site, launch() as browser, visiting(browser, site) as page:
        # 1. the alert is seen, and acknowledged
        await page.get_by_role("button", name="J'ai vu l'alerte").click()
        await expect(page.get_by_role("status").first).to_contain_text("marquée comme vue")
        # 2. the message that is due is called back and closed
        await page.get_by_role("link", name="Message 482913").click()
        await page.get_by_label("État").select_option("Clos")
        await page.get_by_label("Remarque").fill("Rappelée, tout est réglé")
        await page.get_by_role("button", name="Enregistrer").click()
        await expect(page.locator("main")).to_contain_text("Remarque : Rappelée, tout est réglé")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Clos")
        # 3. the call is found by its words, read, corrected and flagged
        await page.get_by_role("link", name="Appels", exact=True).click()
        await page.get_by_label("Mots dits").fill("PASSEPORTS")
        await page.get_by_role("button", name="Chercher").click()
        await expect(page.get_by_role("row")).to_have_count(2)
        await page.get_by_role("row").nth(1).get_by_role("link").click()
        await page.get_by_role("button", name="Marquer à revoir").click()
        await page.locator("#tour-1").get_by_text("Corriger, noter, masquer").click()
        await page.get_by_label("Ce que l'appelant a vraiment dit").fill("refaire mon passeport")
        await page.get_by_role("button", name="Corriger les mots").click()
        await expect(page.locator("#tour-1")).to_contain_text("Corrigé : « refaire mon passeport »")
        # 4. the question without an answer becomes a sheet's phrasing, in two clicks
        await page.get_by_role("link", name="Questions").click()
        await page.get_by_label("Ajouter ces tournures").first.fill("poubelles")
        await page.get_by_role("button", name="Ajouter").first.click()
        await expect(page.get_by_role("status").first).to_contain_text("tournures sont ajoutées")
    marks = [one.kind for one in world.records.review.call(call_id)[1]]
    assert marks == ["flag", "word"]
    assert "vélos" in (world.root / "phrasings" / "page-superviseurs.txt").read_text()


async def test_live_calls_come_by_themselves_and_can_be_paused(
    world: World, launch: Launch
) -> None:
    async with serving(world) as site, launch() as browser, visiting(browser, site) as page:
        status = page.locator("#live-status")
        await expect(status).to_have_text("Aucun appel en cours")
        await asyncio.to_thread(world.call, outcome=None)
        await expect(status).to_have_text("1 appel en cours", timeout=20_000)
        await expect(page.locator("#live-list")).to_contain_text("Passeport")
        await page.get_by_role("button", name="Suspendre").click()
        await asyncio.to_thread(world.call, outcome=None)
        await asyncio.sleep(4)
        await expect(status).to_have_text("1 appel en cours")
        await page.get_by_role("button", name="Reprendre").click()
        await expect(status).to_have_text("2 appels en cours", timeout=20_000)


async def test_the_keyboard_alone(world: World, launch: Launch) -> None:
    furnish(world)
    async with serving(world) as site, launch() as browser, visiting(browser, site) as page:
        await page.goto(f"{site.url}/calls")
        # 1. the first key is a way past the menu
        await page.keyboard.press("Tab")
        assert await focused(page) == "Aller au contenu"
        await page.keyboard.press("Enter")
        # 2. the search is filled and sent
        await page.keyboard.press("Tab")
        await page.keyboard.type("passeport")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**q=passeport**")
        await expect(page.get_by_role("row")).to_have_count(2)
        # 3. every stop can be seen, none is a trap, and the call is reached and opened
        for _ in range(60):
            await page.keyboard.press("Tab")
            assert await page.evaluate(
                "() => document.activeElement === document.body || "
                "getComputedStyle(document.activeElement).outlineStyle !== 'none'"
            ), await page.evaluate("() => document.activeElement.outerHTML")
            if "24/11/2026" in await focused(page):
                break
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Appel")


async def focused(page: Page) -> str:
    return str(await page.evaluate("() => document.activeElement.textContent.trim()"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_can_be_read_by_everybody(
    world: World, launch: Launch, scheme: str
) -> None:
    call_id = furnish(world)
    async with (
        serving(world) as site,
        launch() as browser,
        visiting(browser, site, color_scheme=scheme) as page,
    ):
        titles = set()
        for path in (*PAGES, f"calls/{call_id}", "tickets/482913", "accessibilite", "login"):
            await page.goto(f"{site.url}/{path}")
            assert await page.evaluate(AUDIT) == [], path
            await page.evaluate(OPEN_ALL)
            assert await page.evaluate(CONTRAST) == [], f"{path} ({scheme})"
            titles.add(await page.title())
        assert len(titles) == len(PAGES) + 4  # each page has a title of its own


async def test_the_checks_see_what_is_wrong(world: World, launch: Launch) -> None:
    async with serving(world) as site, launch() as browser, visiting(browser, site) as page:
        await page.evaluate(
            "() => { document.querySelector('main').insertAdjacentHTML('beforeend', "
            "'<h1>b</h1><h4>c</h4><input><button></button><table><tr><th>d</th></tr></table>'); "
            "const p = document.createElement('p'); p.textContent = 'pâle'; "
            "p.style.color = '#999'; document.querySelector('main').append(p); }"
        )
        found = await page.evaluate(AUDIT)
        for sign in ("not one h1", "skipped", "no label", "no name", "without caption", "scope"):
            assert any(sign in one for one in found), (sign, found)
        assert [one for one in await page.evaluate(CONTRAST) if "pâle" in one]


async def test_a_small_screen_and_large_text(world: World, launch: Launch) -> None:
    call_id = furnish(world)
    sideways = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    async with (
        serving(world) as site,
        launch() as browser,
        visiting(browser, site, viewport={"width": 320, "height": 700}) as page,
    ):
        for path in (*PAGES, f"calls/{call_id}", "tickets/482913"):
            await page.goto(f"{site.url}/{path}")
            assert await page.evaluate(sideways) <= 0, f"{path} at 320 px"
            await page.set_viewport_size({"width": 1280, "height": 900})
            await page.evaluate("document.documentElement.style.fontSize = '200%'")
            assert await page.evaluate(sideways) <= 0, f"{path} with text at 200 %"
            await page.set_viewport_size({"width": 320, "height": 700})


async def test_without_scripts_everything_still_works(world: World, launch: Launch) -> None:
    call_id = furnish(world)
    async with (
        serving(world) as site,
        launch() as browser,
        visiting(browser, site, java_script_enabled=False) as page,
    ):
        await page.goto(f"{site.url}/calls/{call_id}")
        await page.get_by_label("Votre note").fill("sans script")
        await page.locator("#notes").get_by_role("button", name="Noter").click()
        await expect(page.locator("#notes")).to_contain_text("sans script")


def test_passwords_of_these_tests_are_good() -> None:
    assert passwords.weakness(PASSWORD, "rosa.weiss", "Rosa") == ""


async def test_the_public_form_by_keyboard_on_a_small_screen_without_scripts(
    world: World, launch: Launch
) -> None:
    async with serving(world) as site, launch() as browser:
        public = site.url.replace("/review", "/demander")
        seen = await browser.new_page(viewport={"width": 320, "height": 700})
        await seen.goto(public)
        assert await seen.evaluate(AUDIT) == []
        assert await seen.evaluate(CONTRAST) == []
        sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await seen.evaluate(sideways) <= 0
        await seen.evaluate("document.documentElement.style.fontSize = '200%'")
        assert await seen.evaluate(sideways) <= 0

        page = await browser.new_page(java_script_enabled=False)
        await page.goto(public)
        await page.keyboard.press("Tab")  # the link to the content
        await page.keyboard.press("Tab")  # the telephone number
        await page.keyboard.press("Tab")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Tab")
        await page.keyboard.type("le prix du passeport")
        await page.keyboard.press("Tab")
        await page.keyboard.type("il a dit 86")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("Merci")
    (one,) = world.records.review.outside.suggestions()
    assert (one.kind, one.answer) == (SuggestionKind.WRONG, "il a dit 86")
