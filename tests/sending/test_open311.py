"""The GeoReport client against a server that really listens: nothing lost, nothing twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deploy.sending.ticket_settings import TicketSettings
from dialog.town import Town
from records import AsyncRecords, Means, Records, SendingState
from tests.sending.conftest import Clock
from tests.sending.receiver import Asked, Receiver, receiver
from tests.sending.tickets_world import outbox_of, report, ticket

TO = Means.OPEN311


def settings(url: str, **more: Any) -> TicketSettings:
    """A server that takes holes under the code 101."""
    given = {
        "enabled": True,
        "url": f"{url}/v2",
        "jurisdiction_id": "valmont.example",
        "secret": "the api key",
        "services": {"pothole": "101"},
        "timeout_s": 2,
    }
    return TicketSettings.model_validate({"open311": {**given, **more}})


class City:
    """A GeoReport server that remembers what it took."""

    def __init__(self) -> None:
        self.taken: list[dict[str, str]] = []
        self.status = 200
        self.loses_answers = False

    def __call__(self, asked: Asked) -> tuple[int, bytes]:
        if asked.method == "GET":
            return 200, json.dumps(self.taken).encode()
        if self.status != 200:
            told = [{"code": self.status, "description": "service_code was not found"}]
            return self.status, json.dumps(told).encode()
        number = f"R{len(self.taken) + 1}"
        self.taken.append({"service_request_id": number, **asked.form})
        if self.loses_answers:
            return 502, b"bad gateway"
        return 201, json.dumps([{"service_request_id": number}]).encode()


def posts(there: Receiver) -> list[Asked]:
    return [one for one in there.asked if one.method == "POST"]


async def test_a_report_is_sent_without_who_told_of_it(
    records: AsyncRecords, store: Records, town: Town, clock: Clock
) -> None:
    city = City()
    with receiver(answer=city) as there:
        outbox = outbox_of(records, store, town, settings(there.url), clock)
        store.add_ticket(report())
        assert [await outbox.empty(TO) for _ in range(2)] == [1, 0]
        await outbox.stop()
    (one,) = there.asked
    assert one.path == "/v2/requests.json"
    assert one.form == {
        "jurisdiction_id": "valmont.example",
        "service_code": "101",
        "api_key": "the api key",
        "lat": "47.972310",
        "long": "-0.409420",
        "address_string": "3 Rue du Puits, Valmont",
        "description": "Un trou dans la chaussée. un trou profond (réf. 400001)",
    }
    sent = store.find_ticket("400001").events[-1]
    assert sent.data["remote"] == "R1"


async def test_the_contact_only_where_the_town_wants_it(
    records: AsyncRecords, store: Records, town: Town, clock: Clock
) -> None:
    city = City()
    with receiver(answer=city) as there:
        outbox = outbox_of(records, store, town, settings(there.url, send_contact=True), clock)
        store.add_ticket(report())
        await outbox.empty(TO)
        await outbox.stop()
    assert (city.taken[0]["last_name"], city.taken[0]["phone"]) == ("Rosa Weiss", "0639980101")


async def test_what_was_taken_though_the_answer_was_lost_is_not_sent_twice(
    records: AsyncRecords, store: Records, town: Town, clock: Clock
) -> None:
    city = City()
    city.loses_answers = True
    with receiver(answer=city) as there:
        outbox = outbox_of(records, store, town, settings(there.url), clock)
        store.add_ticket(report())
        await outbox.empty(TO)
        clock.move(minutes=2)
        await outbox.empty(TO)
        await outbox.stop()
    assert len(posts(there)) == len(city.taken) == 1
    assert there.asked[-1].query["service_code"] == "101"
    assert store.find_ticket("400001").events[-1].data["remote"] == "R1"


async def test_a_server_that_was_down_gets_it_later(
    records: AsyncRecords, store: Records, town: Town, clock: Clock
) -> None:
    city = City()
    city.status = 503
    with receiver(answer=city) as there:
        outbox = outbox_of(records, store, town, settings(there.url), clock)
        store.add_ticket(report())
        await outbox.empty(TO)
        city.status = 200
        clock.move(minutes=2)
        await outbox.empty(TO)
        await outbox.stop()
    assert len(city.taken) == 1


async def test_a_refusal_is_told_in_the_servers_own_words(
    records: AsyncRecords, store: Records, town: Town, clock: Clock
) -> None:
    city = City()
    city.status = 404
    with receiver(answer=city) as there:
        outbox = outbox_of(records, store, town, settings(there.url), clock)
        store.add_ticket(report())
        await outbox.empty(TO)
        await outbox.stop()
    (left,) = store.review.outside.not_sent(clock(), 5)
    assert left.message.state is SendingState.FAILED
    assert left.message.reason == ("open311 answered with status 404 (service_code was not found)")


async def test_what_is_not_sent(
    records: AsyncRecords, store: Records, town: Town, clock: Clock
) -> None:
    outbox = outbox_of(records, store, town, settings("http://127.0.0.1:1"), clock)
    store.add_ticket(ticket())  # a message
    store.add_ticket(report("400002", fields={"problem": "graffiti"}))  # a kind without a code
    store.add_ticket(report("400003", complete=False))
    assert store.outbox.due(TO) == ()
    store.add_ticket(report("400003", goes_on=True))  # the caller called again and said the rest
    store.add_ticket(report("400004"))  # the same hole
    store.review.note("400003", "vu", "anne")
    (message,) = store.outbox.due(TO)
    assert store.ticket(message.ticket_id or "").reference == "400003"
    await outbox.stop()


async def test_a_token_is_kept_where_the_number_comes_later(
    records: AsyncRecords, store: Records, town: Town, clock: Clock
) -> None:
    with receiver(answer=lambda _: (200, b'[{"token": "T-9"}]')) as there:
        outbox = outbox_of(records, store, town, settings(there.url), clock)
        store.add_ticket(report())
        await outbox.empty(TO)
        await outbox.stop()
    assert store.find_ticket("400001").events[-1].data["remote"] == "T-9"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [({"services": {}}, "no report"), ({"services": {"trou": "1"}}, "pothole")],
)
def test_wrong_settings_are_told(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        settings("https://city.example", **wrong)
