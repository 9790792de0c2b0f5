"""The section `[tickets]`: how tickets leave the building. Off until a town configures it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from deploy.sending.settings import WithSecret, web_address
from dialog.tasks.rules import TaskRules
from dialog.town import Town

Event = Literal["created", "updated", "closed"]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,31}$")]
LEAST_SECRET = 16  #: characters of a secret that signs
#: a caller's values that may be sent on; `phone` among them
FIELDS = frozenset(
    (
        *("name", "person", "subject", "phone", "mobile", "email", "when", "days"),
        *("problem", "description", "place", "number", "landmark", "size"),
    )
)


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class TicketMail(_Section):
    """E-mail to the services, by the server of `[email]`."""

    digest: bool = Field(
        True, description="Each working morning, a service with late tickets gets their list."
    )
    digest_at: time = Field(time(8, 0), description="When it is written, local time.")


class Target(WithSecret):
    """Another system that tickets go to."""

    url: str = Field("", description="Where it takes them; https.")
    timeout_s: float = Field(10, gt=0, le=60, description="How long it may take to answer.")
    ca_file: Path | None = Field(
        None, description="Certificates to trust, when its own authority is not public."
    )


class Webhook(Target):
    """A system that is told of tickets by a signed POST of JSON."""

    services: tuple[str, ...] = Field((), description="Ids of the services told of; empty: all.")
    kinds: tuple[Literal["message", "report", "appointment"], ...] = Field(
        (), description="Kinds of tickets told of; empty: all."
    )
    events: tuple[Event, ...] = Field(
        ("created", "updated", "closed"), description="What it is told of."
    )
    fields: tuple[str, ...] = Field(
        (), description="What the caller left that goes along, e.g. description; empty: nothing."
    )
    orig: str = Field(
        "", description="Publik: the name it knows us by; signs the address as Publik wants it."
    )
    status_back: bool = Field(
        False, description="Whether it may tell the status of a ticket: POST /hooks/tickets/NAME."
    )

    @model_validator(mode="after")
    def _complete(self) -> Webhook:
        web_address("url", self.url)
        if len(self.read_secret()) < LEAST_SECRET:
            raise ValueError(
                f"the secret that signs is missing, or under {LEAST_SECRET} characters: set "
                "ALLOMAIRIE_TICKETS__WEBHOOKS__<NAME>__SECRET or its secret_file"
            )
        _refuse_unknown("fields", self.fields, FIELDS)
        return self


class Open311Client(Target):
    """A GeoReport v2 server that street reports go to."""

    enabled: bool = Field(False, description="Whether street reports are sent there.")
    jurisdiction_id: str = Field("", description="When one server serves several towns.")
    services: dict[str, str] = Field(
        default_factory=dict,
        description="Our kind of report = its service_code; a kind that is absent is not sent.",
    )
    send_contact: bool = Field(
        False, description="Whether the caller's name and telephone number go along."
    )

    @model_validator(mode="after")
    def _complete(self) -> Open311Client:
        if not self.enabled:
            return self
        web_address("url", self.url)
        if not self.services:
            raise ValueError("services is empty: no report would ever be sent")
        _refuse_unknown("services", self.services, problems())
        return self


class Open311Server(_Section):
    """Our own street reports for everybody, as a GeoReport v2 server at /open311/v2."""

    enabled: bool = Field(False, description="Whether anybody may read them.")
    jurisdiction_id: str = Field("", description="What a client may name; empty: anything.")
    precise: bool = Field(
        False, description="House numbers and exact places; else the street, to about 100 m."
    )
    days: int = Field(90, ge=1, le=365, description="How far back reports are shown.")


class TicketSettings(_Section):
    """How tickets leave the building."""

    mail: TicketMail = TicketMail()
    webhooks: dict[Name, Webhook] = Field(
        default_factory=dict, description="Systems that are told of tickets, by a name of yours."
    )
    open311: Open311Client = Open311Client()
    open311_server: Open311Server = Open311Server()
    attempts: int = Field(
        13, ge=1, le=30, description="Attempts at another system before it is given up: 2 ½ days."
    )
    retry_s: float = Field(
        60, gt=0, le=3600, description="Wait before the second attempt; then twice, up to 24 h."
    )

    def check(self, town: Town) -> None:
        """Refuse services that the town does not have.

        Raises:
            ValueError: one sentence.
        """
        known = frozenset(service.id for service in town.services)
        for name, hook in self.webhooks.items():
            for service in hook.services:
                if service not in known:
                    raise ValueError(
                        f"tickets.webhooks.{name}.services holds {service!r}, which is no service "
                        f"of the town; there are: {', '.join(sorted(known))}"
                    )


class PublicForm(_Section):
    """The page /demander, where residents suggest a question or report a wrong answer."""

    enabled: bool = Field(False, description="Whether the page is there.")
    controller: str = Field(
        "", max_length=200, description="Who answers for the data, in the notice; empty: the town."
    )
    contact: str = Field(
        "",
        max_length=200,
        description="Where rights are exercised (DPO): an address or a telephone number.",
    )
    per_hour: int = Field(
        60, ge=1, le=1000, description="Messages taken an hour, all visitors together."
    )

    @model_validator(mode="after")
    def _complete(self) -> PublicForm:
        if self.enabled and not self.contact.strip():
            raise ValueError("contact is missing: the notice must say where rights are exercised")
        return self


def problems() -> frozenset[str]:
    """The kinds of street reports, as the town's configuration names them."""
    return frozenset({*(one.id for one in TaskRules.load().problems), "other"})


def _refuse_unknown(name: str, given: Iterable[str], known: frozenset[str]) -> None:
    for word in given:
        if word not in known:
            raise ValueError(f"{name} holds {word!r}; there are: {', '.join(sorted(known))}")
