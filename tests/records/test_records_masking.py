"""What must never be written: made-up numbers with right and wrong keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
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


@given(st.text(alphabet="0123456789 ABFRab@.,-_[]éà", max_size=200))
def test_masking_is_stable_on_any_text(text: str) -> None:
    once, _ = mask(text)
    assert mask(once)[0].count("masqu") >= once.count("masqu")


@pytest.mark.timeout(60)  # a pattern that backtracks would need hours
def test_masking_a_very_long_text_comes_to_an_end() -> None:
    for piece in ("1 ", "a.", "a point ", "F R 1", "2A"):
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
