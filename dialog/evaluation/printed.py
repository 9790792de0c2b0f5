"""Evaluated conversations as a person reads them: what was said, from which sheet, how it went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from dialog.evaluation.outcome import CLARIFIED, PASSED_ON, RIGHT, WRONG, Outcome

_JUDGED = {RIGHT: "right", WRONG: "**wrong**", CLARIFIED: "question back", PASSED_ON: "passed on"}


def printed(outcomes: Iterable[Outcome], titles: Mapping[str, str]) -> str:
    """Markdown, a section for each conversation.

    Args:
        outcomes: in the order they were asked.
        titles: of the sheets, by id.
    """
    parts = list[str]()
    for case, turns in groupby(outcomes, key=lambda outcome: outcome.case):
        parts.append(f"## {case}")
        for outcome in turns:
            parts.append(f"— {outcome.expected.text or outcome.expected.dtmf}")
            parts.append(f"> {outcome.say}")
            parts.append(f"*{_judged(outcome, titles)}*")
    return "\n\n".join(parts) + "\n"


def _judged(outcome: Outcome, titles: Mapping[str, str]) -> str:
    said = [_JUDGED[outcome.verdict]]
    if outcome.sheet:
        said.append(f"{outcome.action} from “{titles.get(outcome.sheet, outcome.sheet)}”")
    else:
        said.append(outcome.action)
    said.append(f"confidence {outcome.confidence:.2f}")
    if outcome.verdict != RIGHT:
        wanted = [titles.get(one, one) for one in outcome.expected.accept]
        said.append(f"wanted: {outcome.expected.action or ' or '.join(wanted)}")
    return ", ".join(said)
