"""Nothing lost: kill -9, a full disk, a lock; and each failure says what to do."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from records_world import HASH_KEY

import records as package
from records import (
    CallDraft,
    Channel,
    DatabaseUnavailable,
    Outcome,
    Records,
    RecordsError,
    TurnDraft,
    sqlite_url,
)

CALL = CallDraft(channel=Channel.SIP)
ROOT = Path(package.__file__).parent.parent

WRITER = """
import sys
from records import CallDraft, Channel, Records, TurnDraft
records = Records.open(sys.argv[1], hash_key=b"a key that is only used in tests")
call = records.start_call(CallDraft(channel=Channel.SIP))
print(call.id, flush=True)
n = 0
while True:
    turn = records.add_turn(call.id, TurnDraft(heard=f"tour {n}"))
    print(turn, flush=True)
    n += 1
"""

FILLER = """
import os, resource, sys
from pathlib import Path
from records import CallDraft, Channel, Records, RecordsError, TurnDraft, sqlite_url
folder = Path(sys.argv[1])
url = sqlite_url(folder / "records.db")
records = Records.open(url, hash_key=b"a key that is only used in tests")
call = records.start_call(CallDraft(channel=Channel.SIP))
records.add_turn(call.id, TurnDraft(heard="avant"))
if sys.argv[2] == "quota":
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
else:
    with open(folder / "filler", "wb", buffering=0) as filler:
        try:
            while filler.write(b"x" * 4096):
                pass
        except OSError:
            pass
try:
    for _ in range(100):
        records.add_turn(call.id, TurnDraft(heard="mot " * 2000))
except RecordsError as error:
    print(type(error).__name__, error)
seen = len(records.call(call.id).turns)
if sys.argv[2] == "quota":
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
else:
    (folder / "filler").unlink()
records.add_turn(call.id, TurnDraft(heard="après"))
turns = records.call(call.id).turns
print(len(turns) - seen, turns[0].heard, turns[-1].heard)
"""


def _python(code: str, *args: str) -> list[str]:
    return [sys.executable, "-c", code, *args]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}


def test_a_turn_survives_kill_9_right_after_add_turn_returned(url: str) -> None:
    # 1. A server writes turns and says each id as soon as add_turn returned; then kill -9.
    server = subprocess.Popen(
        _python(WRITER, url), stdout=subprocess.PIPE, text=True, env=_environment()
    )
    assert server.stdout is not None
    call_id = server.stdout.readline().strip()
    said = [int(server.stdout.readline()) for _ in range(3)]
    server.send_signal(signal.SIGKILL)
    said += [int(line) for line in server.stdout.read().split()]
    assert server.wait() == -signal.SIGKILL

    # 2. Every turn whose id was said is there, whole.
    with_all = Records.open(url, hash_key=HASH_KEY)
    assert with_all.close_interrupted() == 1
    view = with_all.call(call_id)
    with_all.close()
    assert set(said) <= {t.id for t in view.turns}
    assert [t.heard for t in view.turns] == [f"tour {n}" for n in range(len(view.turns))]
    assert view.call.outcome is Outcome.INTERRUPTED


def test_the_database_is_set_up_to_survive_a_power_cut(file: Path) -> None:
    records = Records.open(sqlite_url(file), hash_key=HASH_KEY)
    with records._engine.connect() as connection:
        got = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    records.close()
    assert got == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


def test_only_its_owner_can_read_the_file(file: Path) -> None:
    records = Records.open(sqlite_url(file), hash_key=HASH_KEY)
    records.start_call(CALL)
    modes = [stat.S_IMODE(p.stat().st_mode) for p in (file, Path(f"{file}-wal"))]
    records.close()
    assert modes == [0o600, 0o600]


def test_a_locked_database_is_said_and_goes_on_when_released(file: Path) -> None:
    records = Records.open(sqlite_url(file), hash_key=HASH_KEY, busy_timeout_s=0.05)
    call = records.start_call(CALL)
    shell = sqlite3.connect(file, isolation_level=None)
    shell.execute("BEGIN IMMEDIATE")

    with pytest.raises(DatabaseUnavailable) as refusal:
        records.add_turn(call.id, TurnDraft(heard="Bonjour"))
    assert str(refusal.value) == (
        f"the records database {file} is locked by another program: close what has it open "
        "(a sqlite3 shell, a backup) and it goes on by itself"
    )
    assert records.call(call.id).turns == ()  # reading goes on meanwhile

    shell.execute("ROLLBACK")
    shell.close()
    records.add_turn(call.id, TurnDraft(heard="Bonjour"))
    assert len(records.call(call.id).turns) == 1
    records.close()


def test_a_reader_does_not_hold_up_the_calls(file: Path) -> None:
    records = Records.open(sqlite_url(file), hash_key=HASH_KEY, busy_timeout_s=0)
    call = records.start_call(CALL)
    reader = sqlite3.connect(file, isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM turns").fetchone() == (0,)
    records.add_turn(call.id, TurnDraft(heard="Bonjour"))
    assert reader.execute("SELECT count(*) FROM turns").fetchone() == (0,)
    reader.execute("COMMIT")
    assert reader.execute("SELECT count(*) FROM turns").fetchone() == (1,)
    reader.close()
    records.close()


def test_a_quota_reached_is_said_and_writing_goes_on_after(tmp_path: Path) -> None:
    done = subprocess.run(
        _python(FILLER, str(tmp_path), "quota"),
        capture_output=True,
        text=True,
        check=True,
        env=_environment(),
    )
    refusal, after = done.stdout.splitlines()
    assert refusal == (
        f"DatabaseUnavailable the records database {tmp_path}/records.db cannot be written or read "
        "(disk full, a quota, or a failing disk): check the disk's space and health"
    )
    assert after == "1 avant après"


def test_a_full_disk_is_said_and_writing_goes_on_after(tmp_path: Path) -> None:
    mount = f"mount -t tmpfs -o size=1m tmpfs '{tmp_path}'"
    if (
        not shutil.which("unshare")
        or subprocess.run(["unshare", "-rm", "sh", "-c", mount], capture_output=True).returncode
    ):
        pytest.skip("this machine does not let a test mount a small disk of its own")
    done = subprocess.run(
        [
            *("unshare", "-rm", "sh", "-c", f'{mount} && exec "$@"', "sh"),
            *_python(FILLER, str(tmp_path), "disk"),
        ],
        capture_output=True,
        text=True,
        check=True,
        env=_environment(),
    )
    refusal, after = done.stdout.splitlines()
    assert refusal == (
        f"DatabaseUnavailable the records database {tmp_path}/records.db cannot grow, "
        "the disk is full: free some space and it goes on by itself"
    )
    assert after == "1 avant après"


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "records.db"
    with pytest.raises(DatabaseUnavailable) as refusal:
        Records.open(sqlite_url(file), hash_key=HASH_KEY)
    assert str(refusal.value) == (
        f"the records database {file} cannot be opened (No such file or directory): "
        "its folder must exist and the file be writable by this user"
    )


def test_a_file_that_is_no_database_is_said_and_left_alone(file: Path) -> None:
    file.write_bytes(b"Ceci n'est pas une base de donnees. " * 100)
    before = file.read_bytes()
    with pytest.raises(DatabaseUnavailable, match="is not a SQLite database: correct the URL"):
        Records.open(sqlite_url(file), hash_key=HASH_KEY)
    assert file.read_bytes() == before


def test_a_server_that_is_not_there_is_said_without_the_password(postgres_url: str) -> None:
    assert postgres_url
    with pytest.raises(DatabaseUnavailable) as refusal:
        Records.open("postgresql+psycopg://town:secret@127.0.0.1:1/town", hash_key=HASH_KEY)
    assert "postgresql+psycopg://town:***@127.0.0.1:1/town refused" in str(refusal.value)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("records.db", "the records' URL is not a database URL such as 'sqlite:////srv"),
        ("sqlite://", "an in-memory SQLite database forgets every call; name a file"),
        ("sqlite:///:memory:", "an in-memory SQLite database forgets every call; name a file"),
        ("mariadb+nosuch://127.0.0.1/town", "needs a driver that is not installed"),
    ],
)
def test_a_wrong_url_is_said(url: str, sentence: str) -> None:
    with pytest.raises(RecordsError, match=sentence):
        Records.open(url, hash_key=HASH_KEY)


def test_errors_do_not_repeat_what_a_caller_said(file: Path) -> None:
    records = Records.open(sqlite_url(file), hash_key=HASH_KEY)
    call = records.start_call(CALL)
    with sqlite3.connect(file) as shell:
        shell.execute("DROP TABLE turns")
    shell.close()
    with pytest.raises(DatabaseUnavailable) as refusal:
        records.add_turn(call.id, TurnDraft(number=0, heard="je suis malade"))
    records.close()
    error: BaseException | None = refusal.value
    while error is not None:
        assert "malade" not in str(error)
        error = error.__cause__
