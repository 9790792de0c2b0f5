"""One other system over HTTPS: the address that is configured and no other, short answers only."""

from __future__ import annotations

import json
import ssl
from typing import Any

import httpx

from deploy.sending.errors import SendingFailed, SendingRefused
from deploy.sending.ticket_settings import Target

LONGEST_ANSWER = 64 * 1024
REFUSED = frozenset((400, 404, 405, 410, 413, 415, 422))  #: asking again gives the same answer


class Door:
    """A client for one system; whoever opens it closes it."""

    def __init__(self, name: str, settings: Target) -> None:
        """
        Raises:
            ValueError: the secret or the certificates cannot be read; one sentence.
        """
        self.name = name
        self.secret = settings.read_secret()
        self._client = httpx.AsyncClient(
            timeout=settings.timeout_s,
            verify=_trust(name, settings),
            follow_redirects=False,  # one address is allowed, not where it points to
            trust_env=False,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def ask(self, method: str, url: str, **more: Any) -> tuple[int, bytes]:
        """Status and body of the answer.

        Raises:
            SendingFailed: there was none, or one that is too long.
        """
        try:
            async with self._client.stream(method, url, **more) as answer:
                body = b""
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > LONGEST_ANSWER:
                        raise SendingFailed(f"{self.name}: the answer is too long")
                return answer.status_code, body
        except httpx.TimeoutException as error:
            raise SendingFailed(f"{self.name} did not answer in time") from error
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
            # the text of the error may hold the address that was called
            told = "its certificate is wrong" if _untrusted(error) else type(error).__name__
            raise SendingFailed(f"{self.name} cannot be reached ({told})") from None

    def check(self, status: int, why: str = "") -> None:
        """Raise unless the status is a success; a redirection is none."""
        if 200 <= status < 300:
            return
        told = f"{self.name} answered with status {status}{f' ({why})' if why else ''}"
        raise (SendingRefused if status in REFUSED else SendingFailed)(told)


def read_json(body: bytes) -> Any:
    """The value of an answer; None when it is no JSON."""
    try:
        return json.loads(body)
    except ValueError:
        return None


def _untrusted(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _trust(name: str, settings: Target) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(
            cafile=str(settings.ca_file) if settings.ca_file else None
        )
    except (OSError, ssl.SSLError) as error:
        raise ValueError(f"{name}: ca_file {settings.ca_file} cannot be read: {error}") from error
