"""From what each telephone measured and the server wrote down to the figures of a run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from bench.calls.clips import Spoken
from bench.calls.measures import (
    CLOCK_ERROR_MS,
    Written,
    gaps_that_are_no_pause,
    percentile,
    summary,
    turns_of,
)
from bench.calls.run import Run
from voice.word_errors import Errors, compare

FILLER_MS = 400.0  #: a sound this much before the reply's own first one was "un instant"
_MARKS = re.compile(r"[.!?;:,…](?=\s)")


def of_run(run: Run, written: Mapping[str, Sequence[Written]]) -> dict[str, Any]:
    """The figures of a run, ready for JSON.

    Args:
        written: turns by Call-ID; calls that are missing are measured by ear only.
    """
    turns = [turn for outcome in run.outcomes for turn in _turns(run, outcome, written)]
    taken = [one for one in run.outcomes if not one["refused"] and not one["failed"]]
    minutes = sum(one["ended"] - one["dialled"] for one in taken) / 60
    plain = [turn for turn in turns if not turn["cuts_in"]]
    return {
        "server": run.server,
        "callers": run.callers,
        "seconds": run.seconds,
        "calls": {
            "taken": len(taken),
            "refused": sum(bool(one["refused"]) for one in run.outcomes),
            "failed": sum(bool(one["failed"]) for one in run.outcomes),
            "minutes": round(minutes, 2),
        },
        "voice_to_voice_ms": summary(_known(plain, "latency_ms")),
        "answer_ms": summary(_known(plain, "answer_ms")),
        "after_cutting_in_ms": summary(_known([t for t in turns if t["cuts_in"]], "latency_ms")),
        "greeting_ms": summary(_known(taken, "greeting_ms")),
        "turns": _counts(turns),
        "barge_in": _barge_in(turns),
        "gaps": _gaps(turns),
        "heard": _heard(turns),
        "stages_ms": _stages(plain),
        "cost": _cost(run, minutes),
        "clock_error_ms": CLOCK_ERROR_MS,
        "late_packets_ms": percentile(_known(taken, "late_ms"), 0.5),
        "each": turns,
    }


def _turns(
    run: Run, outcome: Mapping[str, Any], written: Mapping[str, Sequence[Written]]
) -> list[dict[str, Any]]:
    questions = run.orders[outcome["call_id"]]
    known = written.get(outcome["call_id"])
    measured = outcome["turns"]
    belong = turns_of([turn["asked"] for turn in measured], known or [])
    return [
        _one(turn, questions[turn["number"]], own if known is not None else None)
        for turn, own in zip(measured, belong, strict=True)
    ]


def _one(
    turn: Mapping[str, Any], question: Spoken, own: Sequence[Written] | None
) -> dict[str, Any]:
    found: dict[str, Any] = {**turn, "words": question.words, "pauses": question.pauses}
    found["gaps_s"] = found["word_errors"] = found["sheet_right"] = None
    found["answer_ms"] = turn["latency_ms"]
    if own is None:
        return found
    heard = " ".join(one.heard for one in own if one.heard)
    found["reply"] = " / ".join(one.reply for one in own)  # also to a question that was not heard
    own = [one for one in own if one.heard]
    errors = compare(question.words, heard)
    found |= {"heard": heard, "word_errors": errors.wrong, "word_count": errors.words}
    found["written"] = len(own)
    if own:
        last = own[-1]
        found["sheet"], found["timings"] = last.sheet, last.timings
        if last.timings is not None:
            found["sheet_right"] = last.sheet in question.sheets
            reply_ms = last.timings.get("voice_to_voice")
            if reply_ms is not None and turn["latency_ms"] is not None:
                found["filler"] = turn["latency_ms"] < reply_ms - FILLER_MS
                found["answer_ms"] = max(turn["latency_ms"], reply_ms)
        marks = len(_MARKS.findall(last.reply)) + (len(own) - 1)
        waited = 1 if found.get("filler") else 0  # the silence after "un instant" is latency
        found["gaps_s"] = gaps_that_are_no_pause(turn["silences_s"][waited:], marks)
    elif not turn["missed"]:  # a sound came, but no question was understood
        found["sheet_right"], found["answer_ms"] = False, None
    return found


def _known(rows: Sequence[Mapping[str, Any]], name: str) -> list[float]:
    return [row[name] for row in rows if row.get(name) is not None]


def _counts(turns: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {
        "asked": len(turns),
        "missed": sum(turn["missed"] for turn in turns),
        "false": sum(turn["false_turn"] for turn in turns),
        "with_a_pause": sum(turn["pauses"] > 0 for turn in turns),
        "split": sum(turn.get("written", 1) > 1 for turn in turns),
        "waiting_words": sum(turn.get("filler", False) for turn in turns),
    }


def _barge_in(turns: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    tried = [turn for turn in turns if turn["cuts_in"]]
    return {**summary(_known(tried, "stop_ms")), "tried": len(tried)}


def _gaps(turns: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    known = [turn for turn in turns if turn["gaps_s"] is not None]
    gaps = [gap for turn in known for gap in turn["gaps_s"]]
    silences = [gap for turn in turns for gap in turn["silences_s"]]
    return {
        "replies": len(known),
        "count": len(gaps),
        "longest_s": max(gaps, default=0.0),
        "silences_over_200_ms": len(silences),
    }


def _heard(turns: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    known = [turn for turn in turns if turn["word_errors"] is not None]
    errors = Errors(
        sum(turn["word_count"] for turn in known), sum(turn["word_errors"] for turn in known)
    )
    judged = [turn for turn in turns if turn["sheet_right"] is not None]
    return {
        "turns": len(known),
        "word_error_percent": round(errors.rate, 1) if known else None,
        "sheet_right": sum(turn["sheet_right"] for turn in judged) if judged else None,
        "sheet_judged": len(judged),
    }


def _stages(turns: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Medians of what the server wrote about each stage of turns that were measured, too."""
    rows = [
        {**turn["timings"], "ear": turn["latency_ms"]}
        for turn in turns
        if turn.get("timings") and turn["latency_ms"] is not None and not turn.get("filler")
    ]
    rows = [row for row in rows if "voice_to_voice" in row]
    names = sorted({name for row in rows for name in row})
    return {name: round(median([row.get(name, 0.0) for row in rows]), 1) for name in names}


def _cost(run: Run, minutes: float) -> dict[str, Any]:
    per_minute = None
    if run.server_cpu_s is not None and minutes:
        per_minute = round(run.server_cpu_s / minutes, 2)
    memory = run.most_memory_bytes
    return {
        "cpu_s_per_call_minute": per_minute,
        "server_cpu_s": run.server_cpu_s,
        "memory_mib": None if memory is None else round(memory / 2**20),
        "machine_share": run.machine_share,
        "others_cpu_s": run.others_cpu_s,
        "telephones_cpu_s": round(sum(one["cpu_s"] for one in run.outcomes), 2),
    }
