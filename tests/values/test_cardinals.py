"""French number words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from dialog.values.cardinals import longest, readings, with_digits
from dialog.values.words import utterance

ALL_VALUES = {
    "soixante dix huit": {60, 70, 78},
    "quatre vingt douze": {4, 80, 92},
    "quatre vingt dix sept": {4, 80, 90, 97},
    "soixante et onze": {60, 71},
    "vingt et un": {20, 21},
    "septante deux": {70, 72},
    "dix neuf cent quarante cinq": {10, 19, 1900, 1940, 1945},
    "deux mille vingt six": {2, 2000, 2020, 2026},
    "60 18": {60},
    "quatre vingt 12": {4, 80, 92},
    "07": {7},
    "bonjour": set(),
}


@pytest.mark.parametrize(("said", "values"), ALL_VALUES.items())
def test_every_value_from_the_first_word(said: str, values: set[int]) -> None:
    assert {n.value for n in readings(said.split(), 0)} == values


@given(st.integers(0, 9999))
def test_the_longest_reading_is_the_number_said(value: int) -> None:
    tokens = utterance(str(num2words(value, lang="fr"))).folded
    number = longest(tokens, 0)
    assert number is not None
    assert (number.value, number.end) == (value, len(tokens))


def test_numbers_in_digits() -> None:
    assert " ".join(
        with_digits(utterance("rue du huit mai dix-neuf cent quarante-cinq").folded)
    ) == ("rue du 8 mai 1945")
