"""Messages as they stand on the wire (RFC 3261), and the stack's trace of them."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.sip_message import Message, split_values
from telephony.wire import read_trace

INVITE = """INVITE sip:0261914010@192.0.2.9 SIP/2.0\r
Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r
f: "Dupont, Jean" <sip:0639980001@192.0.2.1>;tag=1\r
t: <sip:500@192.0.2.9>\r
i: one@192.0.2.1\r
Diversion: <sip:0261914000@ipbx>;reason=no-answer,\r
 "A, B" <sip:0261914001@ipbx>\r
diversion: <sip:0261914002@ipbx>\r
nonsense without a colon\r
Content-Length: 4\r
\r
v=0\r
"""


def test_compact_names_folded_lines_and_repeated_headers() -> None:
    message = Message.parse(INVITE)
    assert (message.method, message.uri) == ("INVITE", "sip:0261914010@192.0.2.9")
    assert message.value("Call-ID") == "one@192.0.2.1"
    assert message.value("from") == '"Dupont, Jean" <sip:0639980001@192.0.2.1>;tag=1'
    assert message.values("diversion") == (
        "<sip:0261914000@ipbx>;reason=no-answer",
        '"A, B" <sip:0261914001@ipbx>',
        "<sip:0261914002@ipbx>",
    )
    assert message.value("p-asserted-identity") == ""
    assert message.body == "v=0\n"


def test_a_response_has_a_status_and_no_method() -> None:
    message = Message.parse("SIP/2.0 503 Service Unavailable\r\nVia: x\r\n\r\n")
    assert (message.status, message.method, message.uri) == (503, "", "")


@pytest.mark.parametrize("text", ["", "INVITE", "GET / HTTP/1.1\r\n\r\n", "\x00\xff", "\r\n\r\n"])
def test_what_is_no_message_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no first line"):
        Message.parse(text)


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("a, b", ["a", "b"]),
        ('"a, b" <sip:c,d@e>, f', ['"a, b" <sip:c,d@e>', "f"]),
        (r'"a\", b" <sip:c@d>', [r'"a\", b" <sip:c@d>']),
        (" , ,", []),
    ],
)
def test_commas_in_quotes_and_brackets_do_not_cut(line: str, parts: list[str]) -> None:
    assert split_values(line) == parts


@given(st.text(max_size=400))
def test_no_text_of_a_stranger_does_more_than_be_refused(text: str) -> None:
    try:
        message = Message.parse(text)
    except ValueError:
        return
    assert message.status >= 0
    for name, _ in message.headers:
        message.values(name)


def test_the_trace_says_where_a_message_really_came_from() -> None:
    seen = read_trace("RX TLS 198.51.100.7:40000 -> 192.0.2.9:5061\n" + INVITE)
    assert seen is not None
    assert (seen.transport, seen.source) == ("tls", IPv4Address("198.51.100.7"))
    assert seen.message.value("to") == "<sip:500@192.0.2.9>"


@pytest.mark.parametrize(
    "text",
    [
        "TX UDP 192.0.2.9:5060 -> 192.0.2.1:5060\nSIP/2.0 200 OK\r\n\r\n",
        "RX UDP 999.0.2.9:5060 -> 192.0.2.1:5060\n" + INVITE,
        "RX UDP 192.0.2.9:5060 -> 192.0.2.1:5060\n\x00\x01",
        "",
    ],
)
def test_other_lines_of_the_trace_say_nothing(text: str) -> None:
    assert read_trace(text) is None
