"""`allomairie trunk check` against real peers: sipp, Kamailio, our own server in a process."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, TOWN, free_port
from tests.interop.ipbx_scenario import Habits, ipbx
from tests.interop.lab import carrier
from tests.interop.test_registration import PASSWORD, registrar

pytestmark = [
    pytest.mark.long,
    pytest.mark.interop,
    pytest.mark.sip,
    pytest.mark.skipif(shutil.which("sipp") is None, reason="Debian's sip-tester is missing"),
]
Lines = dict[str, dict[str, Any]]
CHECK = (sys.executable, "-m", "deploy", "trunk", "check", "--town")


def town(folder: Path, connection: str, transfer: str = "") -> Path:
    """The example town with one connection of its own."""
    text = (TOWN / "allomairie.toml").read_text(encoding="utf-8")
    text = re.sub(r"(?ms)^\[\[?sip[.\]].*?(?=^\[(?!\[?sip)|\Z)", "", text)
    own = f'[sip]\naddress = "127.0.0.1"\nport = {free_port()}\n{connection}\n{transfer}\n'
    place = folder / "town"
    place.mkdir(exist_ok=True)
    (place / "allomairie.toml").write_text(f"{text}\n{own}", encoding="utf-8")
    return place


def peer(port: int, more: str = "") -> str:
    return f'[[sip.peers]]\nname = "ipbx"\naddresses = ["127.0.0.1"]\nport = {port}\n{more}'


def check(place: Path, *options: str, **variables: str) -> tuple[int, Lines]:
    """Run the command; its exit code and its lines by key."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "deploy",
            "trunk",
            "check",
            "--town",
            str(place),
            "--json",
            *options,
        ],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert done.stdout, done.stderr[-3000:]
    (found,) = json.loads(done.stdout)["trunks"]
    return done.returncode, {line["key"]: line for line in found["lines"]}


def verdicts(lines: Lines, *keys: str) -> list[str]:
    return [lines[key]["verdict"] for key in keys]


def test_an_ipbx_that_does_everything(tmp_path) -> None:
    """All that is needed is fine: exit code 0; what cannot be proven is not called ok."""
    with ipbx(tmp_path, Habits()) as port:
        capture = tmp_path / "essai.pcap"
        place = town(tmp_path, peer(port, "options_every_s = 30\n"))
        code, lines = check(place, "--number", "600", "--pcap", str(capture))
    assert code == 0, lines
    fine = "reach options call codec pcma audio_in audio_out dtmf_event dtmf_inband hold refer"
    assert verdicts(lines, *fine.split()) == ["ok"] * 11, lines
    # figures are the machine's, and a busy one is late: that they were measured is what counts
    assert "non vérifiable" not in verdicts(lines, "sip_latency", "loss", "jitter")
    assert verdicts(lines, "dtmf_info", "rtp_latency") == ["non vérifiable"] * 2  # no RTCP
    assert verdicts(lines, "register", "srtp") == ["sans objet"] * 2
    assert lines["codec"]["finding"] == "PCMA"
    assert "joint (NOTIFY 200)" in lines["refer"]["finding"]
    # this IPBX says 200 whatever extension it was told to call: that must be seen
    assert verdicts(lines, "back") == ["échec"]
    if shutil.which("tshark"):
        read_with_tshark(capture)


def read_with_tshark(capture: Path) -> None:
    """Another program reads signalling and RTP, and finds no voice."""
    fields = ["-T", "fields", "-e", "sip.Method", "-e", "rtp.seq", "-e", "rtp.payload"]
    fields += ["-e", "rtpevent.event_id"]
    rows = [
        [*line.split("\t"), "", "", ""]
        for line in subprocess.run(
            ["tshark", "-r", str(capture), *fields],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout.splitlines()
    ]
    methods = {row[0] for row in rows}
    assert {"OPTIONS", "INVITE", "ACK", "INFO", "REFER", "NOTIFY", "BYE"} <= methods
    sound = [row[2] for row in rows if row[1] and row[2] and not row[3]]
    assert len(sound) > 100
    assert not {one.replace(":", "").strip("0") for one in sound} - {""}
    assert "5" in {row[3] for row in rows}  # keys are no voice


def test_refer_refused(tmp_path) -> None:
    """1. 405: said, with the remedy. 2. The call goes on, and that is said. 3. With the bridge the
    town does not need REFER; without it, it does."""
    with ipbx(tmp_path, Habits(refer="405 Method Not Allowed")) as port:
        code, lines = check(town(tmp_path, peer(port)), "--number", "600")
        assert code == 0
        assert (lines["refer"]["verdict"], lines["refer"]["finding"]) == ("échec", "refusé (405)")
        assert "bridge" in lines["refer"]["remedy"]
        assert lines["back"]["finding"] == "REFER refusé (405), l'appel continue"
        needed = town(tmp_path, peer(port), "[transfer]\nbridge_when_refused = false")
        code, lines = check(needed, "--number", "600")
        assert code == 1
        assert lines["refer"]["mandatory"]


def test_a_desk_that_cannot_be_reached_and_the_call_comes_back(tmp_path) -> None:
    with ipbx(tmp_path, Habits(outcome="404 Not Found")) as port:
        _, lines = check(town(tmp_path, peer(port)), "--number", "600", "--transfer-to", "699")
    assert "699 n'a pas été joint (404)" in lines["refer"]["finding"]
    assert verdicts(lines, "refer", "back") == ["échec", "ok"]


def test_one_way_audio_without_keys_and_hold(tmp_path) -> None:
    """No packet comes back, no telephone-event, no hold: each is a failure, none is hidden."""
    habits = Habits(echo=False, event=False, hold="", info="415 Unsupported Media Type")
    with ipbx(tmp_path, habits) as port:
        code, lines = check(town(tmp_path, peer(port)), "--number", "600")
    assert code == 1
    assert verdicts(lines, "audio_in", "dtmf_event", "dtmf_info", "hold") == ["échec"] * 4
    assert "sens unique" in lines["audio_in"]["finding"]
    unproven = ("audio_out", "dtmf_inband", "loss", "jitter", "rtp_latency")
    assert verdicts(lines, *unproven) == ["non vérifiable"] * 5
    for line in lines.values():
        if line["verdict"] == "échec" and line["mandatory"]:
            assert line["remedy"].endswith("."), line


@pytest.mark.parametrize(
    ("status", "remedy"), [("486 Busy Here", "occupé"), ("488 Not Acceptable Here", "PCMA")]
)
def test_a_call_that_is_refused(tmp_path, status, remedy) -> None:
    with ipbx(tmp_path, Habits(invite=status)) as port:
        code, lines = check(town(tmp_path, peer(port)), "--number", "600")
    assert code == 1
    assert lines["call"]["finding"] == f"refusé : {status}"
    assert remedy in lines["call"]["remedy"]
    assert lines["audio_in"]["verdict"] == "non vérifiable"


def test_nobody_there(tmp_path) -> None:
    """TCP says so at once."""
    silent = peer(free_port(), 'transport = "tcp"\n')
    code, lines = check(town(tmp_path, silent), "--number", "600")
    assert code == 1
    assert "Connection refused" in lines["reach"]["finding"]
    assert {line["verdict"] for key, line in lines.items() if key != "reach"} == {"non vérifiable"}


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_our_own_server_echoes(tmp_path, transport) -> None:
    """Sound, codecs, figures of RTCP; its keys do not come back, so they are not proven."""
    with carrier() as server:
        declared = peer(server.port, f'transport = "{transport}"\n')
        place = town(tmp_path, declared, "[transfer]\nring_s = 5")
        code, lines = check(place, "--number", "mairie")
        assert server.wait("key")["key"] == "5"
    proven = ("reach", "options", "pcma", "pcmu", "g722", "audio_in", "audio_out", "hold")
    assert verdicts(lines, *proven) == ["ok"] * 8, lines
    assert "(RTCP)" in lines["rtp_latency"]["finding"]
    assert verdicts(lines, "dtmf_event") == ["non vérifiable"]
    assert code == 1


def test_our_own_server_over_tls_with_srtp(tmp_path, certificates) -> None:
    files = {
        "certificate_file": f"{certificates}/server.pem",
        "key_file": f"{certificates}/server.key",
        "ca_file": f"{certificates}/ca.pem",
    }
    here = {"name": "check", "addresses": ["127.0.0.1"], "transport": "tls", "srtp": "required"}
    tls = "[sip.tls]\n" + "\n".join(f'{key} = "{value}"' for key, value in files.items())
    more = 'transport = "tls"\nsrtp = "required"\n'
    with carrier(tls=files, peers=[here]) as server:
        declared = f"{tls}\n{peer(server.port + 1, more)}"
        place = town(tmp_path, declared, "[transfer]\nring_s = 5")
        _, lines = check(place, "--number", "mairie")
        assert verdicts(lines, "reach", "call", "audio_in", "audio_out", "srtp") == ["ok"] * 5, (
            lines
        )
        assert "certificat valable" in lines["reach"]["finding"]
        other = tls.replace(f"{certificates}/ca.pem", f"{certificates}/other.pem")
        code, lines = check(town(tmp_path, f"{other}\n{peer(server.port + 1, more)}"))
        assert code == 1
        assert "TLS refusé" in lines["reach"]["finding"]


@pytest.mark.skipif(shutil.which("kamailio") is None, reason="Debian's kamailio is missing")
@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_an_account_whose_call_comes_back(tmp_path, algorithm) -> None:
    """1. Registered at Kamailio as 500. 2. 500 is called, and we are 500: everything is proven both
    ways. 3. A proxy does not know REFER: not verifiable, and not ok. 4. Taken back."""
    with registrar(tmp_path, algorithm=algorithm) as kamailio:
        account = '[[sip.accounts]]\nname = "poste"\nuser = "500"\n'
        account += f'registrar = "127.0.0.1:{kamailio.port}"'
        place = town(tmp_path, account)
        code, lines = check(place, ALLOMAIRIE_SIP__PASSWORDS__POSTE=PASSWORD)
        assert code == 0, lines
        proven = "register call audio_in audio_out dtmf_event dtmf_info dtmf_inband hold g722"
        assert verdicts(lines, *proven.split()) == ["ok"] * 9, lines
        assert "(RTCP)" in lines["rtp_latency"]["finding"]
        assert "revenu chez nous" in lines["call"]["finding"]
        assert verdicts(lines, "refer", "back") == ["non vérifiable"] * 2
        taken = re.findall(r"REGISTERED 500 expires (\d+)", kamailio.log.read_text())
        assert taken == ["60", "0"]
        # a wrong password ends the check there, and the table says which line is at fault
        code, lines = check(place, ALLOMAIRIE_SIP__PASSWORDS__POSTE="faux")
        assert code == 1
        assert "401" in lines["register"]["finding"]
        assert "mot de passe" in lines["register"]["remedy"]
        assert lines["call"]["verdict"] == "non vérifiable"


def test_what_cannot_be_checked_is_said_in_words(tmp_path) -> None:
    for connection, options, words in (
        ("", (), "no connection is declared"),
        (peer(5060), ("--trunk", "autre"), "no peer or account is named 'autre'"),
        (peer(5060), ("--number", "a b"), "is not a number"),
    ):
        done = subprocess.run(
            [*CHECK, str(town(tmp_path, connection)), *options],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 2
        assert words in done.stderr
