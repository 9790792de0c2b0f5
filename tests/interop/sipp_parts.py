"""Scenarios for sipp, put together from parts: a caller's IPBX and a desk, loopback only."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import free_port

SDP = """v=0
      o=peer 1 1 IN IP[local_ip_type] [local_ip]
      s=-
      c=IN IP[media_ip_type] [media_ip]
      t=0 0
      m=audio [media_port] RTP/AVP 8 101
      a=rtpmap:8 PCMA/8000
      a=rtpmap:101 telephone-event/8000
      a=ptime:20
      a=sendrecv"""


def send(message: str, attributes: str = "") -> str:
    """One message of ours."""
    return f"<send {attributes}><![CDATA[\n      {message.strip()}\n    ]]></send>\n"


def answer(status: str, *, tag: bool = True, sdp: bool = False, extra: str = "") -> str:
    """A response to the last request."""
    to = "[last_To:];tag=[pid]D[call_number]" if tag else "[last_To:]"
    lines = f"""SIP/2.0 {status}
      [last_Via:]
      [last_From:]
      {to}
      [last_Call-ID:]
      [last_CSeq:]
      Contact: <sip:[local_ip]:[local_port]>
      Supported: replaces
      Allow: INVITE, ACK, BYE, CANCEL, REFER, NOTIFY, OPTIONS, UPDATE
      {extra}"""
    body = f"Content-Type: application/sdp\n      Content-Length: [len]\n\n      {SDP}"
    return send(f"{lines.rstrip()}\n      {body if sdp else 'Content-Length: 0'}")


def receive(method: str, attributes: str = "") -> str:
    """A request that must come."""
    return f'<recv request="{method}" {attributes}/>\n'


def pause(ms: int) -> str:
    """Time that passes."""
    return f'<pause milliseconds="{ms}"/>\n'


def dialog(method: str, body: str = "Content-Length: 0", *, cseq: int, headers: str = "") -> str:
    """A request of the caller in its call."""
    head = f"""{method} sip:mairie@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:0612345678@[local_ip]:[local_port]>;tag=[pid]C[call_number]
      To: <sip:mairie@[remote_ip]:[remote_port]>[peer_tag_param]
      Call-ID: [call_id]
      CSeq: {cseq} {method}
      Contact: <sip:[local_ip]:[local_port]>
      Max-Forwards: 70"""
    return send("\n      ".join(part for part in (head, headers, body) if part))


def call(*, supported: str = "Supported: replaces") -> str:
    """A call that the bot answers."""
    invite = f"""INVITE sip:mairie@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:0612345678@[local_ip]:[local_port]>;tag=[pid]C[call_number]
      To: <sip:mairie@[remote_ip]:[remote_port]>
      Call-ID: [call_id]
      CSeq: 1 INVITE
      Contact: <sip:[local_ip]:[local_port]>
      Allow: INVITE, ACK, BYE, CANCEL, REFER, NOTIFY, OPTIONS
      {supported}
      Max-Forwards: 70
      Content-Type: application/sdp
      Content-Length: [len]

      {SDP}"""
    progress = "".join(f'<recv response="{code}" optional="true"/>\n' for code in (100, 180, 183))
    return (
        send(invite, 'retrans="500"')
        + progress
        + '<recv response="200"/>\n'
        + dialog("ACK", cseq=1)
    )


def notify(sipfrag: str, *, cseq: int, last: bool = False) -> str:
    """Progress of a REFER (RFC 3515), and the bot's answer to it."""
    state = "terminated;reason=noresource" if last else "active;expires=60"
    headers = f"""Event: refer
      Subscription-State: {state}
      Content-Type: message/sipfrag;version=2.0"""
    body = f"Content-Length: [len]\n\n      SIP/2.0 {sipfrag}"
    return dialog("NOTIFY", body, cseq=cseq, headers=headers)


ACCEPTED = receive("REFER") + answer("202 Accepted", tag=False)
ENDED = receive("BYE") + answer("200 OK", tag=False)


def hangs_up(cseq: int) -> str:
    """The caller hangs up."""
    return dialog("BYE", cseq=cseq) + '<recv response="200"/>\n'


def _desk(first: str, *lines: str) -> str:
    return "\n      ".join((first, *lines))


#: a desk's telephone keeps what its first INVITE said, for requests and late answers of its own
RINGS = (
    """<recv request="INVITE" rrs="true"><action>
      <ereg regexp=".*" search_in="hdr" header="Via:" assign_to="via"/>
      <ereg regexp=".*" search_in="hdr" header="From:" assign_to="from"/>
      <ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/>
      <ereg regexp="sip:[^>]*" search_in="hdr" header="Contact:" assign_to="contact"/>
      <ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="number"/>
    </action></recv>
"""
    + answer("100 Trying", tag=False)
    + answer("180 Ringing")
)
ANSWERS = answer("200 OK", sdp=True) + receive("ACK")


def to_invite(status: str, body: str = "Content-Length: 0") -> str:
    """An answer to the INVITE after something else came: the end of one that was cancelled."""
    return send(
        _desk(
            f"SIP/2.0 {status}",
            "Via:[$via]",
            "From:[$from]",
            "To:[$to];tag=[pid]D[call_number]",
            "Call-ID: [call_id]",
            "CSeq: [$number] INVITE",
            "Contact: <sip:[local_ip]:[local_port]>",
            body,
        )
    )


def desk_hangs_up() -> str:
    """The desk ends the call."""
    return (
        send(
            _desk(
                "BYE [$contact] SIP/2.0",
                "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
                "From:[$to];tag=[pid]D[call_number]",
                "To:[$from]",
                "Call-ID: [call_id]",
                "CSeq: 1 BYE",
                "Max-Forwards: 70",
                "Content-Length: 0",
            )
        )
        + '<recv response="200"/>\n'
    )


WITH_SDP = f"Content-Type: application/sdp\n      Content-Length: [len]\n\n      {SDP}"
CANCELLED = receive("CANCEL") + answer("200 OK", tag=False)
RENEGOTIATED = receive("INVITE") + answer("200 OK", tag=False, sdp=True) + receive("ACK")


@dataclass
class Peer:
    """A running sipp."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def finish(self, timeout_s: float = 30) -> int:
        """Wait for the end of the scenario; 0 when all messages were as written."""
        try:
            return self.process.wait(timeout_s)
        finally:
            self.stop()

    def stop(self) -> None:
        """End it, whatever it does."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    @property
    def messages(self) -> str:
        """What went over the wire."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""


def start(
    name: str,
    steps: str,
    folder: Path,
    port: int,
    audio_port: int,
    remote: str = "",
    *,
    tcp: bool = False,
) -> Peer:
    """Start sipp with a scenario.

    Args:
        audio_port: where its SDP wants audio; 0: sipp's own port, which is silent.
        remote: host:port that it calls; empty: it waits for a call.
    """
    path = folder / f"{name}.xml"
    if audio_port:
        steps = steps.replace("[media_port]", str(audio_port))
    if "assign_to" in steps:  # sipp wants each variable used
        steps += '<Reference variables="via,from,to,contact,number"/>\n'
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="peer">\n{steps}</scenario>\n',
        encoding="utf-8",
    )
    log = folder / f"{name}.log"
    command = ["sipp", *([remote] if remote else []), "-sf", str(path), "-i", "127.0.0.1"]
    command += ["-p", str(port), "-mi", "127.0.0.1", "-mp", str(free_port()), "-m", "1", "-nostdin"]
    command += ["-trace_msg", "-message_file", str(log), "-trace_err", "-timeout", "60s"]
    command += ["-t", "t1" if tcp else "u1"]
    output = (folder / f"{name}.out").open("wb")
    process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
    output.close()
    return Peer(process, port, log)
