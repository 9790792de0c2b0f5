"""Replies are spoken in order, once, fairly, and stop when the caller cuts in."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from tests.voice.engines import KOKORO, PIPER, STORE, kokoro, needs, piper, words
from voice.audio import to_float
from voice.loudness import speech_rms_dbfs
from voice.speaker import Speaker, SpeechFailed, pause_s
from voice.speech_cache import SpeechCache
from voice.speech_queue import SpeechBusy
from voice.voices import open_synthesizer

pytestmark = pytest.mark.models

STORY = "One man came. Two men left. Three men stayed. Four men slept. Five men sang. Six wept."


@pytest.fixture
def cache(tmp_path: Path) -> SpeechCache:
    return SpeechCache(tmp_path / "speech")


@pytest.fixture
def english(cache: SpeechCache):
    speaker = Speaker({"en": piper()}, cache)
    yield speaker
    speaker.close()


@pytest.fixture
def french(cache: SpeechCache):
    speaker = Speaker({"fr": kokoro()}, cache)
    yield speaker
    speaker.close()


def kept(cache_folder: Path) -> int:
    return len(list(cache_folder.rglob("*.wav")))


async def all_of(stream) -> list:
    return [spoken async for spoken in stream]


async def test_a_french_reply_is_understood_at_the_rate_of_a_telephone(french):
    text = "Le guichet ferme à 17h30. Le timbre coûte 25 €."
    spoken = await all_of(french.stream(text, rate_hz=8000))
    # 1. what was spoken is in words, and is what the records will hold
    assert [s.text for s in spoken] == [
        "Le guichet ferme à dix-sept heures trente.",
        "Le timbre coûte vingt-cinq euros.",
    ]
    # 2. a caller understands it
    samples = np.concatenate([s.samples for s in spoken])
    heard = words(samples, 8000)
    assert "guichet" in heard
    assert "17h30" in heard or "dix-sept heures" in heard
    assert "25" in heard or "vingt-cinq" in heard
    # 3. at the level of the line
    assert speech_rms_dbfs(to_float(samples), 8000) == pytest.approx(-18.0, abs=1.5)


@pytest.mark.parametrize("text", ["", "   ", "...", "?! « »", "\n", "— ; :"])
async def test_a_text_without_a_word_says_nothing(french, text):
    assert french.clauses(text) == []
    assert await all_of(french.stream(text)) == []
    assert french.say(text).size == 0


async def test_clauses_follow_each_other_with_a_pause_and_the_last_has_none(english):
    spoken = await all_of(english.stream(STORY, lang="en"))
    assert [s.text for s in spoken] == english.clauses(STORY, "en")
    assert len(spoken) == 6
    pause = int(pause_s("One man came.") * 8000)
    assert not spoken[0].samples[-pause:].any()
    assert spoken[-1].samples[-pause:].any()


async def test_a_clause_is_made_once_for_telephone_and_browser(english, cache):
    low = english.say("Good morning.", lang="en", rate_hz=8000)
    high = english.say("Good morning.", lang="en", rate_hz=24000)
    assert len(high) == pytest.approx(3 * len(low), abs=3)
    # Piper never speaks twice alike: the same samples can only be the same rendering
    assert np.array_equal(low, await english.render("Good morning.", lang="en", rate_hz=8000))
    assert cache.misses == 2  # before and in the queue, for the first one only


async def test_fixed_sentences_survive_a_restart_and_others_do_not(english, cache, tmp_path):
    greeting = english.say("Welcome.", lang="en", keep=True)
    english.say("You asked about bins.", lang="en")
    assert kept(tmp_path) == 1
    again = Speaker({"en": piper()}, SpeechCache(tmp_path / "speech"))
    assert np.array_equal(again.say("Welcome.", lang="en"), greeting)
    again.close()


async def test_sentences_made_in_advance_cost_the_call_nothing(english, cache, tmp_path):
    sentences = ["One moment, please.", "Goodbye. See you soon.", "..."]
    assert await english.prerender(sentences, lang="en") == kept(tmp_path) == 3
    assert await english.prerender(sentences, lang="en") == 0
    before = cache.misses
    await all_of(english.stream(sentences[1], lang="en", rate_hz=16000))
    assert cache.misses == before


async def test_making_in_advance_waits_while_calls_need_the_voice(english, tmp_path):
    quiet = asyncio.Event()
    task = asyncio.create_task(english.prerender(["One moment."], lang="en", quiet=quiet))
    await all_of(english.stream("A call comes first.", lang="en"))
    assert kept(tmp_path) == 0
    quiet.set()
    assert await task == 1


async def test_the_next_clause_is_made_while_the_first_is_played(english, cache):
    stream = english.stream(STORY, lang="en")
    first = await anext(stream)
    # nothing is asked for, and yet the second comes to be
    second = english.clauses(STORY, "en")[1]
    for _ in range(1000):
        if cache.get(english._order(second, "en", 8000, 1.0, False).key) is not None:
            break
        await asyncio.sleep(0.01)
    else:
        pytest.fail("the second clause was not made ahead")
    assert first.samples.size
    await stream.aclose()


async def test_a_new_caller_does_not_wait_for_the_rest_of_another_reply(english):
    order: list[str] = []
    begun = asyncio.Event()

    async def call(name: str, text: str) -> None:
        async for spoken in english.stream(text, lang="en"):
            order.append(f"{name}: {spoken.text}")
            begun.set()

    first = asyncio.create_task(call("A", STORY))
    await begun.wait()
    await asyncio.gather(first, call("B", "Hello there. Goodbye now."))
    assert order.index("B: Hello there.") <= 3
    assert [o[3:] for o in order if o[0] == "A"] == english.clauses(STORY, "en")


async def test_a_caller_who_cuts_in_withdraws_what_was_queued(english, cache):
    cancelled = asyncio.Event()
    heard = []
    async for spoken in english.stream(STORY, lang="en", cancelled=cancelled):
        heard.append(spoken.text)
        cancelled.set()
    assert len(heard) == 1
    misses = cache.misses
    # the next reply is spoken at once, and nothing of the old one is made any more
    await all_of(english.stream("Of course.", lang="en"))
    assert cache.misses - misses <= 4
    assert english.waiting == 0


async def test_a_reply_cancelled_before_its_first_clause_is_silent(english):
    cancelled = asyncio.Event()
    cancelled.set()
    assert await all_of(english.stream(STORY, lang="en", cancelled=cancelled)) == []


async def test_hanging_up_during_the_first_clause_leaves_nothing_behind(english):
    task = asyncio.create_task(all_of(english.stream(STORY, lang="en")))
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await all_of(english.stream("Next caller.", lang="en"))
    assert english.waiting == 0


async def test_a_crowd_is_told_that_the_voice_is_busy(cache):
    speaker = Speaker({"en": piper()}, cache, longest_queue=2)
    calls = [speaker.render(f"Call number {n}.", lang="en") for n in range(12)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    speaker.close()
    busy = [r for r in results if isinstance(r, SpeechBusy)]
    assert 8 <= len(busy) < 12
    assert all(r.size for r in results if not isinstance(r, SpeechBusy))


async def test_an_engine_that_fails_says_so_without_the_words(cache):
    needs(PIPER)
    broken = open_synthesizer(STORE.catalogue[PIPER], STORE.folder(PIPER))
    broken.close()
    speaker = Speaker({"en": broken}, cache)
    with pytest.raises(SpeechFailed, match=r"failed on a clause of 21 characters") as caught:
        await all_of(speaker.stream("Mister Martin is ill.", lang="en"))
    assert "Martin" not in str(caught.value)
    assert await speaker.prerender(["Never made."], lang="en") == 0
    speaker.close()


def test_a_language_without_a_voice_is_spoken_by_the_first_one(english):
    assert english.voice("de").language == "en"
    assert english.say("Guten Tag.", lang="de").size
    with pytest.raises(ValueError, match="needs at least one voice"):
        Speaker({}, SpeechCache())


async def test_an_absurd_speed_is_refused_before_anything_is_made(english, cache):
    with pytest.raises(ValueError, match=r"must be 0\.5 to 2\.0"):
        await all_of(english.stream("Hello.", lang="en", speed=7.0))
    assert cache.misses == 0


async def test_a_reply_of_3000_characters_is_spoken_to_its_end(english):
    text = "The town hall is open on weekdays, and closed on Sundays. " * 52
    spoken = await all_of(english.stream(text, lang="en", speed=2.0))
    assert " ".join(s.text for s in spoken) == text.strip()
    assert all(s.samples.size for s in spoken)


async def test_a_french_reply_of_3000_characters_is_cut_into_what_the_engine_takes(french):
    needs(KOKORO)
    text = "Le service est ouvert de 8h30 à 12h et de 13h30 à 17h sauf les jours fériés " * 40
    parts = french.clauses(text)
    assert max(map(len, parts)) <= 400
    stream = french.stream(text)
    assert (await anext(stream)).samples.size
    await stream.aclose()
