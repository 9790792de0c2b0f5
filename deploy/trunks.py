"""What `allomairie trunk check` calls, from the town's configuration."""

from __future__ import annotations

import re

from deploy.config import Settings
from deploy.connections import AccountSettings, PeerSettings
from deploy.errors import ConfigError
from telephony.accounts import Account
from telephony.check.agent import Identity
from telephony.check.sdp import PAYLOADS
from telephony.check.trial import Trunk
from telephony.peers import CODECS, Codec
from telephony.tls import TlsFiles

_PORTS = {"udp": 5060, "tcp": 5060, "tls": 5061}


def trunks_of(
    settings: Settings, *, only: str = "", number: str = "", transfer_to: str = ""
) -> list[Trunk]:
    """The peers and accounts to check.

    Args:
        only: the name of one; '': all.
        number: that answers test calls; '': the account's own, or the town's first line.
        transfer_to: that the test transfer goes to; '': the same number.

    Raises:
        ConfigError: there is none, none of this name, or a password cannot be read.
    """
    sip = settings.sip
    names = [one.name for one in sip.peers] + [one.name for one in sip.accounts]
    if not names:
        raise ConfigError(
            "no connection is declared; add [[sip.peers]] or [[sip.accounts]] to allomairie.toml"
        )
    if only and only not in names:
        raise ConfigError(f"no peer or account is named {only!r}; there are {', '.join(names)}")
    trunks = sip.trunks()  # reads passwords and certificates, or says which cannot be
    by_name = {account.name: account for account in trunks.accounts}
    found = [
        *(_peer(settings, one, number, transfer_to, trunks.tls) for one in sip.peers),
        *(
            _account(settings, one, by_name[one.name], number, transfer_to, trunks.tls)
            for one in sip.accounts
        ),
    ]
    return [trunk for trunk in found if not only or trunk.name == only]


def _peer(
    settings: Settings, peer: PeerSettings, number: str, transfer_to: str, tls: TlsFiles | None
) -> Trunk:
    first, port = peer.addresses[0], peer.peer().port
    host = str(first.network_address) if first.num_addresses == 1 else ""
    own = re.sub(r"[^+\d]", "", settings.town.phone) or "mairie"
    line = next((one.number for one in settings.town.lines), own)
    called = number or line
    needs = _needs(settings) | ({"options"} if peer.options_every_s else set())
    return Trunk(
        name=peer.name,
        host=host,
        port=port,
        transport=peer.transport,
        identity=Identity(own, f"{host}:{port}"),
        number=called,
        transfer_to=transfer_to or called,
        srtp=peer.srtp,
        codecs=_spoken(peer.codecs),
        needs=frozenset(needs),
        ring_s=settings.transfer.ring_s,
        tls=tls.client_context() if tls and peer.transport == "tls" else None,
    )


def _account(
    settings: Settings,
    declared: AccountSettings,
    account: Account,
    number: str,
    transfer_to: str,
    tls: TlsFiles | None,
) -> Trunk:
    host, _, port = (declared.proxy or declared.registrar).partition(":")
    called = number or declared.user
    files = tls or TlsFiles(None, None, None)
    return Trunk(
        name=declared.name,
        host=host,
        port=int(port or _PORTS[declared.transport]),
        transport=declared.transport,
        identity=Identity(declared.user, declared.registrar, declared.auth_user, account.password),
        number=called,
        transfer_to=transfer_to or called,
        registers=True,
        srtp=declared.srtp,
        codecs=_spoken(declared.codecs),
        needs=frozenset(_needs(settings)),
        ring_s=settings.transfer.ring_s,
        tls=files.client_context() if declared.transport == "tls" else None,
    )


def _spoken(codecs: tuple[Codec, ...]) -> tuple[Codec, ...]:
    """Those that the check speaks itself, in the trunk's order: not Opus."""
    return tuple(codec for codec in codecs if codec in PAYLOADS) or CODECS


def _needs(settings: Settings) -> set[str]:
    """What the town's way to transfer asks of a trunk."""
    transfer = settings.transfer
    needs = {"hold"} if transfer.mode == "attended" else set()
    if transfer.mode != "bridge" and not transfer.bridge_when_refused:
        needs.add("refer")
    return needs
