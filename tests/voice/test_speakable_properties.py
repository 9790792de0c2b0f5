"""What holds for every number, time, price and telephone number, and for any mix of them."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from voice.phonemes import phonemes
from voice.speakable import Pronunciation, speakable
from voice.speakable.numbers import cardinal, ordinal

SHEETS = Path(__file__).parents[2] / "examples" / "saint-aubin" / "sheets"

times = st.builds(
    "{}{}{:02d}".format,
    st.integers(0, 23),
    st.sampled_from(["h", " h ", ":", "H"]),
    st.integers(0, 59),
)
prices = st.builds(
    "{}{}{}".format,
    st.integers(0, 999_999),
    st.sampled_from(["", ",50", ",05", ".99"]),
    st.sampled_from([" €", "€", " euros", " €/an", " €/m²"]),
)
phones = st.builds(
    lambda first, rest, sep: sep.join([f"0{first}", *(f"{pair:02d}" for pair in rest)]),
    st.integers(1, 9), st.lists(st.integers(0, 99), min_size=4, max_size=4),
    st.sampled_from([" ", ".", "-", ""]),
)  # fmt: skip
dates = st.dates().map(lambda d: d.strftime("%d/%m/%Y"))
shapes = st.one_of(times, prices, phones, dates, st.integers(0, 10**14).map(str))
WORDS = """le au du de à et ou , . ; / - € % m² km h 1er 2e XIX Louis M. Mme Dr av. bd bis R. St
n° tél. etc. CCAS PACS RDV l'ALSH les DP CM2 Plaisir rue place semaines juin nov. lun. a@b.fr
www.x.fr 3919 116 117 référence"""
written = st.one_of(shapes, st.sampled_from(WORDS.split()))
sentences = st.lists(written, max_size=8).map(" ".join)
HAS_DIGIT = re.compile(r"[0-9€%²³@]")


@given(shapes)
def test_no_digit_is_left_in_a_time_a_price_or_a_phone(shape: str) -> None:
    assert not HAS_DIGIT.search(speakable(f"Le service : {shape}."))


@given(sentences)
@example("- - 0h00")
@settings(max_examples=300)
def test_any_mix_is_said_without_digits_and_only_once(sentence: str) -> None:
    said = speakable(sentence)
    assert not re.search(r"[0-9]", said)
    assert speakable(said) == said


@given(st.text(max_size=80))
@settings(max_examples=300)
def test_any_text_is_survived(text: str) -> None:
    assert not re.search(r"[0-9]", speakable(text))


@given(phones)
def test_a_phone_has_five_groups_with_four_pauses(phone: str) -> None:
    groups = speakable(phone).split(", ")
    assert len(groups) == (4 if re.match(r"08[0-29]\d{7}", phone) else 5)
    assert groups[0].startswith("zéro")


@given(st.integers(0, 999_999))
def test_cardinals_and_ordinals_are_words(n: int) -> None:
    assert re.fullmatch(r"[a-zé -]+", cardinal(n))
    assert ordinal(n).endswith(("ième", "premier"))
    assert cardinal(n, feminine=True).endswith("une") == cardinal(n).endswith("un")


def test_every_sentence_of_the_example_town_is_spoken_in_words() -> None:
    town = Pronunciation.load(SHEETS.parent / "pronunciation.toml")
    bodies = [path.read_text("utf-8").split("---", 2)[-1] for path in sorted(SHEETS.glob("*.md"))]
    said = [speakable(s, pronunciation=town) for b in bodies for s in re.split(r"(?<=[.!?])\s", b)]
    assert len(said) > 500
    assert not [s for s in said if re.search(r"[0-9€%]", s)]
    assert not [s for s in said if speakable(s, pronunciation=town) != s]


def test_the_engine_says_the_traps_right() -> None:
    """Read in phonemes what a French ear expects: liaisons, mute letters, letter names."""
    heard = {
        "6 €": "siz øʁo",
        "10 ans": "diz ɑ̃",
        "9h": "nœv œʁ",
        "6 personnes": "si pɛʁsɔn",
        "8 jours": "ɥi ʒuʁ",
        "28": "vɛ̃tɥit",
        "75e": "swasɑ̃tkɛ̃zjɛm",
        "21h": "vɛ̃t e yn œʁ",
        "PACS": "paks",
        "CCAS": "se se a ɛs",
        "CNI": "se ɛn i",
        "INSEE": "ɛ̃se",
        "1er août": "pʁəmjeʁ ut",
        "10 €": "diz øʁo",
        "20 €": "vɛ̃t øʁo",
        "5 €": "sɛ̃k øʁo",
        "80 ans": "katʁvɛ̃z ɑ̃",
        "200 ans": "dø sɑ̃z ɑ̃",
        "les 8 jours": "le- ɥi ʒuʁ",
        "les 11 ans": "le- ɔ̃z ɑ̃",
        "10 jours": "di ʒuʁ",
        "7 ans": "sɛt ɑ̃",
        "18 ans": "dizɥit ɑ̃",
        "le pacs": "lə- paks",
    }
    for text, expected in heard.items():
        (sentence,) = phonemes(speakable(text), "fr")
        plain = "".join(sentence).replace("ˈ", "").replace("ˌ", "").replace("yi", "ɥi")
        assert plain == unicodedata.normalize("NFD", expected), text
