"""One caller in a process of its own: `python -m bench.calls.telephone`.

Each line of standard input is a call to place, each line of standard output what came of it, both
JSON. The process does nothing but signalling and audio, so that what it measures is the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import soundfile

from bench.calls.measures import (
    FRAME_S,
    first_after,
    percentile,
    silences,
    spoke_within,
    stopped_at,
)
from bench.calls.wire import Line, Pcm, Said
from telephony.check.agent import Agent, Identity, NoResponse
from telephony.check.capture import Capture
from telephony.check.dialog import Dialog, Refused
from telephony.check.link import Link

GREETING_S = 30.0  #: longest wait for the greeting
PATIENCE_S = 10.0  #: without a reply for so long, a turn is missed
LONGEST_REPLY_S = 45.0
QUIET_S = 3.0  #: silence that ends a reply
ONLY_WORDS_S = 2.0  #: of sound: less may be "un instant", after which the answer is waited for
WAITING_S = 8.0  #: so long
GREETING_QUIET_S = 1.5
CUT_IN_AFTER_S = 2.0  #: of the reply that is cut
REACTION_S = 0.3  #: sound of the bot this soon after the caller began was under way before
SOONEST_S = 0.2  #: a reply sooner after the last syllable was begun before it
STOP_WITHIN_S = 3.0
POLL_S = 0.02
PRIORITY = -5  #: a telephone is another machine: it never waits for the server's processor


@dataclass(frozen=True)
class Order:
    """One call to place."""

    uri: str  #: sip:user@address:port
    user: str
    noise: str
    questions: list[dict[str, Any]]  #: `clips.Spoken.as_dict()`, with "cuts_in"
    last_question_at: float = float("inf")  #: UNIX time after which no second question is asked
    hang_up_at: float = float("inf")  #: UNIX time at which the caller hangs up, whatever is said


@dataclass
class Turn:
    """One question and what came back; moments are UNIX times."""

    number: int
    cuts_in: bool
    asked: float
    ended: float
    latency_ms: float | None = None
    missed: bool = False
    false_turn: bool = False  #: the bot spoke while the caller had not finished
    stop_ms: float | None = None  #: cutting in: first sound to silence; None: it went on
    silences_s: list[float] = field(default_factory=list)  #: inside the reply, over 0.2 s
    reply_s: float = 0.0


@dataclass
class Outcome:
    """What came of a call."""

    user: str
    dialled: float
    call_id: str = ""
    refused: int = 0  #: the status, 0 when it was taken
    failed: str = ""
    answer_ms: float | None = None
    greeting_ms: float | None = None  #: from the answer to the greeting's first sound
    ended: float = 0.0
    turns: list[Turn] = field(default_factory=list)
    late_ms: float | None = None  #: 99 % of our packets left at most so late
    cpu_s: float = 0.0  #: of this telephone


class Caller:
    """Places one call and takes part in it."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._noise = _pcm(order.noise)
        self._outcome = Outcome(order.user, time.time())
        self._asked: list[tuple[bool, Said]] = []

    async def run(self) -> Outcome:
        """Dial, ask, hang up; every failure is an outcome."""
        started = time.process_time()
        host, port = self._order.uri.partition("@")[2].rsplit(":", 1)
        link = Link(
            "udp",
            (host if host.startswith("127.") else "", 0),
            (host, int(port)),
            Capture(),
            lambda message, route: agent.arrived(message, route),
        )
        await link.open()
        agent = Agent(link, Identity(self._order.user, f"{host}:{port}"), link.local[0], Capture())
        dialog = Dialog(agent, self._order.uri, ("pcma",), secure=False)
        line = Line(link.local[0], self._noise)
        dialog.media = line
        self._outcome.call_id = dialog.call_id
        try:
            await self._take_part(dialog, line)
        except Refused as refusal:
            self._outcome.refused = refusal.status
        except (NoResponse, OSError) as error:
            self._outcome.failed = str(error)
        finally:
            self._outcome.ended = time.time()
            await dialog.hang_up()
            link.close()
        self._measure(line)
        self._outcome.cpu_s = round(time.process_time() - started, 2)
        return self._outcome

    async def _take_part(self, dialog: Dialog, line: Line) -> None:
        await dialog.call()
        answered = time.time()
        self._outcome.answer_ms = round((answered - self._outcome.dialled) * 1000, 1)
        leaves_in = self._order.hang_up_at - answered
        limit = asyncio.timeout(None if leaves_in == float("inf") else max(0.0, leaves_in))
        talk = asyncio.create_task(self._talk(line, answered))
        gone = asyncio.create_task(dialog.ended.wait())
        try:
            with contextlib.suppress(TimeoutError):
                async with limit:
                    await asyncio.wait({talk, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            talk.cancel()
            await asyncio.wait({talk, gone})
        if talk.done() and not talk.cancelled() and (error := talk.exception()):
            raise error

    async def _talk(self, line: Line, answered: float) -> None:
        await self._first_sound(line, answered, GREETING_S)
        await self._quiet(line, GREETING_QUIET_S)
        questions = self._order.questions
        for at, question in enumerate(questions):
            if at and time.time() > self._order.last_question_at:  # one at least
                return
            if question["cuts_in"]:
                await asyncio.sleep(CUT_IN_AFTER_S)
            speech = _pcm(question["path"])
            said = await line.say_clip(speech, question["onset"], question["end"])
            self._asked.append((question["cuts_in"], said))
            await self._first_sound(line, said.end, PATIENCE_S)
            if at + 1 == len(questions) or not questions[at + 1]["cuts_in"]:
                await self._quiet(line, QUIET_S, WAITING_S)

    async def _first_sound(self, line: Line, since: float, patience_s: float) -> None:
        seen = len(line.frames)
        while time.time() < since + patience_s:
            if any(frame.loud and frame.at > since for frame in line.frames[max(0, seen - 50) :]):
                return
            seen = len(line.frames)
            await asyncio.sleep(POLL_S)

    async def _quiet(self, line: Line, quiet_s: float, after_few_words_s: float = 0.0) -> None:
        """Wait until the bot has been silent for a while; longer when it said next to nothing."""
        started = last = time.time()
        seen, sound_s = len(line.frames), 0.0
        while time.time() < started + LONGEST_REPLY_S:
            for frame in line.frames[seen:]:
                if frame.loud:
                    last, sound_s = max(last, frame.at), sound_s + FRAME_S
            seen = len(line.frames)
            few = sound_s < ONLY_WORDS_S
            if time.time() > last + max(quiet_s, after_few_words_s if few else 0.0):
                return
            await asyncio.sleep(POLL_S)

    # -- afterwards --------------------------------------------------------------------------

    def _measure(self, line: Line) -> None:
        outcome = self._outcome
        loud = sorted(frame.at for frame in line.frames if frame.loud)
        if outcome.answer_ms is not None:
            answered = outcome.dialled + outcome.answer_ms / 1000
            first = first_after(loud, answered)
            outcome.greeting_ms = None if first is None else round((first - answered) * 1000, 1)
        late = percentile(line.lateness, 0.99)
        outcome.late_ms = None if late is None else round(late * 1000, 1)
        onsets = [said.onset for _, said in self._asked]
        for number, (cuts_in, said) in enumerate(self._asked):
            following = [*onsets[number + 1 :], outcome.ended][0]
            outcome.turns.append(measured(number, loud, said, following, cuts_in=cuts_in))


def measured(
    number: int, loud: list[float], said: Said, following: float, *, cuts_in: bool
) -> Turn:
    """The figures of one question.

    Args:
        loud: moments at which sound of the bot arrived.
        following: when the next question began, or the call ended.
    """
    turn = Turn(number, cuts_in, said.onset, said.end)
    quiet_from: float | None = said.onset
    if cuts_in:
        quiet_from = stopped_at(loud, said.onset, max(said.end, said.onset + STOP_WITHIN_S))
        if quiet_from is not None:
            turn.stop_ms = round((quiet_from - said.onset) * 1000, 1)
    if quiet_from is None:
        return turn
    first = first_after(loud, max(said.end, quiet_from))
    too_soon = first is not None and first < said.end + SOONEST_S
    turn.false_turn = too_soon or spoke_within(loud, quiet_from + REACTION_S, said.end)
    if first is None or first > min(following, said.end + PATIENCE_S):
        turn.missed = following - said.end >= PATIENCE_S
        return turn
    if not turn.false_turn:
        turn.latency_ms = round((first - said.end) * 1000, 1)
    last = max(moment for moment in loud if first <= moment <= following)
    turn.silences_s = silences(loud, first, last)
    turn.reply_s = round(last - first, 2)
    return turn


def _pcm(path: str) -> Pcm:
    samples, _ = soundfile.read(Path(path), dtype="int16")
    return samples  # type: ignore[no-any-return]


def main() -> None:
    """Place the calls of standard input, one after the other."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, PRIORITY)
    print(json.dumps({"ready": resource.getrusage(resource.RUSAGE_SELF).ru_utime}), flush=True)
    for line in sys.stdin:
        outcome = asyncio.run(Caller(Order(**json.loads(line))).run())
        print(json.dumps(asdict(outcome)), flush=True)


if __name__ == "__main__":
    main()
