"""Which numbers the bot calls: the directory's, and no paid, short or foreign one (C03)."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.targets import Rules, Target, TargetRefused, checked, target

ANY = Rules()


@pytest.mark.parametrize(
    ("written", "user", "outside"),
    [
        ("100", "100", False),
        ("42", "42", False),
        ("8001", "8001", False),
        ("*21", "*21", False),
        ("etat-civil", "etat-civil", False),
        ("02 61 91 40 10", "0261914010", True),
        ("02.61.91.40.10", "0261914010", True),
        ("+33 2 61 91 40 10", "0261914010", True),
        ("+33(0)261914010", "0261914010", True),
        ("0033261914010", "0261914010", True),
        ("0612345678", "0612345678", True),
        ("09 70 00 00 01", "0970000001", True),
    ],
)
def test_desks_and_french_numbers_are_called(written: str, user: str, outside: bool) -> None:
    assert checked(written, ANY) == Target(user, outside=outside)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("0892 70 00 00", "paid"),
        ("08", "paid"),
        ("0800 11 22 33", "paid"),
        ("+33 8 92 70 00 00", "foreign"),
        ("118 218", "short"),
        ("118", "short"),
        ("1014", "short"),
        ("3949", "short"),
        ("116117", "short"),
        ("15", "emergency"),
        ("112", "emergency"),
        ("+44 20 7946 0000", "foreign"),
        ("0044 20 7946 0000", "foreign"),
        ("00", "foreign"),
        ("+", "foreign"),
        ("", "no extension"),
        ("02619140", "no extension"),
        ("026191401012", "no extension"),
        ("100;ext=5", "no extension"),
        ("100@evil.example", "no extension"),
        ("100\r\nRefer-To: sip:1@x", "no extension"),
        ("１００", "no extension"),
        ("1" * 65, "at most"),
        ("sip:100@host?Replaces=1", "plain address"),
        ("sip:100@host;transport=udp;x=1", "plain address"),
        ("sip:100@host\r\nX: y", "plain address"),
        ("sip:host", "plain address"),
        ("sip:0892700000@192.0.2.1", "paid"),
        ("sip:118218@192.0.2.1", "short"),
        ("sip:+442079460000@192.0.2.1", "foreign"),
    ],
)
def test_everything_else_is_refused_in_one_sentence(written: str, why: str) -> None:
    with pytest.raises(TargetRefused, match=why) as refused:
        checked(written, ANY)
    assert "\n" not in str(refused.value).replace(repr(written), "")


def test_a_range_of_the_ipbx_is_no_public_short_number() -> None:
    """1000-1999 are desks of this IPBX; 3949 is still a paid number, 15 an emergency one."""
    rules = Rules.of((), ["1000-1999"])
    assert checked("1014", rules) == Target("1014")
    for refused in ("3949", "15", "118218"):
        with pytest.raises(TargetRefused):
            checked(refused, rules)


def test_emergency_numbers_are_never_desks() -> None:
    with pytest.raises(TargetRefused, match="emergency"):
        checked("112", Rules.of((), ["100-199"]))


@pytest.mark.parametrize("text", ["", "a", "100-99", "100-1000", "1000-", "1", "1-2-3"])
def test_a_range_that_is_none_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="not a number or a range"):
        Rules.of((), [text])


def test_a_number_outside_the_directory_is_refused_whatever_it_is() -> None:
    rules = Rules.of(["100", "sip:200@192.0.2.1", ""])
    assert target("100", rules).at("192.0.2.9:5060") == "sip:100@192.0.2.9:5060"
    assert target("sip:200@192.0.2.1", rules).at("elsewhere") == "sip:200@192.0.2.1"
    for unlisted in ("101", "0261914010", "sip:200@192.0.2.2", "", "100 "):
        with pytest.raises(TargetRefused, match="not in the town's directory"):
            target(unlisted, rules)


def test_the_prefix_goes_before_outside_numbers_only() -> None:
    assert checked("02 61 91 40 10", ANY).at("ipbx", "0") == "sip:00261914010@ipbx"
    assert checked("110", ANY).at("ipbx", "0") == "sip:110@ipbx"


@given(st.text(alphabet=string.printable + "é０+", max_size=30))
def test_no_text_becomes_two_header_lines_or_a_paid_number(written: str) -> None:
    try:
        found = checked(written, ANY)
    except TargetRefused:
        return
    uri = found.at("192.0.2.1")
    assert uri.isascii()
    assert not set(uri) & set('\r\n <>?"')
    assert not found.user.startswith(("08", "00", "+"))
