"""What the server understood of each call: from our records, or from the baseline's transcript."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from bench.calls.measures import Written
from bench.calls.servers import Called
from records import Records, RecordsError


def written(called: Called, call_ids: Iterable[str]) -> dict[str, list[Written]]:
    """The turns of these calls by Call-ID; a call that is not written down is missing."""
    if called.transcript is not None:
        return _of_baseline(called.transcript)
    if not called.database:
        return {}
    try:
        records = Records.open(called.database, hash_key=bytes(16), migrate=False)  # reads only
    except RecordsError:
        return {}
    try:
        found = {call_id: _of_call(records, call_id) for call_id in call_ids}
    finally:
        records.close()
    return {call_id: turns for call_id, turns in found.items() if turns is not None}


def _of_call(records: Records, call_id: str) -> list[Written] | None:
    try:
        view = records.call_by_sip_id(call_id)
    except RecordsError:
        return None
    return [
        Written(
            began=turn.started_at.timestamp(),
            heard=turn.heard,
            reply=turn.reply,
            sheet=turn.sheet_id,
            timings={name: float(ms) for name, ms in turn.timings.items()},
        )
        for turn in view.turns
        if turn.number > 0
    ]


def _of_baseline(transcript: Path) -> dict[str, list[Written]]:
    found: dict[str, list[Written]] = {}
    if not transcript.exists():
        return found
    for line in transcript.read_text(encoding="utf-8").splitlines():
        turn = json.loads(line)
        found.setdefault(turn["call"], []).append(
            Written(began=turn["at"], heard=turn["heard"], reply=turn.get("reply", ""))
        )
    return found
