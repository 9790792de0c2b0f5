"""What is outside, as the server serves it: the routes on an application, in process."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from httpx import Response
from starlette.testclient import TestClient

from records import TicketEntry
from review.outside.app import OutsideSettings, outside_routes
from review.outside.form import FormWords
from review.outside.georeport import Shown
from review.outside.open311 import Open311Reading
from review.signature import SIGNATURE, TIMESTAMP, signature
from tests.review.conftest import World, message

SECRET = "a secret of tests only"  # noqa: S105
NOW_S = 1_764_063_000
WORDS = FormWords(
    town="Testville",
    greeting_name="mairie de Testville",
    phone="02 61 91 40 00",
    colour="#0f5c4d",
    controller="la mairie de Testville",
    contact="dpo@testville.example",
    days=90,
)


@dataclass
class Seconds:
    """A monotonic clock that is moved by hand."""

    time: float = 1000.0

    def __call__(self) -> float:
        return self.time


@dataclass
class Outside:
    """The application and its clock."""

    world: World
    app: FastAPI
    seconds: Seconds = field(default_factory=Seconds)

    def client(self, address: str = "127.0.0.1", **options: Any) -> TestClient:
        """A visitor."""
        return TestClient(
            self.app,
            base_url="http://127.0.0.1",
            client=(address, 50_000),
            follow_redirects=False,
            **options,
        )

    def tell(self, told: object, *, name: str = "gru", **changes: Any) -> Response:
        """Another system's POST, signed unless `changes` say otherwise."""
        body = changes.get("body", json.dumps(told).encode())
        stamp = changes.get("stamp", NOW_S)
        signed = signature(changes.get("secret", SECRET), stamp, body)
        headers = {TIMESTAMP: str(stamp), SIGNATURE: changes.get("signature", signed)}
        return self.client().post(f"/hooks/tickets/{name}", content=body, headers=headers)


def outside(
    world: World, precise: bool = False, per_hour: int = 60, **more: Callable[..., Any]
) -> Outside:
    """All of it switched on."""
    settings = OutsideSettings(
        form=WORDS,
        per_hour=per_hour,
        open311=Open311Reading(Shown(world.desk.town, precise), "testville"),
        hook_secrets={"gru": SECRET},
    )
    app = FastAPI()
    seconds = Seconds()
    routes = outside_routes(world.records.review, settings, monotonic=seconds, now_s=lambda: NOW_S)
    app.router.routes.extend(routes)
    return Outside(world, app, seconds)


def report(reference: str = "400001", **more: Any) -> TicketEntry:
    """A hole in the street, with all that must not be shown."""
    given: dict[str, Any] = {
        "kind": "report",
        "fields": {
            "problem": "pothole",
            "description": "un trou devant chez Mme Weiss",
            "number": "3",
            "name": "Rosa Weiss",
            "phone": "0639980101",
        },
        "lat": 47.972341,
        "lon": -0.409412,
        "street": "Rue du Puits",
    }
    return message(reference, **{**given, **more})
