"""E-mails through a mail server of ours: encrypted, its certificate checked, failures told."""

from __future__ import annotations

from email import message_from_string, policy
from pathlib import Path
from typing import Any

import pytest

from deploy.sending.email import MailServer
from deploy.sending.errors import SendingFailed, SendingRefused
from deploy.sending.settings import Email
from records import Means
from tests.conftest import free_port
from tests.sending.conftest import message
from tests.sending.world import MailSink, certificate

SECRET = "s3cret"  # noqa: S105


def settings(sink: MailSink | None, ca: Path | None, **more: Any) -> Email:
    values = {
        "enabled": True,
        "host": "localhost",
        "port": sink.port if sink else free_port(),
        "sender": "assistant@saint-aubin.example",
        "ca_file": ca,
        "timeout_s": 3,
        **more,
    }
    return Email(**values)


async def send(one: Email, to: str = "jean@exemple.fr") -> None:
    await MailServer(one, "Mairie de Saint-Aubin").send(
        message(Means.EMAIL, to, "Référence 482 913.")
    )


async def test_starttls_login_and_a_message_without_personal_data_in_its_head(
    tmp_path: Path,
) -> None:
    pair = certificate(tmp_path)
    async with MailSink(pair) as sink:
        await send(settings(sink, pair[0], user="mairie", secret=SECRET))
    assert sink.encrypted == [True]
    assert len(sink.logins) == 1
    mail = message_from_string(sink.mails[0], policy=policy.default)
    assert mail["To"] == "jean@exemple.fr"
    assert mail["From"] == "Mairie de Saint-Aubin <assistant@saint-aubin.example>"
    assert mail["Subject"] == "Votre appel à la mairie"
    assert mail["Message-ID"] == "<0af1@saint-aubin.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().strip() == "Référence 482 913."


async def test_tls_from_the_start(tmp_path: Path) -> None:
    pair = certificate(tmp_path)
    async with MailSink(pair, tls=True) as sink:
        await send(settings(sink, pair[0], security="tls"))
    assert sink.encrypted == [True]


async def test_a_certificate_that_nobody_vouches_for_gets_nothing(tmp_path: Path) -> None:
    async with MailSink(certificate(tmp_path)) as sink:
        with pytest.raises(SendingFailed, match="certificate is wrong: self-signed"):
            await send(settings(sink, None))
    assert sink.mails == []


async def test_a_certificate_of_another_name_gets_nothing(tmp_path: Path) -> None:
    pair = certificate(tmp_path, "mail.autre.example")
    async with MailSink(pair) as sink:
        with pytest.raises(SendingFailed, match="certificate is wrong"):
            await send(settings(sink, pair[0]))
    assert sink.mails == []


async def test_a_server_that_does_not_encrypt_gets_nothing(tmp_path: Path) -> None:
    pair = certificate(tmp_path)
    async with MailSink(pair, answers={"STARTTLS": "454 not now"}) as sink:
        with pytest.raises(SendingFailed, match="answered 454"):
            await send(settings(sink, pair[0]))
    assert sink.mails == []


@pytest.mark.parametrize(
    ("answers", "error", "told"),
    [
        ({"RCPT": "550 no such user"}, SendingRefused, "refused the address"),
        ({"RCPT": "450 greylisted"}, SendingFailed, "refused the address"),
        ({"AUTH": "535 wrong"}, SendingFailed, "answered 535"),
        ({"MAIL": "421 busy"}, SendingFailed, "answered 421"),
        ({"DATA": "554 spam"}, SendingFailed, "answered 554"),
    ],
)
async def test_a_server_that_says_no(
    tmp_path: Path, answers: dict[str, str], error: type[Exception], told: str
) -> None:
    pair = certificate(tmp_path)
    async with MailSink(pair, answers=answers) as sink:
        with pytest.raises(SendingFailed, match=told) as raised:
            await send(settings(sink, pair[0], user="mairie", secret=SECRET))
    assert raised.type is error
    assert "jean" not in str(raised.value)


async def test_a_silent_server(tmp_path: Path) -> None:
    pair = certificate(tmp_path)
    async with MailSink(pair, silent=True) as sink:
        with pytest.raises(
            SendingFailed, match=r"cannot be used \(SMTPServerDisconnected\)|in time"
        ):
            await send(settings(sink, pair[0], timeout_s=0.3))


async def test_a_server_that_does_not_know_starttls_gets_nothing(tmp_path: Path) -> None:
    pair = certificate(tmp_path)
    async with MailSink(pair, answers={"EHLO": "250 sink"}) as sink:
        with pytest.raises(SendingFailed, match="SMTPNotSupportedError") as raised:
            await send(settings(sink, pair[0]))
    assert raised.type is SendingFailed
    assert sink.mails == []


async def test_a_server_that_is_not_there() -> None:
    with pytest.raises(SendingFailed, match=r"cannot be used \(ConnectionRefusedError\)"):
        await send(settings(None, None))


@pytest.mark.parametrize("address", ["jean@exemple.fr\nBcc: tous@exemple.fr", "é\u2028@x.fr"])
async def test_an_address_cannot_add_a_header(tmp_path: Path, address: str) -> None:
    pair = certificate(tmp_path)
    async with MailSink(pair) as sink:
        with pytest.raises(SendingRefused, match="cannot be written"):
            await send(settings(sink, pair[0]), to=address)
    assert sink.mails == []
