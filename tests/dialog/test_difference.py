"""What a clarifying question names: only what tells the sheets apart."""

from __future__ import annotations

import pytest

from dialog.difference import differences


@pytest.mark.parametrize(
    ("titles", "named"),
    [
        (
            [
                "Carte d'identité d'un majeur : en cas de perte",
                "Carte d'identité d'un mineur : en cas de perte",
            ],
            ["un adulte", "un enfant"],
        ),
        (
            [
                "Carte d'identité d'un majeur : première demande",
                "Carte d'identité d'un majeur : renouvellement",
            ],
            ["première demande", "renouvellement"],
        ),
        (
            ["Divorce pour faute", "Pacs", "Prix de la cantine"],
            ["divorce pour faute", "pacs", "prix de la cantine"],
        ),
        (["RSA", "RSA jeune actif"], ["RSA", "RSA jeune actif"]),
        (
            ["Peut-on voter par procuration ?", "Peut-on voter par internet ?"],
            ["procuration", "internet"],
        ),
    ],
)
def test_only_what_differs_is_named(titles: list[str], named: list[str]) -> None:
    assert differences(titles) == named
