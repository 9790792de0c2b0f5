"""The whole path: Chromium, its microphone fed with a spoken question, the real program."""

from __future__ import annotations

import re
import sqlite3
import wave
from pathlib import Path

import numpy as np
import pytest
import soxr
from playwright.async_api import expect

from tests.browser.conftest import ALLOW_MICROPHONE, FAKE_MICROPHONE, LOUDEST_HZ, Launch

pytestmark = [pytest.mark.browser, pytest.mark.models]

QUESTION = "Bonjour, j'ai un vieux canapé à jeter, comment je fais ?"
GREETING_S = 18  #: the fake microphone starts with the call and stays silent for so long
ANSWER_S = 60


def record(path: Path, speech: np.ndarray) -> None:
    """The question as a microphone file: silence, the words at 48 kHz, silence."""
    wide = soxr.resample(speech.astype(np.float32) / 32768, 8000, 48_000)
    quiet = np.zeros(48_000 * GREETING_S, np.float32)
    samples = np.concatenate([quiet, wide, quiet])
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48_000)
        out.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


async def test_a_question_asked_in_the_browser_is_answered(
    launch: Launch, server, say, tmp_path: Path
) -> None:
    question = tmp_path / "question.wav"
    record(question, say(QUESTION))
    microphone = f"--use-file-for-fake-audio-capture={question}%noloop"
    async with launch(ALLOW_MICROPHONE, FAKE_MICROPHONE, microphone) as browser:
        page = await browser.new_page()
        await page.goto(server.url)
        # 1. the greeting says what answers
        await page.get_by_role("button", name="Appeler").click()
        await expect(page.get_by_role("status")).to_contain_text("En communication", timeout=15_000)
        lines = page.locator(".line")
        await expect(lines.first).to_contain_text("intelligence artificielle", timeout=15_000)
        # 2. the question is heard, and answered from the right sheet
        await expect(page.locator(".line.caller")).to_contain_text(
            "canapé", timeout=(GREETING_S + ANSWER_S) * 1000
        )
        answer = page.locator(".line.caller ~ .line.bot").first
        await expect(answer).to_contain_text(re.compile("encombrants?", re.I), timeout=20_000)
        # 3. and it is spoken, not only written
        assert await page.evaluate(LOUDEST_HZ) > 0
        await page.screenshot(path=tmp_path / "answered.png", full_page=True)
        # 4. the conversation is remembered as a call from the browser
        await page.get_by_role("button", name="Raccrocher").click()
        await expect(page.get_by_role("status")).to_contain_text("Appel terminé")
    with sqlite3.connect(server.database) as records:
        found = records.execute(
            "SELECT turns.sheet_id FROM turns JOIN calls ON calls.id = turns.call_id"
            " WHERE calls.channel = 'webrtc'"
        ).fetchall()
    assert ("encombrants",) in found
