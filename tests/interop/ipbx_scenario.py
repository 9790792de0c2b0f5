"""An IPBX for `trunk check`, played by sipp: it answers whatever comes, as it was told to."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import free_port

OPTIONS, INFO, REFER, AGAIN, BYE = 1, 2, 3, 4, 5
LOOP = 6


@dataclass(frozen=True)
class Habits:
    """What this IPBX does."""

    codecs: str = "8 101"
    event: bool = True  #: telephone-event stands in its answer
    refer: str = "202 Accepted"
    outcome: str = "200 OK"  #: of the final NOTIFY; '': none
    hold: str = "recvonly"  #: its answer to any re-INVITE; '': it refuses
    info: str = "200 OK"
    invite: str = "200 OK"
    echo: bool = True


def _sdp(habits: Habits, direction: str) -> str:
    event = "a=rtpmap:101 telephone-event/8000\n" if habits.event else ""
    codecs = habits.codecs if habits.event else habits.codecs.replace(" 101", "")
    return f"""v=0
o=ipbx 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP {codecs}
a=rtpmap:8 PCMA/8000
{event}a={direction}
"""


def _answer(status: str, body: str = "", *, after: int = 0, label: int = 0) -> str:
    kind = "Content-Type: application/sdp\n" if body else ""
    following = f' next="{after}"' if after else ""
    tag = "[last_To:]" if label else "[last_To:];tag=[pid]I[call_number]"
    name = f'<label id="{label}"/>\n' if label else ""
    return f"""{name}<send{following}><![CDATA[
SIP/2.0 {status}
[last_Via:]
[last_From:]
{tag}
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port];transport=[transport]>
Allow: INVITE, ACK, BYE, OPTIONS, INFO, REFER
{kind}Content-Length: [len]

{body}]]></send>
"""


def _notify(status: str, number: int, *, last: bool) -> str:
    state = "terminated;reason=noresource" if last else "active;expires=60"
    return f"""<send><![CDATA[
NOTIFY [$contact] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From:[$to];tag=[pid]I[call_number]
To:[$from]
Call-ID: [call_id]
CSeq: {number} NOTIFY
Contact: <sip:[local_ip]:[local_port]>
Max-Forwards: 70
Event: refer
Subscription-State: {state}
Content-Type: message/sipfrag;version=2.0
Content-Length: [len]

SIP/2.0 {status}
]]></send>
<recv response="200"/>
"""


def _kept(header: str, name: str, pattern: str = ".*") -> str:
    where = f'search_in="hdr" header="{header}:" assign_to="{name}"'
    return f'<ereg regexp="{pattern}" {where}/>'


def scenario(habits: Habits) -> str:
    """Any number of OPTIONS, INFO, REFER and re-INVITE, until BYE."""
    keeps = _kept("From", "from") + _kept("To", "to") + _kept("Contact", "contact", "sip:[^>]*")
    steps = f'<recv request="OPTIONS" optional="true" next="{OPTIONS}"/>\n'
    steps += f'<recv request="INVITE"><action>{keeps}</action></recv>\n'
    if not habits.invite.startswith("200"):
        steps += _answer(habits.invite) + '<recv request="ACK" next="7"/>\n'
    else:
        steps += _answer("180 Ringing") + _answer("200 OK", _sdp(habits, "sendrecv"))
        steps += f'<recv request="ACK" next="{LOOP}"/>\n'
    steps += _answer("200 OK", after=7, label=0).replace(
        "<send", f'<label id="{OPTIONS}"/>\n<send', 1
    )
    steps += f'<label id="{LOOP}"/>\n'
    for request, label in (("INFO", INFO), ("REFER", REFER), ("INVITE", AGAIN)):
        steps += f'<recv request="{request}" optional="true" next="{label}"/>\n'
    steps += f'<recv request="BYE" next="{BYE}"/>\n'
    steps += _answer(habits.info, after=LOOP, label=INFO)
    if habits.refer.startswith("202"):
        steps += _answer(habits.refer, label=REFER) + _notify("100 Trying", 1, last=False)
        steps += _notify(habits.outcome, 2, last=True) if habits.outcome else ""
        steps += f'<nop next="{LOOP}"/>\n'
    else:
        steps += _answer(habits.refer, after=LOOP, label=REFER)
    if habits.hold:
        steps += _answer("200 OK", _sdp(habits, habits.hold), label=AGAIN)
    else:
        steps += _answer("488 Not Acceptable Here", label=AGAIN)
    steps += f'<recv request="ACK" next="{LOOP}"/>\n'
    steps += _answer("200 OK", label=BYE)
    steps += '<label id="7"/>\n<Reference variables="from,to,contact"/>\n'
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="ipbx">\n'
    return f"{head}{steps}</scenario>\n"


@contextlib.contextmanager
def ipbx(folder: Path, habits: Habits) -> Iterator[int]:
    """Run it; gives its port."""
    path = folder / "ipbx.xml"
    path.write_text(scenario(habits), encoding="utf-8")
    port = free_port()
    command = ["sipp", "-sf", str(path), "-i", "127.0.0.1", "-p", str(port), "-nostdin"]
    command += ["-mi", "127.0.0.1", "-mp", str(30_000 + port % 10_000 // 2 * 2), "-trace_err"]
    command += ["-timeout", "120s", *(["-rtp_echo"] if habits.echo else [])]
    with (folder / "ipbx.out").open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield port
    finally:
        process.kill()
        process.wait()
