"""Which line was dialled: Request-URI, To, Diversion (RFC 5806), History-Info (RFC 7044)."""

from __future__ import annotations

import pytest

from telephony.dialled import dialled_numbers, line_of
from telephony.sip_message import Message

LINES = ("02 61 91 40 00", "0261914010", "mairie")


def invite(uri: str, *headers: tuple[str, str]) -> Message:
    return Message(f"INVITE {uri} SIP/2.0", headers)


def test_every_number_on_the_way_the_nearest_first() -> None:
    message = invite(
        "sip:500@192.0.2.9",
        ("to", "<sip:501@192.0.2.9>"),
        ("diversion", "<sip:502@ipbx>;reason=no-answer, <tel:503>;reason=unconditional"),
        ("diversion", "<sip:504@ipbx>"),
        ("history-info", "<sip:506@ipbx?Reason=SIP%3Bcause%3D302>;index=1"),
        ("history-info", "<sip:505@ipbx>;index=1.2, <sip:500@192.0.2.9>;index=1.10"),
    )
    assert dialled_numbers(message) == ("500", "501", "502", "503", "504", "505", "506")


@pytest.mark.parametrize(
    ("uri", "headers", "line"),
    [
        ("sip:0261914010@192.0.2.9", [("to", "<sip:0261914000@op>")], "0261914010"),
        ("sip:+33261914000@192.0.2.9", [], "02 61 91 40 00"),
        ("sip:500@192.0.2.9", [("to", "<sip:0261914000@op>")], "02 61 91 40 00"),
        (
            "sip:500@192.0.2.9",
            [("to", "<sip:500@op>"), ("diversion", "<sip:+33261914010@op>;reason=no-answer")],
            "0261914010",
        ),
        (
            "sip:500@192.0.2.9",
            [("history-info", "<sip:0261914000@op>;index=1, <sip:500@op>;index=1.1")],
            "02 61 91 40 00",
        ),
        ("sip:Mairie@192.0.2.9", [], "mairie"),
        ("tel:+33-2-61-91-40-10", [], "0261914010"),
    ],
)
def test_the_first_that_is_a_line_of_the_town(
    uri: str, headers: list[tuple[str, str]], line: str
) -> None:
    assert line_of(invite(uri, *headers), LINES) == line


def test_the_last_diversion_is_looked_at_before_the_first() -> None:
    """The nearest redirection knows best which desk the caller was on his way to."""
    message = invite(
        "sip:500@192.0.2.9",
        ("diversion", "<sip:0261914010@op>;reason=no-answer"),
        ("diversion", "<sip:0261914000@op>;reason=unconditional"),
    )
    assert line_of(message, LINES) == "0261914010"


@pytest.mark.parametrize(
    ("uri", "headers", "line"),
    [
        ("sip:500@192.0.2.9", [("to", "<sip:0261914099@op>")], "0261914099"),
        ("sip:500@192.0.2.9", [], "500"),
        ("sip:192.0.2.9", [], ""),
        ("sip:192.0.2.9", [("to", "<sip:192.0.2.9>"), ("diversion", "nonsense")], ""),
    ],
)
def test_without_a_line_of_the_town_to_is_what_was_dialled(
    uri: str, headers: list[tuple[str, str]], line: str
) -> None:
    assert line_of(invite(uri, *headers), LINES) == line


def test_a_thousand_diversions_are_a_loop_and_not_read() -> None:
    headers = [("diversion", f"<sip:{number}@op>") for number in range(1000, 2000)]
    headers += [("history-info", f"<sip:{n}@op>;index=1.{n}") for n in range(2000, 3000)]
    assert len(dialled_numbers(invite("sip:500@192.0.2.9", *headers))) == 21
