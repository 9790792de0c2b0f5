"""An SMS gateway over HTTP, whatever its fields are called: templates and a rule of success."""

from __future__ import annotations

import re
from typing import Any

import httpx

from deploy.sending.errors import SendingFailed, SendingRefused
from deploy.sending.settings import Sms
from dialog.values.mobiles import international, is_mobile
from records import OutboxRecord

_FIELD = re.compile(r"\{(to|text|sender|id|secret)\}")
_REFUSED = frozenset((400, 413, 422))  #: the message is wrong; another status may pass
_LONGEST_ANSWER = 64 * 1024


class SmsGateway:
    """Sends to French mobiles only; whoever opens it closes it."""

    def __init__(self, settings: Sms) -> None:
        self._settings = settings
        self._secret = settings.read_secret()
        self._client = httpx.AsyncClient(
            timeout=settings.timeout_s,
            proxy=settings.proxy or None,
            follow_redirects=False,  # one gateway is allowed, not where it points to
            trust_env=False,
        )

    async def send(self, message: OutboxRecord) -> None:
        """Hand one message over.

        Raises:
            SendingRefused: it will never be taken.
            SendingFailed: not now.
        """
        if not is_mobile(message.to):
            raise SendingRefused("the number is not a French mobile")
        try:
            answer = await self._client.send(self._request(message))
        except httpx.TimeoutException as error:
            raise SendingFailed("the gateway did not answer in time") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # the text of the error may hold the address that was called
            raise SendingFailed(f"the gateway cannot be reached ({type(error).__name__})") from None
        self._check(answer)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _request(self, message: OutboxRecord) -> httpx.Request:
        settings = self._settings
        values = {
            "to": _written(message.to, settings.number_format),
            "text": message.text,
            "sender": settings.sender,
            "id": message.id,
            "secret": self._secret,
        }
        headers = {"Idempotency-Key": message.id}
        headers |= {name: str(_filled(text, values)) for name, text in settings.headers.items()}
        body = _filled(settings.body, values)
        sent: dict[str, Any]
        if settings.method == "GET":
            sent = {"params": body}
        else:
            sent = {"json": body} if settings.format == "json" else {"data": body}
        return self._client.build_request(settings.method, settings.url, headers=headers, **sent)

    def _check(self, answer: httpx.Response) -> None:
        settings = self._settings
        status = answer.status_code
        if status not in settings.success_status:
            error = SendingRefused if status in _REFUSED else SendingFailed
            raise error(f"the gateway answered with status {status}")
        if not settings.success_path:
            return
        if len(answer.content) > _LONGEST_ANSWER:
            raise SendingFailed("the gateway's answer is too long")
        try:
            found = _at(answer.json(), settings.success_path)
        except (ValueError, LookupError, TypeError):
            raise SendingFailed(f"the gateway's answer has no {settings.success_path}") from None
        if _plain(found) not in {value.lower() for value in settings.success_values}:
            raise SendingFailed(f"the gateway's answer is not a success at {settings.success_path}")


def _written(number: str, how: str) -> str:
    if how == "national":
        return number
    return international(number).removeprefix("+" if how == "digits" else "")


def _filled(template: Any, values: dict[str, str]) -> Any:
    """The template with its fields filled, once: a text that holds "{to}" stays as it is."""
    if isinstance(template, str):
        return _FIELD.sub(lambda field: values[field[1]], template)
    if isinstance(template, dict):
        return {key: _filled(item, values) for key, item in template.items()}
    if isinstance(template, list | tuple):
        return [_filled(item, values) for item in template]
    return template


def _at(value: Any, path: str) -> Any:
    """The value at a dotted path; numbers count in lists."""
    for step in path.split("."):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def _plain(value: Any) -> str:
    """The value as it is written in the configuration: true, 0, ok."""
    return str(value).strip().lower()
