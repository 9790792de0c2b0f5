"""What is tried within a call: sound, keys, hold, codecs, transfers, SRTP, figures."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from telephony.check.agent import Agent, NoResponse
from telephony.check.dialog import Dialog, Refused
from telephony.check.digest import NoAnswer
from telephony.check.quality import Quality
from telephony.check.report import Report, Verdict
from telephony.check.returning import Returning
from telephony.check.sound import key_tones
from telephony.peers import Codec

if TYPE_CHECKING:
    from telephony.check.trial import Trunk

OK, FAILED, UNKNOWN, UNUSED = Verdict.OK, Verdict.FAILED, Verdict.UNKNOWN, Verdict.UNUSED
TONES = (1020, 780)  #: one after the other: neither a dial tone nor a line's ringing
SOUND_S = 4.0  #: for a tone to come back, or any sound
KEY_S = 2.5
REPORT_S = 6.0  #: RTCP comes every 5 s (RFC 3550, 6.2)
NOBODY = "poste-inexistant"
SLOW_MS, MOST_LOSS, MOST_JITTER_MS = 300.0, 0.01, 30.0
NO_REFER = frozenset({403, 405, 489, 501, 603})
ECHO = "Appelez avec --number un numéro d'écho (Asterisk : Echo()) pour le prouver."
_BROKEN = (Refused, NoResponse, NoAnswer, OSError)


class Talk:
    """What the probes share: the trunk, the agent, the calls that come back, the table."""

    def __init__(self, trunk: Trunk, agent: Agent, report: Report) -> None:
        self.trunk = trunk
        self.agent = agent
        self.report = report
        self.returning = Returning(agent)
        self.echoes = False  #: the far end sends back what it hears

    def dialog(self, codecs: tuple[Codec, ...] = (), *, secure: bool | None = None) -> Dialog:
        """Another call to the test number."""
        trunk = self.trunk
        return Dialog(
            self.agent,
            trunk.uri(trunk.number),
            codecs or trunk.codecs,
            secure=trunk.srtp == "required" if secure is None else secure,
        )

    async def close(self) -> None:
        """End the calls that came back."""
        await self.returning.close()


# -- sound --------------------------------------------------------------------------------


async def probe_audio(talk: Talk, dialog: Dialog) -> None:
    """A tone, then another: whose echo follows is heard both ways."""
    media, report = dialog.media, talk.report
    media.say(TONES[0])
    if await media.hears(TONES[:1], SOUND_S):
        media.say(TONES[1])
        media.forget()
        talk.echoes = await media.hears(TONES[1:], SOUND_S)
    media.say(TONES[1])
    if talk.echoes:
        report.add("audio_in", OK, "notre son revient en écho", mandatory=True)
        report.add("audio_out", OK, "notre son revient en écho", mandatory=True)
        return
    if await media.hears_anything(1.0):
        report.add("audio_in", OK, "du son arrive", mandatory=True)
    elif media.quality.packets:
        said = f"{media.quality.packets} paquets arrivent, tous muets"
        report.add("audio_in", UNKNOWN, said, ECHO, mandatory=True)
    else:
        said = "aucun paquet de son n'arrive : appel à sens unique"
        if media.unreadable:
            said = f"{media.unreadable} paquets arrivent, qu'aucune clé n'ouvre"
        cure = (
            "Ouvrez l'UDP du trunk vers les ports rtp_first_port à rtp_last_port, et désactivez "
            "SIP ALG sur la box."
        )
        report.add("audio_in", FAILED, said, cure, mandatory=True)
    await _probe_far_ear(talk, dialog)


async def _probe_far_ear(talk: Talk, dialog: Dialog) -> None:
    """Without an echo, the far end's own reports may say that it hears us."""
    quality = dialog.media.quality
    if await dialog.media.gets_report(REPORT_S):
        said = "le correspondant dit par RTCP qu'il reçoit nos paquets"
        talk.report.add("audio_out", OK, said, mandatory=True)
        return
    said = "ni écho, ni rapport RTCP du correspondant"
    if not quality.packets:
        said += " ; rien n'arrive non plus de lui"
    talk.report.add("audio_out", UNKNOWN, said, ECHO, mandatory=True)


# -- keys ---------------------------------------------------------------------------------


async def probe_keys(talk: Talk, dialog: Dialog) -> None:
    """Each way to send a key, with another key."""
    await _probe_event(talk, dialog)
    await _probe_info(talk, dialog)
    await _probe_inband(talk, dialog)


async def _probe_event(talk: Talk, dialog: Dialog) -> None:
    report, media = talk.report, dialog.media
    if dialog.answer is None or dialog.answer.event is None:
        said = "telephone-event n'est pas dans la réponse"
        cure = "Activez RFC 4733 (RFC 2833) pour les touches sur ce trunk."
        report.add("dtmf_event", FAILED, said, cure, mandatory=True)
        return
    media.press("5")
    if await media.gets_key("5", 0, KEY_S) or "5" in talk.returning.keys_by_event:
        report.add("dtmf_event", OK, "la touche 5 est arrivée et revenue", mandatory=True)
        return
    said = f"négocié (charge {dialog.answer.event}), mais aucune touche n'est revenue"
    report.add("dtmf_event", UNKNOWN, said, ECHO, mandatory=True)


async def _probe_info(talk: Talk, dialog: Dialog) -> None:
    report, before = talk.report, len(dialog.media.keys)
    try:
        status = await dialog.info("7")
    except (NoResponse, NoAnswer) as error:
        report.add("dtmf_info", FAILED, str(error), "Utilisez RFC 4733 sur ce trunk.")
        return
    if status >= 300:
        said = f"refusé ({status})"
        report.add("dtmf_info", FAILED, said, "Sans gravité si les touches RFC 4733 passent.")
        return
    back = (
        "7" in talk.returning.keys_by_info
        or "7" in dialog.keys
        or await dialog.media.gets_key("7", before, 1.0)
    )
    if back:
        report.add("dtmf_info", OK, "la touche 7 est arrivée")
    else:
        said = f"accepté ({status}), mais rien ne prouve que la touche 7 est arrivée"
        report.add("dtmf_info", UNKNOWN, said, ECHO)


async def _probe_inband(talk: Talk, dialog: Dialog) -> None:
    report, media = talk.report, dialog.media
    if not talk.echoes:
        report.add("dtmf_inband", UNKNOWN, "il faut un écho pour l'entendre", ECHO)
        return
    before = len(media.keys)
    media.forget()
    media.say(*key_tones("9"))
    heard = await media.hears_key("9", SOUND_S)
    media.say(TONES[1])
    if heard:
        report.add("dtmf_inband", OK, "les deux fréquences de la touche 9 reviennent")
    elif "9" in media.keys[before:]:
        report.add("dtmf_inband", OK, "le trunk en fait une touche RFC 4733")
    else:
        said = "les fréquences de la touche 9 ne passent pas"
        report.add("dtmf_inband", FAILED, said, "Sans gravité si les touches RFC 4733 passent.")


# -- hold ---------------------------------------------------------------------------------


async def probe_hold(talk: Talk, dialog: Dialog) -> None:
    """Hold as a transfer does, then resume; sound must be back."""
    mandatory = "hold" in talk.trunk.needs
    cure = (
        "Autorisez les re-INVITE (mise en attente) sur ce trunk, ou prenez transfer.mode = blind."
    )

    def say(verdict: Verdict, finding: str, remedy: str = "") -> None:
        talk.report.add("hold", verdict, finding, remedy, mandatory=mandatory)

    sounded = dialog.media.quality.packets > 0
    try:
        held = await dialog.renegotiate("sendonly")
        if isinstance(held, int):
            return say(FAILED, f"mise en attente refusée ({held})", cure)
        resumed = await dialog.renegotiate("sendrecv")
        if isinstance(resumed, int):
            return say(FAILED, f"reprise refusée ({resumed})", cure)
    except (NoResponse, NoAnswer) as error:
        return say(FAILED, str(error), cure)
    dialog.media.start(resumed)
    if held.direction not in ("recvonly", "inactive"):
        said = f"attente acceptée, mais la réponse dit « {held.direction} » (RFC 3264 : recvonly)"
        return say(FAILED, said, "Signalez-le au fournisseur : la réponse à sendonly est fausse.")
    if not sounded:
        return say(UNKNOWN, "accepté, mais aucun son n'arrivait avant", ECHO)
    dialog.media.forget()
    before = dialog.media.quality.packets
    if await dialog.media.hears_anything(3.0) or dialog.media.quality.packets > before + 10:
        return say(OK, f"attente ({held.direction}), reprise, le son revient")
    return say(FAILED, "le son ne revient pas après la reprise", cure)


# -- codecs, SRTP -------------------------------------------------------------------------


async def probe_codec(talk: Talk, codec: Codec) -> None:
    """A short call that offers this codec alone; one is enough, so none is mandatory."""
    report = talk.report
    if codec not in talk.trunk.codecs:
        return report.add(codec, UNUSED, "n'est pas dans les codecs de ce trunk (allomairie.toml)")
    dialog = talk.dialog((codec,))
    try:
        answer = await dialog.call()
        if answer.codec != codec:
            return report.add(codec, FAILED, f"la réponse parle {str(answer.codec).upper()}")
        dialog.media.say(TONES[0])
        if talk.echoes and not await dialog.media.hears(TONES[:1], SOUND_S):
            said = "accepté, mais notre son ne revient pas"
            return report.add(codec, FAILED, said, f"Retirez {codec} des codecs de ce trunk.")
        said = "accepté, notre son revient" if talk.echoes else "accepté"
        return report.add(codec, OK, said)
    except Refused as refused:
        verdict = FAILED if refused.status in (415, 488, 606) else UNKNOWN
        return report.add(codec, verdict, f"refusé : {refused}")
    except (NoResponse, NoAnswer, OSError) as error:
        return report.add(codec, UNKNOWN, str(error))
    finally:
        await dialog.hang_up()


async def probe_srtp(talk: Talk) -> None:
    """A call with keys in the SDP; over clear signalling they protect nothing."""
    trunk, report = talk.trunk, talk.report
    mandatory = trunk.srtp == "required"
    if trunk.transport != "tls":
        said = f"les clés passeraient en clair : signalisation en {trunk.transport.upper()}"
        return report.add("srtp", UNUSED, said, 'Prenez transport = "tls" pour chiffrer le son.')
    dialog = talk.dialog(secure=True)
    try:
        await dialog.call()
        dialog.media.say(TONES[0])
        if await dialog.media.hears(TONES[:1], SOUND_S) or await dialog.media.hears_anything(1.0):
            said = "clés échangées (SDES), le son chiffré s'entend"
            return report.add("srtp", OK, said, mandatory=mandatory)
        if dialog.media.unreadable:
            said = f"{dialog.media.unreadable} paquets que la clé échangée n'ouvre pas"
            cure = "Vérifiez la suite AES_CM_128_HMAC_SHA1_80 des deux côtés."
            return report.add("srtp", FAILED, said, cure, mandatory=mandatory)
        said = "clés échangées (SDES), mais aucun son n'arrive"
        return report.add("srtp", UNKNOWN, said, ECHO, mandatory=mandatory)
    except Refused as refused:
        cure = "Activez SRTP (SDES) sur ce trunk, ou prenez srtp = off."
        return report.add("srtp", FAILED, f"refusé : {refused}", cure, mandatory=mandatory)
    except (NoResponse, NoAnswer, OSError) as error:
        return report.add("srtp", UNKNOWN, str(error), mandatory=mandatory)
    finally:
        await dialog.hang_up()


# -- transfers ----------------------------------------------------------------------------


async def probe_transfer(talk: Talk) -> bool:
    """REFER to the test desk; returns whether REFER is known there at all."""
    trunk, report = talk.trunk, talk.report
    mandatory = "refer" in trunk.needs

    def say(verdict: Verdict, finding: str, remedy: str = "") -> None:
        report.add("refer", verdict, finding, remedy, mandatory=mandatory)

    dialog = talk.dialog()
    try:
        await dialog.call()
        status = await dialog.refer(trunk.uri(trunk.transfer_to))
        if talk.returning.referred:
            say(UNKNOWN, "le trunk ne fait que relayer : REFER nous est revenu", ECHO_REFER)
            report.add("back", UNKNOWN, "le trunk ne fait que relayer REFER")
            return False
        if status >= 300:
            cure = 'Autorisez REFER (transfert) sur ce trunk, ou prenez transfer.mode = "bridge".'
            say(FAILED, f"refusé ({status})", cure)
            if status in NO_REFER:
                alive = await dialog.alive()
                _say_alive(report, alive, f"REFER refusé ({status})")
                return False
            return True
        outcome = await dialog.outcome(trunk.ring_s)
        if outcome is None:
            said = f"accepté ({status}), mais sans NOTIFY final en {trunk.ring_s:g} s"
            say(FAILED, said, "Demandez au fournisseur d'envoyer les NOTIFY de RFC 3515.")
        elif outcome[0] >= 300:
            said = f"accepté, mais {trunk.transfer_to} n'a pas été joint ({outcome[0]})"
            say(FAILED, said, "Donnez avec --transfer-to un poste qui décroche seul.")
        else:
            say(OK, f"accepté ({status}), {trunk.transfer_to} joint (NOTIFY {outcome[0]})")
        return True
    except _BROKEN as error:
        say(UNKNOWN, str(error))
        return False
    finally:
        await dialog.hang_up()


ECHO_REFER = "Faites l'essai vers un poste de l'IPBX (--number) pour le prouver."


async def probe_return(talk: Talk) -> None:
    """REFER to nobody: the call must still be ours afterwards."""
    report, dialog = talk.report, talk.dialog()
    try:
        await dialog.call()
        status = await dialog.refer(talk.trunk.uri(NOBODY))
        outcome = (status, "") if status >= 300 else await dialog.outcome(talk.trunk.ring_s)
        if outcome is None or outcome[0] < 300:
            said = "aucun échec n'est annoncé pour un poste inexistant"
            report.add("back", FAILED, said, "Réglez transfer.mode = bridge ou attended.")
            return
        _say_alive(report, await dialog.alive(), f"échec annoncé ({outcome[0]})")
    except _BROKEN as error:
        report.add("back", UNKNOWN, str(error))
    finally:
        await dialog.hang_up()


def _say_alive(report: Report, alive: bool, how: str) -> None:
    if alive:
        report.add("back", OK, f"{how}, l'appel continue")
    else:
        cure = "Prenez transfer.mode = bridge : l'appel se perd après un transfert manqué."
        report.add("back", FAILED, f"{how}, mais l'appel est perdu", cure)


# -- figures ------------------------------------------------------------------------------


def add_figures(report: Report, quality: Quality) -> None:
    """Round trip, loss and jitter of the long call."""
    if quality.round_trip_ms:
        trip = statistics.median(quality.round_trip_ms)
        cure = "" if trip <= SLOW_MS else "Le réseau est lent : cherchez un lien saturé."
        verdict = FAILED if cure else OK
        report.add("rtp_latency", verdict, f"{trip:.0f} ms (RTCP)", cure)
    else:
        report.add("rtp_latency", UNKNOWN, "le correspondant n'envoie pas de rapport RTCP")
    if not quality.packets:
        for key in ("loss", "jitter"):
            report.add(key, UNKNOWN, "aucun paquet reçu")
        return
    far = quality.far_lost
    said = f"{quality.lost * 100:.1f} % vers nous (sur {quality.expected} paquets)"
    said += "" if far is None else f", {far * 100:.1f} % chez le correspondant (RTCP)"
    worst = max(quality.lost, far or 0.0)
    cure = "Cherchez un lien saturé ou sans priorité à la voix (DSCP EF)."
    if worst <= MOST_LOSS:
        report.add("loss", OK, said.replace(".", ","))
    else:
        report.add("loss", FAILED, said.replace(".", ","), cure)
    said = f"{quality.jitter_ms:.0f} ms"
    if quality.jitter_ms <= MOST_JITTER_MS:
        report.add("jitter", OK, said)
    else:
        report.add("jitter", FAILED, said, cure)
