"""The check itself: what is tried, in order, and what each outcome means for the table.

    reach ─► OPTIONS ─► register ─► one call: sound, keys, hold, figures ─► a call a codec
          ─► REFER ─► REFER to nobody ─► SRTP

Whatever is not proven is "non vérifiable": a 200 to SIP INFO, say, is not yet a key that arrived.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from telephony.check.agent import Agent, Identity, NoResponse, Request, token
from telephony.check.capture import Capture
from telephony.check.dialog import Dialog, Refused
from telephony.check.digest import NoAnswer
from telephony.check.link import Link
from telephony.check.probes import (
    Talk,
    add_figures,
    probe_audio,
    probe_codec,
    probe_hold,
    probe_keys,
    probe_return,
    probe_srtp,
    probe_transfer,
)
from telephony.check.report import Report, Verdict
from telephony.peers import CODECS, Codec, Srtp, Transport

OK, FAILED, UNKNOWN, UNUSED = Verdict.OK, Verdict.FAILED, Verdict.UNKNOWN, Verdict.UNUSED
PINGS = 5
ROUND_TRIP_S = 3.0  #: two reports of ours are needed
SLOW_MS = 300.0  #: a round trip above it is heard in a conversation (ITU-T G.114: 150 ms one way)
EXPIRES_S = 60  #: the check's own registration, should it not be taken back
_ALWAYS = frozenset({"reach", "call", "codec", "audio_in", "audio_out", "dtmf_event"})

WHY = {
    401: "Vérifiez l'utilisateur et le mot de passe du compte.",
    403: "Autorisez ces appels : adresse IP du serveur, compte, ou droits d'appel.",
    404: "Le numéro d'essai n'existe pas pour ce trunk : donnez-en un autre avec --number.",
    407: "Vérifiez l'utilisateur et le mot de passe du compte.",
    408: "Le numéro d'essai ne répond pas : choisissez-en un qui décroche seul.",
    480: "Le numéro d'essai n'est pas joignable : choisissez-en un qui décroche seul.",
    486: "Le numéro d'essai est occupé : choisissez-en un qui décroche seul.",
    488: "Aucun codec commun : activez PCMA (G.711 loi A) sur ce trunk.",
    503: "Le trunk est plein ou coupé : demandez au fournisseur.",
}


@dataclass(frozen=True)
class Trunk:
    """What is checked."""

    name: str
    host: str  #: where it listens: name or address; '': only a network is declared
    port: int
    transport: Transport
    identity: Identity
    number: str  #: that answers a test call; '' when none is known
    transfer_to: str  #: that a test transfer goes to
    registers: bool = False
    srtp: Srtp = "off"
    codecs: tuple[Codec, ...] = CODECS
    needs: frozenset[str] = field(default_factory=frozenset)  #: "hold", "refer", "options", …
    ring_s: float = 25.0  #: so long the final NOTIFY of a REFER is waited for
    tls: ssl.SSLContext | None = None

    @property
    def mandatory(self) -> frozenset[str]:
        """The lines without which the town cannot use this trunk."""
        more = {"register"} if self.registers else set()
        if self.srtp == "required":
            more.add("srtp")
        return _ALWAYS | self.needs | more

    def uri(self, user: str) -> str:
        """Where a number is called through this trunk."""
        return f"sip:{user}@{self.identity.domain}"

    def __str__(self) -> str:
        return f"{self.transport.upper()} {self.host or '(réseau)'}:{self.port}"


class Trial:
    """One check of one trunk.

    Args:
        address: our own address; '' is the one that reaches the trunk.
        port: ours for UDP and TCP; 0 takes any, then calls sent to the usual port do not come back.
        say: told what is tried now, in French.
    """

    def __init__(
        self,
        trunk: Trunk,
        *,
        address: str = "",
        port: int = 0,
        capture: Capture | None = None,
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._trunk = trunk
        self._address = address
        self._port = port
        self._capture = capture or Capture()
        self._say = say
        self.report = Report(trunk.name, str(trunk))

    async def run(self) -> Report:
        """Try everything; a failure of the trunk is a line, never an exception."""
        trunk = self._trunk
        why = "non essayé : le trunk n'est pas joignable"
        link = await self._reach()
        if link is not None:
            agent = self._agent
            talk = Talk(trunk, agent, self.report)
            try:
                why = "non essayé : " + await self._trials(talk)
            finally:
                await talk.close()
                link.close()
        self.report.complete(why, trunk.mandatory)
        return self.report

    async def _trials(self, talk: Talk) -> str:
        """All but the first line; returns why the lines that are missing are."""
        await self._options()
        if not await self._register():
            return "l'enregistrement a échoué"
        try:
            if not self._trunk.number:
                return "aucun numéro d'essai (donnez --number)"
            if not await self._talk(talk):
                return "l'appel d'essai a échoué"
            for codec in CODECS:
                self._say(f"Codec {codec.upper()}…")
                await probe_codec(talk, codec)
            self._say("Transferts…")
            if await probe_transfer(talk):
                await probe_return(talk)
            self._say("SRTP…")
            await probe_srtp(talk)
        finally:
            await self._unregister()
        return "sans réponse du trunk"

    # -- the way there -----------------------------------------------------------------------

    async def _reach(self) -> Link | None:
        trunk, report = self._trunk, self.report
        self._say(f"{trunk}…")
        if not trunk.host:
            said = "un réseau est déclaré, pas une adresse que l'on puisse appeler"
            cure = "Mettez l'adresse du trunk en premier dans addresses."
            report.add("reach", UNKNOWN, said, cure, mandatory=True)
            return None
        try:
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(trunk.host, trunk.port, family=socket.AF_INET)
        except OSError as error:
            report.add(
                "reach",
                FAILED,
                f"{trunk.host} n'a pas d'adresse IPv4 ({error.strerror or error})",
                "Vérifiez le nom et le DNS du serveur.",
                mandatory=True,
            )
            return None
        addresses = sorted({one[4][0] for one in found})
        to = (str(addresses[0]), trunk.port)
        link = Link(
            trunk.transport,
            (self._address or _own(to), self._port),
            to,
            self._capture,
            lambda message, route: self._agent.arrived(message, route),
        )
        self._agent = Agent(link, trunk.identity, link.local[0], self._capture)
        try:
            await link.open(trunk.tls, trunk.host)
        except (OSError, TimeoutError) as error:
            link.close()
            report.add("reach", FAILED, _words(error, to), _cure(error), mandatory=True)
            return None
        self._at = ", ".join(str(one) for one in addresses)
        if trunk.transport != "udp":
            secured = " avec un certificat valable" if trunk.transport == "tls" else ""
            said = f"{self._at}, connexion {trunk.transport.upper()} établie{secured}"
            report.add("reach", OK, said, mandatory=True)
        return link

    async def _options(self) -> None:
        """Does it answer; how fast. Over UDP this is what tells whether it can be reached."""
        trunk, report = self._trunk, self.report
        trips, status = [], 0
        for number in range(PINGS):
            begun = time.monotonic()
            try:
                status = (await self._agent.ask(self._outside("OPTIONS"), answer_s=4.0)).status
            except (NoResponse, NoAnswer):
                if number == 0:
                    break
                continue
            trips.append((time.monotonic() - begun) * 1000)
        needed = "options" in trunk.needs
        if not trips:
            cure = "Activez la réponse à OPTIONS, ou ouvrez le pare-feu vers le trunk."
            report.add("options", FAILED, "aucune réponse en 4 s", cure, mandatory=needed)
            report.add("sip_latency", UNKNOWN, "OPTIONS est resté sans réponse")
            return
        self._reached()
        if status >= 500:
            cure = "Demandez au fournisseur pourquoi le trunk se dit hors service."
            report.add("options", FAILED, f"réponse {status}", cure, mandatory=needed)
        else:
            report.add("options", OK, f"réponse {status}", mandatory=needed)
        trip = statistics.median(trips)
        said = f"{trip:.0f} ms (médiane de {len(trips)} OPTIONS)"
        if trip <= SLOW_MS:
            report.add("sip_latency", OK, said)
        else:
            cure = "Le réseau est lent : cherchez un lien saturé ou un VPN lointain."
            report.add("sip_latency", FAILED, said, cure)

    def _reached(self) -> None:
        """Over UDP only an answer tells that there is somebody."""
        if "reach" not in self.report.lines:
            self.report.add("reach", OK, f"{self._at}, répond en UDP", mandatory=True)

    def _outside(self, method: str, uri: str = "") -> Request:
        trunk = self._trunk
        me = f"<{trunk.uri(trunk.identity.user)}>"
        target = uri or f"sip:{trunk.identity.domain}"
        to = me if method == "REGISTER" else f"<{target}>"
        return Request(
            method, target, to, f"{me};tag={token()}", f"{token()}@{self._agent.address}", 1
        )

    async def _register(self) -> bool:
        trunk, report = self._trunk, self.report
        if not trunk.registers:
            said = "ce trunk se reconnaît à l'adresse IP, sans enregistrement"
            report.add("register", UNUSED, said)
            return True
        self._say("Enregistrement…")
        finding, cure = "", "Vérifiez l'adresse du registrar et le pare-feu."
        try:
            response = await self._agent.ask(self._registration(EXPIRES_S))
            if response.status == 200:
                self._reached()
                report.add("register", OK, f"accepté ({trunk.identity.user})", mandatory=True)
                return True
            self._reached()
            finding = f"refusé : {response.start.partition(' ')[2][:60]}"
            cure = WHY.get(response.status, "Demandez au fournisseur la cause de ce refus.")
        except (NoResponse, NoAnswer) as error:
            finding = str(error)
        report.add("register", FAILED, finding, cure, mandatory=True)
        return False

    def _registration(self, expires_s: int) -> Request:
        request = self._outside("REGISTER")
        request.headers += (("Expires", str(expires_s)),)
        return request

    async def _unregister(self) -> None:
        if self._trunk.registers:
            with contextlib.suppress(NoResponse, NoAnswer):
                await self._agent.ask(self._registration(0), answer_s=3.0)

    # -- the long call -----------------------------------------------------------------------

    async def _talk(self, talk: Talk) -> bool:
        """One call for sound, keys, hold and figures."""
        trunk, report = self._trunk, self.report
        self._say(f"Appel d'essai vers {trunk.number}…")
        secure = trunk.srtp == "required"
        dialog = Dialog(self._agent, trunk.uri(trunk.number), trunk.codecs, secure=secure)
        begun = time.monotonic()
        talk.returning.expected = True
        try:
            answer = await dialog.call()
            self._reached()
            back = ", revenu chez nous par le trunk" if talk.returning.came else ""
            after = (time.monotonic() - begun) * 1000
            report.add("call", OK, f"décroché en {after:.0f} ms{back}", mandatory=True)
            report.add("codec", OK, str(answer.codec).upper(), mandatory=True)
            self._say("Son, touches, attente…")
            await probe_audio(talk, dialog)
            await probe_keys(talk, dialog)
            await probe_hold(talk, dialog)
            await dialog.media.gets_round_trip(ROUND_TRIP_S)
            add_figures(report, dialog.media.quality)
            return True
        except Refused as refused:
            self._reached()
            cure = WHY.get(refused.status, "Demandez au fournisseur la cause de ce refus.")
            report.add("call", FAILED, f"refusé : {refused}", cure, mandatory=True)
        except (NoResponse, NoAnswer, OSError) as error:
            cure = "Choisissez avec --number un numéro qui décroche seul."
            if "reach" not in report.lines:
                cure = "Vérifiez l'adresse, le port et le pare-feu du trunk."
                report.add("reach", FAILED, f"{self._at} : aucune réponse", cure, mandatory=True)
            report.add("call", FAILED, str(error), cure, mandatory=True)
        finally:
            await dialog.hang_up()
        return False


def _own(to: tuple[str, int]) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(to)
        return str(probe.getsockname()[0])


def _words(error: Exception, to: tuple[str, int]) -> str:
    where = f"{to[0]}:{to[1]}"
    if isinstance(error, ssl.SSLError):
        return f"{where} : TLS refusé ({getattr(error, 'verify_message', '') or error.reason})"
    if isinstance(error, TimeoutError):
        return f"{where} : aucune réponse à la connexion"
    assert isinstance(error, OSError)  # noqa: S101  # the caller catches nothing else
    return f"{where} : {os.strerror(error.errno) if error.errno else error}"


def _cure(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "Donnez dans sip.tls.ca_file l'autorité qui signe le certificat, fait pour ce nom."
    return "Vérifiez l'adresse, le port et le pare-feu du trunk."
