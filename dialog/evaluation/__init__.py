"""Measures how often callers get the right sheet, on sets of questions with expectations."""

from dialog.evaluation.cases import Case, CaseError, Expected, read_cases
from dialog.evaluation.outcome import Outcome, judge
from dialog.evaluation.printed import printed
from dialog.evaluation.tally import Tally

__all__ = ["Case", "CaseError", "Expected", "Outcome", "Tally", "judge", "printed", "read_cases"]
