"""Another system tells a ticket's status: signed, now, once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from records import TicketStatus, sqlite_url
from tests.review.conftest import World, message, open_world
from tests.review.outside_world import NOW_S, outside

TOLD = {"id": "e1", "reference": "482913", "status": "closed", "note": "réparé"}


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for all tests in which nothing may change."""
    root = tmp_path_factory.mktemp("unchanged")
    opened = open_world(sqlite_url(root / "records.db"), root)
    opened.records.add_ticket(message())
    yield opened
    opened.records.close()


def test_a_status_comes_back_and_a_repetition_changes_nothing(world: World) -> None:
    world.records.add_ticket(message())
    there = outside(world)
    first = there.tell(TOLD)
    assert (first.status_code, first.json()["data"]["known"]) == (200, False)
    ticket = world.records.find_ticket("482913")
    assert ticket.status is TicketStatus.CLOSED
    world.records.set_ticket_status("482913", TicketStatus.OPEN)
    again = there.tell(TOLD)
    assert (again.status_code, again.json()["data"]["known"]) == (200, True)
    assert world.records.find_ticket("482913").status is TicketStatus.OPEN
    page = world.log_in("superviseur").get("/tickets/482913").text
    assert "Nouvel état reçu d&#39;un autre logiciel" in page
    assert "Remarque : réparé" in page


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"name": "autre"}, 404),
        ({"secret": "another secret, wrong"}, 401),
        ({"signature": "sha256=00"}, 401),
        ({"signature": ""}, 401),
        ({"signature": "é"}, 401),
        ({"stamp": NOW_S - 301}, 401),
        ({"stamp": NOW_S + 301}, 401),
        ({"body": b"not JSON"}, 422),
        ({"body": b"[" * 20_000}, 422),
        ({"body": b'{"id": "e1"}'}, 422),
        ({"body": b'{"id": "e1", "reference": "482913", "status": "lost"}'}, 422),
        ({"body": b'{"id": "e1", "reference": "999999", "status": "open"}'}, 404),
        ({"body": b"x" * 300_000}, 413),
    ],
)
def test_what_is_wrong_changes_nothing(
    unchanged: World, changes: dict[str, object], status: int
) -> None:
    if changes.get("signature") == "é":
        changes = {"signature": "é".encode()}
    answer = outside(unchanged).tell(TOLD, **changes)
    assert answer.status_code == status, answer.text
    assert len(unchanged.records.find_ticket("482913").events) == 1


def test_a_body_of_a_signed_request_cannot_be_changed(world: World) -> None:
    from review.signature import is_signed, signature

    signed = signature("secret", NOW_S, b"one")
    assert is_signed("secret", str(NOW_S), signed, b"one", NOW_S)
    assert not is_signed("secret", str(NOW_S), signed, b"two", NOW_S)
    assert not is_signed("secret", str(NOW_S + 1), signed, b"one", NOW_S)
    assert not is_signed("secret", "٣", signed, b"one", NOW_S)
