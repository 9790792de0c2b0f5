"""So many callers at once, each in a process of its own, against one server, for so long."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.calls.clips import Spoken, Studio, voices
from bench.calls.cost import Cost, cost, machine_busy
from bench.calls.questions import CUT_IN_AT, QUESTIONS, of_caller
from bench.calls.servers import ROOT, Called, ServerFailedError

EACH = 4  #: questions in a call
STAGGER_S = 1.3  #: between the first calls of two callers
READY_S = 120.0
CALL_S = 300.0  #: a call that lasts longer is broken off
SAMPLE_S = 1.0

Say = Callable[[str], None]


@dataclass
class Run:
    """What was measured with one number of callers against one server."""

    server: str
    callers: int
    seconds: float = 0.0
    outcomes: list[dict[str, Any]] = field(default_factory=list)  #: `telephone.Outcome`
    orders: dict[str, list[Spoken]] = field(default_factory=dict)  #: by Call-ID
    server_cpu_s: float | None = None
    most_memory_bytes: int | None = None
    machine_share: float = 0.0  #: of all cores, everything on this machine, 0 to 1
    others_cpu_s: float | None = None  #: of what is neither the server nor the callers


class Telephone:
    """A caller's process."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and wait until it can call.

        Raises:
            ServerFailedError: it does not start.
        """
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.calls.telephone"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        await self._read(READY_S)

    async def call(self, order: dict[str, Any]) -> dict[str, Any]:
        """Place one call and return its `telephone.Outcome`."""
        process = self._process
        if process is None or process.stdin is None:
            raise RuntimeError("start() was not called")
        process.stdin.write((json.dumps(order) + "\n").encode())
        await process.stdin.drain()
        return await self._read(CALL_S)

    async def _read(self, limit_s: float) -> dict[str, Any]:
        process = self._process
        if process is None or process.stdout is None:
            raise RuntimeError("start() was not called")
        try:
            async with asyncio.timeout(limit_s):
                line = await process.stdout.readline()
        except TimeoutError:
            line = b""
        if not line:
            raise ServerFailedError(f"the telephone of caller {self.number} fell silent")
        said: dict[str, Any] = json.loads(line)
        return said

    async def close(self) -> None:
        """End the process."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(5):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


class Watch:
    """The cost of the server and of the machine while the callers call."""

    def __init__(self, pid: int | None) -> None:
        self._pid = pid
        self._first = cost(pid) if pid else Cost(0.0, 0, 0)
        self._machine = machine_busy()
        self._memory = self._first.memory_bytes
        self._task = asyncio.create_task(self._sample())

    async def _sample(self) -> None:
        while self._pid is not None:
            await asyncio.sleep(SAMPLE_S)
            self._memory = max(self._memory, cost(self._pid).memory_bytes)

    def finish(self, run: Run) -> None:
        """Write the figures into a run."""
        self._task.cancel()
        busy, possible = machine_busy()
        used, could = busy - self._machine[0], possible - self._machine[1]
        run.machine_share = round(used / could, 3) if could else 0.0
        if self._pid is None:
            return
        last = cost(self._pid)
        run.server_cpu_s = round(last.cpu_s - self._first.cpu_s, 2)
        run.most_memory_bytes = max(self._memory, last.memory_bytes)
        callers = sum(outcome["cpu_s"] for outcome in run.outcomes)
        run.others_cpu_s = round(max(0.0, used - run.server_cpu_s - callers), 1)


def prepare(
    cache: Path, callers: int, calls: int, say: Say, *, most_voices: int | None = None
) -> list[list[list[Spoken]]]:
    """What each caller says, call by call; rendered before, so that nobody synthesises meanwhile.

    Args:
        calls: for each caller, before he begins again.
        most_voices: callers share this many voices, and the questions with them; None: all there
            are, and everybody asks something else.

    Returns:
        Per caller, per call, the questions as files.
    """
    studio = Studio(cache)
    known = voices()[:most_voices]
    prepared = []
    for caller in range(callers):
        say(f"preparing the questions of caller {caller + 1} of {callers}…")
        voice = known[caller % len(known)]
        spoken: dict[str, Spoken] = {}
        like = caller % len(known) if most_voices else caller
        asked = of_caller(like, min(calls, len(QUESTIONS)), EACH)
        for question in (one for call in asked for one in call):
            if question.text not in spoken:
                spoken[question.text] = studio.speak(question, voice, caller)
        prepared.append([[spoken[one.text] for one in call] for call in asked])
    return prepared


def order(
    called: Called, caller: int, noise: Path, questions: Sequence[Spoken], **limits: float
) -> dict[str, Any]:
    """A call as a telephone is told it; every `CUT_IN_AT`th question cuts in."""
    told = [
        {**one.as_dict(), "cuts_in": at % CUT_IN_AT == CUT_IN_AT - 1}
        for at, one in enumerate(questions)
    ]
    user = f"0{100_000_000 + caller:09d}"
    return {"uri": called.uri, "user": user, "noise": str(noise), "questions": told, **limits}


async def measure(
    called: Called, scripts: list[list[list[Spoken]]], minutes: float, noises: Sequence[Path]
) -> Run:
    """Let all callers call for so many minutes; each hangs up after the reply under way.

    Raises:
        ServerFailedError: a telephone does not start or falls silent.
    """
    run = Run(called.name, len(scripts))
    telephones = [Telephone(number) for number in range(len(scripts))]
    try:
        await asyncio.gather(*(one.start() for one in telephones))
        watch = Watch(called.pid)
        began = time.time()
        ends = began + minutes * 60
        async with asyncio.TaskGroup() as group:
            for telephone, script in zip(telephones, scripts, strict=True):
                noise = noises[telephone.number]
                group.create_task(_call_on(called, telephone, script, noise, ends, run))
        run.seconds = round(time.time() - began, 1)
        watch.finish(run)
    finally:
        await asyncio.gather(*(one.close() for one in telephones))
    return run


async def _call_on(
    called: Called,
    telephone: Telephone,
    script: list[list[Spoken]],
    noise: Path,
    ends: float,
    run: Run,
) -> None:
    await asyncio.sleep(telephone.number * STAGGER_S)
    call = 0
    while time.time() < ends:
        questions = script[call % len(script)]
        told = order(called, telephone.number, noise, questions, last_question_at=ends)
        outcome = await telephone.call(told)
        run.outcomes.append(outcome)
        run.orders[outcome["call_id"]] = questions
        call += 1
        await asyncio.sleep(1.0 + random.random())
