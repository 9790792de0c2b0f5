"""`[[sip.peers]]`, `[[sip.accounts]]` and `[sip.tls]`: what is wrong is said in one sentence."""

from __future__ import annotations

import subprocess
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from pydantic import ValidationError

from deploy.config import Sip
from deploy.connections import clear_legs
from deploy.errors import ConfigError
from deploy.folder import FILE_NAME, TownFolder
from tests.conftest import TOWN

PEER = {"name": "ipbx", "addresses": ["192.0.2.5"]}
ACCOUNT = {"name": "poste", "user": "500", "registrar": "sip.example"}


def test_a_peer_as_telephony_takes_it() -> None:
    sip = Sip(
        peers=[
            {**PEER, "options_every_s": 30, "trust_identity": False},
            {"name": "sbc", "addresses": ["198.51.100.0/28"], "transport": "tcp", "port": 5070},
        ]
    )
    ipbx, sbc = sip.declared_peers()
    assert ipbx.networks == (IPv4Network("192.0.2.5/32"),)
    assert (ipbx.port, ipbx.options_every_s, ipbx.trusted) == (5060, 30, False)
    assert (sbc.port, sbc.transport, sbc.codecs) == (5070, "tcp", ("pcma", "pcmu", "g722"))
    assert sip.trunks(["500"]).closed
    assert not Sip().trunks().closed


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"peers": [PEER, PEER]}, "the name 'ipbx' stands for two"),
        ({"peers": [{**PEER, "addresses": []}]}, "at least 1 item"),
        ({"peers": [{**PEER, "addresses": ["ipbx.example"]}]}, "IPv4 network"),
        ({"peers": [{**PEER, "addresses": ["192.0.2.5/24"]}]}, "not a valid IPv4 network"),
        ({"peers": [{**PEER, "name": "L'IPBX"}]}, "pattern"),
        ({"peers": [{**PEER, "transport": "tls"}]}, r"peer ipbx uses tls.*certificate_file"),
        ({"peers": [{**PEER, "srtp": "required"}]}, "sends the keys in clear"),
        ({"peers": [{**PEER, "options_every_s": 2}]}, "30 is usual"),
        (
            {"peers": [{**PEER, "addresses": ["192.0.2.0/24"], "options_every_s": 30}]},
            "a single address first",
        ),
        (
            {
                "peers": [
                    {**PEER, "codecs": ["pcma"]},
                    {**PEER, "name": "sbc", "codecs": ["pcmu"]},
                ]
            },
            "ipbx and sbc have different codecs",
        ),
        ({"accounts": [{**ACCOUNT, "registrar": "sip:x@y"}]}, "registrar"),
        ({"accounts": [{**ACCOUNT, "user": "a b"}]}, "user"),
        ({"accounts": [{**ACCOUNT, "expires_s": 5}]}, "greater than or equal to 60"),
        ({"accounts": [{**ACCOUNT, "password": "x"}]}, "password"),
    ],
)
def test_what_cannot_work_is_refused(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Sip(**wrong)


def town(folder: Path, sip: str) -> TownFolder:
    text = (TOWN / FILE_NAME).read_text(encoding="utf-8")
    head, _, tail = text.partition("[town]\n")
    (folder / FILE_NAME).write_text(f"{head}{sip}\n[town]\n{tail}", encoding="utf-8")
    return TownFolder(folder)


ACCOUNT_TOML = '[[sip.accounts]]\nname = "poste"\nuser = "500"\nregistrar = "sip.example"\n'


@pytest.mark.parametrize("where", ['password = "x"\n', '[sip.passwords]\nposte = "x"\n'])
def test_a_password_in_the_file_is_refused(tmp_path: Path, where: str) -> None:
    with pytest.raises(ConfigError, match="must not stand in the file"):
        town(tmp_path, ACCOUNT_TOML + where).load()


def test_a_password_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOMAIRIE_SIP__PASSWORDS__POSTE", "mot de passe")
    settings = town(tmp_path, ACCOUNT_TOML).load()
    (account,) = settings.sip.trunks().accounts
    assert account.password == "mot de passe"  # noqa: S105
    assert "mot de passe" not in repr(settings)


def test_or_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mot de passe\n")
    (account,) = Sip(accounts=[{**ACCOUNT, "password_file": secret}]).trunks().accounts
    assert (account.password, account.expires_s) == ("mot de passe", 300)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "cannot be read"),
        ("", "one line"),
        ("a\nb", "one line"),
        ('a"b', "without quotes"),
    ],
)
def test_a_password_that_cannot_be_used_is_said(
    tmp_path: Path, text: str | None, sentence: str
) -> None:
    secret = tmp_path / "secret"
    if text is not None:
        secret.write_text(text)
    with pytest.raises(ConfigError, match=sentence):
        Sip(accounts=[{**ACCOUNT, "password_file": secret}]).trunks()


def test_an_account_without_any_password_is_said() -> None:
    with pytest.raises(ConfigError, match="ALLOMAIRIE_SIP__PASSWORDS__POSTE"):
        Sip(accounts=[ACCOUNT]).trunks()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    for name, more in (("a", ["-nodes"]), ("b", ["-nodes"]), ("locked", ["-passout", "pass:x"])):
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", *more)
        out = ("-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem")
        subprocess.run(
            ["openssl", "req", "-x509", *key, "-days", "2", "-subj", f"/CN={name}", *out],
            check=True,
            capture_output=True,
        )
    (folder / "text.pem").write_text("no certificate")
    return folder


@pytest.mark.parametrize(
    ("certificate", "key", "more", "sentence"),
    [
        ("missing.pem", None, {}, r"missing\.pem cannot be read: No such file"),
        ("text.pem", None, {}, r"text\.pem .* do not hold a PEM certificate"),
        ("a.pem", None, {}, "do not hold a PEM certificate and its key"),
        ("a.pem", "b.key", {}, "do not hold a PEM certificate and its key"),
        ("locked.pem", "locked.key", {}, "give it without a password"),
        ("a.pem", "a.key", {"ca_file": "text.pem"}, r"text\.pem holds no PEM certificate"),
    ],
)
def test_a_certificate_that_cannot_serve_is_said(
    files: Path, certificate: str, key: str | None, more: dict[str, object], sentence: str
) -> None:
    if "ca_file" in more:
        more = {"ca_file": files / str(more["ca_file"])}
    tls = {"certificate_file": files / certificate, "key_file": files / key if key else None}
    with pytest.raises(ConfigError, match=sentence):
        Sip(tls={**tls, **more}).trunks()


def test_certificate_and_key_become_one_private_file(files: Path) -> None:
    tls = Sip(tls={"certificate_file": files / "a.pem", "key_file": files / "a.key"}).trunks().tls
    assert tls is not None
    joined = tls.joined()
    assert joined is not None
    try:
        assert joined.stat().st_mode & 0o077 == 0
        text = joined.read_text()
        assert "BEGIN CERTIFICATE" in text
        assert "PRIVATE KEY" in text
    finally:
        joined.unlink()


def test_the_hosts_of_desks_with_a_full_address_may_answer() -> None:
    trunks = Sip(peers=[PEER]).trunks(desks=["100", "sip:200@desk.example:5070", ""])
    assert trunks.answering == ("desk.example",)


def test_what_goes_in_clear_is_told() -> None:
    tls = {"certificate_file": "server.pem"}
    sip = Sip(
        peers=[
            PEER,
            {"name": "half", "addresses": ["192.0.2.6"], "transport": "tls", "srtp": "preferred"},
            {"name": "whole", "addresses": ["192.0.2.7"], "transport": "tls", "srtp": "required"},
        ],
        tls=tls,
    )
    assert clear_legs(Sip(peers=[{"name": "local", "addresses": ["127.0.0.0/8"]}])) == []
    assert clear_legs(sip) == [
        "ipbx: signalling and audio may be in clear",
        "half: audio may be in clear",
    ]
