"""A call in another language on the wire: each part in its voice, the ears follow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dialog.course import Stage
from dialog.desk import Desk
from dialog.manners import SLOW
from dialog.search import Index
from tests.dialog.conftest import town
from tests.telephony.conductor_call import OPEN, PhoneCall
from voice.speaker import Clause

__all__ = ["town"]

SPANISH = "Buenos días, no hablo francés, necesito ayuda por favor"


@pytest.fixture(scope="module")
def desk(town, tmp_path_factory) -> Desk:
    folder = tmp_path_factory.mktemp("index")
    return Desk(town, [], Index.build([], folder), clock=lambda: OPEN)


@pytest.fixture
async def call(desk: Desk, tmp_path: Path) -> AsyncIterator[PhoneCall]:
    begun = await PhoneCall.begin(desk, tmp_path)
    yield begun
    await begun.close()


async def test_english_and_french_are_said_slowly_each_in_its_voice(call: PhoneCall) -> None:
    await call.answered(SPANISH)
    english, french = call.mouth.said[-2:]
    assert isinstance(english, Clause)
    assert isinstance(french, Clause)
    assert (english.language, french.language) == ("en", "fr")
    assert call.mouth.speeds[-1] == SLOW
    assert call.ears.language == "es", "a short answer is heard in the caller's language"


async def test_a_key_calls_a_person_after_the_offer(call: PhoneCall) -> None:
    await call.answered(SPANISH)
    call.conductor.press("0")
    await call.eventually(lambda: call.wire.transfers == ["100"])
    call.wire.answer.set()
    await call.until(Stage.CLOSED)


async def test_what_was_cut_goes_on_in_its_language(call: PhoneCall) -> None:
    call.mouth.at_once = False
    await call.says(SPANISH)
    await call.until(Stage.SPEAKING)
    await call.eventually(lambda: isinstance(call.last, Clause))
    await call.says("", interrupts=True, audio_s=0.4)  # a cough
    await call.eventually(lambda: len(call.mouth.said) >= 5)
    again = call.mouth.said[3:5]
    assert [one.language for one in again if isinstance(one, Clause)] == ["en", "fr"]


async def test_an_english_call_is_heard_and_answered_in_english(call: PhoneCall) -> None:
    assert "artificial intelligence" in await call.answered("Do you speak English?")
    assert call.ears.language == "en"
    await call.answered("Can I leave a message please?")
    await call.answered("John Smith")
    await call.answered("French please")
    assert call.ears.language == "fr"
