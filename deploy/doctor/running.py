"""The server of this town, if it runs: what it says of its trunks and of itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deploy.control import FILE_NAME, STATUS_PATH, NoServer, ask
from deploy.doctor.finding import Finding, warned
from deploy.parts import Town


@dataclass(frozen=True)
class Running:
    """What the running server answered; `why` it did not."""

    status: dict[str, Any] | None
    why: str = ""

    @classmethod
    def of(cls, town: Town) -> Running:
        """Ask it; a server that never ran is not asked."""
        if not (town.folder.data / FILE_NAME).exists():
            return cls(None)
        try:
            return cls(ask(town.folder, "GET", STATUS_PATH))
        except NoServer as error:
            return cls(None, str(error))

    @property
    def serving(self) -> bool:
        """Whether it runs."""
        return self.status is not None


def running_findings(running: Running) -> Iterator[Finding]:
    """How the running server is; nothing but a word when there is none."""
    status = running.status
    if status is None:
        # a server that was killed leaves its key behind
        told = "does not run" + (f" ({running.why})" if running.why else "")
        yield Finding("server", True, f"{told}: trunks are only checked while it does")
        return
    told = f"{status['state']}, {len(status['calls'])} calls, {status['memory_mib']} MiB"
    if status["state"] == "draining":
        yield warned("server", f"{told}: `allomairie drain --undo` takes calls again")
    else:
        yield Finding("server", status["state"] == "ready", told)
    for one in status["connections"]:
        name, remedy = f"{one['kind']}: {one['name']}", "`allomairie trunk check` says more"
        if one["state"] == "unknown":
            yield warned(name, "not known yet: try again in a minute")
        elif one["state"] == "down":
            yield Finding(name, False, f"down: {one['why'] or 'no answer'}; {remedy}")
        else:
            yield Finding(name, True, "up")
    for reason, sentence in status["degraded"].items():
        if reason not in ("connection", "emergency_numbers"):  # told above already
            yield Finding(f"degraded: {reason}", False, f"{sentence}; the log says why")
