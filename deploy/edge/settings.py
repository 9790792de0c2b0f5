"""The section `[edge]`: a Kamailio in front of the callbot (requirements C02, T10)."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

_NODE = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})")
_PLAIN_PATH = re.compile(r"/[\w./-]+")


def checked_address(text: str) -> str:
    """An IPv4 address as text.

    Raises:
        ValueError: one sentence.
    """
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError:
        raise ValueError(f"{text!r} is no IPv4 address") from None


class Edge(BaseModel):
    """Where the edge listens, and the callbot nodes behind it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str = Field("", description="IPv4 address that the edge listens on, towards the IPBX.")
    port: int = Field(5060, ge=1, le=65535, description="Its UDP and TCP port.")
    tls_port: int = Field(5061, ge=1, le=65535, description="Its TLS port, with a certificate.")
    certificate: Path | None = Field(None, description="Certificate chain, PEM; switches TLS on.")
    key: Path | None = Field(None, description="Private key of the certificate, PEM.")
    ca: Path | None = Field(
        None,
        description="Authorities that peers' certificates must come from; none: not asked for.",
    )
    nodes: tuple[str, ...] = Field(
        (), description='Callbot nodes, "address:port" each; default: this server\'s own.'
    )
    invites_per_second: int = Field(
        10, ge=1, le=1000, description="New calls a second from one peer; more get 503."
    )
    requests_per_second: int = Field(
        100, ge=10, le=10000, description="SIP requests a second from one peer; more are dropped."
    )
    retry_after_s: int = Field(
        10, ge=1, le=3600, description="Seconds in the Retry-After of a 503."
    )
    run_folder: Path = Field(
        Path("/run/kamailio"), description="Where Kamailio keeps its control socket."
    )

    @field_validator("address")
    @classmethod
    def _address(cls, value: str) -> str:
        return checked_address(value) if value else ""

    @field_validator("nodes")
    @classmethod
    def _nodes(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            match = _NODE.fullmatch(value)
            if match is None or not 1 <= int(match.group(2)) <= 65535:
                raise ValueError(f"{value!r} is no node; write it address:port, 192.0.2.10:5060")
            checked_address(match.group(1))
        return values

    @field_validator("certificate", "key", "ca", "run_folder")
    @classmethod
    def _plain_path(cls, value: Path | None) -> Path | None:
        # these stand in Kamailio's files, which have no quoting for odd characters
        if value is not None and not _PLAIN_PATH.fullmatch(str(value)):
            raise ValueError(f"{value} must be an absolute path of letters, digits, . _ and -")
        return value

    @model_validator(mode="after")
    def _pairs(self) -> Edge:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key go together: give both or none")
        if self.ca is not None and self.certificate is None:
            raise ValueError("ca needs certificate and key")
        return self
