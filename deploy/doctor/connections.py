"""What `allomairie doctor` says of peers, accounts and certificates."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from deploy.connections import clear_legs
from deploy.errors import CannotStart
from deploy.parts import Town

FEWEST_CALLS = 8  #: of an account that a town hall can live with (requirements T02)


def connection_facts(town: Town) -> Iterator[tuple[str, bool, str]]:
    """Name, whether it is well, and what was found, of each thing that is looked at."""
    sip = town.settings.sip
    if not sip.enabled:
        return
    try:
        trunks = town.trunks()
    except CannotStart as error:
        yield "SIP connections", False, str(error)
        return
    loopback = ipaddress.ip_address(sip.address).is_loopback
    if trunks.closed:
        declared = ", ".join([one.name for one in sip.peers] + [one.name for one in sip.accounts])
        yield "SIP connections", True, declared
    else:
        yield (
            "SIP connections",
            loopback,
            "no peer is declared: "
            + ("only this machine reaches it" if loopback else _open(sip.address)),
        )
    for leg in clear_legs(sip):
        yield "encryption", True, f"{leg}: keep that network private"
    for account in sip.accounts:
        if account.calls < FEWEST_CALLS:
            yield (
                "SIP account",
                False,
                f"{account.name} carries {account.calls} calls at once; a town hall needs "
                f"{FEWEST_CALLS} or more: ask the provider",
            )


def _open(address: str) -> str:
    return f"whoever reaches {address} may call; declare [[sip.peers]] (docs/telephony.md)"
