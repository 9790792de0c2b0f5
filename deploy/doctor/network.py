"""The network: ports, audio ports, names, certificates, the packet filter, clear-text legs."""

from __future__ import annotations

import ipaddress
import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from deploy.doctor.connections import connection_facts
from deploy.doctor.finding import Finding, warned
from deploy.doctor.machine import Ask, ask
from deploy.parts import Town
from telephony.sip import check_ports

RESOLVE_S = 5.0
RENEW_DAYS = 21  #: before its end a certificate should be renewed
PORTS_OF_A_CALL = 4
_UDP = (Path("/proc/net/udp"), Path("/proc/net/udp6"))


def network_findings(town: Town, *, serving: bool) -> Iterator[Finding]:
    """Everything between the server and who calls it.

    Args:
        serving: whether this town's server runs: then its ports are taken, rightly.
    """
    yield from _ports(town, serving=serving)
    if town.settings.sip.enabled:
        yield audio_ports(town, used_ports())
        yield packet_filter(town, ask)
    yield from (Finding(*facts) for facts in connection_facts(town))
    yield from certificates(town, datetime.now(UTC))
    yield from names(town)


def _ports(town: Town, *, serving: bool) -> Iterator[Finding]:
    sip, http = town.settings.sip, town.settings.http
    if serving:
        yield Finding("ports", True, "taken by this town's server, which runs")
        return
    if sip.enabled:
        try:
            check_ports(sip.address, sip.port, tls=sip.listens_to_tls)
            yield Finding("SIP port", True, f"{sip.address}:{sip.port} is free")
        except OSError as error:
            yield Finding("SIP port", False, str(error))
    try:
        socket.create_server((http.host, http.port)).close()
        yield Finding("HTTP port", True, f"{http.host}:{http.port} is free")
    except OSError as error:
        detail = f"{http.host}:{http.port}: {error.strerror}; stop what uses it, or set http.port"
        yield Finding("HTTP port", False, detail)


def used_ports(tables: tuple[Path, ...] = _UDP) -> frozenset[int]:
    """The UDP ports that are bound on this machine, as the kernel lists them."""
    found = set()
    for table in tables:
        try:
            lines = table.read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        found |= {int(line.split()[1].rpartition(":")[2], 16) for line in lines if line.strip()}
    return frozenset(found)


def audio_ports(town: Town, used: frozenset[int]) -> Finding:
    """Whether enough of the audio ports are free."""
    sip = town.settings.sip
    first, last = sip.rtp_first_port, sip.rtp_last_port
    free = last - first + 1 - sum(first <= port <= last for port in used)
    told = f"UDP {first} to {last}: {free} free, {PORTS_OF_A_CALL * sip.max_calls} needed"
    if free < PORTS_OF_A_CALL * sip.max_calls:
        remedy = "widen sip.rtp_first_port and rtp_last_port, or stop what uses them (`ss -ulnp`)"
        return Finding("audio ports", False, f"{told}: {remedy}")
    return Finding("audio ports", True, told)


def packet_filter(town: Town, ask: Ask) -> Finding:
    """Whether the packet filter of this machine lets calls in."""
    sip = town.settings.sip
    if ipaddress.ip_address(sip.address).is_loopback:
        return Finding("firewall", True, f"only this machine reaches {sip.address}")
    try:
        rules = json.loads(ask(["nft", "-j", "list", "ruleset"]) or "{}").get("nftables", [])
    except ValueError:
        rules = []
    if not rules:
        return warned(
            "firewall",
            f"none is seen (nft, as root, would tell): let the IPBX alone reach port {sip.port} "
            "and the audio ports, `allomairie edge nftables` writes the rules",
        )
    chains = [one["chain"] for one in rules if "chain" in one]
    drops = any(one.get("hook") == "input" and one.get("policy") == "drop" for one in chains)
    if drops and str(sip.port) not in json.dumps(rules):
        return warned(
            "firewall",
            f"incoming packets are dropped and no rule names port {sip.port}: "
            "`allomairie edge nftables` writes the rules",
        )
    told = "drops what no rule allows" if drops else "lets everything in: the peers are checked"
    return Finding("firewall", True, told)


def certificates(town: Town, now: datetime) -> Iterator[Finding]:
    """Until when the server's certificate holds."""
    path = town.settings.sip.tls.certificate_file
    if path is None:
        return
    try:
        (own, *_) = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        yield Finding("certificate", False, f"{path} cannot be read: {error}")
        return
    days = (own.not_valid_after_utc - now).total_seconds() / 86400
    told = f"{path} holds until {own.not_valid_after_utc:%Y-%m-%d}"
    if own.not_valid_before_utc > now:
        yield Finding("certificate", False, f"{path} does not hold yet: is the clock right?")
    elif days < 0:
        yield Finding("certificate", False, f"{told}: it is over, renew it and start again")
    elif days < RENEW_DAYS:
        yield warned("certificate", f"{told}: {days:.0f} days are left, renew it")
    else:
        yield Finding("certificate", True, told)


def names(town: Town) -> Iterator[Finding]:
    """Whether the names that the configuration holds can be found."""
    wanted = sorted(_names(town))
    if not wanted:
        return
    for name, trouble in look_up(wanted).items():
        remedy = "see /etc/resolv.conf, or write the address"
        told = f"cannot be found ({trouble}): {remedy}" if trouble else "is found"
        yield Finding(f"name: {name}", not trouble, told)


def look_up(wanted: list[str]) -> dict[str, str]:
    """What is wrong with each name, '' when it is found; all at once, within `RESOLVE_S`."""
    found = dict.fromkeys(wanted, "no answer")

    def look(name: str) -> None:
        try:
            socket.getaddrinfo(name, None)
            found[name] = ""
        except (OSError, UnicodeError) as error:
            found[name] = str(error)

    # daemons: a resolver that hangs must not keep the command from ending
    threads = [threading.Thread(target=look, args=(name,), daemon=True) for name in wanted]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + RESOLVE_S
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return dict(found)


def _names(town: Town) -> set[str]:
    """Host names, without addresses."""
    settings = town.settings
    hosts = [one.registrar.partition(":")[0] for one in settings.sip.accounts]
    hosts += [one.proxy.partition(":")[0] for one in settings.sip.accounts]
    if settings.sms.enabled:
        hosts.append(urlsplit(settings.sms.url).hostname or "")
    if settings.email.enabled:
        hosts.append(settings.email.host)
    hosts.append(urlsplit(settings.alerts.webhook).hostname or "")
    return {host for host in hosts if host and not _is_address(host)}


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
