"""How a running server is, as `allomairie status` and `top` show it: no caller, no words."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from deploy.metrics.parts import Parts, product_version
from deploy.metrics.process import Usage, started_at

_CONNECTION = {True: "up", False: "down", None: "unknown"}


def status_of(
    parts: Parts, *, town: str, max_calls: int, now: Callable[[], float] = time.time
) -> dict[str, Any]:
    """Everything as JSON.

    Args:
        town: its name, for who serves several.
        max_calls: of the telephone, at once.
        now: seconds since 1970.
    """
    usage, began = Usage.now(), started_at()
    hits, misses = parts.cache()
    state = "draining" if parts.draining() else "ready" if parts.ready() else "not ready"
    return {
        "town": town,
        "version": product_version(),
        "state": state,
        "degraded": dict(parts.troubles()),
        "uptime_s": round(max(0.0, now() - began)),
        "calls": [
            {
                "call": call.reference,
                "channel": call.channel,
                "line": call.line,
                "peer": call.peer,
                "state": call.stage.value,
                "minutes": round(call.seconds / 60, 1),
                "turns": call.turns,
            }
            for call in parts.calls()
        ],
        "max_calls": max_calls,
        "writing": parts.writing(),
        "refused": _by_channel(parts),
        "connections": [
            {"name": one.name, "kind": one.kind, "state": _CONNECTION[one.up], "why": one.detail}
            for one in parts.connections()
        ],
        "queues": dict(parts.queues()),
        "work": asdict(parts.work),
        "speech_cache": {"hits": hits, "misses": misses},
        "memory_mib": round(usage.resident_bytes / 2**20),
        "cpu_s": round(usage.cpu_s, 2),
        "files": usage.files,
        "threads": usage.threads,
    }


def _by_channel(parts: Parts) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (channel, reason), count in parts.refused().items():
        found.setdefault(channel, {})[reason] = int(count)
    return found
