"""Telephone numbers, in every way people say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from dialog.values import Refusal, correct, parse_phone, read_back

NUMBER = "0612347890"
SAID = {  # utterance -> the only number it may be
    # pairs in words
    "zéro six, douze, trente-quatre, soixante-dix-huit, quatre-vingt-dix": NUMBER,
    "zéro six douze trente quatre soixante dix huit quatre vingt dix": NUMBER,
    "zéro six douze trente-quatre soixante-dix-huit quatre-vingt-douze": "0612347892",
    "zéro un quarante-trois vingt et un soixante et onze quatre-vingt-un": "0143217181",
    "zéro deux, zéro un, seize, dix-sept, dix-neuf": "0201161719",
    "zéro sept soixante-treize quatre-vingt-seize onze quinze": "0773961115",
    "zéro cinq cinquante-cinq cinquante-cinq zéro cinq zéro zéro": "0555550500",
    "zéro neuf cinquante soixante-deux trente et un quarante-huit": "0950623148",
    "alors le zéro six, euh, douze, trente-quatre, soixante-dix-huit, quatre-vingt-dix": NUMBER,
    "zéro six et puis douze, trente-quatre et puis soixante-dix-huit, quatre-vingt-dix": NUMBER,
    # Belgian and Swiss words
    "zéro six douze trente-quatre septante-huit nonante": NUMBER,
    "o six douze trente-quatre septante huit nonante": NUMBER,
    "zéro six huitante-deux octante et un septante nonante-neuf": "0682817099",
    "zéro six nonante et un septante et un vingt trente": "0691712030",
    # digit by digit
    "zéro deux une deux trois deux quatre cinq six sept": "0212324567",
    "zéro six un deux trois quatre sept huit neuf zéro": NUMBER,
    "0 6 1 2 3 4 7 8 9 0": NUMBER,
    "zéro, six, un, deux, trois, quatre, sept, huit, neuf, zéro": NUMBER,
    # zeros and doubles
    "o six douze trente-quatre soixante-dix-huit quatre-vingt-dix": NUMBER,
    "oh 6 12 34 78 90": NUMBER,
    "au 6 12 34 78 90": NUMBER,
    "eau six 12 34 78 90": NUMBER,
    "zéro six double zéro douze trente-quatre cinquante-six": "0600123456",
    "zéro six douze trente-quatre double neuf double zéro": "0612349900",
    "zéro un double quatre vingt-deux trente-trois cinquante": "0144223350",
    "06 12 34 double 7 double 0": "0612347700",
    "zéro six deux fois douze trente-quatre cinquante-six": None,
    "zéro six deux fois neuf douze trente-quatre cinquante-six": "0699123456",
    "zéro six trois zéros douze trois 45": "0600012345",
    "zéro six triple zéro douze trois 45": "0600012345",
    "06 00 00 00 01": "0600000001",
    # splits of 60, 80 and what follows
    "zéro six soixante dix huit soixante dix huit douze trente": "0678781230",
    "06 12 34 60 18 90": NUMBER,
    "06 12 34 70 8 90": NUMBER,
    "06 12 34 soixante-dix 8 90": NUMBER,
    "06 12 34 soixante 18 90": NUMBER,
    "06 12 34 78 quatre-vingt 12": "0612347892",
    "06 12 34 78 80 12": "0612347892",
    "06 12 34 78 4 20 12": "0612347892",
    "06, 12, 34, soixante, dix-huit": "0612346018",
    # Whisper's mixes
    "0612347890": NUMBER,
    "06 12 34 78 90": NUMBER,
    "06.12.34.78.90": NUMBER,
    "06-12-34-78-90": NUMBER,
    "06/12/34/78/90": NUMBER,
    "06, 12, 34, 78, 90.": NUMBER,
    "061234 7890": NUMBER,
    "Zéro 6 12 34 soixante-dix-huit 90.": NUMBER,
    "06 douze 34 soixante-dix-huit quatre-vingt-dix": NUMBER,
    "zéro 6, 12, trente-quatre, 78, 90": NUMBER,
    "Mon numéro, c'est le 06 12 34 78 90, merci.": NUMBER,
    "vous pouvez me joindre au 06 12 34 78 90 après 17 heures": NUMBER,
    "c'est un 06 12 34 78 90": NUMBER,
    "06 12 34 78 90, je répète, 06 12 34 78 90": NUMBER,
    "j'habite au 12 et mon téléphone c'est 06 12 34 78 90": NUMBER,
    "06 12 34, non, 35, 78 90": "0612357890",
    "06 13, pardon, 06 12 34 78 90": NUMBER,
    # from abroad
    "+33 6 12 34 78 90": NUMBER,
    "+33612347890": NUMBER,
    "+33 (0)6 12 34 78 90": NUMBER,
    "0033 6 12 34 78 90": NUMBER,
    "plus trente-trois six douze trente-quatre soixante-dix-huit quatre-vingt-dix": NUMBER,
    "double zéro trente-trois six douze trente-quatre soixante-dix-huit nonante": NUMBER,
    # the keypad
    "0612347890#": NUMBER,
    "0612347890*": NUMBER,
}


@pytest.mark.parametrize(("said", "number"), SAID.items())
def test_a_number_is_understood(said: str, number: str | None) -> None:
    reading = parse_phone(said)
    if number is None:
        assert not reading.candidates
    else:
        assert reading.candidates == (number,)
        assert reading.sure


def test_both_splits_are_offered_when_both_have_ten_digits() -> None:
    reading = parse_phone("zéro un quarante-deux soixante dix-huit quatre-vingt douze")
    assert set(reading.candidates) == {"0142601892", "0142788012"}
    assert not reading.sure


def test_the_likeliest_split_comes_first() -> None:
    reading = parse_phone("zéro quatre vingt-quatre vingt quatre-vingt quatre-vingt-quatre")
    assert reading.candidates[0] == "0424208084"
    assert len(reading.candidates) > 1


REFUSED = {
    "zéro huit cents quarante-sept trente-trois trente-trois": Refusal.SPECIAL,
    "08 99 12 34 56": Refusal.SPECIAL,
    "0 800 47 33 33": Refusal.SPECIAL,
    "3919": Refusal.SHORT,
    "trente-neuf dix-neuf": Refusal.SHORT,
    "le 112": Refusal.SHORT,
    "+32 4 12 34 56 78": Refusal.FOREIGN,
    "zéro six douze trente-quatre": Refusal.PARTIAL,
    "06 12 34 78 90 12 34": Refusal.UNKNOWN,
    "je ne sais plus": Refusal.NOTHING,
    "": Refusal.NOTHING,
}


@pytest.mark.parametrize(("said", "reason"), REFUSED.items())
def test_why_no_number_is_taken(said: str, reason: Refusal) -> None:
    reading = parse_phone(said)
    assert not reading.candidates
    assert reading.refusal is reason


TWO_BREATHS = [
    ("zéro six douze", "trente-quatre soixante-dix-huit quatre-vingt-dix", NUMBER),
    ("06", "12 34 78 90", NUMBER),
    ("zéro six soixante dix", "douze trente-quatre cinquante", "0670123450"),
    ("+33 6 12", "34 78 90", NUMBER),
    ("06 12", "06 12 34 78 90", NUMBER),  # started again
]


@pytest.mark.parametrize(("first", "second", "number"), TWO_BREATHS)
def test_two_breaths(first: str, second: str, number: str) -> None:
    begun = parse_phone(first)
    assert begun.refusal is Refusal.PARTIAL
    reading = parse_phone(second, begun.partials)
    assert reading.candidates == (number,)


CORRECTED = {
    "non, soixante-dix-huit": "0612347878",
    "non, 34 56": "0612343456",
    "non, ça finit par 92": "0612347892",
    "non ça se termine par quatre-vingt-douze": "0612347892",
    "à la fin c'est 92": "0612347892",
    "ça commence par 07": "0712347890",
    "le deuxième c'est 13": "0613347890",
    "le premier c'est zéro sept": "0712347890",
    "la troisième paire c'est 35": "0612357890",
    "l'avant-dernier c'est soixante-dix-neuf": "0612347990",
    "le dernier c'est 91": "0612347891",
    "le dernier chiffre c'est un 4": "0612347894",
    "les deux derniers chiffres c'est 11": "0612347811",
    "pas 78, 79": "0612347990",
    "non c'est 79 pas 78": "0612347990",
    "79 au lieu de 78": "0612347990",
    "c'est pas 34 c'est 35": "0612357890",
    "pas 78 mais 79": "0612347990",
    "non c'est 07 11 22 33 44": "0711223344",
    "oui c'est ça": "",
    "non": "",
    "ça commence par 08": "",
}


@pytest.mark.parametrize(("said", "number"), CORRECTED.items())
def test_a_correction(said: str, number: str) -> None:
    assert "".join(correct(NUMBER, said).candidates[:1]) == number


numbers = st.from_regex(r"0[1-79][0-9]{8}", fullmatch=True)


@given(numbers)
def test_what_is_read_back_is_the_same_number(number: str) -> None:
    assert parse_phone(read_back(number)).candidates == (number,)


def _words(pair: str) -> str:
    tens = f"zéro {num2words(int(pair[1]), lang='fr')}"
    return tens if pair[0] == "0" else str(num2words(int(pair), lang="fr"))


@given(numbers)
def test_pairs_in_words_hold_the_number(number: str) -> None:
    said = ", ".join(_words(pair) for pair in read_back(number).split())
    assert parse_phone(said).candidates[:1] == (number,)
    assert number in parse_phone(said.replace("-", " ").replace(",", "")).candidates


@given(numbers)
def test_digit_by_digit(number: str) -> None:
    said = " ".join(num2words(int(digit), lang="fr") for digit in number)
    assert number in parse_phone(said).candidates


@given(numbers, st.integers(1, 9))
def test_a_number_cut_in_two_anywhere(number: str, cut: int) -> None:
    begun = parse_phone(number[:cut])
    assert parse_phone(number[cut:], begun.partials).candidates == (number,)
