"""Scripted conversations that the desk must master: read from files, played, checked."""

from __future__ import annotations

from dialog.scenarios.outcome import Coverage, Failure, Line, Outcome
from dialog.scenarios.player import Hear, Heard, Player
from dialog.scenarios.reading import ScenarioError, read_folder, read_scenario
from dialog.scenarios.scenario import Scenario, Step

__all__ = [
    "Coverage",
    "Failure",
    "Hear",
    "Heard",
    "Line",
    "Outcome",
    "Player",
    "Scenario",
    "ScenarioError",
    "Step",
    "read_folder",
    "read_scenario",
]
