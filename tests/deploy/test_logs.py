"""The log as a collector reads it: one JSON object a line, with the call, without its words."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from loguru import logger as pipecat_logger

from deploy.logs import LogSettings, start_log
from dialog.reply import Action, Reply
from records import AsyncRecords, MediaStats, Outcome, Records
from telephony.call import CallInfo
from telephony.ledger import Ledger
from telephony.watching import CALL


@contextmanager
def written(**settings: str) -> Iterator[io.StringIO]:
    """A log of its own; the process's is put back afterwards."""
    stream, root = io.StringIO(), logging.getLogger()
    before, level = root.handlers[:], root.level
    root.handlers.clear()
    try:
        start_log(LogSettings.model_validate(settings), stream)
        yield stream
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        pipecat_logger.remove()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def a_call(folder: Path, number: str, action: Action) -> str:
    """One call of one turn; returns its reference."""
    url = f"sqlite:///{folder / f'{action}.db'}"
    records = AsyncRecords(Records.open(url, hash_key=b"a key that is only used in tests"))
    ledger = await Ledger.open(records, CallInfo("sip", caller=number, dialled="0261914000"))
    reply = Reply(action, "Ouvert à 8h30.", ms=12.0)
    turn = await ledger.begin(reply, None)
    await asyncio.sleep(0.05)  # the other call's lines come between
    timings = {"decide": 12.0, "voice_to_voice": 640.0}
    await ledger.finish(turn, reply, played="Ouvert", interrupted=False, timings=timings)
    await asyncio.to_thread(logging.getLogger("voice").warning, "slow")
    await ledger.close(Outcome.COMPLETED, "goodbye", MediaStats())
    await records.close()
    return ledger.reference


async def test_two_calls_at_once_name_their_own_lines(tmp_path: Path) -> None:
    with written(format="json") as stream:
        first, second = await asyncio.gather(
            asyncio.create_task(a_call(tmp_path, "+33612345678", Action.ANSWER)),
            asyncio.create_task(a_call(tmp_path, "+33698765432", Action.CLARIFY)),
        )
        logging.getLogger("allomairie").info("outside of any call")
    found = lines(stream)
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in found)
    for reference, action in ((first, "answer"), (second, "clarify")):
        own = [line for line in found if line.get("call") == reference]
        (turn,) = [line for line in own if "facts" in line]
        assert turn["facts"] == {"turn": 1, "action": action, "decide": 12.0, "voice_to_voice": 640}
        assert "slow" in [line["message"] for line in own]  # said in a thread of this call
    assert "call" not in found[-1]
    text = stream.getvalue()
    assert "12345678" not in text
    assert "98765432" not in text
    assert "Ouvert" not in text


def test_errors_are_one_line_and_numbers_are_masked() -> None:
    with written(format="json") as stream:
        try:
            raise ValueError("06 12 34 56 78 and +33698765432 cannot be called")
        except ValueError:
            logging.getLogger("a.library").exception("failed for %s\nand more", "0612345678")
        logging.getLogger("a.library").warning("%d calls", "three")
    found = lines(stream)
    assert len(found) == 1, "a line that does not fit its arguments is the library's mistake"
    (line,) = found
    assert line["message"] == "failed for …5678\nand more"
    assert "Traceback" in str(line["error"])
    assert "…56 78 and …5432 cannot be called" in str(line["error"])


def test_text_stays_as_it_was_and_pipecat_and_the_level_join_in() -> None:
    with written(level="warning") as stream:
        CALL.set("123456")
        logging.getLogger("allomairie").info("not written")
        logging.getLogger("allomairie").warning("a line with %s", "arguments {and braces}")
        pipecat_logger.warning("a frame was late at {}", "0612345678")
        pipecat_logger.debug("the caller said: bonjour")
    first, second = stream.getvalue().splitlines()
    assert first.endswith(" WARNING allomairie a line with arguments {and braces}")
    assert second.endswith(" WARNING pipecat a frame was late at …5678")


def test_a_level_that_would_write_what_callers_say_does_not_exist() -> None:
    with pytest.raises(ValueError, match="'info', 'warning' or 'error'"):
        LogSettings(level="debug")  # type: ignore[arg-type]
