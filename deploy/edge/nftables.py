"""The packet filter `nftables.conf` with a town's own values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from importlib.resources import files
from ipaddress import IPv4Network, collapse_addresses

from deploy.edge.settings import Edge
from telephony.peers import Peer


def nftables_conf(
    edge: Edge,
    peers: Sequence[Peer],
    media: Sequence[IPv4Network],
    sip: tuple[str, int],
    rtp_ports: tuple[int, int],
) -> str:
    """The file's text.

    Args:
        media: networks that audio comes from beside the peers' own.
        sip: address and port of the callbot; the next port is TLS.
        rtp_ports: first and last.

    Raises:
        ValueError: no peer is declared; one sentence.
    """
    if not peers:
        raise ValueError("no peer is declared in [[sip.peers]]: the filter would drop every call")
    networks = [network for peer in peers for network in peer.networks]
    address, port = sip
    values = {
        "SIP_ADDRESS": address,
        "SIP_PORTS": f"{{ {port}, {port + 1} }}",
        "RTP_PORTS": "-".join(str(one) for one in rtp_ports),
        "PEERS": _set(networks),
        "MEDIA": _set([*networks, *media]),
    }
    text = (files("deploy.edge") / "nftables.conf").read_text(encoding="utf-8")
    for name, value in values.items():
        text = re.sub(rf"^define {name} = .*$", f"define {name} = {value}", text, flags=re.M)
    return text.replace("over 100/second", f"over {edge.requests_per_second}/second").replace(
        "burst 200 packets", f"burst {2 * edge.requests_per_second} packets"
    )


def _set(networks: Iterable[IPv4Network]) -> str:
    return "{ " + ", ".join(str(one) for one in sorted(collapse_addresses(networks))) + " }"
