"""The server as a user starts it: what is asked for on the page arrives at the gateway."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest

from tests.conftest import start_server
from tests.sending.world import gateway

pytestmark = pytest.mark.models


def test_from_the_page_to_the_gateway(tmp_path: Path) -> None:
    with gateway() as there:
        server = start_server(
            tmp_path,
            ALLOMAIRIE_SMS__ENABLED="true",
            ALLOMAIRIE_SMS__URL=there.url,
            ALLOMAIRIE_SMS__SENDER="SAINTAUBIN",
            ALLOMAIRIE_LANGUAGE_MODEL__ENABLED="false",
            ALLOMAIRIE_SIP__ENABLED="false",
        )
        try:
            begun = httpx.post(f"{server.url}/written", json={}, timeout=30).json()
            headers = {"X-Conversation-Token": begun["token"]}
            address = f"{server.url}/written/{begun['conversation']}"
            words = "J'ai un vieux canapé à jeter", "envoyez-moi ça par SMS", "0612345678", "oui"
            for text in words:
                said = httpx.post(address, json={"text": text}, headers=headers, timeout=60).json()
            assert "je vous l'envoie" in said["say"]
            deadline = time.monotonic() + 60
            while not there.requests and time.monotonic() < deadline:
                time.sleep(0.1)
            assert server.stop() == 0
        finally:
            server.process.kill()
    (request,) = there.requests
    assert request.fields["to"] == "+33612345678"
    assert request.fields["text"].startswith("Mairie de Saint-Aubin. Enlèvement des encombrants")
    assert "0612345678" not in server.log.read_text(encoding="utf-8")
