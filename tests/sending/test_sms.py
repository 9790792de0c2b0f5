"""The SMS gateway: templates, success, and everything that can go wrong with it."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.sending.errors import SendingFailed, SendingRefused
from deploy.sending.settings import Sms
from deploy.sending.sms import SmsGateway
from tests.conftest import free_port
from tests.sending.conftest import message
from tests.sending.world import gateway

SECRET = "s3cret"  # noqa: S105


def settings(url: str, **more: Any) -> Sms:
    return Sms(enabled=True, url=url, sender="SAINTAUBIN", **more)


async def send(one: Sms, **what: Any) -> None:
    carrier = SmsGateway(one)
    try:
        await carrier.send(message(**what))
    finally:
        await carrier.close()


async def test_json_as_configured() -> None:
    with gateway() as there:
        await send(
            settings(
                there.url,
                secret=SECRET,
                headers={"Authorization": "Bearer {secret}"},
                body={
                    "messages": [{"to": ["{to}"], "body": "{text}", "flash": False}],
                    "ref": "{id}",
                },
            )
        )
    (request,) = there.requests
    assert request.method == "POST"
    assert request.headers["authorization"] == f"Bearer {SECRET}"
    assert request.headers["idempotency-key"] == "0af1"
    assert request.fields == {
        "messages": [{"to": ["+33612345678"], "body": "Bonjour €", "flash": False}],
        "ref": "0af1",
    }


async def test_a_form_and_a_number_without_plus() -> None:
    with gateway() as there:
        await send(settings(there.url, format="form", number_format="digits"), to="0690123456")
    (request,) = there.requests
    assert request.fields == {
        "to": "590690123456",
        "from": "SAINTAUBIN",
        "text": "Bonjour €",
        "id": "0af1",
    }


async def test_get_puts_the_fields_into_the_address() -> None:
    with gateway() as there:
        await send(settings(there.url, method="GET", number_format="national"))
    (request,) = there.requests
    assert (request.method, request.fields["to"]) == ("GET", "0612345678")


async def test_a_text_that_looks_like_a_template_or_json_stays_what_it_is() -> None:
    text = '{to} {secret} "},{"to":"0899000000'
    with gateway() as there:
        await send(settings(there.url, secret=SECRET), text=text)
    assert there.requests[0].fields["text"] == text


@pytest.mark.parametrize(
    ("status", "error"),
    [(500, SendingFailed), (503, SendingFailed), (401, SendingFailed), (400, SendingRefused)],
)
async def test_a_status_that_is_no_success(status: int, error: type[Exception]) -> None:
    told = f"answered with status {status}"
    with gateway(status=status) as there, pytest.raises(SendingFailed, match=told) as raised:
        await send(settings(there.url))
    assert raised.type is error


async def test_a_redirection_is_not_followed() -> None:
    with (
        gateway() as elsewhere,
        gateway(status=302, location=elsewhere.url) as there,
        pytest.raises(SendingFailed, match="status 302"),
    ):
        await send(settings(there.url))
    assert elsewhere.requests == []


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (b'{"messages": [{"status": "0"}]}', ""),
        (b'{"messages": [{"status": 0}]}', ""),
        (b'{"messages": [{"status": "4"}]}', "not a success"),
        (b'{"messages": []}', "has no"),
        (b'{"error": "x"}', "has no"),
        (b'["x"]', "has no"),
        (b"null", "has no"),
        (b"<html>", "has no"),
        (b"\xff\xfe", "has no"),
        (b'"' + b"x" * 100_000 + b'"', "too long"),
    ],
)
async def test_success_may_be_told_in_the_answer(answer: bytes, problem: str) -> None:
    with gateway(answer=answer) as there:
        one = settings(there.url, success_path="messages.0.status", success_values=("0",))
        if not problem:
            await send(one)
            return
        with pytest.raises(SendingFailed, match=problem):
            await send(one)


async def test_a_gateway_that_does_not_answer() -> None:
    with gateway(delay_s=1) as there, pytest.raises(SendingFailed, match="did not answer in time"):
        await send(settings(there.url, timeout_s=0.2))


async def test_a_gateway_that_is_not_there() -> None:
    with pytest.raises(SendingFailed, match=r"cannot be reached \(ConnectError\)") as raised:
        await send(settings(f"http://127.0.0.1:{free_port()}/x?key=hidden"))
    assert "hidden" not in str(raised.value)


@pytest.mark.parametrize("number", ["0261914000", "0899123456", "3919", "+447123456789", "112"])
async def test_nothing_but_french_mobiles(number: str) -> None:
    with gateway() as there, pytest.raises(SendingRefused, match="not a French mobile"):
        await send(settings(there.url), to=number)
    assert there.requests == []
