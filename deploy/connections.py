"""The part of `[sip]` about who is connected: peers, accounts, TLS (docs/telephony.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from deploy.errors import ConfigError
from telephony.accounts import Account
from telephony.peers import CODECS, Codec, Peer, Peers, Srtp, Transport
from telephony.status import Status
from telephony.tls import TlsError, TlsFiles
from telephony.trunks import TrunkSettings

NAME = r"^[a-z][a-z0-9_]{0,30}$"
_HOST = r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?$"
_PORTS: dict[Transport, int] = {"udp": 5060, "tcp": 5060, "tls": 5061}
_URI_HOST = re.compile(r"sips?:[^@]*@([A-Za-z0-9.-]+)", re.IGNORECASE)
MOST_NETWORKS = 500  #: half of what a socket filter takes: registrars and desks come on top


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _Media(_Section):
    transport: Transport = Field("udp", description="udp, tcp, or tls (on sip.port + 1).")
    srtp: Srtp = Field(
        "off", description="Audio encrypted with keys in the SDP (SDES): off, preferred, required."
    )
    codecs: tuple[Codec, ...] = Field(
        CODECS,
        min_length=1,
        description="pcma, pcmu, g722, and opus if it is named, in order of preference.",
    )
    trust_identity: bool = Field(
        True, description="Whether its P-Asserted-Identity is believed before From."
    )

    @model_validator(mode="after")
    def _keys_are_not_sent_in_clear(self) -> _Media:
        if self.srtp == "required" and self.transport != "tls":
            raise ValueError(
                f'srtp = "required" over {self.transport} sends the keys in clear; '
                'take transport = "tls"'
            )
        return self


class PeerSettings(_Media):
    """[[sip.peers]]: an IPBX, an SBC or an operator whose calls are answered."""

    name: str = Field(pattern=NAME, description="Named so in the log and in /readyz.")
    addresses: tuple[IPv4Network, ...] = Field(
        min_length=1,
        description='Where its signalling comes from: "192.168.1.5" or "192.168.1.0/24".',
    )
    port: int = Field(0, ge=0, le=65535, description="Where it listens; 0: 5060, or 5061 for tls.")
    options_every_s: int = Field(
        0, ge=0, le=3600, description="OPTIONS is sent so often, 30 is usual; 0: never."
    )

    @field_validator("options_every_s")
    @classmethod
    def _not_a_flood(cls, value: int) -> int:
        if 0 < value < 5:
            raise ValueError("OPTIONS more often than every 5 s is a nuisance; 30 is usual")
        return value

    @model_validator(mode="after")
    def _one_address_to_ask(self) -> PeerSettings:
        if self.options_every_s and self.addresses[0].num_addresses != 1:
            raise ValueError(
                f"options_every_s needs a single address first in addresses, not the network "
                f"{self.addresses[0]}"
            )
        return self

    def peer(self) -> Peer:
        """As telephony takes it."""
        return Peer(
            name=self.name,
            networks=self.addresses,
            transport=self.transport,
            srtp=self.srtp,
            codecs=self.codecs,
            trusted=self.trust_identity,
            port=self.port or _PORTS[self.transport],
            options_every_s=self.options_every_s,
        )


class AccountSettings(_Media):
    """[[sip.accounts]]: an extension that the server registers as."""

    name: str = Field(pattern=NAME, description="Named so in the log; names its password.")
    user: str = Field(pattern=r"^[^@:;<>\"?\s]+$", description="The extension or user name.")
    auth_user: str = Field(
        "", pattern=r"^[^;<>\"\\\s]*$", description="User name for the password, when another."
    )
    registrar: str = Field(pattern=_HOST, description="host or host:port of the registrar.")
    proxy: str = Field(
        "", pattern=f"{_HOST[:-1]}$|^$", description="host[:port] to send through, when another."
    )
    expires_s: int = Field(300, ge=60, le=3600, description="Registered for so long, refreshed.")
    calls: int = Field(
        8, ge=1, le=500, description="Calls that it carries at once, as the provider says."
    )
    password_file: Path | None = Field(
        None, description="File with the password alone; else ALLOMAIRIE_SIP__PASSWORDS__<NAME>."
    )

    def account(self, password: str) -> Account:
        """As telephony takes it."""
        return Account(
            name=self.name,
            user=self.user,
            registrar=self.registrar,
            password=password,
            auth_user=self.auth_user,
            proxy=self.proxy,
            transport=self.transport,
            srtp=self.srtp,
            codecs=self.codecs,
            expires_s=self.expires_s,
            trusted=self.trust_identity,
        )


class TlsSettings(_Section):
    """[sip.tls]: the server's certificate; with it, SIP over TLS listens on the port after."""

    certificate_file: Path | None = Field(
        None, description="PEM chain, the server's own first; with it TLS listens on sip.port + 1."
    )
    key_file: Path | None = Field(
        None, description="PEM key without a password; default: it stands in certificate_file."
    )
    ca_file: Path | None = Field(
        None, description="PEM of those who sign the peers' certificates; default: the system's."
    )

    def files(self) -> TlsFiles | None:
        """As telephony takes it; None when nothing is set."""
        if self.certificate_file is None and self.ca_file is None:
            return None
        return TlsFiles(self.certificate_file, self.key_file, self.ca_file)


class Connections(_Section):
    """Who may call, and as whom the server registers."""

    peers: tuple[PeerSettings, ...] = Field(
        (), max_length=100, description="[[sip.peers]]: who may call; none: whoever reaches it."
    )
    accounts: tuple[AccountSettings, ...] = Field(
        (), max_length=50, description="[[sip.accounts]]: extensions that the server registers as."
    )
    passwords: dict[str, SecretStr] = Field(
        {}, description="Of accounts by name; only ALLOMAIRIE_SIP__PASSWORDS__<NAME>."
    )
    tls: TlsSettings = TlsSettings()

    @model_validator(mode="after")
    def _fits_together(self) -> Connections:
        names = [one.name for one in self.peers] + [one.name for one in self.accounts]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"the name {name!r} stands for two peers or accounts")
        networks = Peers(self.declared_peers()).networks
        if len(networks) > MOST_NETWORKS:
            raise ValueError(
                f"the peers have {len(networks)} networks; declare at most {MOST_NETWORKS} in all"
            )
        tls = [peer.name for peer in self.peers if peer.transport == "tls"]
        if tls and self.tls.certificate_file is None:
            raise ValueError(f"peer {tls[0]} uses tls, which needs tls.certificate_file")
        return self

    def declared_peers(self) -> tuple[Peer, ...]:
        """Who may call, as telephony and the edge take it."""
        return tuple(peer.peer() for peer in self.peers)

    @property
    def listens_to_tls(self) -> bool:
        """Whether the port after sip.port is taken too."""
        used = {one.transport for one in self.peers} | {one.transport for one in self.accounts}
        return self.tls.certificate_file is not None or "tls" in used

    def trunks(
        self, lines: Iterable[str] = (), desks: Iterable[str] = (), status: Status | None = None
    ) -> TrunkSettings:
        """As telephony takes it.

        Args:
            lines: the town's dialled numbers.
            desks: the directory's extensions; the hosts in full addresses may answer calls.

        Raises:
            ConfigError: a password or a certificate cannot be read.
        """
        files = self.tls.files()
        try:
            if files is not None:
                files.check()
        except TlsError as error:
            raise ConfigError(f"sip.tls: {error}") from error
        found = (_URI_HOST.match(desk) for desk in desks)
        return TrunkSettings(
            peers=self.declared_peers(),
            accounts=tuple(one.account(self._password(one)) for one in self.accounts),
            tls=files,
            lines=tuple(lines),
            answering=tuple({match.group(1) for match in found if match}),
            status=status or Status(),
        )

    def _password(self, account: AccountSettings) -> str:
        path = account.password_file
        if path is None:
            secret = self.passwords.get(account.name, SecretStr("")).get_secret_value()
            if not secret:
                raise ConfigError(
                    f"sip.accounts: {account.name} has no password; set "
                    f"ALLOMAIRIE_SIP__PASSWORDS__{account.name.upper()} or its password_file"
                )
        else:
            try:
                secret = path.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError(f"sip.accounts: {path} cannot be read: {error}") from error
        if not secret or any(c in '"\\' or not c.isprintable() for c in secret):
            raise ConfigError(
                f"sip.accounts: the password of {account.name} must be one line without quotes "
                "and backslashes: the stack cannot carry them"
            )
        return secret


def clear_legs(connections: Connections) -> list[str]:
    """One sentence for every connection that is not encrypted from end to end (C04)."""
    legs = []
    declared: list[PeerSettings | AccountSettings] = [*connections.peers, *connections.accounts]
    for one in declared:
        if isinstance(one, PeerSettings) and all(net.is_loopback for net in one.addresses):
            continue  # nothing leaves this machine
        clear = [
            *(["signalling"] if one.transport != "tls" else []),
            *(["audio"] if one.srtp != "required" else []),
        ]
        if clear:
            legs.append(f"{one.name}: {' and '.join(clear)} may be in clear")
    return legs
