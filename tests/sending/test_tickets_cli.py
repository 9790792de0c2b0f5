"""`allomairie tickets` on a real town's folder, and the configuration of what leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deploy.cli import app
from deploy.errors import ConfigError
from deploy.folder import TownFolder
from deploy.parts import Town
from deploy.sending.news import TicketNews
from deploy.sending.notices import Notices
from records import Means, Records
from tests.sending.receiver import receiver
from tests.sending.tickets_world import PRIVATE, SECRET, report, ticket

TOWN = """
[town]
name = "Essai"
greeting_name = "mairie d'Essai"
phone = "02 61 91 00 00"
default_service = "accueil"
[[town.services]]
id = "accueil"
name = "l'accueil"
email = "accueil@essai.example"
[email]
enabled = true
host = "localhost"
sender = "assistant@essai.example"
[tickets.webhooks.gru]
url = "https://gru.example/in"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A town with a webhook, whose secret comes from the environment."""
    (tmp_path / "allomairie.toml").write_text(TOWN, encoding="utf-8")
    monkeypatch.setenv("ALLOMAIRIE_TICKETS__WEBHOOKS__GRU__SECRET", SECRET)
    return tmp_path


@pytest.fixture
def records(folder: Path) -> Iterator[Records]:
    """Its records; what happens to tickets is written to the outbox."""
    town = Town.open(folder)
    opened = town.open_records()
    opened.announce = Notices(town.settings.town, town.settings.email).of
    opened.publish = TicketNews(town.settings.tickets).of
    yield opened
    opened.close()


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["tickets", *arguments, "--town", str(folder)])


def told(folder: Path, *arguments: str) -> Any:
    done = run(folder, *arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_list_and_show(folder: Path, records: Records) -> None:
    records.add_ticket(ticket())
    records.add_ticket(report())
    listed = told(folder, "list")
    assert listed["count"] == 2
    assert [one["display_id"] for one in listed["tickets"]] == ["482913", "400001"]
    assert not any(word in json.dumps(listed) for word in PRIVATE)
    assert told(folder, "list", "--kind", "report")["count"] == 1
    shown = told(folder, "show", "482 913")
    assert shown["fields"]["name"] == "Rosa Weiss"
    assert shown["history"][0]["kind"] == "created"
    assert "Un trou dans la chaussée" in run(folder, "show", "400001").stdout
    assert "2 demandes" in run(folder, "list").stdout
    assert run(folder, "show", "999999").exit_code == 1


def test_outbox_and_retry(folder: Path, records: Records) -> None:
    records.add_ticket(ticket())
    for means in (Means.EMAIL, Means.WEBHOOK):
        records.outbox.failed(records.outbox.due(means)[0].id, "status 500")
    found = told(folder, "outbox")
    assert {(one["means"], one["state"], one["reason"]) for one in found} == {
        ("email", "failed", "status 500"),
        ("webhook", "failed", "status 500"),
    }
    assert "abandonné" in run(folder, "outbox").stdout
    first = found[0]["id"]
    assert told(folder, "retry", first[:8]) == {"retried": [first]}
    assert told(folder, "retry", "--all") == {"retried": [found[1]["id"]]}
    assert {one["state"] for one in told(folder, "outbox")} == {"waiting"}
    waiting = {records.outbox.due(means)[0].id for means in (Means.EMAIL, Means.WEBHOOK)}
    assert waiting == {one["id"] for one in found}
    assert run(folder, "retry").exit_code == 2
    assert run(folder, "retry", "ffffffff").exit_code == 1


def test_the_services_of_a_georeport_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(folder, "services").exit_code == 1
    there = [{"service_code": "101", "service_name": "Voirie"}]
    with receiver(answer=lambda _: (200, json.dumps(there).encode())) as city:
        monkeypatch.setenv("ALLOMAIRIE_TICKETS__OPEN311__ENABLED", "true")
        monkeypatch.setenv("ALLOMAIRIE_TICKETS__OPEN311__URL", city.url)
        services = "ALLOMAIRIE_TICKETS__OPEN311__SERVICES"
        monkeypatch.setenv(services, '{"pothole": "101"}')
        assert told(folder, "services")["services"] == there
        assert "Un trou dans la chaussée" in run(folder, "services").stdout
        monkeypatch.setenv(services, '{"pothole": "999"}')
        assert run(folder, "services").exit_code == 1


@pytest.mark.parametrize(
    ("added", "problem"),
    [
        ('secret = "in the file"', "tickets.webhooks.gru.secret must not stand in the file"),
        ('services = ["voirie"]', "'voirie', which is no service of the town"),
        ('couleur = "bleu"', "does not exist"),
        ('[tickets.webhooks.Autre]\nurl = "https://a.example/"', "tickets.webhooks"),
        ('[tickets.webhooks.autre]\nurl = "https://a.example/"', "ALLOMAIRIE_TICKETS__WEBHOOKS"),
        ("[public_form]\nenabled = true", "contact is missing"),
    ],
)
def test_wrong_configuration_is_told(folder: Path, added: str, problem: str) -> None:
    (folder / "allomairie.toml").write_text(f"{TOWN}{added}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=problem.replace("[", r"\[")):
        TownFolder(folder).load()


def test_config_show_and_check(folder: Path) -> None:
    shown = CliRunner().invoke(app, ["config", "show", "--json", "--town", str(folder)])
    assert shown.exit_code == 0, shown.output
    assert SECRET not in shown.output
    keys = json.loads(shown.stdout)
    assert keys["tickets.mail.digest"] is True
    assert keys["public_form.enabled"] is False
    assert keys["tickets.open311_server.enabled"] is False
