"""The morning's page and the access log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from records import Outcome, RecordsError
from tests.review.conftest import World, message


def test_the_days_figures(both: World) -> None:
    both.call()  # solved
    both.call(confidence=0.3)  # doubtful
    both.call(ticket=message())
    both.call(sheet="", action="transfer", outcome=Outcome.TRANSFERRED)
    both.clock.move(days=7)
    both.call()
    client = both.log_in("lecteur")
    day = client.get("/api/figures?day=2026-11-24").json()["figures"]
    counted = {name: value for name, value in day.items() if isinstance(value, int)}
    assert counted == {
        "presented": 4,
        "answered": 4,
        "solved": 1,
        "transferred": 1,
        "transfer_failed": 0,
        "messages": 1,
        "abandoned": 0,
        "doubtful": 1,
        "failed": 0,
    }
    assert day["by_hour"] == {"10": 4}  # 9:30 UTC is 10:30 in Testville
    today = client.get("/api/figures").json()
    assert (today["figures"]["presented"], today["before"]["presented"]) == (1, 4)


def test_a_reader_sees_figures_and_no_content(world: World) -> None:
    world.call("mon secret", ticket=message(), outcome=None)
    world.records.alerts.add(world.call("au secours"), "gas", "ça sent le gaz")
    client = world.log_in("lecteur")
    page = client.get("/today").text
    for word in ("secret", "gaz", "Rosa", "9801", "482913"):
        assert word not in page, word
    now = client.get("/api/now").json()
    assert (now["live"], now["alerts"], now["overdue"]) == (None, None, None)
    assert now["live_count"] == 1


def test_what_goes_on_and_what_is_due(world: World) -> None:
    world.call(outcome=None)
    world.call(ticket=message())
    client = world.log_in("superviseur")
    now = client.get("/api/now").json()
    assert [one["subject"] for one in now["live"]] == ["Passeport"]
    assert now["due_today"] == 1
    page = client.get("/today").text
    assert "Rosa Weiss" in page
    assert "1 appel en cours" in page


def test_an_alert_is_acknowledged_once(both: World) -> None:
    both.records.alerts.add(both.call(), "gas", "ça sent le gaz")
    first, second = both.log_in("superviseur"), both.log_in("superviseur")
    assert "odeur ou fuite de gaz" in first.get("/today").text
    number = first.get("/api/now").json()["alerts"][0]["id"]
    form = {"csrf": first.headers["X-CSRF-Token"]}
    assert first.post(f"/alerts/{number}", data=form).status_code == 303
    assert second.post(f"/api/alerts/{number}/acknowledge").status_code == 200
    assert first.get("/api/now").json()["alerts"] == []
    by = both.records.alerts.recent(1)[0].acknowledged_by
    assert by == first.get("/api/me").json()["login"]


def test_every_picture_has_a_table(world: World) -> None:
    world.call()
    page = world.log_in("lecteur").get("/today").text
    chart = page.split('class="chart"', 1)[1].split("</details>", 1)[0]
    assert "<title" in chart
    assert '<th scope="row">10 h</th><td class="num">1</td>' in chart


@pytest.mark.parametrize("change", ["UPDATE access_log SET login = 'x'", "DELETE FROM access_log"])
def test_the_access_log_is_only_appended_to_by_the_database_itself(
    both: World, change: str
) -> None:
    store = both.records.review
    both.clock.time = datetime.now(UTC)
    store.log("rosa", "read", "abc")
    with (
        pytest.raises(sa.exc.DBAPIError, match="access log"),
        both.records._engine.begin() as by_hand,
    ):
        by_hand.execute(sa.text(change))
    assert [one.login for one in store.accesses()] == ["rosa"]


def test_the_access_log_forgets_after_a_year(both: World) -> None:
    both.clock.time = datetime.now(UTC) - timedelta(days=370)
    both.records.review.log("rosa", "read")
    both.clock.time = datetime.now(UTC)
    both.records.review.log("rosa", "read")
    both.records.erase_old(90)
    assert len(both.records.review.accesses()) == 1


def test_the_access_log_holds_no_number_and_no_words(world: World) -> None:
    call_id = world.call("ma maladie", number="+33639985555")
    client = world.log_in("superviseur", "dpo")
    client.get(f"/calls/{call_id}")
    client.get("/calls", params={"q": "maladie"})
    client.get("/calls", params={"q": "06 39 98 55 55"})
    client.post(f"/api/calls/{call_id}/marks", json={"kind": "note", "text": "ma note"})
    kept = " ".join(f"{one.action} {one.detail}" for one in world.records.review.accesses())
    assert "search" in kept
    for word in ("maladie", "5555", "note ", "ma note"):
        assert word not in f"{kept} ".replace("annotate note ", ""), word


def test_the_records_fail_in_one_sentence(world: World) -> None:
    client = world.log_in("superviseur")
    world.records.close()
    with pytest.raises(RecordsError):
        world.records.review.lines()
    answer = client.get("/calls")
    assert answer.status_code == 503
    assert "base de données" in answer.text
