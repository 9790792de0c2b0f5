"""The sections `[sms]` and `[email]`: off until a town configures them (requirements R28, I10)."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

FIELDS = ("to", "text", "sender", "id", "secret")  #: what templates may hold
_KEYS = ("authorization", "x-api-key", "api-key", "x-auth-token")  #: headers that hold a secret
_FIELD = re.compile(r"\{(\w*)\}")
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: the only one that is spoken to without encryption."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class WithSecret(_Section):
    """A section with one secret, which never stands in the configuration file."""

    secret: SecretStr = Field(
        SecretStr(""),
        description="Password or key; only from the environment (ALLOMAIRIE_…__SECRET).",
    )
    secret_file: Path | None = Field(
        None, description="File that holds it alone, readable by the server's user only."
    )

    def read_secret(self) -> str:
        """The secret, from its file when one is named.

        Raises:
            ValueError: the file cannot be read, or is empty; one sentence.
        """
        if self.secret_file is None:
            return self.secret.get_secret_value()
        try:
            secret = self.secret_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"secret_file {self.secret_file} cannot be read: {error}") from error
        if not secret or "\n" in secret:
            raise ValueError(f"secret_file {self.secret_file} must hold one line, the secret")
        return secret


class Sms(WithSecret):
    """An SMS gateway with an HTTP interface."""

    enabled: bool = Field(False, description="Whether callers may be sent an SMS.")
    url: str = Field("", description="Where the gateway takes messages; https.")
    method: Literal["POST", "PUT", "GET"] = Field("POST", description="How it is called.")
    sender: str = Field(
        "", description="Name that the SMS comes from: 4 to 11 letters; operators block others."
    )
    format: Literal["json", "form"] = Field(
        "json", description="How the body is written; with GET it goes into the address."
    )
    headers: dict[str, str] = Field(
        default_factory=dict, description="Headers, e.g. { Authorization = 'Bearer {secret}' }."
    )
    body: dict[str, Any] = Field(
        default_factory=lambda: {"to": "{to}", "from": "{sender}", "text": "{text}", "id": "{id}"},
        description="Fields of the body; {to} {text} {sender} {id} {secret} are filled in.",
    )
    number_format: Literal["e164", "digits", "national"] = Field(
        "e164", description="How {to} is written: +33612345678, 33612345678 or 0612345678."
    )
    success_status: tuple[int, ...] = Field(
        (200, 201, 202, 204), description="HTTP statuses that mean that it was taken."
    )
    success_path: str = Field(
        "", description="Where the answer says so, e.g. messages.0.status; empty: status alone."
    )
    success_values: tuple[str, ...] = Field(
        ("ok", "true", "0"), description="What stands there when it was taken."
    )
    parts: int = Field(3, ge=1, le=3, description="Parts of one SMS at most; each is paid for.")
    timeout_s: float = Field(10, gt=0, le=60, description="How long the gateway may take.")
    attempts: int = Field(6, ge=1, le=20, description="Attempts before it is given up.")
    retry_s: float = Field(
        30, gt=0, le=3600, description="Wait before the second attempt; each next wait is double."
    )
    proxy: str = Field("", description="HTTP proxy on the way out, if the town has one.")

    @model_validator(mode="after")
    def _complete(self) -> Sms:
        if not self.enabled:
            return self
        if not re.fullmatch(r"[A-Za-z]{4,11}", self.sender):
            raise ValueError(
                f"sender {self.sender!r} must be 4 to 11 letters without accents: operators block "
                "other names"
            )
        _check_url("url", self.url)
        for name, template in _texts({"headers": self.headers, "body": self.body, "url": self.url}):
            for field in _FIELD.findall(template):
                if field not in FIELDS:
                    known = ", ".join(f"{{{one}}}" for one in FIELDS)
                    raise ValueError(f"{name} holds {{{field}}}; only {known} are filled in")
        for name, text in self.headers.items():
            if name.lower() in _KEYS and "{secret}" not in text:
                raise ValueError(f"headers.{name} must take its key from {{secret}}")
        places = "".join(text for _, text in _texts({"body": self.body, "url": self.url}))
        if "{to}" not in places or "{text}" not in places:
            raise ValueError("body must hold {to} and {text}")
        if "{secret}" in urlsplit(self.url).path + urlsplit(self.url).query:
            raise ValueError("url holds {secret}, which would be logged: put it in headers or body")
        if any("{secret}" in text for _, text in _texts({"h": self.headers, "b": self.body})):
            _has_secret("sms", self)
        return self


class Email(WithSecret):
    """A mail server that takes the town's e-mails."""

    enabled: bool = Field(False, description="Whether e-mails are sent.")
    to_callers: bool = Field(True, description="Callers may ask for an e-mail.")
    to_services: bool = Field(True, description="Services are told of each ticket.")
    host: str = Field("", description="Name of the mail server, as in its certificate.")
    port: int = Field(587, ge=1, le=65535, description="Port: 587 with starttls, 465 with tls.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="Encryption; none only towards this machine."
    )
    ca_file: Path | None = Field(
        None, description="Certificates to trust, when the server's own authority is not public."
    )
    user: str = Field("", description="Account on the server; empty: no password is asked.")
    sender: str = Field("", description="Address that the e-mails come from.")
    ticket_link: str = Field(
        "",
        description="Address of a ticket for supervisors, with {reference}; empty: none is given.",
    )
    timeout_s: float = Field(20, gt=0, le=120, description="How long the server may take.")
    attempts: int = Field(8, ge=1, le=20, description="Attempts before it is given up.")
    retry_s: float = Field(
        60, gt=0, le=3600, description="Wait before the second attempt; each next wait is double."
    )

    @model_validator(mode="after")
    def _complete(self) -> Email:
        if not self.enabled:
            return self
        if not self.host:
            raise ValueError("host is missing")
        if not _ADDRESS.fullmatch(self.sender):
            raise ValueError(f"sender {self.sender!r} is not an e-mail address")
        if self.security == "none" and not is_loopback(self.host):
            raise ValueError("security none is for this machine only; use starttls or tls")
        if self.user:
            _has_secret("email", self)
        if self.ticket_link:
            _check_url("ticket_link", self.ticket_link)
            if "{reference}" not in self.ticket_link:
                raise ValueError("ticket_link must hold {reference}")
        return self


def _check_url(name: str, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{name} {url!r} is not a web address such as https://…")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(f"{name} must begin with https://: numbers go over the network")
    if parts.username or parts.password:
        raise ValueError(f"{name} holds a password; put it in the environment")


def is_mail_address(text: str) -> bool:
    """Whether this can be an e-mail address."""
    return _ADDRESS.fullmatch(text) is not None


def web_address(name: str, url: str) -> None:
    """Refuse what is not a web address, and one that would carry numbers in the clear.

    Raises:
        ValueError: one sentence.
    """
    _check_url(name, url)


def _has_secret(section: str, settings: WithSecret) -> None:
    if not settings.read_secret():
        raise ValueError(
            f"the secret is missing: set ALLOMAIRIE_{section.upper()}__SECRET or secret_file"
        )


def _texts(value: object, name: str = "") -> list[tuple[str, str]]:
    """Every text in nested tables, with the name of its place."""
    if isinstance(value, str):
        return [(name, value)]
    if isinstance(value, dict):
        return [t for k, v in value.items() for t in _texts(v, f"{name}.{k}".lstrip("."))]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _texts(item, name)]
    return []
