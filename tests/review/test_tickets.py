"""Tickets: due dates in working days, assigning, history, duplicates, the map."""

from __future__ import annotations

from datetime import date

import pytest

from tests.review.conftest import World, message


def test_the_list_has_the_most_urgent_first_and_counts_working_days(both: World) -> None:
    both.call(ticket=message("100001", due_on=date(2026, 12, 1)))
    both.call(ticket=message("100002", due_on=date(2026, 11, 20)))  # a Friday
    both.call(ticket=message("100003", due_on=None))
    client = both.log_in("superviseur")
    listed = client.get("/api/tickets").json()["tickets"]
    assert [one["reference"] for one in listed] == ["100002", "100001", "100003"]
    assert [one["late"] for one in listed] == [2, 0, 0]  # Monday and Tuesday, not the weekend
    overdue = client.get("/api/tickets?overdue=1").json()["tickets"]
    assert [one["reference"] for one in overdue] == ["100002"]
    assert "En retard de 2" in client.get("/tickets").text


def test_pages_of_tickets(both: World) -> None:
    for number in range(55):
        both.records.add_ticket(message(str(200_000 + number)))
        both.clock.move(seconds=1)
    client = both.log_in("superviseur")
    first = client.get("/api/tickets").json()
    second = client.get(f"/api/tickets?after={first['after']}").json()
    read = [one["reference"] for one in (*first["tickets"], *second["tickets"])]
    assert read == [str(200_000 + number) for number in range(55)]


def test_a_ticket_is_worked_on_and_keeps_its_history(both: World) -> None:
    both.call(ticket=message())
    client = both.log_in("superviseur")
    login = client.get("/api/me").json()["login"]
    page = f"/tickets/{message().reference}"
    form = {"csrf": client.headers["X-CSRF-Token"], "status": "in_progress", "note": "appelée"}
    assert client.post(page, data={**form, "assigned_to": login}).status_code == 303
    assert client.patch("/api/tickets/482913", json={"status": "closed"}).status_code == 200
    ticket = client.get("/api/tickets/482913").json()
    assert ticket["line"]["status"] == "closed"
    assert ticket["line"]["assigned_to"] == login
    assert [(one["text"], one["by"]) for one in ticket["history"]] == [
        ("Laissée par l'appelant", ""),
        ("Remarque : appelée", login),
        (f"Confiée à {login}", login),
        ("État : En cours", login),
        ("État : Clos", login),
    ]
    assert client.get("/api/tickets").json()["tickets"] == []
    assert len(client.get("/api/tickets?status=closed").json()["tickets"]) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"assigned_to": "personne-de-connu"},
        {"status": "perdue"},
        {"join": "482913"},
        {"join": "999999"},
        {"note": "x" * 1001},
    ],
)
def test_bad_changes_are_refused(world: World, change: dict[str, str]) -> None:
    world.call(ticket=message())
    client = world.log_in("superviseur")
    answer = client.patch("/api/tickets/482913", json=change)
    assert answer.status_code in (404, 422), answer.text
    assert answer.json()["error"]
    assert len(world.records.find_ticket("482913").events) == 1


def test_two_tickets_about_the_same_are_joined(both: World) -> None:
    both.call(ticket=message("300001"))
    both.call(ticket=message("300002"))
    client = both.log_in("superviseur")
    assert client.patch("/api/tickets/300002", json={"join": "300001"}).status_code == 200
    assert client.patch("/api/tickets/300001", json={"join": "300002"}).status_code == 422
    earlier = client.get("/api/tickets/300001").json()
    assert earlier["line"]["count"] == 2
    assert [one["reference"] for one in earlier["joined_by"]] == ["300002"]
    listed = client.get("/api/tickets").json()["tickets"]
    assert [one["reference"] for one in listed] == ["300001"]


def test_reports_stand_on_the_towns_own_map(world: World) -> None:
    report = message(
        "400001",
        kind="report",
        fields={"problem": "pothole", "description": "un trou", "number": "3"},
        lat=47.9723,
        lon=-0.4094,
        street="Rue du Puits",
    )
    away = message("400002", kind="report", fields={"problem": "graffiti", "place": "ailleurs"})
    world.records.add_ticket(report)
    world.records.add_ticket(away)
    page = world.log_in("superviseur").get("/tickets?kind=report").text
    assert page.count('class="pin"') == 1
    assert "Un trou dans la chaussée : un trou, 3 Rue du Puits" in page
    assert "Sans adresse connue" in page
    assert "http" not in page.split("<svg", 1)[1].split("</svg>", 1)[0]


def test_a_town_without_streets_has_no_map(world: World) -> None:
    from dataclasses import replace

    from dialog.values.streets import Streets
    from review.app import build

    world.app = build(replace(world.desk, streets=Streets))
    world.records.add_ticket(message("400001", kind="report", lat=47.0, lon=1.0, street="x"))
    assert "<svg" not in world.log_in("superviseur").get("/tickets").text
