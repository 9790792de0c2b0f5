"""A town hall's day in its busiest hour: Poisson arrivals, exponential holding times, bounded.

The hour is compressed: it lasts 3600 / compress seconds, and so do holding times become shorter by
the same factor, which keeps the offered traffic in Erlang, and with it what Erlang B says. A real
call cannot be shorter than its greeting and a question, so no mean goes under `SHORTEST_MEAN_S`;
then fewer callers come, for the same traffic.

    requirements, section 4: the busiest hour has 15 % of a day's calls, a call lasts 150 s
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.calls.clips import Spoken
from bench.calls.measures import CLOCK_ERROR_MS, summary
from bench.calls.run import Run, Telephone, Watch, order
from bench.calls.servers import Called
from bench.erlang import blocking

BUSIEST_SHARE = 0.15
HOLDING_S = 150.0
HOUR_S = 3600.0
SHORTEST_MEAN_S = 25.0
SHORTEST_CALL_S = 4.0
LONGEST_MEANS = 4.0  #: a call lasts at most so many means
VOICES = 4  #: of the callers
MORE_TELEPHONES = 4  #: than lines: who is refused needs a telephone, too


@dataclass(frozen=True)
class Plan:
    """Who calls when, in seconds from the start, and for how long."""

    arrivals: tuple[tuple[float, float], ...]  #: moment and holding time
    lasts_s: float  #: no call begins later
    mean_s: float
    offered_erlang: float


def plan(calls: int, compress: float, seed: int = 1) -> Plan:
    """The busiest hour of a day with so many calls.

    Raises:
        ValueError: less than one call, or a factor under 1.
    """
    if calls < 1 or compress < 1:
        raise ValueError("a day has at least one call, and time is not stretched")
    draw = random.Random(seed)
    load = calls * BUSIEST_SHARE * HOLDING_S / HOUR_S
    mean_s = max(SHORTEST_MEAN_S, HOLDING_S / compress)
    lasts_s = HOUR_S / compress
    arrivals = []
    moment = draw.expovariate(load / mean_s)
    while moment < lasts_s:
        holding = min(LONGEST_MEANS * mean_s, draw.expovariate(1 / mean_s))
        arrivals.append((moment, max(SHORTEST_CALL_S, holding)))
        moment += draw.expovariate(load / mean_s)
    return Plan(tuple(arrivals), lasts_s, mean_s, load)


def interval(part: int, whole: int) -> tuple[float, float]:
    """The share's 95 % interval (Wilson)."""
    if not whole:
        return 0.0, 1.0
    z = 1.96
    share = part / whole
    middle = share + z * z / (2 * whole)
    spread = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    under = 1 + z * z / whole
    low = 0.0 if part == 0 else (middle - spread) / under
    high = 1.0 if part == whole else (middle + spread) / under
    return max(0.0, low), min(1.0, high)


async def live(
    called: Called,
    wanted: Plan,
    scripts: Sequence[list[list[Spoken]]],
    noises: Sequence[Path],
) -> Run:
    """Let everybody call as planned; each hangs up when his time is over.

    Args:
        scripts: what callers say; their number is the number of telephones.
    """
    run = Run(called.name, len(scripts))
    free: asyncio.Queue[Telephone] = asyncio.Queue()
    telephones = [Telephone(number) for number in range(len(scripts))]
    try:
        await asyncio.gather(*(one.start() for one in telephones))
        for one in telephones:
            free.put_nowait(one)
        watch = Watch(called.pid)
        began = time.time()
        async with asyncio.TaskGroup() as group:
            for number, (moment, holding) in enumerate(wanted.arrivals):
                await asyncio.sleep(max(0.0, began + moment - time.time()))
                if free.empty():  # more callers than lines and spare telephones: refused as well
                    run.outcomes.append(_no_telephone())
                    continue
                group.create_task(_one(called, free, scripts, noises, (number, holding), run))
        run.seconds = round(time.time() - began, 1)
        watch.finish(run)
    finally:
        await asyncio.gather(*(one.close() for one in telephones))
    return run


async def _one(
    called: Called,
    free: asyncio.Queue[Telephone],
    scripts: Sequence[list[list[Spoken]]],
    noises: Sequence[Path],
    call: tuple[int, float],
    run: Run,
) -> None:
    number, holding = call
    telephone = free.get_nowait()
    try:
        script = scripts[telephone.number]
        questions = [
            one for at in range(len(script)) for one in script[(number + at) % len(script)]
        ]
        noise = noises[telephone.number]
        leaves = time.time() + holding
        told = order(called, number, noise, questions, hang_up_at=leaves)
        outcome = await telephone.call(told)
        run.outcomes.append(outcome)
        run.orders[outcome["call_id"]] = questions
    finally:
        free.put_nowait(telephone)


def _no_telephone() -> dict[str, Any]:
    now = time.time()
    return {
        **{"user": "", "dialled": now, "ended": now, "call_id": "", "refused": 0, "turns": []},
        **{"failed": "no telephone was free", "cpu_s": 0.0, "answer_ms": None},
        **{"greeting_ms": None, "late_ms": None},
    }


def figures(run: Run, wanted: Plan, lines: int) -> dict[str, Any]:
    """Carried, refused, latency, against Erlang B."""
    began = min((one["dialled"] for one in run.outcomes), default=0.0)
    carried = [one for one in run.outcomes if not one["refused"] and not one["failed"]]
    refused = [one for one in run.outcomes if one["refused"]]
    offered = len(run.outcomes)
    points = [
        (round(turn["ended"] - began, 1), turn["latency_ms"])
        for one in carried
        for turn in one["turns"]
        if turn["latency_ms"] is not None and not turn["cuts_in"]
    ]
    low, high = interval(len(refused), offered)
    held = sum(one["ended"] - one["dialled"] for one in carried)
    return {
        "voice_to_voice_ms": summary([latency for _, latency in points]),
        "greeting_ms": summary([o["greeting_ms"] for o in carried if o["greeting_ms"] is not None]),
        "answer_ms": summary([o["answer_ms"] for o in carried if o["answer_ms"] is not None]),
        "clock_error_ms": CLOCK_ERROR_MS,
        "lines": lines,
        "offered": offered,
        "carried": len(carried),
        "refused": len(refused),
        "failed": offered - len(carried) - len(refused),
        "lost_share": round(len(refused) / offered, 4) if offered else 0.0,
        "lost_interval": [round(low, 4), round(high, 4)],
        "erlang_b": round(blocking(wanted.offered_erlang, lines), 6),
        "offered_erlang": round(wanted.offered_erlang, 3),
        "carried_erlang": round(held / wanted.lasts_s, 3),  # of those that began in it
        "mean_holding_s": wanted.mean_s,
        "seconds": run.seconds,
        "server_cpu_s": run.server_cpu_s,
        "memory_mib": run.most_memory_bytes and round(run.most_memory_bytes / 2**20),
        "machine_share": run.machine_share,
        "others_cpu_s": run.others_cpu_s,
        "busy": in_progress(carried, began),
        "latencies": sorted(points),
    }


def in_progress(calls: Sequence[Mapping[str, Any]], began: float) -> list[tuple[float, int]]:
    """Seconds from the start and how many calls there are from then on."""
    changes = sorted(
        change for call in calls for change in ((call["dialled"], 1), (call["ended"], -1))
    )
    count, found = 0, [(0.0, 0)]
    for moment, change in changes:
        count += change
        found.append((round(moment - began, 1), count))
    return found
