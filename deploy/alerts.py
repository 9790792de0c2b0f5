"""Tells the supervisors of an emergency within seconds: by webhook, by e-mail, or both.

    alerts (records, written as the bot answers) ─► every 2 s ─┬─► webhook, a JSON object
                                                               └─► outbox ─► e-mail

Off by default; the alerts are in the records either way (`allomairie alerts list`). An alert that
was not delivered is tried again, also after a restart.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from zoneinfo import ZoneInfo

import httpx
from pydantic import Field, model_validator

from deploy.sending.settings import WithSecret as Secret
from deploy.sending.settings import is_mail_address, web_address
from records import AlertRecord, AsyncRecords, Means, OutboxEntry, RecordsError

logger = logging.getLogger("allomairie.alerts")

LOOK_EVERY_S = 2.0
MOST_ATTEMPTS = 20
TIMEOUT_S = 4.0

KINDS = {
    "suicide": "propos suicidaires",
    "gas": "odeur ou fuite de gaz",
    "cable": "câble électrique",
    "child": "enfant en danger",
    "violence": "violences",
    "intruder": "intrusion, agression ou arme",
    "shelter": "sans abri cette nuit",
    "danger": "secours, feu ou malaise",
}


class AlertSettings(Secret):
    """The section `[alerts]`: who is told of an emergency on the telephone."""

    webhook: str = Field("", description="Address that takes each alert as JSON; https.")
    email: str = Field("", description="Address that each alert is mailed to; needs [email].")

    @model_validator(mode="after")
    def _addresses(self) -> AlertSettings:
        if self.webhook:
            web_address("webhook", self.webhook)
        if self.email and not is_mail_address(self.email):
            raise ValueError(f"email {self.email!r} is not an e-mail address")
        return self


class Alerts:
    """Delivers alerts while the server runs.

    Args:
        town: its name, for who serves several.
        zone: the town's time.
    """

    def __init__(
        self, records: AsyncRecords, settings: AlertSettings, *, town: str, zone: ZoneInfo
    ) -> None:
        self._records = records
        self._settings = settings
        self._town = town
        self._zone = zone
        self._mailed: set[int] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look for alerts from now on, where somebody is to be told."""
        if self._settings.webhook or self._settings.email:
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Look once more, then stop."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await self.deliver()

    async def _run(self) -> None:
        while True:
            try:
                await self.deliver()
            except RecordsError:
                logger.exception("alerts cannot be read")
            await asyncio.sleep(LOOK_EVERY_S)

    async def deliver(self) -> None:
        """Tell of every alert that nobody was told of."""
        for alert in await self._records.alerts.untold(MOST_ATTEMPTS):
            try:
                await self._mail(alert)
                await self._post(alert)
            except (httpx.HTTPError, RecordsError) as error:
                # the text of the error may hold the address that was called
                logger.error("alert %d: not told (%s)", alert.id, type(error).__name__)
                await self._records.alerts.tried(alert.id, told=False)
            else:
                logger.warning("alert %d: told", alert.id)
                await self._records.alerts.tried(alert.id, told=True)

    async def _post(self, alert: AlertRecord) -> None:
        if not self._settings.webhook:
            return
        secret = self._settings.read_secret()
        headers = {"Idempotency-Key": f"alert-{alert.id}"}
        if secret:
            headers["Authorization"] = f"Bearer {secret}"
        async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as client:
            answer = await client.post(
                self._settings.webhook, json=as_json(alert, self._town), headers=headers
            )
        answer.raise_for_status()

    async def _mail(self, alert: AlertRecord) -> None:
        if not self._settings.email or alert.id in self._mailed:
            return
        await self._records.outbox.add(
            OutboxEntry(
                means=Means.EMAIL,
                to=self._settings.email,
                subject="Alerte : une urgence a été signalée au téléphone",
                text=self.letter(alert),
                call_id=alert.call_id,
            )
        )
        self._mailed.add(alert.id)  # the webhook may fail and be tried again

    def letter(self, alert: AlertRecord) -> str:
        """The text of the e-mail, in French."""
        at = alert.at.astimezone(self._zone)
        return (
            f"Mairie de {self._town}\n\n"
            f"Le {at:%d/%m/%Y} à {at:%H:%M:%S}, un appelant a signalé une urgence "
            f"({KINDS.get(alert.kind, alert.kind)}).\n"
            f"Numéro : {alert.caller or 'masqué'}\n"
            f"Paroles entendues : « {alert.words} »\n\n"
            "L'assistant lui a donné les numéros de secours et lui a proposé une personne.\n"
            f"Pour confirmer que vous l'avez vu : allomairie alerts ack {alert.id} --by VOTRE NOM\n"
        )


def as_json(alert: AlertRecord, town: str) -> dict[str, object]:
    """The alert as webhooks and `--json` have it."""
    return {
        "id": alert.id,
        "town": town,
        "at": alert.at.isoformat(),
        "kind": alert.kind,
        "label": KINDS.get(alert.kind, alert.kind),
        "caller": alert.caller,
        "words": alert.words,
        "call": alert.call_id,
        "told_at": alert.told_at.isoformat() if alert.told_at else None,
        "acknowledged_at": alert.acknowledged_at.isoformat() if alert.acknowledged_at else None,
        "acknowledged_by": alert.acknowledged_by,
    }
