"""Who calls: RFC 3325, RFC 3323, and numbers as the whole world dials them."""

from __future__ import annotations

import pytest

from telephony.identity import caller_of, e164, user_part
from telephony.sip_message import Message

FROM = '"M. Durand" <sip:0639980001@192.0.2.1>;tag=1'


def invite(*headers: tuple[str, str]) -> Message:
    return Message("INVITE sip:0261914000@192.0.2.9 SIP/2.0", headers)


@pytest.mark.parametrize(
    ("value", "user"),
    [
        ("<sip:0261914000@192.0.2.1:5060;transport=udp>;tag=1", "0261914000"),
        ('"Mairie" <sip:mairie@example.org>', "mairie"),
        ('"sip:0102030405@evil" <sip:0261914000@example.org>', "0261914000"),
        ("sips:+33261914000@example.org", "+33261914000"),
        ("sip:0261914000;phone-context=fr@example.org", "0261914000"),
        ("<tel:+33-2-61-91-40-00;phone-context=+33>", "+33-2-61-91-40-00"),
        ("<sip:%2B33261914000@example.org>", "+33261914000"),
        (f"<sip:{'1' * 65}@example.org>", ""),
        ("<sip:example.org>", ""),
        ("", ""),
        ("nonsense", ""),
    ],
)
def test_user_part(value: str, user: str) -> None:
    assert user_part(value) == user


@pytest.mark.parametrize(
    ("number", "world"),
    [
        ("0261914000", "+33261914000"),
        ("02 61 91 40 00", "+33261914000"),
        ("02.61.91.40.00", "+33261914000"),
        ("+33261914000", "+33261914000"),
        ("+33 (0)2 61 91 40 00", "+33261914000"),
        ("0033261914000", "+33261914000"),
        ("33261914000", "+33261914000"),
        ("0639980001", "+33639980001"),
        ("0692123456", "+262692123456"),
        ("0590123456", "+590590123456"),
        ("0696123456", "+596696123456"),
        ("+4930123456", "+4930123456"),
        ("004930123456", "+4930123456"),
        ("500", "500"),
        ("3949", "3949"),
        ("112", "112"),
        ("0000000000", "0000000000"),
        ("+1", "+1"),
        ("mairie", "mairie"),
        ("", ""),
    ],
)
def test_e164(number: str, world: str) -> None:
    assert e164(number) == world
    assert e164(e164(number)) == e164(number)


@pytest.mark.parametrize(
    ("headers", "caller"),
    [
        ([("from", FROM)], "+33639980001"),
        ([("from", FROM), ("p-asserted-identity", "<sip:+33261914001@op>")], "+33261914001"),
        (
            [("from", FROM), ("p-asserted-identity", "<sip:a@op>, <tel:+33261914001>")],
            "+33261914001",
        ),
        ([("from", FROM), ("p-asserted-identity", "<sip:anonymous@op>")], "+33639980001"),
        ([("from", "<sip:202@192.0.2.1>")], "202"),
        ([], ""),
    ],
)
def test_a_trusted_peer_is_believed(headers: list[tuple[str, str]], caller: str) -> None:
    assert caller_of(invite(*headers), trusted=True) == caller


def test_a_peer_that_is_not_trusted_cannot_lend_a_number() -> None:
    message = invite(("from", FROM), ("p-asserted-identity", "<sip:+33261914001@op>"))
    assert caller_of(message, trusted=False) == "+33639980001"


@pytest.mark.parametrize(
    "hiding",
    [
        [("privacy", "id")],
        [("privacy", "user; critical ;id")],
        [("privacy", "Header")],
        [("privacy", "critical"), ("privacy", "id")],
    ],
)
def test_privacy_is_respected_even_when_the_number_is_there(
    hiding: list[tuple[str, str]],
) -> None:
    message = invite(("from", FROM), ("p-asserted-identity", "<sip:+33261914001@op>"), *hiding)
    assert caller_of(message, trusted=True) == ""


def test_privacy_none_hides_nothing() -> None:
    assert caller_of(invite(("from", FROM), ("privacy", "none")), trusted=True) == "+33639980001"


@pytest.mark.parametrize(
    "sender",
    [
        '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1',
        "<sip:0639980001@anonymous.invalid>",
        "<sip:Unknown@192.0.2.1>",
        "<sip:unavailable@192.0.2.1>",
        "<sip:192.0.2.1>",
    ],
)
def test_an_anonymous_caller_stays_anonymous(sender: str) -> None:
    message = invite(("from", sender), ("p-asserted-identity", "<tel:+33261914001>"))
    assert caller_of(message, trusted=True) == ""
