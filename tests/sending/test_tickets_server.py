"""The server as a user starts it: a report leaves the building, and its status comes back."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from deploy.cli import app
from review.signature import SIGNATURE, TIMESTAMP, signature
from tests.conftest import ROOT, RunningServer, start_server
from tests.sending.receiver import Asked, Receiver, receiver
from tests.sending.tickets_world import SECRET
from tests.sending.world import MailSink, certificate

pytestmark = pytest.mark.models

TURNS = (
    "Il y a un trou dans la chaussée devant le 8 rue des Lilas",
    "non",
    "Rosa Weiss",
    "0639980101",
    "oui",
    "oui",
)


def city(asked: Asked) -> tuple[int, bytes]:
    """A GeoReport server and a webhook in one."""
    if asked.path == "/v2/requests.json":
        return 201, b'[{"service_request_id": "R-31"}]'
    return 200, b'{"err": 0, "data": {"id": "D-17"}}'


def small_town(folder: Path) -> Path:
    """Few sheets, so that it starts soon; every service has an address."""
    shutil.copytree(ROOT / "tests" / "dialog" / "town", folder)
    config = folder / "allomairie.toml"
    text = config.read_text(encoding="utf-8")
    with_mail = re.sub(
        r'^(id = "[a-z-]+")$', r'\1\nemail = "service@valmont.example"', text, flags=re.M
    )
    config.write_text(with_mail, encoding="utf-8")
    return folder


def settings(there: Receiver, sink: MailSink, ca: Path) -> dict[str, str]:
    given = {
        "TICKETS__WEBHOOKS__GRU__URL": f"{there.url}/in",
        "TICKETS__WEBHOOKS__GRU__SECRET": SECRET,
        "TICKETS__WEBHOOKS__GRU__STATUS_BACK": "true",
        "TICKETS__OPEN311__ENABLED": "true",
        "TICKETS__OPEN311__URL": f"{there.url}/v2",
        "TICKETS__OPEN311__SERVICES": '{"pothole": "101"}',
        "TICKETS__OPEN311_SERVER__ENABLED": "true",
        "PUBLIC_FORM__ENABLED": "true",
        "PUBLIC_FORM__CONTACT": "dpo@saint-aubin.example",
        "EMAIL__ENABLED": "true",
        "EMAIL__HOST": "localhost",
        "EMAIL__PORT": str(sink.port),
        "EMAIL__SENDER": "assistant@saint-aubin.example",
        "EMAIL__CA_FILE": str(ca),
        "LANGUAGE_MODEL__ENABLED": "false",
        "SIP__ENABLED": "false",
    }
    return {f"ALLOMAIRIE_{name}": value for name, value in given.items()}


def reported(server: RunningServer) -> str:
    """Write as somebody who found a hole in the street; returns the reference that he is told."""
    begun = httpx.post(f"{server.url}/written", json={}, timeout=30).json()
    headers = {"X-Conversation-Token": begun["token"]}
    address = f"{server.url}/written/{begun['conversation']}"
    for text in TURNS:
        said = httpx.post(address, json={"text": text}, headers=headers, timeout=60).json()["say"]
        if found := re.search(r"\b(\d) ?(\d) ?(\d) ?(\d) ?(\d) ?(\d)\b", said):
            return "".join(found.groups())
    raise AssertionError(f"no reference was told; last: {said}")


def until(condition: Callable[[], bool]) -> None:
    """Wait for what the server does in the background."""
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert condition()


async def test_a_report_leaves_and_its_status_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    pair = certificate(tmp_path)
    async with MailSink(pair) as sink:
        with receiver(answer=city) as there:
            await asyncio.to_thread(journey, tmp_path, there, sink, pair[0], monkeypatch)


def journey(
    folder: Path, there: Receiver, sink: MailSink, ca: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = small_town(folder / "town")
    server = start_server(folder, town=town, **settings(there, sink, ca))
    try:
        reference = reported(server)
        until(lambda: len(there.asked) >= 2 and len(sink.mails) >= 1)
        told = next(json.loads(one.body) for one in there.asked if one.path == "/in")
        assert told["ticket"]["display_id"] == reference
        sent = next(one.form for one in there.asked if one.path == "/v2/requests.json")
        assert sent["service_code"] == "101"
        assert f"(réf. {reference})" in sent["description"]
        assert "rue des Lilas" in sent["address_string"]
        assert all("Weiss" not in one for one in (json.dumps(told), str(sent), *sink.mails))

        back = {"id": "e1", "reference": reference, "status": "in_progress"}
        body, now = json.dumps(back).encode(), int(time.time())
        headers = {TIMESTAMP: str(now), SIGNATURE: signature(SECRET, now, body)}
        hook = f"{server.url}/hooks/tickets/gru"
        assert httpx.post(hook, content=body, headers=headers).json()["err"] == 0
        assert httpx.post(hook, content=body).status_code == 401
        (public,) = httpx.get(f"{server.url}/open311/v2/requests.json").json()
        assert (public["service_code"], public["status_notes"]) == ("pothole", "Pris en charge")
        with httpx.Client(base_url=server.url) as browser:
            page = browser.get("/demander").text
            found = re.search(r'name="token" value="([^"]+)"', page)
            assert found is not None
            form = {"token": found[1], "kind": "question", "text": "où louer un vélo"}
            assert browser.post("/demander", data=form).status_code == 303
        shown = commanded(town, server, monkeypatch, "show", reference)
        kinds = [one["kind"] for one in shown["history"]]
        assert "from_outside" in kinds
        numbers = {one["data"].get("remote") for one in shown["history"]}
        assert {"D-17", "R-31"} <= numbers
        assert commanded(town, server, monkeypatch, "outbox") == []
        assert server.stop() == 0
    finally:
        server.process.kill()
    log = server.log.read_text(encoding="utf-8")
    assert SECRET not in log
    assert "0639980101" not in log


def commanded(
    town: Path, server: RunningServer, monkeypatch: pytest.MonkeyPatch, *words: str
) -> Any:
    """What `allomairie tickets … --json` prints beside the running server."""
    monkeypatch.setenv("ALLOMAIRIE_RECORDS__URL", f"sqlite:///{server.database}")
    done = CliRunner().invoke(app, ["tickets", *words, "--json", "--town", str(town)])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)
