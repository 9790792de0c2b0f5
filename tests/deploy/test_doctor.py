"""Each check of `allomairie doctor`, where all is well and where it is not."""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from typer.testing import CliRunner

from deploy.cli import app as command_line
from deploy.doctor import Finding, examine
from deploy.doctor.content import validity
from deploy.doctor.files import close_to_others, open_to_others
from deploy.doctor.keeping import backups, database, recording, retention
from deploy.doctor.machine import clock, graphics, instructions
from deploy.doctor.network import audio_ports, certificates, look_up, packet_filter, used_ports
from deploy.doctor.running import Running, running_findings
from deploy.doctor.weights import room
from deploy.errors import CannotStart
from deploy.parts import Town
from dialog.sheets import Sheet, load_sheets
from models import Hardware
from records import Records, TicketEntry
from tests.conftest import free_port

SMALL = Path(__file__).parents[1] / "dialog" / "town"
KEY = b"a key that is only used in tests"
TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
Ask = Callable[[list[str]], str]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(SMALL, tmp_path / "town")
    return tmp_path / "town"


@pytest.fixture
def town(root: Path) -> Town:
    return Town.open(root)


def told(answers: dict[str, str]) -> Ask:
    """Tools of the system that say this, by their name."""
    return lambda command: answers.get(command[0], "")


# -- the machine -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "level", "words"),
    [
        ("fpu avx avx2 avx512_vnni", "ok", "avx2, avx512_vnni"),
        ("fpu avx avx2", "ok", "without VNNI"),
        ("fp asimd asimddp", "ok", "asimd, asimddp"),
        ("fpu sse4_1 avx", "warning", "no AVX2: recognition is several times slower"),
        ("", "warning", "does not tell"),
    ],
)
def test_instructions(flags: str, level: str, words: str) -> None:
    found = instructions(frozenset(flags.split()))
    assert (found.level, words in found.detail) == (level, True), found


def test_graphics_cards() -> None:
    card = {"nvidia-smi": "NVIDIA L4, 550.54"}
    none = Hardware(gpus=0, gpu_memory_bytes=0, memory_bytes=8 * 2**30, cores=4)
    one = replace(none, gpus=1, gpu_memory_bytes=24 * 2**30)
    assert graphics(none, told({})) == Finding(
        "graphics card", True, "none: the cpu models are used"
    )
    assert graphics(one, told(card)).detail == "1 GPU 24 GiB; NVIDIA L4, 550.54"
    unusable = graphics(none, told(card))
    assert unusable.level == "warning"
    assert "install CUDA 12" in unusable.detail


def test_the_clock() -> None:
    chrony = ",".join(["A29FC87B", "time.fr", *["0"] * 11])
    assert clock(told({"timedatectl": "yes"})).level == "ok"
    wrong = clock(told({"timedatectl": "no"}))
    assert (wrong.level, "set-ntp true" in wrong.detail) == ("error", True)
    assert clock(told({"chronyc": f"{chrony},Normal"})).level == "ok"
    assert clock(told({"chronyc": f"{chrony},Not synchronised"})).level == "error"
    assert clock(told({})).level == "warning"


def test_room_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type(shutil.disk_usage(tmp_path))
    for total, free, level in (
        (100 * 2**30, 50 * 2**30, "ok"),
        (100 * 2**30, 3 * 2**30, "warning"),
        (100 * 2**30, 2**30, "error"),
    ):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, t=total, f=free: usage(t, t - f, f))
        assert room("disk", tmp_path / "not" / "there").level == level


# -- the town --------------------------------------------------------------------------------


def test_sheets_that_are_over_or_soon_over() -> None:
    sheet: Sheet = load_sheets(SMALL / "sheets")[0]

    def until(*days: date | None) -> Finding:
        dated = [replace(sheet, id=f"s{n}", valid_until=day) for n, day in enumerate(days)]
        return validity(dated, TODAY)

    assert until(None, date(2027, 6, 1)).level == "ok"
    assert until(TODAY).detail == "none, but within 30 days: 1: s0"
    over = until(*[date(2026, 11, 24)] * 7, TODAY)
    assert over.level == "warning"
    assert over.detail.startswith("7: s0, s1, s2, s3, s4 and 2 more: not spoken any more")


def test_a_town_with_a_bad_sheet(root: Path) -> None:
    """1. All is well. 2. A sheet breaks a rule of style. 3. One cannot be read at all."""

    def sheets() -> dict[str, Finding]:
        return {f.check: f for f in examine(lambda: Town.open(root)) if "sheets" in f.check}

    before = sheets()
    assert before["sheets"].ok
    broken = (root / "sheets" / "marche.md").read_text("utf-8")
    (root / "sheets" / "marche.md").write_text(broken + "\nAppelez le 08 99 12 34 56.\n", "utf-8")
    assert sheets()["sheets' style"].level == "error"
    assert "allomairie kb check" in sheets()["sheets' style"].detail
    (root / "sheets" / "marche.md").write_text("---\nid: marche\ntitle: [\n---\n", "utf-8")
    assert not sheets()["sheets"].ok
    assert "marche.md" in sheets()["sheets"].detail


def test_a_configuration_that_is_wrong_ends_the_examination(root: Path) -> None:
    with (root / "allomairie.toml").open("a") as stream:
        stream.write("\n[shutdown]\nportt = 1\n")
    *machine, last = examine(lambda: Town.open(root))
    assert len(machine) == 6
    assert (last.check, last.ok) == ("configuration", False)
    assert "'shutdown.portt' does not exist" in last.detail


# -- what is kept ----------------------------------------------------------------------------


def by_name(findings: object) -> dict[str, Finding]:
    return {finding.check: finding for finding in findings}  # type: ignore[attr-defined]


def test_the_database_is_looked_at_and_not_changed(town: Town) -> None:
    """1. There is none yet, and none is made. 2. It has today's schema and a ticket that is late,
    and an emergency that nobody saw. 3. It is of an older version. 4. It is no database."""
    path = town.folder.data / "records.db"
    assert by_name(database(town))["database"].detail.startswith("not made yet")
    assert not path.exists()
    records = Records.open(town.records_url, hash_key=KEY)
    assert by_name(database(town))["waiting for people"].level == "ok"
    records.add_ticket(
        TicketEntry(
            call_id=None,
            kind="message",
            reference="100001",
            service="accueil",
            due_on=date(2020, 1, 2),
        )
    )
    late = by_name(database(town))["waiting for people"]
    assert (late.level, late.detail.startswith("1 tickets open, 1 overdue")) == ("warning", True)
    records.close()
    path.unlink()
    records_upgrade_to(town.records_url, "0001")
    content = path.read_bytes()
    old = by_name(database(town))["database"]
    assert not old.ok
    assert "older schema" in old.detail
    assert path.read_bytes() == content
    path.write_bytes(b"this is a text and no database, and it is long enough to be one" * 40)
    assert not by_name(database(town))["database"].ok


def records_upgrade_to(url: str, revision: str) -> None:
    from records import upgrade

    upgrade(url, revision=revision)


def test_backups_by_their_age(tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    assert backups(folder, NOW).level == "warning"
    folder.mkdir()
    assert backups(folder, NOW).level == "warning"
    for name, days in (("old.tar", 9.0), ("new.tar", 0.5)):
        (folder / name).touch()
        moment = (NOW - timedelta(days=days)).timestamp()
        os.utime(folder / name, (moment, moment))
    assert backups(folder, NOW) == Finding("backup", True, "the newest is 0.5 days old")
    late = backups(folder, NOW + timedelta(days=3))
    assert (late.level, "3.5 days" in late.detail) == ("error", True)


def test_retention_and_recording_are_told(town: Town) -> None:
    assert retention(town).ok
    assert "words 90 days (at most 183)" in retention(town).detail
    assert recording(town) == Finding("audio recording", True, "off: no audio is kept")


def test_recording_of_every_call_is_warned_of(root: Path) -> None:
    with (root / "allomairie.toml").open("a") as stream:
        stream.write(
            '\n[recording]\nmode = "all"\nevery_call_is_justified = true\n'
            'reason = "délibération 2026-41 du conseil municipal"\n'
        )
    found = recording(Town.open(root))
    assert found.level == "warning"
    assert "délibération 2026-41" in found.detail


def test_fix_closes_private_files_and_only_those(town: Town) -> None:
    data = town.folder.data
    for name in ("records.db", "hash.key", "control.json"):
        (data / name).write_text("secret")
        (data / name).chmod(0o644)
    (data / "speech").mkdir()
    (data / "speech" / "a.wav").write_text("public words")
    (data / "speech" / "a.wav").chmod(0o644)
    assert [path.name for path in open_to_others(town)] == [
        "records.db",
        "hash.key",
        "control.json",
    ]
    said = close_to_others(town)
    assert len(said) == 3
    assert stat.S_IMODE((data / "hash.key").stat().st_mode) == 0o640
    assert stat.S_IMODE((data / "speech" / "a.wav").stat().st_mode) == 0o644
    assert open_to_others(town) == close_to_others(town) == []


# -- the network -----------------------------------------------------------------------------


def test_audio_ports(town: Town) -> None:
    """The kernel's own list shows a port that is bound; too few left are an error."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        assert taken.getsockname()[1] in used_ports()
    sip = town.settings.sip
    assert audio_ports(town, frozenset({sip.rtp_first_port, 9})).ok
    assert ": 16383 free" in audio_ports(town, frozenset({sip.rtp_first_port, 9})).detail
    full = frozenset(range(sip.rtp_first_port, sip.rtp_last_port - 20))
    assert "widen" in audio_ports(town, full).detail
    assert not audio_ports(town, full).ok


def test_the_packet_filter(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert packet_filter(Town.open(root), told({})).level == "ok"  # only this machine reaches it
    monkeypatch.setenv("ALLOMAIRIE_SIP__ADDRESS", "192.0.2.7")
    town = Town.open(root)
    chain = {"chain": {"name": "input", "hook": "input", "policy": "drop"}}
    rule = {"rule": {"expr": [{"match": {"right": 5060}}]}}

    def with_rules(*rules: object) -> Finding:
        return packet_filter(town, told({"nft": json.dumps({"nftables": rules})}))

    assert packet_filter(town, told({})).level == "warning"
    assert packet_filter(town, told({"nft": "no JSON"})).level == "warning"
    assert "no rule names port 5060" in with_rules(chain).detail
    assert with_rules(chain, rule).level == "ok"
    assert with_rules({"chain": {**chain["chain"], "policy": "accept"}}).level == "ok"


def certificate(path: Path, begins: datetime, ends: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mairie.test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)


@pytest.mark.parametrize(
    ("begins", "ends", "level", "words"),
    [
        (-10, 300, "ok", "holds until 2027-09-21"),
        (-10, 5, "warning", "5 days are left"),
        (-10, -1, "error", "it is over"),
        (1, 300, "error", "is the clock right?"),
    ],
)
def test_until_when_the_certificate_holds(
    root: Path, begins: int, ends: int, level: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = root / "server.pem"
    certificate(path, NOW + timedelta(days=begins), NOW + timedelta(days=ends))
    monkeypatch.setenv("ALLOMAIRIE_SIP__TLS__CERTIFICATE_FILE", str(path))
    (found,) = certificates(Town.open(root), NOW)
    assert (found.level, words in found.detail) == (level, True), found


def test_a_certificate_that_is_none(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "server.pem").write_text("no certificate")
    monkeypatch.setenv("ALLOMAIRIE_SIP__TLS__CERTIFICATE_FILE", str(root / "server.pem"))
    (found,) = certificates(Town.open(root), NOW)
    assert not found.ok


def test_names_are_looked_up() -> None:
    found = look_up(["localhost", "no such name"])
    assert found["localhost"] == ""
    assert found["no such name"]


# -- the running server ----------------------------------------------------------------------

STATUS = {
    "state": "ready",
    "calls": [],
    "memory_mib": 900,
    "degraded": {"connection": "account poste is down: 403", "synthesis": "the last one failed"},
    "connections": [
        {"name": "ipbx", "kind": "trunk", "state": "up", "why": ""},
        {"name": "poste", "kind": "account", "state": "down", "why": "403 Forbidden"},
        {"name": "ovh", "kind": "account", "state": "unknown", "why": ""},
    ],
}


def test_what_the_running_server_says() -> None:
    found = by_name(running_findings(Running(STATUS)))
    assert {name: finding.level for name, finding in found.items()} == {
        "server": "ok",
        "trunk: ipbx": "ok",
        "account: poste": "error",
        "account: ovh": "warning",
        "degraded: synthesis": "error",
    }
    assert "403 Forbidden; `allomairie trunk check`" in found["account: poste"].detail
    draining = running_findings(Running({**STATUS, "state": "draining"}))
    assert by_name(draining)["server"].level == "warning"


def test_no_server_is_no_fault(town: Town) -> None:
    """1. None ever ran. 2. One was killed and left its key behind."""
    assert Running.of(town) == Running(None)
    url = f"http://127.0.0.1:{free_port()}/control/drain"
    (town.folder.data / "control.json").write_text(json.dumps({"url": url, "token": "t"}))
    killed = Running.of(town)
    assert not killed.serving
    (finding,) = running_findings(killed)
    assert (finding.level, "does not answer" in finding.detail) == ("ok", True)


# -- the command -----------------------------------------------------------------------------


def test_the_command_tells_a_machine_and_mends(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """1. As JSON, with the level of each check. 2. `--fix` makes the data folder and closes a key.
    3. Exit code 1 as soon as something must be mended."""
    monkeypatch.setenv("ALLOMAIRIE_SIP__PORT", str(free_port()))
    monkeypatch.setenv("ALLOMAIRIE_HTTP__PORT", str(free_port()))

    def doctor(*options: str) -> tuple[int, dict[str, object]]:
        done = CliRunner().invoke(command_line, ["doctor", "--json", "--town", str(root), *options])
        return done.exit_code, json.loads(done.output)

    code, found = doctor("--fix")
    assert found["fixed"] == [f"{root / 'data'}: made"]
    checks = {check["check"]: check for check in found["checks"]}  # type: ignore[attr-defined]
    assert set(checks["Python"]) == {"check", "ok", "level", "detail"}
    assert found["ok"] == (code == 0) == all(check["ok"] for check in checks.values())
    for name in ("instructions", "clock", "audio ports", "backup", "retention", "expired sheets"):
        assert name in checks
    (root / "data" / "hash.key").write_bytes(bytes(32))
    (root / "data" / "hash.key").chmod(0o644)
    _, found = doctor("--fix")
    assert found["fixed"] == [f"{root / 'data' / 'hash.key'}: closed to other users"]
    (root / "allomairie.toml").write_text("[town]\n")
    code, found = doctor("--fix")
    assert (code, found["ok"], found["fixed"]) == (1, False, [])


def test_a_town_that_cannot_be_opened_is_a_finding() -> None:
    def fails() -> Town:
        raise CannotStart("no town here")

    assert list(examine(fails))[-1] == Finding("configuration", False, "no town here")
