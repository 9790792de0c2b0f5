"""Mobile numbers and e-mail addresses as they are written and said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.values.emails import parse_email, say_email
from dialog.values.mobiles import international, is_mobile, national_mobile

DIGITS = st.text(alphabet="0123456789", min_size=8, max_size=8)


@pytest.mark.parametrize(
    ("written", "number", "abroad"),
    [
        ("06 12 34 56 78", "0612345678", "+33612345678"),
        ("+33 7 12 34 56 78", "0712345678", "+33712345678"),
        ("0033612345678", "0612345678", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "0612345678", "+33612345678"),
        ("0690 12 34 56", "0690123456", "+590690123456"),
        ("+590690123456", "0690123456", "+590690123456"),
        ("+33690123456", "0690123456", "+590690123456"),
        ("0694123456", "0694123456", "+594694123456"),
        ("0696123456", "0696123456", "+596696123456"),
        ("0692123456", "0692123456", "+262692123456"),
        ("+262639123456", "0639123456", "+262639123456"),
    ],
)
def test_french_mobiles(written: str, number: str, abroad: str) -> None:
    assert national_mobile(written) == number
    assert international(number) == abroad


@pytest.mark.parametrize(
    "written",
    ["0261914000", "0899123456", "0700123456", "+447123456789", "+590612345678", "3919", "", "x"],
)
def test_what_is_no_french_mobile(written: str) -> None:
    assert national_mobile(written) == ""
    with pytest.raises(ValueError, match="French mobile"):
        international(written)


@given(st.sampled_from(["06", "07"]), DIGITS)
def test_a_mobile_survives_being_written_for_abroad(start: str, rest: str) -> None:
    number = start + rest
    assert is_mobile(number) == (not number.startswith("0700"))
    if is_mobile(number):
        assert national_mobile(international(number)) == number


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("jean.dupont@orange.fr", "jean.dupont@orange.fr"),
        ("C'est Jean.Dupont@Orange.fr.", "jean.dupont@orange.fr"),
        ("c'est jean point dupont arobase orange point fr", "jean.dupont@orange.fr"),
        ("D-U-P-O-N-T arobase free point fr", "dupont@free.fr"),
        ("d comme daniel, u, p, o, n, t, arobase, free point fr", "dupont@free.fr"),
        ("marie tiret claude cinquante deux arobase g mail point com", "marie-claude52@gmail.com"),
        ("mon mail, c'est j.martin arobase wanadoo.fr", "j.martin@wanadoo.fr"),
        ("dupont d u p o n t 78 arobase la poste point net merci", "dupont78@laposte.net"),
        ("jean tiret du bas dupont arobase sfr point fr", "jean_dupont@sfr.fr"),
    ],
)
def test_addresses(said: str, address: str) -> None:
    assert parse_email(said) == address


@pytest.mark.parametrize(
    "said",
    [
        "",
        "non merci",
        "je n'ai pas d'adresse",
        "arobase",
        "jean arobase",
        "arobase orange point fr",
        "jean arobase orange",
        "jean@orange",
        "a" * 65 + "@orange.fr",
    ],
)
def test_what_is_no_address(said: str) -> None:
    assert parse_email(said) == ""


LOCAL = st.from_regex(r"[a-z]{2,8}([._-][a-z]{2,8})?[0-9]{0,2}", fullmatch=True)


@given(LOCAL, st.sampled_from(["orange.fr", "gmail.com", "laposte.net", "free.fr"]))
def test_what_is_read_back_is_understood_as_the_same(local: str, provider: str) -> None:
    address = f"{local}@{provider}"
    assert parse_email(address) == address
    assert parse_email(say_email(address)) == address


@given(st.text(max_size=120))
def test_no_text_makes_it_fail_and_what_it_gives_is_one_line(text: str) -> None:
    address = parse_email(text)
    assert address == "" or (address.count("@") == 1 and address.isprintable())
    assert " " not in address
