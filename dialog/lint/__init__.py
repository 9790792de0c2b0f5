"""Checks a town's sheets and configuration, in French, for the people who write them.

    Folder (pages, town, day, sigles) ─► one rule after the other ─► findings, worst first

A rule is a function `check(folder)` that yields findings; each file here holds the rules about one
thing. Nothing here reads the network or needs a model.
"""

from __future__ import annotations

from dialog.lint import (
    alike,
    days,
    election,
    heads,
    length,
    numbers,
    order,
    personal,
    required,
    setup,
    sigles,
    web,
)
from dialog.lint.finding import Finding, Rule, Severity
from dialog.lint.folder import Folder

__all__ = ["Finding", "Folder", "Rule", "Severity", "lint"]

RULES: tuple[Rule, ...] = (
    heads.check,
    length.check,
    numbers.check,
    order.check,
    sigles.check,
    web.check,
    personal.check,
    days.check,
    alike.check,
    election.check,
    required.check,
    setup.check,
)


def lint(folder: Folder) -> list[Finding]:
    """Every finding, errors first, then by file and line."""
    found = [finding for rule in RULES for finding in rule(folder)]
    order = list(Severity)
    return sorted(found, key=lambda f: (order.index(f.severity), f.file, f.line, f.rule))
