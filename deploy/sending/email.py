"""E-mails through the town's mail server, encrypted, its certificate checked."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import formataddr, formatdate

from deploy.sending.errors import SendingFailed, SendingRefused
from deploy.sending.settings import Email
from records import OutboxRecord


class MailServer:
    """One connection a message: a town sends a few an hour."""

    def __init__(self, settings: Email, town_name: str) -> None:
        """
        Raises:
            ValueError: the secret or the certificates cannot be read; one sentence.
        """
        self._settings = settings
        self._secret = settings.read_secret()
        self._name = town_name
        try:
            self._trust = ssl.create_default_context(
                cafile=str(settings.ca_file) if settings.ca_file else None
            )
        except (OSError, ssl.SSLError) as error:
            raise ValueError(f"email.ca_file {settings.ca_file} cannot be read: {error}") from error

    async def send(self, message: OutboxRecord) -> None:
        """Hand one message over.

        Raises:
            SendingRefused: it will never be taken.
            SendingFailed: not now.
        """
        await asyncio.to_thread(self._send, message)

    async def close(self) -> None:
        """Nothing stays open."""

    def _send(self, message: OutboxRecord) -> None:
        try:
            written = self._written(message)
        except (MessageError, UnicodeError, ValueError):
            raise SendingRefused("the address cannot be written in an e-mail") from None
        try:
            self._handed_over(written)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            refused = all(500 <= code < 600 for code in codes)
            kind = SendingRefused if refused else SendingFailed
            raise kind(f"the mail server refused the address ({codes[0]})") from None
        except smtplib.SMTPResponseException as error:
            raise SendingFailed(f"the mail server answered {error.smtp_code}") from None
        except ssl.SSLCertVerificationError as error:
            told = error.verify_message or "not trusted"
            raise SendingFailed(f"the mail server's certificate is wrong: {told}") from None
        except TimeoutError:
            raise SendingFailed("the mail server did not answer in time") from None
        except (OSError, smtplib.SMTPException) as error:
            told = type(error).__name__
            raise SendingFailed(f"the mail server cannot be used ({told})") from None

    def _handed_over(self, written: EmailMessage) -> None:
        with self._connected() as server:
            try:
                server.send_message(written)
            except (UnicodeError, smtplib.SMTPNotSupportedError):
                raise SendingRefused("the address cannot be written in an e-mail") from None

    def _connected(self) -> smtplib.SMTP:
        settings = self._settings
        server: smtplib.SMTP
        if settings.security == "tls":
            server = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=settings.timeout_s, context=self._trust
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_s)
        try:
            if settings.security == "starttls":
                server.starttls(context=self._trust)
            if settings.user:
                server.login(settings.user, self._secret)
        except BaseException:
            server.close()
            raise
        return server

    def _written(self, message: OutboxRecord) -> EmailMessage:
        written = EmailMessage()
        written["From"] = formataddr((self._name, self._settings.sender))
        written["To"] = message.to
        written["Subject"] = message.subject
        written["Date"] = formatdate(message.created_at.timestamp())
        domain = self._settings.sender.rpartition("@")[2]
        written["Message-ID"] = f"<{message.id}@{domain}>"  # sent twice, it is shown once
        written["Auto-Submitted"] = "auto-generated"
        written.set_content(message.text, cte="quoted-printable")  # every server takes it
        return written
