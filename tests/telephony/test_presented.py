"""What a desk's telephone shows (requirements T06, T07)."""

from __future__ import annotations

import pytest

from telephony.presented import Presented, label, presented


@pytest.mark.parametrize(
    ("service", "shown"),
    [
        ("le service état civil", "état civil"),
        ("l'accueil de la mairie", "accueil de la mairie"),
        ("le service des sports", "sports"),
        ("le bureau du logement", "logement"),
        ("les services techniques", "services techniques"),
        ("le CCAS", "CCAS"),
        ('le "CCAS" <sip:x@y>', "CCAS sip:xy"),
        ("", ""),
    ],
)
def test_a_service_as_a_display_shows_it(service: str, shown: str) -> None:
    assert label(service) == shown


def show(**changes: object) -> Presented:
    usual: dict[str, object] = {
        "outside": False,
        "caller": "+33612345678",
        "reference": "7F3K-2Q",
        "host": "192.0.2.1:5060",
    }
    return presented("le service état civil", "02 61 91 40 00", **{**usual, **changes})


def test_inside_the_town_the_origin_stands_in_a_header() -> None:
    shown = show()
    assert (shown.name, shown.user) == ("Bot : état civil", "0261914000")
    assert shown.headers == {
        "X-Allomairie-Call": "7F3K-2Q",
        "Diversion": "<sip:+33612345678@192.0.2.1:5060>;reason=deflection",
    }


def test_no_citizens_number_leaves_the_town() -> None:
    shown = show(outside=True)
    assert "612345678" not in repr(shown)
    assert (shown.user, shown.headers) == ("0261914000", {})


@pytest.mark.parametrize("caller", ["", "anonymous", "x\r\nVia: y", "<sip:1@2>"])
def test_an_anonymous_or_strange_caller_is_in_no_header(caller: str) -> None:
    assert "Diversion" not in show(caller=caller).headers


def test_a_reference_that_cannot_travel_is_left_out() -> None:
    assert "X-Allomairie-Call" not in show(reference="a\r\nb").headers


def test_a_long_name_is_cut_for_the_display() -> None:
    shown = presented(
        "le " + "x" * 90, "1", outside=True, caller="", reference="", host="192.0.2.1"
    )
    assert len(shown.name) == 40
