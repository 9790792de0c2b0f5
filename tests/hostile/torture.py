"""The torture messages of RFC 4475: the same 49 twists, addressed to a server under test.

@URI@ is the server, @ME@ the sender's host:port, @N@ a number that is new each time. Lines end in
CRLF on the wire; `\\x00`-like bytes are written as Latin-1 characters.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

_numbers = itertools.count(1000)
SDP = (
    "v=0\no=mhandley 29739 7272939 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=audio 49217 RTP/AVP 8 12\na=rtpmap:8 PCMA/8000\n"
)
TO, FROM = "To: sip:user@example.com", "From: sip:caller@example.net;tag=134161461246"
CONTACT = "Contact: <sip:caller@@ME@>"


@dataclass(frozen=True)
class Torture:
    """One message of the RFC."""

    name: str  #: as in the RFC's archive
    section: str
    text: str
    wanted: frozenset[int] = (
        frozenset()
    )  #: statuses that an endpoint may answer; none: any, or none

    def message(self, uri: str, me: str) -> bytes:
        """The bytes for the wire."""
        text = self.text.replace("\n", "\r\n")
        filled = text.replace("@URI@", uri).replace("@ME@", me)
        return filled.replace("@N@", str(next(_numbers))).encode("latin-1")


def _request(
    name: str,
    *headers: str,
    method: str = "INVITE",
    start: str = "",
    via: str = "",
    to: str = TO,
    from_: str = FROM,
    cseq: str = "",
    body: str = "",
    length: str | None = None,
    forwards: str = "70",
) -> str:
    """A message that is right but for what its caller changes."""
    lines = [
        start or f"{method} @URI@ SIP/2.0",
        via or "Via: SIP/2.0/UDP @ME@;branch=z9hG4bK@N@",
        f"Max-Forwards: {forwards}",
        to,
        from_,
        f"Call-ID: {name}.@N@@192.0.2.1",
        f"CSeq: {cseq or '8 ' + method}",
        CONTACT,
        *headers,
    ]
    if body:
        lines.append("Content-Type: application/sdp")
    size = str(len(body.replace("\n", "\r\n"))) if length is None else length
    if size:
        lines.append(f"Content-Length: {size}")
    return "\n".join(line for line in lines if line) + "\n\n" + body


def _made(name: str, section: str, *headers: str, wanted: str = "", **twist: str) -> Torture:
    statuses = frozenset(int(word) for word in wanted.split())
    return Torture(name, section, _request(name, *headers, **twist), statuses)


_WSINV = (
    "INVITE @URI@;unknownparam SIP/2.0\nTO :\n sip:user@example.com ;   tag    = 1918181833n\n"
    'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>\n  ;\n  tag = 98asjd8\n'
    "MaX-fOrWaRdS: 0068\nCall-ID: wsinv.@N@@192.0.2.1\nContent-Length   : @LEN@\ncseq: 0009\n"
    "  INVITE\nVia  : SIP  /   2.0\n /UDP\n    @ME@;branch=390skdjuw@N@\ns :\n"
    "NewFangledHeader:   newfangled value\n continued newfangled value\n"
    "UnknownHeaderWithUnusualValue: ;;,,;;,;\nContent-Type: application/sdp\n"
    "v:  SIP  / 2.0  / TCP     spindle.example.com   ;\n  branch  =   z9hG4bK9ikj8  ,\n"
    " SIP  /    2.0   / UDP  192.168.255.111   ; branch=\n z9hG4bK30239\n"
    'm:"Quoted string \\"\\"" <sip:jdrosen@@ME@> ; newparam =\n      newvalue ;\n'
    "  secondparam ; q = 0.33\n\n"
).replace("@LEN@", str(len(SDP.replace("\n", "\r\n")))) + SDP
_LONG = "sip:user@example.com;" + "longparam" * 60 + "=" + "value" * 90
_DOUBLE = _request("dblreq", method="REGISTER") + _request("dblreq2", body=SDP)
_MULTIPART = (
    "--7a9cbec02ceef655\nContent-Type: text/plain\n\nBonjour\n--7a9cbec02ceef655\n"
    "Content-Type: application/octet-stream\n\n0\x82\x01\x00\xff\xfe\x00\x01\n--7a9cbec02ceef655--"
)

VALID = (
    Torture("wsinv", "3.1.1.1", _WSINV),
    Torture(
        "intmeth",
        "3.1.1.2",
        _request(
            "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{",
            "extensionHeader-!.%*+_`'~:\u00ef\u00bb\u00bf\u00e5\u00a4\u00a7",
            method="!interesting-Method0123456789_*+`.%indeed'~",
            to='To: "BEL:\x07 NUL:\\\x00 DEL:\x7f" <sip:1_unusual.URI~(to-be!sure)&isn\'t+it$/'
            "crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com>",
            from_="From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;"
            "fromParam''~+*_!.-%=\"\u00d1\u0080\";tag=_token~1'+`*%!-.",
        ),
        frozenset({405, 501}),
    ),
    _made(
        "esc01",
        "3.1.1.3",
        to='To: "%Z%45" <sip:resource@example.com>',
        from_="From: <sip:%75se%72@example.com>;tag=938",
        body=SDP,
    ),
    _made(
        "escnull",
        "3.1.1.4",
        "Contact: <sip:%00@host5.example.com>",
        method="REGISTER",
        to="To: sip:null-%00-null@example.com",
        wanted="403 404 405 501",
    ),
    _made("esc02", "3.1.1.5", method="RE%47IST%45R", wanted="405 501"),
    _made(
        "lwsdisp",
        "3.1.1.6",
        method="OPTIONS",
        wanted="200",
        from_="From: caller<sip:caller@example.com>;tag=323",
    ),
    _made(
        "longreq",
        "3.1.1.7",
        *(f"Unknown-{'Long' * 20}Name: {'unknown-value' * 12}",) * 3,
        to=f'To: "I have a user name of {"extreme" * 10} proportion"<{_LONG}>',
        from_=f"From: <{_LONG}>;tag=12982982982982982{'424' * 70}",
        via="\n".join(
            [
                "Via: SIP/2.0/UDP @ME@;branch=z9hG4bK@N@",
                *(f"Via: SIP/2.0/TCP sip{n}.example.com" for n in range(33, 0, -1)),
            ]
        ),
        body=SDP,
    ),
    Torture("dblreq", "3.1.1.8", _DOUBLE, frozenset({403, 404, 405, 501})),
    _made(
        "semiuri",
        "3.1.1.9",
        method="OPTIONS",
        start="OPTIONS @URI@;par=u%40example.net SIP/2.0",
        to="To: sip:user;par=u%40example.net@example.com",
        wanted="200",
    ),
    _made(
        "transports",
        "3.1.1.10",
        method="OPTIONS",
        wanted="200",
        via="Via: SIP/2.0/UDP @ME@;branch=z9hG4bK@N@\nVia: SIP/2.0/SCTP t2.example.com\n"
        "Via: SIP/2.0/TLS t3.example.com\nVia: SIP/2.0/UNKNOWN t4.example.com\n"
        "Via: SIP/2.0/TCP t1.example.com",
    ),
    _made(
        "mpart01",
        "3.1.1.11",
        "Content-Type: multipart/mixed;boundary=7a9cbec02ceef655",
        method="MESSAGE",
        length=str(len(_MULTIPART.replace("\n", "\r\n"))),
    ),
    Torture(
        "unreason",
        "3.1.1.12",
        "SIP/2.0 200 = 2**3 * 5**2 \u00d0\u00bd\u00d0\u00be\n"
        "Via: SIP/2.0/UDP @ME@;branch=z9hG4bK@N@\nCall-ID: unreason@192.0.2.1\n"
        f"CSeq: 35 INVITE\n{FROM}\n{TO};tag=2\nContent-Length: 0\n\n",
    ),
    Torture(
        "noreason",
        "3.1.1.13",
        "SIP/2.0 100 \nVia: SIP/2.0/UDP @ME@;branch=z9hG4bK@N@\n"
        f"Call-ID: noreason@192.0.2.1\nCSeq: 35 INVITE\n{FROM}\n{TO};tag=2\n"
        "Content-Length: 0\n\n",
    ),
)

INVALID = (
    _made(
        "badinv01",
        "3.1.2.1",
        to="To: sip:j.user@example.com;tag=;;,;,,",
        body=SDP,
        via="Via: SIP/2.0/UDP @ME@;branch=z9hG4bK@N@;;,;,,",
    ),
    _made("clerr", "3.1.2.2", body=SDP, length="9999", wanted="400"),
    _made("ncl", "3.1.2.3", body=SDP, length="-999", wanted="400"),
    _made(
        "scalar02",
        "3.1.2.4",
        "Expires: 1" + "0" * 30,
        method="REGISTER",
        forwards="300",
        cseq="36893488147419103232 REGISTER",
    ),
    Torture(
        "scalarlg",
        "3.1.2.5",
        "SIP/2.0 503 Service Unavailable\nVia: SIP/2.0/UDP @ME@;"
        "branch=z9hG4bK@N@\nCall-ID: scalarlg@192.0.2.1\nCSeq: 9292394834772304023312 OPTIONS\n"
        f'{FROM}\n{TO};tag=2\nRetry-After: 949302838503028349304023988\nWarning: 1812 o "x"\n'
        "Content-Length: 0\n\n",
    ),
    _made("quotbal", "3.1.2.6", to='To: "Mr. J. User <sip:j.user@example.com>', body=SDP),
    _made("ltgtruri", "3.1.2.7", start="INVITE <@URI@> SIP/2.0", body=SDP, wanted="400 404"),
    _made("lwsruri", "3.1.2.8", start="INVITE @URI@; lr SIP/2.0", body=SDP),
    _made("lwsstart", "3.1.2.9", start="INVITE  @URI@  SIP/2.0", body=SDP),
    _made("trws", "3.1.2.10", method="OPTIONS", start="OPTIONS @URI@ SIP/2.0  "),
    _made(
        "escruri", "3.1.2.11", start="INVITE @URI@?Route=%3Csip:example.com%3E SIP/2.0", body=SDP
    ),
    _made("baddate", "3.1.2.12", "Date: Fri, 01 Jan 2010 16:00:00 EST", body=SDP),
    _made(
        "regbadct",
        "3.1.2.13",
        "Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E",
        method="REGISTER",
        wanted="400 403 404 405 501",
    ),
    _made(
        "badaspec",
        "3.1.2.14",
        method="OPTIONS",
        to='To: "Watson, Thomas" < sip:t.watson@example.org >',
    ),
    _made(
        "baddn",
        "3.1.2.15",
        method="OPTIONS",
        from_="From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43",
    ),
    _made(
        "badvers",
        "3.1.2.16",
        method="OPTIONS",
        start="OPTIONS @URI@ SIP/7.0",
        via="Via: SIP/7.0/UDP @ME@;branch=z9hG4bK@N@",
    ),
    _made("mismatch01", "3.1.2.17", method="OPTIONS", cseq="8 INVITE"),
    _made("mismatch02", "3.1.2.18", method="NEWMETHOD", cseq="8 INVITE", body=SDP),
    Torture(
        "bigcode",
        "3.1.2.19",
        "SIP/2.0 4294967301 better not break the receiver\nVia: SIP/2.0/"
        "UDP @ME@;branch=z9hG4bK@N@\nCall-ID: bigcode@192.0.2.1\nCSeq: 8 INVITE\n"
        f"{FROM}\n{TO};tag=2\nContent-Length: 0\n\n",
    ),
)

LAYERS = (
    _made("badbranch", "3.2.1", method="OPTIONS", via="Via: SIP/2.0/UDP @ME@;branch=z9hG4bK"),
    Torture(
        "insuf",
        "3.3.1",
        "INVITE @URI@ SIP/2.0\nCSeq: 193942 INVITE\nVia: SIP/2.0/UDP @ME@;"
        "branch=z9hG4bK@N@\nContent-Type: application/sdp\nl: 0\n\n",
        frozenset({400}),
    ),
    _made(
        "unkscm",
        "3.3.2",
        method="OPTIONS",
        start="OPTIONS nobodyKnowsThisScheme:what SIP/2.0",
        wanted="400 404 416",
    ),
    _made(
        "novelsc",
        "3.3.3",
        method="OPTIONS",
        start="OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0",
        wanted="400 404 416",
    ),
    _made(
        "unksm2",
        "3.3.4",
        method="REGISTER",
        to="To: isbn:2983792873",
        from_="From: <http://www.example.com>;tag=3234233",
        wanted="400 403 404 405 501",
    ),
    _made(
        "bext01",
        "3.3.5",
        "Require: nothingSupportsThis, nothingSupportsThisEither",
        "Proxy-Require: noProxiesSupportThis",
        method="OPTIONS",
        wanted="420",
    ),
    _made("invut", "3.3.6", "Content-Type: application/unknownformat", length="40", wanted="415"),
    _made(
        "regaut01",
        "3.3.7",
        "Authorization: NoOneKnowsThisScheme opaque-data=here",
        method="REGISTER",
        wanted="401 403 404 405 501",
    ),
    _made(
        "multi01",
        "3.3.8",
        TO,
        "From: sip:other@example.net;tag=3",
        "Call-ID: multi01.other",
        "CSeq: 59 INVITE",
        "Max-Forwards: 5",
        body=SDP,
        wanted="400",
    ),
    _made("mcl01", "3.3.9", "Content-Length: 13", method="OPTIONS", length="5", wanted="400"),
    Torture(
        "bcast",
        "3.3.10",
        "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923\n"
        "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23\nCall-ID: bcast@192.0.2.1\n"
        f"CSeq: 35 INVITE\n{FROM}\n{TO};tag=2\nContent-Length: 0\n\n",
    ),
    _made("zeromf", "3.3.11", method="OPTIONS", forwards="0", wanted="200 483"),
    _made(
        "cparam01",
        "3.3.12",
        "Contact: sip:+19725552222@gw1.example.net;unknownparam",
        method="REGISTER",
        wanted="403 404 405 501",
    ),
    _made(
        "cparam02",
        "3.3.13",
        "Contact: <sip:+19725552222@gw1.example.net;unknownparam>",
        method="REGISTER",
        wanted="403 404 405 501",
    ),
    _made(
        "regescrt",
        "3.3.14",
        "Contact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>",
        method="REGISTER",
        wanted="403 404 405 501",
    ),
    _made("sdp01", "3.3.15", "Accept: text/nobodyKnowsThis", method="OPTIONS"),
    Torture(
        "inv2543",
        "3.4.1",
        "INVITE @URI@ SIP/2.0\nVia: SIP/2.0/UDP @ME@\nFrom: <sip:iuser@"
        f"example.com>\nTo: <sip:user@example.com>\nCall-ID: inv2543.@N@@192.0.2.1\n"
        f"CSeq: 56 INVITE\nContact: <sip:caller@@ME@>\nContent-Type: application/sdp\n\n{SDP}",
    ),
)
ALL = VALID + INVALID + LAYERS
