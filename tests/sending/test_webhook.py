"""Webhooks: signed, in order, once for each event; and everything that can go wrong on the way."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from deploy.sending.news import Recompose, TicketNews
from deploy.sending.settings import Email
from deploy.sending.signing import publik_address
from dialog.town import Town
from records import AsyncRecords, Means, Records, SendingState, TicketStatus, sqlite_url
from review.signature import is_signed
from tests.conftest import free_port
from tests.sending.conftest import Clock
from tests.sending.receiver import Receiver, receiver
from tests.sending.tickets_world import PRIVATE, SECRET, hook, outbox_of, passed, ticket
from tests.sending.world import HASH_KEY, certificate

HOOK = Means.WEBHOOK


def events(there: Receiver) -> list[str]:
    """What it was told, a repeated id once."""
    told = {}
    for one in there.asked:
        body = json.loads(one.body)
        told[body["id"]] = body["event"].removeprefix("ticket.")
    return list(told.values())


async def test_an_event_is_signed_and_holds_nothing_of_the_caller(
    records: AsyncRecords, store: Records, town: Town, clock: Clock
) -> None:
    with receiver(answer=lambda _: (200, b'{"err": 0, "data": {"id": "D-17"}}')) as there:
        outbox = outbox_of(records, store, town, hook(f"{there.url}/in"), clock)
        store.add_ticket(ticket())
        assert await outbox.empty(HOOK) == 1
        assert await outbox.empty(HOOK) == 0
        await outbox.stop()
    (one,) = there.asked
    body = json.loads(one.body)
    stamp, given = (one.headers[f"x-allomairie-{name}"] for name in ("timestamp", "signature"))
    assert is_signed(SECRET, stamp, given, one.body, float(stamp))
    assert not is_signed("another secret, wrong", stamp, given, one.body, float(stamp))
    assert one.headers["idempotency-key"] == body["id"]
    assert body["event"] == one.headers["x-allomairie-event"] == "ticket.created"
    assert body["ticket"]["display_id"] == "482913"
    assert body["ticket"]["url"].endswith("/review/tickets/482913")
    assert body["ticket"]["due_on"] == "2026-11-26"
    assert body["ticket"]["workflow"] == {"status": {"id": "open", "name": "À traiter"}}
    assert body["ticket"]["fields"] == {}
    assert not any(word in one.body.decode() for word in PRIVATE)
    sent = store.find_ticket("482913").events[-1]
    assert (sent.kind, sent.data["remote"]) == ("message_sent", "D-17")


async def test_only_the_fields_that_are_named_go_along(
    records: AsyncRecords, store: Records, town: Town, clock: Clock
) -> None:
    with receiver() as there:
        outbox = outbox_of(records, store, town, hook(there.url, fields=["subject"]), clock)
        store.add_ticket(ticket())
        await outbox.empty(HOOK)
        await outbox.stop()
    assert json.loads(there.asked[0].body)["ticket"]["fields"] == {"subject": "salle des fêtes"}


async def test_created_updated_closed_arrive_in_their_order(
    records: AsyncRecords, store: Records, town: Town, clock: Clock
) -> None:
    refused = [True]
    with receiver(answer=lambda _: (503 if refused[0] else 200, b"")) as there:
        outbox = outbox_of(records, store, town, hook(there.url), clock)
        store.add_ticket(ticket())
        clock.move(seconds=1)
        store.review.move("482913", TicketStatus.IN_PROGRESS, "anne")
        clock.move(seconds=1)
        store.review.move("482913", TicketStatus.CLOSED, "anne")
        store.add_ticket(ticket("482914"))
        for _ in range(3):  # the first one fails: the others of this ticket wait behind it
            await outbox.empty(HOOK)
        assert [json.loads(one.body)["ticket"]["display_id"] for one in there.asked] == [
            "482913",
            "482914",
        ]
        refused[0] = False
        clock.move(minutes=2)
        for _ in range(4):
            await outbox.empty(HOOK)
        await outbox.stop()
    told = [
        (json.loads(one.body)["ticket"]["display_id"], json.loads(one.body)["event"])
        for one in there.asked[2:]
    ]
    assert [event for ticket_id, event in told if ticket_id == "482913"] == [
        "ticket.created",
        "ticket.updated",
        "ticket.closed",
    ]


async def test_waits_from_a_minute_to_a_day_then_supervisors_are_told_and_may_try_again(
    records: AsyncRecords, store: Records, town: Town, clock: Clock
) -> None:
    status = [500]
    with receiver(answer=lambda _: (status[0], b"")) as there:
        settings = hook(there.url)
        outbox = outbox_of(records, store, town, settings, clock)
        store.add_ticket(ticket())
        await outbox.empty(HOOK)
        waits = []
        for _ in range(12):
            (message,) = [one.message for one in store.review.outside.not_sent(clock(), 5)]
            waits.append(round((message.due_at - clock()).total_seconds() / 60))
            clock.time = message.due_at
            await outbox.empty(HOOK)
        assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440]
        (given_up,) = [one.message for one in store.review.outside.not_sent(clock(), 5)]
        assert (given_up.state, given_up.attempts) == (SendingState.FAILED, 13)
        assert (given_up.to, given_up.text) == ("", "")
        assert given_up.reason == "gru answered with status 500"
        ids = {one.headers["idempotency-key"] for one in there.asked}

        status[0] = 200
        message, of_ticket = store.review.outside.message(given_up.id)
        assert of_ticket is not None
        entry = Recompose(town, Email())(message, of_ticket)
        assert entry is not None
        store.review.outside.retry(given_up.id, entry, "anne")
        await outbox.empty(HOOK)
        await outbox.stop()
    last = there.asked[-1]
    assert {last.headers["idempotency-key"]} == ids  # whoever took it already knows it
    assert json.loads(last.body)["at"] == "2026-11-24T09:30:00+00:00"  # when it happened
    assert store.review.outside.not_sent(clock(), 5) == ()
    kinds = [one.kind for one in store.find_ticket("482913").events]
    assert kinds == ["created", "message_failed", "message_retried", "message_sent"]


async def test_what_is_over_a_day_old_is_kept_for_other_systems(
    records: AsyncRecords, store: Records, town: Town, clock: Clock
) -> None:
    outbox = outbox_of(records, store, town, hook("http://127.0.0.1:1/"), clock)
    store.add_ticket(ticket())
    clock.move(days=2)
    await outbox._expire()
    assert len(store.outbox.due(HOOK)) == 1
    clock.move(days=6)
    await outbox._expire()
    await outbox.stop()
    (left,) = store.review.outside.not_sent(clock(), 5)
    assert (left.message.state, left.message.reason) == (SendingState.FAILED, "not sent in time")


async def tried(
    records: AsyncRecords, store: Records, town: Town, clock: Clock, url: str, **more: object
) -> str:
    """Why the first attempt did not succeed."""
    outbox = outbox_of(records, store, town, hook(url, **more), clock)
    store.add_ticket(ticket())
    await outbox.empty(HOOK)
    await outbox.stop()
    (left,) = store.review.outside.not_sent(clock(), 5)
    return left.message.reason


async def test_nobody_listens(
    records: AsyncRecords, store: Records, town: Town, clock: Clock
) -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    assert await tried(records, store, town, clock, url) == ("gru cannot be reached (ConnectError)")


async def test_no_answer_in_time(
    records: AsyncRecords, store: Records, town: Town, clock: Clock
) -> None:
    with receiver(wait=threading.Event()) as there:
        told = await tried(records, store, town, clock, there.url, timeout_s=0.2)
    assert told == "gru did not answer in time"


async def test_a_certificate_that_nobody_vouches_for_gets_nothing(
    records: AsyncRecords, store: Records, town: Town, clock: Clock, tmp_path: Path
) -> None:
    with receiver(certificate(tmp_path)) as there:
        told = await tried(records, store, town, clock, there.url)
    assert told == "gru cannot be reached (its certificate is wrong)"
    assert there.asked == []


async def test_an_authority_of_the_town_is_trusted(
    records: AsyncRecords, store: Records, town: Town, clock: Clock, tmp_path: Path
) -> None:
    pair = certificate(tmp_path)
    with receiver(pair) as there:
        outbox = outbox_of(records, store, town, hook(there.url, ca_file=pair[0]), clock)
        store.add_ticket(ticket())
        await outbox.empty(HOOK)
        await outbox.stop()
    assert events(there) == ["created"]


async def test_a_redirection_is_not_followed(
    records: AsyncRecords, store: Records, town: Town, clock: Clock
) -> None:
    with receiver() as elsewhere, receiver(answer=lambda _: (302, b"")) as there:
        there.headers["Location"] = elsewhere.url
        told = await tried(records, store, town, clock, there.url)
    assert told == "gru answered with status 302"
    assert elsewhere.asked == []


async def test_an_error_within_a_success_and_an_endless_answer(
    records: AsyncRecords, store: Records, town: Town, clock: Clock
) -> None:
    answers = [b'{"err": 1, "err_desc": "no"}', b"x" * 70_000, b"not JSON"]
    with receiver(answer=lambda _: (200, answers.pop(0))) as there:
        outbox = outbox_of(records, store, town, hook(there.url), clock)
        store.add_ticket(ticket())
        reasons = []
        for _ in range(3):
            await outbox.empty(HOOK)
            left = store.review.outside.not_sent(clock(), 5)
            reasons += [one.message.reason for one in left]
            clock.move(minutes=5)
        await outbox.stop()
    assert reasons == ["gru answered with an error", "gru: the answer is too long"]


async def test_a_restart_between_attempts_loses_nothing(
    records: AsyncRecords, store: Records, town: Town, clock: Clock, tmp_path: Path
) -> None:
    with receiver(answer=lambda _: (503, b"")) as there:
        await tried(records, store, town, clock, there.url)
        there.answer = lambda _: (200, b"")
        clock.move(minutes=2)
        second = Records.open(sqlite_url(tmp_path / "records.db"), hash_key=HASH_KEY, now=clock)
        again = AsyncRecords(second)
        outbox = outbox_of(again, second, town, hook(there.url), clock)
        for _ in range(3):
            await outbox.empty(HOOK)
        await outbox.stop()
        await again.close()
    first, repeated = there.asked
    assert first.headers["idempotency-key"] == repeated.headers["idempotency-key"]
    assert events(there) == ["created"]


async def test_an_erased_ticket_is_not_sent(
    records: AsyncRecords, store: Records, town: Town, clock: Clock
) -> None:
    from records import Whose

    with receiver() as there:
        outbox = outbox_of(records, store, town, hook(there.url), clock)
        store.add_ticket(ticket())
        store.privacy.erase(Whose(number="0639980101"), by="dpo")
        await outbox.empty(HOOK)
        await outbox.stop()
    assert there.asked == []


async def test_who_said_it_is_not_told_it_back(
    records: AsyncRecords, store: Records, town: Town, clock: Clock
) -> None:
    with receiver() as there:
        outbox = outbox_of(records, store, town, hook(there.url, events=["closed"]), clock)
        store.add_ticket(ticket())
        assert store.review.outside.told_status("482913", TicketStatus.CLOSED, "gru", "e1")
        assert not store.review.outside.told_status("482913", TicketStatus.OPEN, "gru", "e1")
        await outbox.empty(HOOK)
        assert there.asked == []
        store.review.move("482913", TicketStatus.OPEN, "anne")
        store.review.move("482913", TicketStatus.CLOSED, "anne")
        await outbox.empty(HOOK)
        await outbox.stop()
    assert store.find_ticket("482913").status is TicketStatus.CLOSED
    assert events(there) == ["closed"]


async def test_only_the_services_and_kinds_that_are_wanted(store: Records) -> None:
    news = TicketNews(hook("https://gru.example/", services=["dechets"], kinds=["report"]))
    assert list(news.of(store.add_ticket(ticket()), "created")) == []
    other = store.add_ticket(ticket("482914", kind="report", service="dechets"))
    assert [one.to for one in news.of(other, "created")] == ["gru"]


async def test_a_refusal_is_not_repeated(
    records: AsyncRecords, store: Records, town: Town, clock: Clock
) -> None:
    with receiver(answer=lambda _: (422, b"")) as there:
        outbox = outbox_of(records, store, town, hook(there.url), clock)
        store.add_ticket(ticket())
        assert await passed(outbox, clock, HOOK, hours=1) == [0]
        await outbox.stop()
    assert len(there.asked) == 1


def test_the_address_that_publik_signs() -> None:
    now = Clock()()
    url = publik_address("https://gru.example/api?a=1", "mairie", SECRET, now, nonce="n0")
    query, _, signature = urlsplit(url).query.rpartition("&signature=")
    assert query == "a=1&orig=mairie&algo=sha256&timestamp=2026-11-24T09%3A30%3A00Z&nonce=n0"
    wanted = hmac.new(SECRET.encode(), query.encode(), hashlib.sha256).digest()
    given = dict(parse_qsl(f"signature={signature}"))["signature"]
    assert base64.b64decode(given) == wanted


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"url": "http://gru.example/in"}, "https://"),
        ({"url": "ftp://gru.example/in"}, "not a web address"),
        ({"url": "https://me:pw@gru.example/in"}, "password"),
        ({"url": "https://gru.example/in", "secret": "short"}, "secret"),
        ({"url": "https://gru.example/in", "fields": ["nir"]}, "nir"),
    ],
)
def test_wrong_settings_are_told(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        hook(str(wrong.pop("url")), **wrong)
