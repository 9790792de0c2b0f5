"""A caller's side of a SIP dialog, as sipp scenarios put together from steps.

Strict: a message that no step expects, such as a re-INVITE of the server's, fails the call.
"""

from __future__ import annotations

FROM = "<sip:0639980001@[local_ip]:[local_port]>;tag=[pid]t[call_number]"
ANSWERED = "To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]"
OPEN = "To: <sip:[service]@[remote_ip]:[remote_port]>"
CODECS = {
    "PCMA": (8, "PCMA/8000"),
    "PCMU": (0, "PCMU/8000"),
    "G722": (9, "G722/8000"),
    "G729": (18, "G729/8000"),
}


def sdp(
    *codecs: str,
    direction: str = "sendrecv",
    version: int = 1,
    dtmf: int = 101,
    ptime: int = 20,
    address: str = "[media_ip]",
) -> str:
    """A session description with these codecs in this order."""
    kinds = [CODECS[codec] for codec in codecs or ("PCMA",)]
    lines = [
        "v=0",
        f"o=interop 1 {version} IN IP4 [local_ip]",
        "s=-",
        f"c=IN IP4 {address}",
        "t=0 0",
        f"m=audio [media_port] RTP/AVP {' '.join(str(kind) for kind, _ in kinds)} {dtmf}",
        *(f"a=rtpmap:{kind} {name}" for kind, name in kinds),
        f"a=rtpmap:{dtmf} telephone-event/8000",
        f"a=fmtp:{dtmf} 0-16",
        f"a=ptime:{ptime}",
        f"a={direction}",
    ]
    return "\n".join(lines)


def send(method: str, to: str, number: int, body: str = "", *, branch: str = "[branch]") -> str:
    """One request of the dialog."""
    retransmitted = "" if method == "ACK" else ' retrans="500"'
    kind = "Content-Type: application/sdp\n" if body else ""
    return f"""<send{retransmitted}><![CDATA[
{method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch={branch}
From: {FROM}
{to}
Call-ID: [call_id]
CSeq: {number} {method}
Contact: <sip:0639980001@[local_ip]:[local_port];transport=[transport]>
Max-Forwards: 70
{kind}Content-Length: [len]

{body}
]]></send>
"""


def receive(status: int, *, optional: bool = False, checks: str = "") -> str:
    """One response; with `checks`, `<ereg>` actions that its text must satisfy."""
    more = ' optional="true"' if optional else ""
    action = f"<action>{checks}</action>" if checks else ""
    return f'<recv response="{status}"{more} rrs="true">{action}</recv>\n'


def says(pattern: str, *, not_there: bool = False) -> str:
    """A check that the message's text matches, or must not."""
    verdict = 'check_it_inverse="true"' if not_there else 'check_it="true"'
    return f'<ereg regexp="{pattern}" search_in="msg" {verdict} assign_to="seen"/>'


def ringing() -> str:
    """What may come before an answer."""
    return "".join(receive(status, optional=True) for status in (100, 180, 183))


def begun(body: str = "", *, ack: str = "", checks: str = "") -> str:
    """INVITE, its answer, ACK."""
    return (
        send("INVITE", OPEN, 1, body)
        + ringing()
        + receive(200, checks=checks)
        + send("ACK", ANSWERED, 1, ack)
    )


def again(number: int, body: str, *, checks: str = "", ack: str = "") -> str:
    """A re-INVITE, its answer, ACK."""
    return (
        send("INVITE", ANSWERED, number, body)
        + receive(100, optional=True)
        + receive(200, checks=checks)
        + send("ACK", ANSWERED, number, ack)
    )


def ended(number: int) -> str:
    """BYE and its answer."""
    return send("BYE", ANSWERED, number) + receive(200)


def pause(ms: int) -> str:
    """Wait; nothing may arrive meanwhile."""
    return f'<pause milliseconds="{ms}"/>\n'


def play(capture: object) -> str:
    """Send the RTP of a capture file."""
    return f'<nop><action><exec play_pcap_audio="{capture}"/></action></nop>\n'


def scenario(*steps: str) -> str:
    """The whole scenario."""
    body = "".join(steps)
    used = '<Reference variables="seen"/>\n' if "seen" in body else ""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="caller">\n'
    return f"{head}{body}{used}</scenario>\n"
