"""Our reports for everybody: GeoReport v2, and nothing that is not everybody's."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest

from records import TicketStatus, sqlite_url
from review.outside.app import OutsideSettings, outside_routes
from tests.review.conftest import World, message, open_world
from tests.review.outside_world import outside, report

PRIVATE = ("Weiss", "639980101", "400001", "chez", "47.97234", "3 Rue")


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for all tests in which nothing may change."""
    root = tmp_path_factory.mktemp("unchanged")
    opened = open_world(sqlite_url(root / "records.db"), root)
    yield opened
    opened.records.close()


def test_a_report_is_shown_without_who_told_of_it(world: World) -> None:
    world.records.add_ticket(report())
    client = outside(world).client()
    answer = client.get("/open311/v2/requests.json")
    (one,) = answer.json()
    assert (one["service_code"], one["status"], one["status_notes"]) == ("pothole", "open", "Reçu")
    assert one["description"] == "Un trou dans la chaussée"
    assert one["address"] == "Rue du Puits, Testville"
    assert (one["lat"], one["long"]) == (47.972, -0.409)
    assert one["requested_datetime"] == "2026-11-24T09:30:00+00:00"
    for form in ("json", "xml"):
        for path in ("requests", f"requests/{one['service_request_id']}"):
            text = client.get(f"/open311/v2/{path}.{form}").text
            assert one["service_request_id"] in text
            assert not [word for word in PRIVATE if word in text]


def test_a_town_may_show_the_exact_place(world: World) -> None:
    world.records.add_ticket(report())
    (one,) = outside(world, precise=True).client().get("/open311/v2/requests.json").json()
    assert one["address"] == "3 Rue du Puits, Testville"
    assert (one["lat"], one["long"]) == (47.972341, -0.409412)


def test_what_is_no_report_for_everybody_is_not_shown(both: World) -> None:
    both.records.add_ticket(message("482913"))
    both.records.add_ticket(report("400002", complete=False))
    both.records.add_ticket(report("400003"))
    both.records.add_ticket(report("400004"))  # the same hole again
    heard = {"problem": "graffiti", "place": "le mur de Rosa Weiss"}
    both.records.add_ticket(report("400005", fields=heard, street="", lat=None, lon=None))
    found = outside(both).client().get("/open311/v2/requests.json").json()
    assert sorted(one["service_code"] for one in found) == ["graffiti", "pothole"]
    assert [one["address"] for one in found if one["service_code"] == "graffiti"] == [""]


def test_filters(both: World) -> None:
    both.records.add_ticket(report("400001"))
    both.clock.move(days=1)
    both.records.add_ticket(report("400002", fields={"problem": "graffiti"}, street="Rue du Puits"))
    both.records.set_ticket_status("400002", TicketStatus.CLOSED)
    client = outside(both).client()

    def codes(**query: str) -> list[str]:
        found = client.get("/open311/v2/requests.json", params=query).json()
        return [one["service_code"] for one in found]

    assert codes() == ["graffiti", "pothole"]
    assert codes(status="open") == ["pothole"]
    assert codes(status="closed") == ["graffiti"]
    assert codes(service_code="pothole,animal") == ["pothole"]
    assert codes(start_date="2026-11-25T00:00:00Z") == ["graffiti"]
    assert codes(end_date="2026-11-25T00:00:00+01:00") == ["pothole"]
    ids = {one.reference: one.id for one in both.records.review.tickets(_all())}
    assert codes(service_request_id=ids["400001"]) == ["pothole"]
    both.clock.move(days=100)
    assert codes(start_date="2020-01-01T00:00:00Z") == []
    assert client.get(f"/open311/v2/requests/{ids['400001']}.json").status_code == 404


def _all() -> object:
    from records import TicketFilter

    return TicketFilter()


def test_services_and_discovery_in_both_forms(unchanged: World) -> None:
    client = outside(unchanged).client()
    listed = client.get("/open311/v2/services.json?jurisdiction_id=testville").json()
    assert {"pothole", "graffiti", "other"} <= {one["service_code"] for one in listed}
    assert all(one["metadata"] is False and one["type"] == "realtime" for one in listed)
    answer = client.get("/open311/v2/services.xml")
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    tree = ET.fromstring(answer.content)  # noqa: S314 - our own
    assert tree.tag == "services"
    assert len(tree.findall("service/service_code")) == len(listed)
    definition = client.get("/open311/v2/services/pothole.json").json()
    assert definition == {"service_code": "pothole", "attributes": []}
    discovery = client.get("/open311/discovery.json").json()
    assert discovery["endpoints"][0]["url"] == "http://127.0.0.1/open311/v2"
    assert ET.fromstring(client.get("/open311/discovery.xml").content).tag == "discovery"  # noqa: S314


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/open311/v2/requests.json?status=lost", 400),
        ("/open311/v2/requests.xml?start_date=hier", 400),
        ("/open311/v2/requests.json?jurisdiction_id=ailleurs", 404),
        ("/open311/v2/services/trou.json", 404),
        ("/open311/v2/requests/0af1.json", 404),
        ("/open311/v2/requests.csv", 404),
        ("/open311/v2/requests.json?service_request_id=%00%27%3B--", 200),
        ("/open311/v2/secrets.json", 404),
    ],
)
def test_bad_questions_get_a_sentence(unchanged: World, path: str, status: int) -> None:
    answer = outside(unchanged).client().get(path)
    assert answer.status_code == status, answer.text
    if status != 200 and answer.text.startswith("["):
        assert answer.json()[0]["code"] == status


def test_nobody_posts_a_report(unchanged: World) -> None:
    answer = (
        outside(unchanged).client().post("/open311/v2/requests.json", data={"service_code": "x"})
    )
    assert answer.status_code == 405


def test_a_town_that_wants_none_of_it_has_no_routes(unchanged: World) -> None:
    assert outside_routes(unchanged.records.review, OutsideSettings()) == []
