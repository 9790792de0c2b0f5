"""Kamailio as registrar: digest, refresh, a registrar that comes late, calls to the extension."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import free_port
from tests.interop.lab import carrier, softphone

pytestmark = [
    pytest.mark.interop,
    pytest.mark.sip,
    pytest.mark.skipif(shutil.which("kamailio") is None, reason="Debian's kamailio is missing"),
]
PASSWORD = "mot de passe"  # noqa: S105  of a registrar on loopback
REGISTERED = re.compile(r"REGISTERED (\d+) .*?;expires=(\d+)")


class Registrar:
    """One Kamailio process in the foreground."""

    def __init__(self, folder: Path, port: int, **values: object) -> None:
        text = (Path(__file__).parent / "registrar.cfg").read_text(encoding="utf-8")
        defaults = {"algorithm": "MD5", "expires": 3600, "tls": "no", "listen": "", "modules": ""}
        for name, value in {**defaults, **values, "port": port}.items():
            text = text.replace(f"@{name.upper()}@", str(value))
        (folder / "kamailio.cfg").write_text(text.replace('"algorithm", "MD5"', '"algorithm", ""'))
        self.port = port
        self.log = folder / "kamailio.log"
        command = ["kamailio", "-f", str(folder / "kamailio.cfg"), "-DD", "-E", "-m", "16"]
        with self.log.open("ab") as stream:
            self.process = subprocess.Popen(
                [*command, "-M", "4", "-Y", str(folder), "-w", str(folder)],
                stdout=stream,
                stderr=subprocess.STDOUT,
            )

    def registrations(self) -> list[tuple[str, int]]:
        """User and expiry of every REGISTER that was taken."""
        found = REGISTERED.findall(self.log.read_text(errors="replace"))
        return [(user, int(expires)) for user, expires in found]

    def wait(self, count: int, wait_s: float = 60) -> list[tuple[str, int]]:
        """The registrations, once there are so many."""
        deadline = time.monotonic() + wait_s
        while len(taken := self.registrations()) < count:
            assert time.monotonic() < deadline, self.log.read_text(errors="replace")[-2000:]
            time.sleep(0.1)
        return taken


@contextmanager
def registrar(folder: Path, port: int = 0, **values: object) -> Iterator[Registrar]:
    one = Registrar(folder, port or free_port(), **values)
    try:
        yield one
    finally:
        one.process.terminate()
        one.process.wait(20)


def account(port: int, **more: object) -> dict[str, object]:
    return {"name": "poste", "user": "500", "registrar": f"127.0.0.1:{port}", **more}


def challenge(port: int) -> str:
    """What the registrar asks of who has not said a password."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.settimeout(1)
        one.bind(("127.0.0.1", 0))
        own = one.getsockname()[1]
        request = (
            f"REGISTER sip:127.0.0.1:{port} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bK{own}",
            f"From: <sip:500@127.0.0.1>;tag={own}",
            "To: <sip:500@127.0.0.1>",
            f"Call-ID: {own}",
            "CSeq: 1 REGISTER",
            "Max-Forwards: 70",
            "Content-Length: 0",
        )
        for _ in range(30):  # it may still be starting
            one.sendto(("\r\n".join(request) + "\r\n\r\n").encode(), ("127.0.0.1", port))
            with contextlib.suppress(TimeoutError, ConnectionError):
                return one.recv(4096).decode()
    raise AssertionError("the registrar does not answer")


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_registered_and_taken_back(tmp_path, algorithm, transport) -> None:
    """1. The challenge is answered. 2. Registered for 300 s. 3. At the end taken back."""
    with registrar(tmp_path, algorithm=algorithm) as kamailio:
        assert ("algorithm=SHA-256" in challenge(kamailio.port)) is (algorithm == "SHA-256")
        with carrier(
            accounts=[account(kamailio.port, transport=transport)], passwords={"poste": PASSWORD}
        ) as server:
            assert server.wait("status")["up"] is True
            assert kamailio.wait(1) == [("500", 300)]
        assert kamailio.wait(2) == [("500", 300), ("500", 0)]


def test_refreshed_before_it_ends(tmp_path) -> None:
    """The registrar grants 12 s only; the next REGISTER comes before they are over."""
    with registrar(tmp_path, expires=12) as kamailio:
        wanted = {"accounts": [account(kamailio.port)], "passwords": {"poste": PASSWORD}}
        with carrier(**wanted) as server:
            server.wait("status", up=True)
            kamailio.wait(1)
            begun = time.monotonic()
            kamailio.wait(2)
            assert time.monotonic() - begun < 12
            assert [facts["up"] for facts in server.told("status")] == [True]


def test_through_a_proxy(tmp_path) -> None:
    """The domain is a name that no DNS knows; its proxy is where REGISTER goes."""
    with registrar(tmp_path) as kamailio:
        proxied = account(
            kamailio.port, registrar="mairie.test", proxy=f"127.0.0.1:{kamailio.port}"
        )
        with carrier(accounts=[proxied], passwords={"poste": PASSWORD}) as server:
            server.wait("status", up=True)
            assert kamailio.wait(1) == [("500", 300)]


def test_a_registrar_that_comes_late_is_found(tmp_path) -> None:
    """1. Nobody answers: down, with the reason. 2. The registrar starts. 3. Up."""
    port = free_port()
    with carrier(accounts=[account(port)], passwords={"poste": PASSWORD}) as server:
        assert server.wait("status")["up"] is False
        with registrar(tmp_path, port):
            assert server.wait("status")["up"] is True


def test_a_wrong_password_is_said(tmp_path) -> None:
    with registrar(tmp_path) as kamailio:
        wanted = {"accounts": [account(kamailio.port)], "passwords": {"poste": "autre"}}
        with carrier(**wanted) as server:
            told = server.wait("status")
            assert (told["up"], told["kind"]) == (False, "account")
            assert "401" in told["detail"]
            assert not kamailio.registrations()


def test_two_accounts_one_of_them_wrong(tmp_path) -> None:
    with registrar(tmp_path) as kamailio:
        accounts = [
            account(kamailio.port),
            account(kamailio.port, name="autre", user="501"),
        ]
        passwords = {"poste": PASSWORD, "autre": "faux"}
        with carrier(accounts=accounts, passwords=passwords) as server:
            told = [server.wait("status") for _ in range(2)]
            assert {one["name"]: one["up"] for one in told} == {"poste": True, "autre": False}


@pytest.mark.skipif(shutil.which("baresip") is None, reason="Debian's baresip is not installed")
def test_a_call_to_the_extension_is_answered(tmp_path) -> None:
    """1. The server registers as 500. 2. A phone calls 500 at the registrar. 3. The call comes from
    the account, on the line 500, and is heard."""
    (tmp_path / "phone").mkdir()
    with registrar(tmp_path) as kamailio:
        wanted = {"accounts": [account(kamailio.port)], "passwords": {"poste": PASSWORD}}
        with carrier(**wanted, lines=["500"]) as server:
            server.wait("status", up=True)
            phoned = softphone(
                tmp_path / "phone",
                f"sip:500@127.0.0.1:{kamailio.port}",
                "<sip:0639980001@127.0.0.1>;regint=0;audio_codecs=PCMA/8000/1",
            )
            call = server.wait("call")
            assert (call["peer"], call["dialled"], call["caller"]) == (
                "poste",
                "500",
                "+33639980001",
            )
            server.wait("heard")
    assert phoned.loudness > 0.05, phoned.printed[-1500:]


def over_tls(certificates: Path, port: int) -> dict[str, str]:
    """What makes the registrar listen for TLS, too."""
    modules = (
        'loadmodule "tls.so"',
        'modparam("tls", "tls_method", "TLSv1.2+")',
        f'modparam("tls", "certificate", "{certificates}/server.pem")',
        f'modparam("tls", "private_key", "{certificates}/server.key")',
    )
    return {"tls": "yes", "listen": f"listen=tls:127.0.0.1:{port}", "modules": "\n".join(modules)}


@pytest.mark.parametrize(
    ("authority", "host", "up"),
    [("ca", "127.0.0.1", True), ("other", "127.0.0.1", False), ("ca", "localhost", False)],
)
def test_over_tls_only_where_the_registrars_certificate_is_good(
    tmp_path, certificates, authority, host, up
) -> None:
    """The certificate is for 127.0.0.1, and signed by ca."""
    secure = free_port()
    with registrar(tmp_path, **over_tls(certificates, secure)) as kamailio:
        wanted = {
            "accounts": [{**account(secure, transport="tls"), "registrar": f"{host}:{secure}"}],
            "passwords": {"poste": PASSWORD},
            "tls": {"ca_file": f"{certificates}/{authority}.pem"},
        }
        assert "401" in challenge(kamailio.port)  # it has started
        with carrier(**wanted) as server:
            assert server.wait("status")["up"] is up
            assert bool(kamailio.registrations()) is up


@pytest.mark.skipif(shutil.which("baresip") is None, reason="Debian's baresip is not installed")
def test_a_call_over_tls_with_srtp_to_the_extension(tmp_path, certificates) -> None:
    """The phone speaks SRTP through the registrar; clear audio is refused."""
    secure = free_port()
    with registrar(tmp_path, **over_tls(certificates, secure)) as kamailio:
        wanted = {
            "accounts": [account(secure, transport="tls", srtp="required")],
            "passwords": {"poste": PASSWORD},
            "tls": {"ca_file": f"{certificates}/ca.pem"},
        }
        assert "401" in challenge(kamailio.port)
        with carrier(**wanted) as server:
            server.wait("status", up=True)
            uri = f"sip:500@127.0.0.1:{kamailio.port}"
            phoned = {}
            for media in ("", ";mediaenc=srtp-mand"):
                folder = tmp_path / f"phone{len(media)}"
                folder.mkdir()
                line = f"<sip:202@127.0.0.1>;regint=0;audio_codecs=PCMA/8000/1{media}"
                phoned[media] = softphone(folder, uri, line, modules=("srtp.so",))
            assert "488" in phoned[""].printed
            assert server.wait("call")["peer"] == "poste"
            server.wait("heard")
            assert len(server.told("call")) == 1
    assert phoned[";mediaenc=srtp-mand"].loudness > 0.05


def test_options_over_tls(tmp_path, certificates) -> None:
    """A registrar that knows no extension answers OPTIONS with 404, and so lives."""
    secure = free_port()
    peer = {"name": "ipbx", "addresses": ["127.0.0.1"], "transport": "tls", "port": secure}
    tls = {
        "certificate_file": f"{certificates}/server.pem",
        "key_file": f"{certificates}/server.key",
        "ca_file": f"{certificates}/ca.pem",
    }
    with registrar(tmp_path, **over_tls(certificates, secure)) as kamailio:
        assert "401" in challenge(kamailio.port)
        with carrier(peers=[{**peer, "options_every_s": 30}], tls=tls) as server:
            assert server.wait("status")["up"] is True
        tls["ca_file"] = f"{certificates}/other.pem"
        with carrier(peers=[{**peer, "options_every_s": 30}], tls=tls) as server:
            told = server.wait("status")
            assert told["up"] is False
            assert "TLS" in told["detail"]
