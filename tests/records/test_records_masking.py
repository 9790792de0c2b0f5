"""What must never be written: made-up numbers with right and wrong keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words
from records_world import HASH_KEY

from records import CallDraft, Channel, Records, TurnDraft, mask, mask_number, sqlite_url
from records.masking import Kind, iban_holds, luhn_holds, nir_key_holds


@pytest.mark.parametrize(
    ("nir", "holds"),
    [
        ("185057800608491", True),
        ("185057800608436", False),
        ("185057800608490", False),
        ("255081416802538", True),  # 97 - 2550814168025 % 97
        ("299129999999900", False),
    ],
)
def test_the_key_of_a_nir(nir: str, holds: bool) -> None:
    assert nir_key_holds(nir) is holds


@pytest.mark.parametrize(
    ("iban", "holds"),
    [
        ("FR1420041010050500013M02606", True),
        ("FR1520041010050500013M02606", False),
        ("FR142004101005050001302606", False),  # too short
        ("DE89370400440532013000", True),
        ("BE68539007547034", True),
        ("BE68539007547035", False),
        ("XX68539007547034", False),
    ],
)
def test_the_remainder_of_an_iban(iban: str, holds: bool) -> None:
    assert iban_holds(iban) is holds


@pytest.mark.parametrize(
    ("digits", "holds"),
    [
        ("4111111111111111", True),
        ("4111111111111112", False),
        ("5555555555554444", True),
        ("378282246310005", True),
        ("79927398713", True),
        ("79927398710", False),
    ],
)
def test_the_luhn_sum(digits: str, holds: bool) -> None:
    assert luhn_holds(digits) is holds


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        # NIR, grouped in every way
        ("C'est le 185057800608491.", "C'est le [NIR masqué]."),
        ("1 85 05 78 006 084 91, merci", "[NIR masqué], merci"),
        ("1-85-05-78-006-084-91", "[NIR masqué]"),
        ("1, 85, 05, 78, 006, 084, 91", "[NIR masqué]"),
        ("1 85 05 78 006 084 91", "[NIR masqué]"),
        ("1 85 05 2A 006 084 35 voilà", "[NIR masqué] voilà"),
        ("1 85 05 2b 006 084 62", "[NIR masqué]"),
        ("1 85 05 78 006 084", "[NIR masqué]"),  # without its key
        ("1 85 05 78 006 084 91 et le 06 12 34 56 78", "[NIR masqué] et le 06 12 34 56 78"),
        ("1 85 05 78 006 084 91, 06 12 34 56 78", "[NIR masqué], 06 12 34 56 78"),
        # a wrong key: left, unless the caller said what it is
        ("le 1 85 05 78 006 084 36", "le 1 85 05 78 006 084 36"),
        (
            "mon numéro de sécurité sociale, le 1 85 05 78 006 084 36",
            "mon numéro de sécurité sociale, le [NIR masqué]",
        ),
        ("ma sécu 7 85 05 78 006 084 36", "ma sécu [NIR masqué]"),
        # IBAN
        (
            "FR14 2004 1010 0505 0001 3M02 606 et ensuite ?",
            "[IBAN masqué] et ensuite ?",
        ),
        ("c'est fr1420041010050500013m02606.", "c'est [IBAN masqué]."),
        ("F R 14 20 04 10 10 05 05 00 01 3 M 02 60 6", "[IBAN masqué]"),
        ("de 12 euros, BE68 5390 0754 7034", "de 12 euros, [IBAN masqué]"),
        ("BE68 5390 0754 7035", "BE68 5390 0754 7035"),
        ("mon IBAN 2004 1010 0505 0001 3", "mon IBAN [IBAN masqué]"),
        # card
        ("4111 1111 1111 1111", "[carte masquée]"),
        ("41 11 11 11 11 11 11 11", "[carte masquée]"),
        ("4111 1111 1111 1111 12 27", "[carte masquée] 12 27"),
        ("3782 822463 10005", "[carte masquée]"),
        ("4111 1111 1111 1112", "4111 1111 1111 1112"),
        ("ma carte bleue 4111 1111 1111 1112", "ma carte bleue [carte masquée]"),
        # e-mail
        ("à jeanne.exemple@courriel.example, merci", "à [e-mail masqué], merci"),
        ("c'est jeanne.exemple arobase courriel.example", "c'est [e-mail masqué]"),
        ("jeanne point exemple arobase courriel point example", "[e-mail masqué]"),
        # named, and only a part of it: the rest comes in the next breath
        ("ma sécu c'est 1 85 05 78", "ma sécu c'est [NIR masqué]"),
        # dictated in words, or in words and digits
        (
            "un quatre-vingt-cinq zéro cinq soixante-dix-huit zéro zéro six zéro quatre-vingt-"
            "quatre quatre-vingt-onze",
            "[NIR masqué]",
        ),
        (
            "alors un quatre vingt cinq, zéro cinq, soixante dix huit, zéro zéro six, zéro quatre "
            "vingt quatre, quatre vingt onze voilà",
            "alors [NIR masqué] voilà",
        ),
        ("1 85 05 soixante-dix-huit 006 084 quatre-vingt-onze", "[NIR masqué]"),
        (
            "un quatre-vingt-cinq zéro cinq deux A zéro zéro six zéro quatre-vingt-quatre "
            "trente-cinq",
            "[NIR masqué]",
        ),
        ("un huit cinq zéro cinq sept huit zéro zéro six zéro huit quatre neuf un", "[NIR masqué]"),
        (
            "un quatre-vingt-deux zéro quatre soixante-quinze cent huit zéro vingt-cinq",
            "[NIR masqué]",  # without its key
        ),
        (
            "numéro de sécurité sociale un huit cinq zéro cinq sept huit",
            "numéro de sécurité sociale [NIR masqué]",
        ),
        ("quarante et un onze onze onze onze onze onze onze", "[carte masquée]"),
        (
            "ma carte bleue quarante et un onze onze onze onze onze onze douze",
            "ma carte bleue [carte masquée]",
        ),
        (
            "c'est FR quatorze vingt zéro quatre dix dix zéro cinq zéro cinq zéro zéro zéro un "
            "trois M zéro deux six zéro six voilà",
            "c'est [IBAN masqué] voilà",
        ),
        ("1 89 zéro un 01 298 137 81", "[NIR masqué]"),  # "ro" of "zéro" is no country
        ("j e a n n e arobase courriel point f r", "[e-mail masqué]"),
        ("jeanne tiret du bas exemple arobase courriel point example", "[e-mail masqué]"),
        # several
        (
            "a@b.example puis 4111 1111 1111 1111 puis 185057800608491",
            "[e-mail masqué] puis [carte masquée] puis [NIR masqué]",
        ),
    ],
)
def test_what_is_written_for_what_was_heard(heard: str, written: str) -> None:
    assert mask(heard)[0] == written


@pytest.mark.parametrize(
    "heard",
    [
        "",
        "Bonjour, je voudrais refaire ma carte d'identité.",
        "mon numéro c'est le 06 12 34 56 78",
        "+33 6 12 34 56 78",
        "06 12 34 56 78, ou le 02 61 91 40 10",
        "le 24/11/2026 à 10:30, au 12 bis rue des Lilas, 35000",
        "dossier 2026-004512",
        "le SIRET 213 503 900 00015",
        "la puce de mon chien, 250 26 96 0000 0001",
        "un arobase tout seul",
        "zéro six douze trente-quatre cinquante-six soixante-dix-huit",
        "zéro six douze trente-quatre cinquante-six soixante-dix-huit, ou le zéro deux soixante et "
        "un quatre-vingt-onze quarante dix",
        "j'ai deux enfants de sept et neuf ans et un de douze",
        "le vingt-quatre novembre deux mille vingt-six à dix heures trente",
        "ma carte vitale est perdue, mon téléphone est le 06 12 34 56 78",
        "la carte d'identité coûte vingt-cinq euros, le passeport quatre-vingt-six euros",
        "le 15, le 17, le 18 et le 112",
    ],
)
def test_what_a_town_hall_needs_is_left(heard: str) -> None:
    assert mask(heard) == (heard, ())


def test_the_kinds_are_told_in_order_once() -> None:
    text = "a@b.example, 4111 1111 1111 1111, c@d.example"
    assert mask(text)[1] == (Kind.EMAIL, Kind.CARD)
    assert mask(text, frozenset({Kind.CARD}))[1] == (Kind.CARD,)


@given(
    birth=st.tuples(
        st.sampled_from("12"),
        st.integers(0, 99),
        st.integers(1, 12),
        st.sampled_from(["01", "35", "75", "2A", "2B", "97", "99"]),
        st.integers(1, 999),
        st.integers(1, 999),
    ),
    gaps=st.lists(st.sampled_from(["", " ", ".", "-", ", "]), min_size=6, max_size=6),
)
def test_every_nir_is_masked_however_it_is_grouped(
    birth: tuple[str, int, int, str, int, int], gaps: list[str]
) -> None:
    sex, year, month, place, town, order = birth
    groups = [sex, f"{year:02d}", f"{month:02d}", place, f"{town:03d}", f"{order:03d}"]
    number = int("".join(groups).replace("2A", "19").replace("2B", "18"))
    groups.append(f"{97 - number % 97:02d}")
    said = "".join(g + gap for g, gap in zip(groups, [*gaps, ""], strict=True))
    assert mask(f"alors {said} voilà") == ("alors [NIR masqué] voilà", (Kind.NIR,))


_WRITTEN = (
    st.sampled_from(["digits", "words", "single"]),
    st.sampled_from([" ", ", "]),
)


def _said(group: str, way: str) -> str:
    """A group of digits as it is dictated."""
    if way == "digits" or group in ("2A", "2B"):
        return " ".join(group) if way == "single" else group
    if way == "single":
        return " ".join(num2words(int(digit), lang="fr") for digit in group)
    zeros = len(group) - len(group.lstrip("0")) if int(group) else len(group) - 1
    return " ".join(["zéro"] * zeros + [num2words(int(group), lang="fr")])


@given(
    birth=st.tuples(
        st.sampled_from("12"),
        st.integers(0, 99),
        st.integers(1, 12),
        st.sampled_from(["01", "35", "75", "2A", "2B", "97", "99"]),
        st.integers(1, 999),
        st.integers(1, 999),
    ),
    ways=st.lists(st.tuples(*_WRITTEN), min_size=7, max_size=7),
)
def test_every_nir_is_masked_however_it_is_dictated(
    birth: tuple[str, int, int, str, int, int], ways: list[tuple[str, str]]
) -> None:
    sex, year, month, place, town, order = birth
    groups = [sex, f"{year:02d}", f"{month:02d}", place, f"{town:03d}", f"{order:03d}"]
    number = int("".join(groups).replace("2A", "19").replace("2B", "18"))
    groups.append(f"{97 - number % 97:02d}")
    said = "".join(_said(g, way) + gap for g, (way, gap) in zip(groups, ways, strict=True))
    assert mask(f"voici {said.rstrip(', ')} merci")[0] == "voici [NIR masqué] merci"


@given(
    number=st.integers(0, 10**14 - 1).map(lambda n: f"4{n:014d}"),
    ways=st.lists(st.tuples(*_WRITTEN), min_size=8, max_size=8),
)
def test_every_card_is_masked_however_it_is_dictated(
    number: str, ways: list[tuple[str, str]]
) -> None:
    digits = next(number + str(last) for last in range(10) if luhn_holds(number + str(last)))
    pairs = [digits[at : at + 2] for at in range(0, 16, 2)]
    said = "".join(_said(g, way) + gap for g, (way, gap) in zip(pairs, ways, strict=True))
    assert mask(f"voici {said.rstrip(', ')} merci")[0] == "voici [carte masquée] merci"


@given(st.text(alphabet="0123456789 ABFRab@.,-_[]éà", max_size=200))
def test_masking_is_stable_on_any_text(text: str) -> None:
    once, _ = mask(text)
    assert mask(once)[0].count("masqu") >= once.count("masqu")


@pytest.mark.timeout(60)  # a pattern that backtracks would need hours
def test_masking_a_very_long_text_comes_to_an_end() -> None:
    for piece in ("1 ", "a.", "a point ", "F R 1", "2A", "quatre vingt dix ", "F R un ", "a, "):
        mask(piece * 2000)


def test_a_turn_is_masked_before_it_is_written_and_an_event_says_so(records: Records) -> None:
    call = records.start_call(CallDraft(channel=Channel.SIP))
    turn = records.add_turn(
        call.id,
        TurnDraft(
            heard="1 85 05 78 006 084 91, jeanne@courriel.example",
            dtmf="4111111111111111",
            reply="Écrivez à mairie@saint-aubin.example, pas 4111 1111 1111 1111.",
        ),
    )
    records.finish_turn(
        turn, played="Écrivez à mairie@saint-aubin.example, pas 4111 1111 1111 1111"
    )
    records.add_event(call.id, "message", {"text": ["BE68 5390 0754 7034"]})
    view = records.call(call.id)
    (one,) = view.turns
    assert one.heard == "[NIR masqué], [e-mail masqué]"
    assert one.dtmf == "[carte masquée]"
    assert one.reply == "Écrivez à mairie@saint-aubin.example, pas [carte masquée]."
    assert one.played == "Écrivez à mairie@saint-aubin.example, pas [carte masquée]"
    assert [(e.kind, e.data) for e in view.events] == [
        ("masked", {"turn": 1, "kinds": ["nir", "email", "card"]}),
        ("message", {"text": ["[IBAN masqué]"]}),
    ]


def test_nothing_masked_reaches_the_disk(file: Path) -> None:
    records = Records.open(sqlite_url(file), hash_key=HASH_KEY)
    call = records.start_call(CallDraft(channel=Channel.SIP))
    records.add_turn(call.id, TurnDraft(heard="repère 4111 1111 1111 1111"))
    records.close()
    written = b"".join(p.read_bytes() for p in file.parent.glob("records.db*"))
    assert "repère".encode() in written
    assert b"4111 1111" not in written


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+33612345678", "…5678"), ("", ""), ("201", "…1"), ("1001", "…01"), ("7", "…")],
)
def test_numbers_in_logs(number: str, shown: str) -> None:
    assert mask_number(number) == shown
