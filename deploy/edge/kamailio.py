"""The files that `kamailio.cfg` includes, written from a town's configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path

from deploy.edge.settings import Edge
from telephony.peers import Peer

#: programs that only look for SIP servers to abuse; nobody's IPBX says so in User-Agent or From
SCANNERS = (
    "friendly-scanner",
    "friendly-request",
    "sipvicious",
    "sipcli",
    "sip-scan",
    "sipsak",
    "sundayddr",
    "iwar",
    "smap",
    "vaxsipuseragent",
    "pplsip",
    "sipptk",
)
MARK = "# Written by `allomairie edge kamailio`; change allomairie.toml instead.\n"


def kamailio_files(
    edge: Edge, peers: Sequence[Peer], nodes: Sequence[str], folder: Path
) -> dict[str, str]:
    """Each file's name with its text, for a Kamailio that reads them in `folder`.

    Raises:
        ValueError: the edge cannot work like this; one sentence.
    """
    if not edge.address:
        raise ValueError("edge.address is not set: the address that the IPBX sends calls to")
    if not peers:
        raise ValueError("no peer is declared in [[sip.peers]]: the edge would drop every call")
    if not re.fullmatch(r"/[\w./-]+", str(folder)):
        raise ValueError(f"the folder {folder} must be of letters, digits, . _ / and -")
    if f"{edge.address}:{edge.port}" in nodes:
        raise ValueError(f"the edge and a node cannot both listen on {edge.address}:{edge.port}")
    written = {
        "kamailio.cfg": (files("deploy.edge") / "kamailio.cfg").read_text(encoding="utf-8"),
        "parameters.cfg": _parameters(edge, folder),
        "addresses.list": _addresses(peers, nodes),
        "dispatcher.list": MARK + "".join(f"1 sip:{node} 0 0\n" for node in nodes),
    }
    if edge.certificate is not None:
        written["tls.cfg"] = _tls(edge)
    return written


def _parameters(edge: Edge, folder: Path) -> str:
    """Listening sockets and the words that kamailio.cfg has replaced."""
    listens = [f"listen={kind}:{edge.address}:{edge.port}" for kind in ("udp", "tcp")]
    lines = []
    if edge.certificate is not None:
        lines += ["#!define EDGE_TLS", "enable_tls=yes"]
        listens.append(f"listen=tls:{edge.address}:{edge.tls_port}")
    words = {
        "EDGE_FOLDER": str(folder),
        "EDGE_RUN": str(edge.run_folder),
        "EDGE_INVITES_PER_SECOND": str(edge.invites_per_second),
        "EDGE_REQUESTS_IN_2S": str(2 * edge.requests_per_second),
        "EDGE_RETRY_AFTER": str(edge.retry_after_s),
        "EDGE_SCANNERS": "|".join(SCANNERS),
    }
    lines += [f'#!substdef "!{word}!{value}!g"' for word, value in words.items()]
    return MARK + "\n".join(lines + listens) + "\n"


def _addresses(peers: Iterable[Peer], nodes: Iterable[str]) -> str:
    """Groups of `permissions`: 1 trusted peers, 2 nodes, 3 other peers."""
    lines = [f"2 {host} 32" for host in dict.fromkeys(node.partition(":")[0] for node in nodes)]
    for peer in peers:
        group = 1 if peer.trusted else 3
        lines += [f"{group} {net.network_address} {net.prefixlen}" for net in peer.networks]
    return MARK + "\n".join(lines) + "\n"


def _tls(edge: Edge) -> str:
    asked = "yes" if edge.ca is not None else "no"
    common = [
        "method = TLSv1.2+",
        f"certificate = {edge.certificate}",
        f"private_key = {edge.key}",
        f"verify_certificate = {asked}",
        f"require_certificate = {asked}",
    ]
    if edge.ca is not None:
        common.append(f"ca_list = {edge.ca}")
    body = "\n".join(common)
    return f"{MARK}[server:default]\n{body}\n\n[client:default]\n{body}\n"
