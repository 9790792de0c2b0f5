"""Who calls, on which number: what SIP headers say (RFC 3261, RFC 3325, RFC 3323)."""

from __future__ import annotations

import socket

import pytest

from telephony.sip import caller_of, check_ports, user_part


@pytest.mark.parametrize(
    ("value", "user"),
    [
        ("<sip:0261914000@192.0.2.1:5060;transport=udp>;tag=1", "0261914000"),
        ('"Mairie" <sip:mairie@example.org>', "mairie"),
        ("sips:+33261914000@example.org", "+33261914000"),
        ("sip:0261914000;phone-context=fr@example.org", "0261914000"),
        ("<sip:example.org>", ""),
        ("", ""),
        ("nonsense", ""),
    ],
)
def test_user_part(value: str, user: str) -> None:
    assert user_part(value) == user


@pytest.mark.parametrize(
    ("peer", "headers", "caller"),
    [
        ("sip:0639980001@192.0.2.1", {}, "0639980001"),
        (
            "sip:trunk@192.0.2.1",
            {"P-Asserted-Identity": "<sip:+33639980001@op>"},
            "+33639980001",
        ),
        ("sip:anonymous@anonymous.invalid", {}, ""),
        ("sip:Unknown@192.0.2.1", {}, ""),
        ("sip:0639980001@192.0.2.1", {"Privacy": "id"}, ""),
        ("", {}, ""),
    ],
)
def test_caller(peer: str, headers: dict[str, str], caller: str) -> None:
    assert caller_of(peer, headers) == caller


def test_a_port_in_use_is_named_with_the_remedy() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        with pytest.raises(OSError, match=rf"127\.0\.0\.1:{port}/UDP .*sip\.port"):
            check_ports("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(OSError, match=r"192\.0\.2\.77.*sip\.address"):
        check_ports("192.0.2.77", 5060)
