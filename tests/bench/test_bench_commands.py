"""`allomairie bench calls` and `bench day`: wrong options, and one short real call."""

from __future__ import annotations

import asyncio
import time

import pytest
from typer.testing import CliRunner

from bench.calls.clips import Studio
from bench.calls.figures import of_run
from bench.calls.questions import QUESTIONS
from bench.calls.run import Run, Telephone, order
from bench.calls.servers import Called
from bench.calls.written import written
from deploy.cli.bench import app
from deploy.cli.bench_common import CACHE

LIBRARY = next(question for question in QUESTIONS if "bibliotheque" in question.sheets)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["calls", "--calls", "0"], "--calls takes numbers from 1 to 200"),
        (["calls", "--calls", "1,x"], "--calls takes numbers from 1 to 200"),
        (["calls", "--uri", "mairie"], "--uri takes an address such as"),
        (["calls", "--against", "siri"], "--against knows only baseline"),
        (["day", "--calls", "0"], "Invalid value for '--calls'"),
        (["day", "--compress", "0.1"], "Invalid value for '--compress'"),
    ],
)
def test_wrong_options_are_said_in_one_sentence(options: list[str], said: str) -> None:
    result = CliRunner().invoke(app, options)
    assert result.exit_code == 2
    # Rich draws a box around what it cannot fit on one line
    assert said in " ".join(result.output.replace("│", " ").split())


class Busy(asyncio.DatagramProtocol):
    """A far end that answers every INVITE with 486."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if data.startswith(b"INVITE"):
            kept = ("via:", "from:", "to:", "call-id:", "cseq:")
            lines = data.decode().partition("\r\n\r\n")[0].splitlines()
            head = [line for line in lines if line.lower().startswith(kept)]
            text = "\r\n".join(["SIP/2.0 486 Busy Here", *head, "Content-Length: 0", "", ""])
            self.transport.sendto(text.encode(), addr)


@pytest.mark.sip
async def test_two_refused_calls_are_outcomes_and_the_telephone_lives_on() -> None:
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        Busy, local_addr=("127.0.0.1", 0)
    )
    port = transport.get_extra_info("sockname")[1]
    telephone = Telephone(0)
    await telephone.start()
    try:
        noise = Studio(CACHE).noise(0)
        busy = Called("ours", f"sip:mairie@127.0.0.1:{port}", None)
        outcomes = [await telephone.call(order(busy, 0, noise, [])) for _ in range(2)]
    finally:
        await telephone.close()
        transport.close()
    assert [outcome["refused"] for outcome in outcomes] == [486, 486]
    assert [outcome["turns"] for outcome in outcomes] == [[], []]
    assert outcomes[0]["call_id"] != outcomes[1]["call_id"]


@pytest.mark.sip
@pytest.mark.models
async def test_one_question_over_real_sip(server) -> None:
    """1. A caller asks when the library is open, and hangs up. 2. The ear knows when the reply
    came, after the question ended. 3. The records say what was heard and which sheet it was."""
    studio = Studio(CACHE)
    question = await asyncio.to_thread(studio.speak, LIBRARY, "ff_siwis", 0)
    called = Called("ours", server.uri, server.process.pid, f"sqlite:///{server.database}")
    run = Run("ours", 1)
    telephone = Telephone(0)
    await telephone.start()
    try:
        told = order(called, 0, studio.noise(0), [question], hang_up_at=time.time() + 90)
        outcome = await telephone.call(told)
    finally:
        await telephone.close()
    assert outcome["failed"] == ""
    run.outcomes, run.orders = [outcome], {outcome["call_id"]: [question]}
    figures = of_run(run, written(called, run.orders))
    (turn,) = figures["each"]
    assert turn["latency_ms"] > 0
    assert turn["reply_s"] > 0.5
    assert not turn["false_turn"]
    assert turn["sheet"] == "bibliotheque"
    assert figures["heard"]["word_error_percent"] < 50
    assert turn["timings"]["voice_to_voice"] > 0
    assert figures["greeting_ms"]["n"] == 1
