"""How long a text message is, and what is cut from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.values.gsm import (
    BASIC,
    EXTENDED,
    JOINED,
    SINGLE,
    fit,
    is_gsm,
    parts,
    septets,
    transliterate,
)

FRENCH = st.text(
    alphabet="abcdeghijlmnopqrstuvxyzABCDEÉÀÇéèàùçêëîïôûœŒæÿ«»’'…–—°²€ ,.;:!?()012789\u00a0\u202f",
    max_size=400,
)
SENTENCES = st.lists(FRENCH.filter(str.strip), max_size=12)


def test_the_table_has_its_127_and_ten_characters() -> None:
    assert len(BASIC) == 127  # 128 less the escape
    assert len(EXTENDED) == 10
    assert not BASIC & EXTENDED


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("ê" * 134, 2),
        ("ê" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("é" * 160, 1),
        # the euro at the edge of a part goes whole into the next one
        ("a" * 152 + "€" + "a" * 152, 3),
        ("a" * 151 + "€" + "a" * 153, 2),
    ],
)
def test_parts(text: str, count: int) -> None:
    assert parts(text) == count


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("la fête", "la fete"),
        ("cœur", "coeur"),
        ("l’état", "l'état"),
        ("« oui »", '" oui "'),
        ("reçu", "recu"),
        ("NOËL À ÎLE", "NOEL A ILE"),
        ("8\u00a0h\u202f30", "8 h 30"),
        ("n° 5, 12 m²", "no 5, 12 m2"),
        ("86 €", "86 €"),
        ("e\u0302tre", "etre"),
        ("Ⅻ", "XII"),
        ("مرحبا", "مرحبا"),
    ],
)
def test_transliteration(text: str, written: str) -> None:
    assert transliterate(text) == written


@given(FRENCH)
def test_french_always_fits_the_table(text: str) -> None:
    written = transliterate(text)
    assert is_gsm(written)
    assert transliterate(written) == written


@given(st.text(max_size=300))
def test_parts_hold_everything_and_no_more_than_needed(text: str) -> None:
    count = parts(text)
    if not is_gsm(text):
        units = len(text.encode("utf-16-le", "surrogatepass")) // 2
        assert (count <= 1) == (units <= 70)
        assert units / 67 <= count or count == 1
        return
    length = septets(text)
    assert (count <= 1) == (length <= SINGLE)
    if count > 1:
        # each part but the last holds 152 or 153: an extended character is not cut
        assert length <= count * JOINED
        assert length > (count - 1) * (JOINED - 1)


@given(SENTENCES, st.integers(1, 3), FRENCH)
def test_a_message_keeps_whole_sentences_within_its_parts(
    sentences: list[str], most: int, before: str
) -> None:
    text = fit(sentences, most, before=before)
    assert parts(text) <= most
    if not text:
        return
    told = [transliterate(" ".join(s.split())) for s in sentences]
    head = transliterate(" ".join(before.split()))
    rest = text.removeprefix(head).strip()
    whole = [" ".join(told[:count]).strip() for count in range(1, len(told) + 1)]
    cut = [one.rstrip(" ;:,") + " ..." for one in whole[:-1]]
    assert rest in [*whole, *(c.strip() for c in cut)]


def test_what_does_not_fit_is_left_out_whole() -> None:
    text = fit(["Le passeport coûte 86 €.", "x" * 200, "Fin."], 1, before="Mairie :")
    assert text == "Mairie : Le passeport coute 86 €. ..."
    assert fit(["x" * 200], 1) == ""
