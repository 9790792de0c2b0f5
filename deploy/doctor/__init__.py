"""Everything that must be true before calls are answered, each with its remedy in one sentence.

machine ─► configuration ─► models ─► sheets ─► what is kept ─► network ─► the running server
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from deploy.doctor.content import emergency_findings, sheet_findings
from deploy.doctor.finding import Finding
from deploy.doctor.keeping import keeping_findings
from deploy.doctor.machine import machine_findings
from deploy.doctor.network import network_findings
from deploy.doctor.running import Running, running_findings
from deploy.doctor.sending import sending_findings
from deploy.doctor.weights import weight_findings
from deploy.errors import CannotStart
from deploy.parts import Town

__all__ = ["Finding", "emergency_findings", "examine", "sending_findings"]


def examine(town_of: Callable[[], Town], *, hashes: bool = False) -> Iterator[Finding]:
    """Look at everything, one thing after the other.

    Args:
        town_of: opens the town; what it cannot is a finding.
        hashes: also compare every weight with its checksum: takes minutes.
    """
    yield from machine_findings()
    try:
        town = town_of()
    except CannotStart as error:
        yield Finding("configuration", False, str(error))
        return
    yield Finding("configuration", True, str(town.folder.config))
    yield from weight_findings(town, hashes=hashes)
    yield from sheet_findings(town)
    yield from keeping_findings(town)
    running = Running.of(town)
    yield from network_findings(town, serving=running.serving)
    yield from sending_findings(town)
    yield from emergency_findings(town)
    yield from running_findings(running)
