"""Whatever is said, every reader answers, soon."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.values import (
    Streets,
    correct,
    parse_address,
    parse_clock,
    parse_day,
    parse_moment,
    parse_name,
    parse_phone,
    parse_spelling,
)
from tests.values.conftest import EXAMPLE

TOWN = Streets.load(EXAMPLE)
READERS: dict[str, Callable[[str], object]] = {
    "phone": parse_phone,
    "correction": lambda said: correct("0612347890", said),
    "clock": parse_clock,
    "day": lambda said: parse_day(said, date(2026, 11, 24)),
    "moment": lambda said: parse_moment(said, datetime(2026, 11, 24, 10, 30)),
    "name": parse_name,
    "spelling": parse_spelling,
    "street": TOWN.find,
    "address": lambda said: parse_address(said, TOWN),
}
LONG = {
    "one letter": "a" * 10_000,
    "letters": "a " * 5_000,
    "digits": "1" * 10_000,
    "zeros": "0 " * 5_000,
    "numbers": "soixante dix huit " * 600,
    "doubles": "double zéro " * 900,
    "no": "non 12 " * 1_500,
    "from": "du 3 au " * 1_300,
    "between": "entre " * 1_700,
    "streets": "rue des Lilas " * 750,
    "angle": "angle rue de la " * 650,
    "comme": "A comme " * 1_300,
    "accents": "e accent aigu " * 750,
    "names": "je m'appelle Dupont " * 500,
    "emoji": "😀" * 10_000,
    "NUL": "\0" * 10_000,
    "combining": "e" + "\u0301" * 9_999,
    "spaces": " " * 10_000,
    "hyphens": "-" * 10_000,
    "hours": "à 8 heures " * 900,
}


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize("said", LONG.values(), ids=LONG)
@pytest.mark.timeout(60)  # a reader that looks back and forth would need hours
def test_ten_thousand_characters_are_read_to_the_end(
    reader: Callable[[str], object], said: str
) -> None:
    reader(said)


ODD = (
    "😀 06 😀|٣ ٤ rue ½|²³|'|-|+|comme|deux|le|en face|a comme|rue|à l'angle de la rue|double|plus"
    "|entre|le 99|0/0/0000|le 3 mai 0000|dans 9999 jours|dans 9999 ans|il y a 9999 mois|99 heures"
    "|devant|en face de|un|trois|accent|e accent|avec un|non|d'ici|sous|du 3 au|le lundi de|mi"
)


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize("said", [*ODD.split("|"), "\0"])
def test_odd_words_are_no_trouble(reader: Callable[[str], object], said: str) -> None:
    reader(said)


SOME = (
    "zéro six soixante dix huit quatre vingt double plus non le la du au rue avenue des Lilas "
    "comme A D L deux accent aigu tiret c'est madame Dupont lundi mardi en huit dans jours mai "
    "heures midi moins quart et demie entre à angle devant bis ter 12 06 + 0 premier"
)
words = st.lists(st.sampled_from(SOME.split()), max_size=14).map(" ".join)


@given(st.one_of(st.text(max_size=60), words))
def test_any_words_are_no_trouble(said: str) -> None:
    for reader in READERS.values():
        reader(said)
