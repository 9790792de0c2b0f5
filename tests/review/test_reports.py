"""Monthly reports: counts are right, small ones are hidden and cannot be worked out, and stay."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections import defaultdict
from datetime import UTC, date, datetime

import pytest

from records import MonthCounts, Outcome, TicketStatus
from review import reports
from review.secrecy import suppress, suppress_linked
from tests.review.conftest import World, message

NOVEMBER = date(2026, 11, 1)


def published(world: World, month: str = "2026-11") -> dict[str, dict[str, int | None]]:
    answer = world.log_in("lecteur").get("/api/reports", params={"month": month})
    assert answer.status_code == 200, answer.text
    return {
        table["key"]: {row["key"]: row["count"] for row in table["rows"]}
        for table in answer.json()["tables"]
    }


# -- what is hidden ------------------------------------------------------------------------------


@pytest.mark.parametrize(("categories", "most"), [(2, 30), (3, 14), (4, 8)])
def test_no_hidden_cell_can_be_worked_out_even_by_who_knows_the_rule(
    categories: int, most: int
) -> None:
    """Every table of so many categories: what is published has several explanations."""
    explanations = defaultdict(list)
    for counts in itertools.product(range(most + 1), repeat=categories):
        cells = suppress(dict(zip("abcd", counts, strict=False)))
        explanations[cells and tuple(cells.values()), sum(counts)].append(counts)
    hiding = 0
    for (shown, _), tables in explanations.items():
        if max(map(max, tables)) == most or tables == [(4,) * categories]:
            # other explanations may lie beyond `most`; a table of nothing but fours is not shown
            # at all, and neither is how many categories it has
            continue
        for at, cell in enumerate(shown or [None] * categories):
            if cell is not None:
                assert cell == 0 or cell >= 5
            elif any(0 < table[at] < 5 for table in tables):
                hiding += 1
                assert len({table[at] for table in tables}) > 1, (shown, tables)
    assert hiding > 25, "the rule hid something"


@pytest.mark.parametrize(
    ("counts", "cells"),
    [
        ({"a": 20, "b": 7, "c": 0}, {"a": 20, "b": 7, "c": 0}),  # a zero tells of nobody
        ({"a": 20, "b": 7, "c": 3}, {"a": 20, "b": None, "c": None}),  # alone it would be 30-20-7
        ({"a": 20, "b": 7, "c": 1, "d": 1}, {"a": 20, "b": None, "c": None, "d": None}),
        ({"a": 20, "b": 4, "c": 3}, {"a": 20, "b": None, "c": None}),
        ({"a": 20, "b": 4, "c": 4}, {"a": None, "b": None, "c": None}),  # twice 4 alone are 8
        ({"a": 4}, None),
        ({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1}, None),  # five times one: the sum tells it
        ({}, {}),
    ],
)
def test_small_cells_take_a_companion(
    counts: dict[str, int], cells: dict[str, int | None] | None
) -> None:
    assert suppress(counts) == cells


def test_a_cell_hidden_in_one_table_is_hidden_in_the_other() -> None:
    # 6 not answered: hidden on the left beside the 2, shown on the right it would give the 2
    found = suppress_linked(
        {
            "fate": {"solved": 50, "not_answered": 6, "failed": 2},
            "length": {"short": 40, "long": 12, "not_answered": 6},
        }
    )
    assert found["fate"] == {"solved": 50, "not_answered": None, "failed": None}
    assert found["length"] is not None
    assert found["length"]["not_answered"] is None
    assert found["length"]["long"] is None, "alone it would be the total less the others"


def test_tables_about_a_hidden_number_are_hidden_with_it() -> None:
    counts = MonthCounts(
        presented=40,
        tables={
            "fate": {"solved": 30, "message": 7, "abandoned": 3},
            "left_after": {"under_5s": 3},
            "hour": {"9": 36, "10": 4},
        },
        measures={},
    )
    report = reports.build(counts, NOVEMBER, datetime(2026, 12, 9, tzinfo=UTC), {})
    assert report.count("fate", "abandoned") is None
    after = report.table("left_after")
    assert after is not None
    assert (after.total, after.rows) == (None, ())
    assert [row.count for row in report.table("hour").rows if row.key in ("9", "10")] == [
        None,
        None,
    ]  # type: ignore[union-attr]


# -- what is counted -----------------------------------------------------------------------------


def test_calls_are_counted_by_what_became_of_them(both: World) -> None:
    world = both
    for _ in range(6):
        world.call()  # solved
    for at in range(5):
        world.call(ticket=message(str(700_000 + at)), sheet="", confidence=0.99)
    for _ in range(5):
        world.call(sheet="", action="transfer", outcome=Outcome.TRANSFERRED)
    for _ in range(5):
        world.call(sheet="", action="transfer", outcome=Outcome.TRANSFER_FAILED, language="en")
    for _ in range(7):
        world.call(confidence=0.5)  # told without being sure
    for at in range(2):
        world.records.set_ticket_status(str(700_000 + at), TicketStatus.CLOSED)
    world.clock.move(days=3)
    found = published(world)
    fates = {key: count for key, count in found["fate"].items() if count}
    assert fates == {
        "solved": 6, "message": 5, "picked_up": 5, "not_picked_up": 5, "other": 7
    }  # fmt: skip
    assert found["opening"] == {"open": 28}
    assert found["hour"]["10"] == 28 - (found["hour"]["11"] or 0)
    assert found["language"] == {"fr": 23, "en": 5}
    assert found["line"] == {"0261914000": 28}
    assert found["subject"] == {"passeport": 13, "others": 0, "none": 15}
    assert found["question"] == {"answered": 11, "unsure": 7, "to_a_person": 10}
    assert found["voice"] == {"under_0.8s": 28}
    assert found["ticket"] == {"message": 5}
    assert found["follow_up"] == {"closed_in_time": None, "open_late": None}
    assert found["length"] == {"under_1min": 28}
    timings = world.log_in("lecteur").get("/api/reports?month=2026-11").json()["timings"]
    assert {one["key"]: (one["median"], one["p95"]) for one in timings} == {
        "answer": (0.0, 0.0),
        "length": (30.0, 30.0),
        "voice": (0.7, 0.7),
    }


def test_a_month_has_its_own_calls_on_the_towns_clock(world: World) -> None:
    world.clock.time = datetime(2026, 10, 31, 22, 59, tzinfo=UTC)  # 23:59 in France
    for _ in range(5):
        world.call()
        world.clock.time = datetime(2026, 10, 31, 22, 59, tzinfo=UTC)
    world.clock.time = datetime(2026, 10, 31, 23, 1, tzinfo=UTC)  # 0:01 on 1 November
    for _ in range(6):
        world.call()
    reader = world.log_in("lecteur")
    shown = [
        reader.get(f"/api/reports?month={month}").json()["presented"]
        for month in ("2026-10", "2026-11")
    ]
    assert shown == [5, 6]


# -- how it is shown, and kept -------------------------------------------------------------------


def test_fewer_than_five_calls_are_not_told(world: World) -> None:
    for _ in range(4):
        world.call()
    reader = world.log_in("lecteur")
    answer = reader.get("/api/reports?month=2026-11").json()
    assert (answer["presented"], answer["tables"], answer["timings"]) == (None, [], [])
    assert "Moins de cinq appels" in reader.get("/reports").text
    assert reader.get("/api/reports/month.csv").text.count("\n") == 2
    assert "Aucun appel" in reader.get("/reports?month=2026-09").text


def test_the_page_the_csv_and_the_json_hide_the_same(world: World) -> None:
    for _ in range(9):
        world.call()
    for _ in range(2):
        world.call(sheet="", confidence=0.1, heard="=HYPERLINK(x)", line="=1+1")
    reader = world.log_in("lecteur")
    page = reader.get("/reports?month=2026-11").text
    assert "Rapport de novembre 2026" in page
    assert "Rapport d&#39;octobre 2026" in reader.get("/reports?month=2026-10").text
    assert "secret statistique" in page
    assert '<abbr title="caché : petit nombre">s</abbr>' in page
    assert "HYPERLINK" not in page
    assert page.count("<svg") == page.count("</svg>") > 1
    rows = list(csv.reader(io.StringIO(reader.get("/api/reports/month.csv").text), delimiter=";"))
    assert rows[0][1:] == ["tableau", "catégorie", "nombre", "part"]
    lines = {row[2]: row[3] for row in rows if row[1] == "Appels par ligne"}
    assert lines == {"0261914000": "s", "'=1+1": "s"}
    assert published(world)["line"] == {"0261914000": None, "=1+1": None}
    assert all(
        row[3] == "s" or row[3] == "0" or float(row[3].replace(",", ".")) >= 0 for row in rows[1:]
    )


def test_a_month_that_is_over_is_kept_when_its_calls_are_gone(world: World) -> None:
    for _ in range(8):
        world.call()
    reader = world.log_in("lecteur")
    running = reader.get("/api/reports?month=2026-11").json()
    assert (running["over"], running["presented"]) == (False, 8)
    world.call()
    assert reader.get("/api/reports?month=2026-11").json()["presented"] == 9, "not kept yet"
    world.clock.move(days=20)
    reader = world.log_in("lecteur")
    kept = reader.get("/api/reports?month=2026-11").json()
    assert (kept["over"], kept["presented"]) == (True, 9)
    world.clock.move(days=360)
    assert world.records.privacy.delete_old_calls() == 9
    reader = world.log_in("lecteur")
    assert reader.get("/api/reports?month=2026-11").json() == kept
    page = reader.get("/reports?month=2026-11").text
    assert '<option value="2026-11" selected>novembre 2026</option>' in page
    stored = json.dumps(world.records.review.months.kept("2026-11"))
    assert not any(word in stored for word in ("0639", "passeport perdu", "Weiss"))


def test_a_month_that_is_none_is_told_in_french(world: World) -> None:
    reader = world.log_in("lecteur")
    for month, said in (
        ("2026-13", "Un mois s'écrit comme 2026-11"),
        ("novembre", "Un mois s'écrit comme 2026-11"),
        ("1999-01", "Un mois s'écrit comme 2026-11"),
        ("2027-01", "n'a pas commencé"),
    ):
        answer = reader.get("/api/reports", params={"month": month})
        assert answer.status_code == 422
        assert said in answer.json()["error"]
