"""One call with a real `Conductor`, desk and records; the wire, the voice, the clock are ours."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path

import pytest

from dialog.course import Course, Event, Stage
from dialog.desk import Desk
from dialog.patience import Patience
from dialog.search import Index
from dialog.state import USUAL_SPEED
from tests.dialog.conftest import town
from tests.telephony.conductor_call import OPEN, PhoneCall

__all__ = ["town"]

EVENING = datetime(2026, 11, 24, 19, 30)
MESSAGE = "je voudrais laisser un message"
Begin = Callable[..., Awaitable[PhoneCall]]


@pytest.fixture(scope="module")
def desk(town, tmp_path_factory) -> Desk:
    """A town without sheets: what is tested here is not what is answered."""
    folder = tmp_path_factory.mktemp("index")
    return Desk(town, [], Index.build([], folder), clock=lambda: OPEN)


@pytest.fixture
async def begin(desk: Desk, tmp_path: Path) -> AsyncIterator[Begin]:
    calls: list[PhoneCall] = []

    async def answered(**options: object) -> PhoneCall:
        calls.append(await PhoneCall.begin(desk, tmp_path, **options))
        return calls[-1]

    yield answered
    for call in calls:
        await call.close()
        assert call.course.stage is Stage.CLOSED


async def events(call: PhoneCall) -> list[str]:
    (view,) = [await call.records.call(one.id) for one in await call.records.recent_calls(5)]
    return [event.kind for event in view.events]


# -- the event loop ------------------------------------------------------------------------


async def test_no_decision_is_taken_on_the_event_loop(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Greeting, silence, key, transfer refused and hang-up: a slow desk must not stop the audio."""
    threads: dict[str, threading.Thread] = {}

    def watched(name: str) -> None:
        decide = getattr(Desk, name)

        def noted(self: Desk, *told: object, **more: object) -> object:
            threads[name] = threading.current_thread()
            return decide(self, *told, **more)

        monkeypatch.setattr(Desk, name, noted)

    names = ("greeting", "silence", "key", "transfer_failed", "hang_up")
    for name in names:
        watched(name)
    call = await begin()
    await call.silent(7.1)
    await call.until(Stage.LISTENING)
    call.wire.refuses = True
    call.conductor.press("0")
    await call.until(Stage.RINGING)
    call.wire.answer.set()
    await call.eventually(lambda: "transfer_failed" in threads)
    await call.close()
    assert sorted(threads) == sorted(names)
    assert threading.main_thread() not in threads.values()


# -- silence -------------------------------------------------------------------------------


async def test_seven_seconds_ten_seconds_and_a_way_out(begin: Begin) -> None:
    call = await begin()
    await call.silent(6.9)
    assert len(call.mouth.said) == 1, "the greeting"
    await call.silent(0.2)
    await call.until(Stage.LISTENING)
    assert "Je vous écoute" in call.last
    await call.silent(9.8)  # counted from the moment that the reply was said
    assert "114" not in call.last
    await call.silent(0.2)
    await call.until(Stage.RINGING)
    assert "114" in call.last
    await call.eventually(lambda: call.wire.transfers == ["100"])


async def test_in_the_evening_the_way_out_is_a_message(begin: Begin) -> None:
    call = await begin(at=EVENING)
    for seconds in (7.1, 10.1):
        await call.silent(seconds)
        await call.until(Stage.LISTENING, Stage.CHOOSING)
    assert call.last.endswith("Voulez-vous laisser un message ?")
    assert "Je prends un message" in await call.answered("oui")


async def test_the_last_silence_ends_the_call_with_a_number(begin: Begin) -> None:
    call = await begin(at=EVENING)
    for _ in range(4):
        await call.silent(10.1)
        await call.until(Stage.LISTENING, Stage.CHOOSING, Stage.CLOSED)
    assert call.wire.hung_up
    assert "02 61 91 50 00" in call.last


async def test_speaking_starts_the_count_again(begin: Begin) -> None:
    call = await begin()
    await call.silent(7.1)
    await call.until(Stage.LISTENING)
    await call.answered("vous êtes un robot ?")
    await call.silent(7.1)
    await call.until(Stage.LISTENING)
    assert "Je vous écoute" in call.last


async def test_a_caller_who_speaks_is_not_silent(begin: Begin) -> None:
    call = await begin()
    await call.silent(6.0)
    await call.starts()
    await call.silent(20.0)
    assert call.course.stage is Stage.HEARING
    assert len(call.mouth.said) == 1


async def test_a_sound_while_the_bot_speaks_changes_nothing(begin: Begin) -> None:
    """A wordless sound that did not stop the reply starts no silence timer under it."""
    call = await begin()
    call.mouth.at_once = False
    await call.says("vous êtes un robot ?")
    await call.until(Stage.SPEAKING)
    await call.says("", audio_s=0.4)
    await call.silent(60)
    assert call.course.stage is Stage.SPEAKING
    assert len(call.mouth.said) == 2
    call.mouth.over.set()
    await call.until(Stage.LISTENING)


async def test_a_search_that_takes_long_is_bridged(begin: Begin, desk: Desk, monkeypatch) -> None:
    call = await begin()
    gate = asyncio.Event()
    loop = asyncio.get_running_loop()
    hear = desk.hear

    def slow(*args: object, **options: object) -> object:
        asyncio.run_coroutine_threadsafe(gate.wait(), loop).result()
        return hear(*args, **options)

    monkeypatch.setattr(desk, "hear", slow)
    await call.says("vous êtes un robot ?")
    await call.silent(1.8)
    await call.eventually(lambda: "Un instant" in call.last)
    for _ in range(2):
        before = len(call.mouth.said)
        await call.silent(2.1)
        await call.eventually(lambda before=before: len(call.mouth.said) > before)
        assert "Encore" in call.last
    assert call.course.stage is Stage.DECIDING
    gate.set()
    await call.until(Stage.LISTENING)
    assert "robot" in call.last


# -- patience ------------------------------------------------------------------------------


async def test_the_ears_get_the_patience_of_what_is_asked(begin: Begin) -> None:
    call = await begin()
    assert call.ears.end_silence_s == pytest.approx(0.9)
    await call.answered(MESSAGE)
    assert call.course.stage is Stage.FILLING
    assert call.ears.end_silence_s == pytest.approx(1.6), "a name"
    await call.answered("Martin")
    assert call.ears.end_silence_s == pytest.approx(0.9), "a subject"
    await call.answered("la cantine")
    await call.answered("non")
    assert call.course.stage is Stage.DICTATING
    assert call.ears.end_silence_s == pytest.approx(2.5), "a number"
    await call.answered("plus lentement")
    assert call.ears.end_silence_s == pytest.approx(3.75)


async def test_key_7_is_slow_mode(begin: Begin) -> None:
    call = await begin()
    call.conductor.press("7")
    await call.eventually(lambda: call.ears.end_silence_s > 1)
    assert call.ears.end_silence_s == pytest.approx(1.35)


async def test_slow_mode_speaks_and_waits_more_slowly(begin: Begin) -> None:
    call = await begin()
    assert call.mouth.speeds == [USUAL_SPEED]
    await call.answered("parlez plus lentement")
    assert call.mouth.speeds[-1] == pytest.approx(0.80)
    said = len(call.mouth.said)
    await call.silent(10.4)
    assert len(call.mouth.said) == said
    await call.silent(0.2)
    await call.eventually(lambda: "Je vous écoute" in call.last)


# -- keys ----------------------------------------------------------------------------------


async def test_a_key_stops_the_speech(begin: Begin) -> None:
    call = await begin()
    call.mouth.at_once = False
    await call.says("vous êtes un robot ?")
    await call.until(Stage.SPEAKING)
    call.conductor.press("0")
    await call.eventually(lambda: "Je vous passe" in call.last)
    call.mouth.over.set()
    await call.until(Stage.RINGING)


async def test_keys_in_a_burst_are_one_number(begin: Begin) -> None:
    """Ten keys at once: none is lost, and nothing is said between them."""
    call = await begin()
    for text in (MESSAGE, "Martin", "la cantine", "non"):
        await call.answered(text)
    for digit in "0711223344":
        call.conductor.press(digit)
    await call.eventually(lambda: "07 11 22 33 44" in call.last)


async def test_a_pause_between_keys_ends_the_number(begin: Begin) -> None:
    call = await begin()
    for text in (MESSAGE, "Martin", "la cantine", "non"):
        await call.answered(text)
    for digit in "0711":
        call.conductor.press(digit)
    await call.until(Stage.DICTATING)
    await call.eventually(lambda: call.conductor._state.task.typed == "0711")
    await call.silent(3.9)
    assert "0 7 1 1" not in call.last
    await call.silent(0.2)
    await call.eventually(lambda: "0 7 1 1" in call.last)


async def test_keys_while_a_desk_rings_change_nothing(begin: Begin) -> None:
    """1. A desk rings. 2. The caller keys. 3. Nobody answers: the caller is heard again."""
    call = await begin()
    await call.says("un agent")
    await call.until(Stage.RINGING)
    assert call.ears.deaf
    for digit in "70":
        call.conductor.press(digit)
    await asyncio.sleep(0.05)
    assert call.course.stage is Stage.RINGING
    call.wire.refuses = True
    call.wire.answer.set()
    await call.until(Stage.CHOOSING)
    assert not call.ears.deaf
    assert "personne ne répond" in call.last
    assert (await events(call)).count("dtmf") == 2


async def test_a_transfer_that_is_taken_ends_our_part(begin: Begin) -> None:
    call = await begin()
    await call.says("un agent")
    await call.until(Stage.RINGING)
    call.wire.answer.set()
    await call.until(Stage.CLOSED)
    said = len(call.mouth.said)
    call.conductor.press("1")
    await call.says("allô ?")
    await asyncio.sleep(0.05)
    assert len(call.mouth.said) == said


# -- cutting in ----------------------------------------------------------------------------


async def test_a_cough_resumes_the_reply_and_words_replace_it(begin: Begin) -> None:
    call = await begin()
    call.mouth.at_once = False
    await call.says("vous êtes un robot ?")
    await call.until(Stage.SPEAKING)
    await call.says("", interrupts=True, audio_s=0.4)
    await call.until(Stage.SPEAKING)
    assert call.mouth.said[-1] == call.mouth.said[-2]
    call.mouth.at_once = True
    await call.says("au revoir", interrupts=True)
    await call.until(Stage.CLOSED)
    assert call.wire.hung_up
    assert (await events(call)).count("barge_in") == 2


# -- the longest call ----------------------------------------------------------------------

SHORT = Patience(silence_s=(1e6, 1e6), longest_call_s=600, warning_s=60)


async def test_a_warning_then_a_person(begin: Begin) -> None:
    call = await begin(patience=SHORT)
    await call.silent(539)
    assert len(call.mouth.said) == 1
    await call.silent(2)
    await call.until(Stage.LISTENING)
    assert "bientôt devoir se terminer" in call.last
    await call.silent(60)
    await call.until(Stage.RINGING)
    assert "Notre appel est long" in call.last
    call.wire.refuses = True
    call.wire.answer.set()
    await call.until(Stage.CLOSED)
    assert "02 61 91 50 00" in call.last
    assert {"cap_near", "cap_reached", "transfer_failed"} <= set(await events(call))


async def test_in_the_evening_goodbye_and_a_form_is_kept(begin: Begin) -> None:
    call = await begin(patience=SHORT, at=EVENING)
    for text in (MESSAGE, "Martin", "la cantine"):
        await call.answered(text)
    await call.silent(541)
    await call.eventually(lambda: "bientôt" in call.last)
    assert "numéro" in call.last, "the open question is asked again"
    await call.silent(60)
    await call.until(Stage.CLOSED)
    assert "Ce que vous m'avez dit est gardé" in call.last
    assert call.wire.hung_up
    (ticket,) = await call.records.open_tickets()
    assert (ticket.complete, ticket.fields["name"]) == (False, "Martin")


async def test_the_end_waits_for_who_speaks(begin: Begin) -> None:
    call = await begin(patience=SHORT, at=EVENING)
    await call.silent(541)
    await call.until(Stage.LISTENING)
    await call.starts()
    await call.silent(120)
    assert call.course.stage is Stage.HEARING
    await call.says("vous êtes un robot ?")
    await call.until(Stage.CLOSED)
    assert "robot" in call.mouth.said[-2], "the question is answered first"


async def test_an_emergency_has_no_longest_call(begin: Begin) -> None:
    call = await begin(patience=SHORT)
    await call.answered("il y a le feu chez moi")
    assert call.course.stage is Stage.WATCHING
    await call.silent(5000)
    assert call.course.stage is Stage.WATCHING
    assert not call.wire.hung_up


async def test_a_town_may_have_no_longest_call(begin: Begin) -> None:
    patience = Patience(silence_s=(1e6, 1e6), longest_call_s=0)
    call = await begin(patience=patience)
    await call.silent(9000)
    assert len(call.mouth.said) == 1


# -- mistakes of ours ----------------------------------------------------------------------


async def test_an_impossible_event_in_production_is_logged_and_the_call_goes_on(
    begin: Begin, caplog: pytest.LogCaptureFixture
) -> None:
    call = await begin()
    lenient = Course()
    lenient.stage = Stage.ENDING  # where no SILENCE can be
    call.conductor._course = call.conductor._speaking._course = call.course = lenient
    assert lenient.on(Event.SILENCE) is Stage.DECIDING
    assert "SILENCE" in caplog.text
    assert "ENDING" in caplog.text
    assert "robot" in await call.answered("vous êtes un robot ?")
