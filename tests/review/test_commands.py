"""`allomairie users` and `allomairie demo seed`, as a person types them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyotp
import pytest

from records import CallFilter, Records, sqlite_url
from review import passwords

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """The example town without its data."""
    folder = tmp_path / "ville"
    example = ROOT / "examples" / "saint-aubin"
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns("data"))
    return folder


def run(town: Path, *words: str, fails: bool = False) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "deploy", *words, "--town", str(town)],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode != 0) == fails, done.stderr
    return done.stderr if fails else done.stdout


def test_an_account_is_made_reset_and_closed(town: Path) -> None:
    # 1. made: what is printed opens it
    made = json.loads(run(town, "users", "add", "M.Dupont", "--role", "écoute", "--json"))
    assert made["login"] == "m.dupont"
    records = Records.open(sqlite_url(town / "data" / "records.db"), hash_key=b"x" * 32)
    account = records.review.accounts.find("m.dupont")
    assert account.roles == ("ecoute",)
    assert passwords.verify(account.password_hash, made["password"])
    assert pyotp.parse_uri(made["otpauth"]).secret == account.totp_secret
    assert account.must_change
    # 2. shown without secrets
    listed = run(town, "users", "list")
    assert "m.dupont" in listed
    assert made["secret"] not in listed
    # 3. reset: the old password is worth nothing
    again = run(town, "users", "reset", "m.dupont")
    assert "ne seront plus affichées" in again
    reset = records.review.accounts.find("m.dupont")
    assert not passwords.verify(reset.password_hash, made["password"])
    # 4. closed; and the access log tells of each step, without a secret
    run(town, "users", "disable", "m.dupont")
    assert records.review.accounts.find("m.dupont").disabled
    log = records.review.accesses()
    assert [(one.login, one.action) for one in log] == [
        ("console", "account_changed"),
        ("console", "account_changed"),
        ("console", "account_added"),
    ]
    records.close()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "m.dupont", "--role", "maire"), "n'est pas un rôle"),
        (("add", "é!", "--role", "dpo"), "un identifiant a 2 à 40"),
        (("reset", "personne"), "there is no account"),
    ],
)
def test_wrong_words_are_told(town: Path, words: tuple[str, ...], said: str) -> None:
    assert said in " ".join(run(town, "users", *words, fails=True).split())


def test_invented_calls_are_the_same_each_time_and_never_beside_real_ones(town: Path) -> None:
    told = json.loads(run(town, "demo", "seed", "--calls", "40", "--days", "7", "--json"))
    assert told["calls"] == 40
    records = Records.open(sqlite_url(town / "data" / "records.db"), hash_key=b"x" * 32)
    store = records.review
    assert store.count_calls(CallFilter(), 1000) == 40
    calls = store.calls(CallFilter(), limit=50)
    assert {one.outcome for one in calls} > {"completed", "hung_up"}
    # Arcep keeps 06 39 98 xx xx for fiction: nobody has these numbers
    assert {one.caller_number[:8] for one in calls if one.caller_number} == {"+3363998"}
    records.close()
    assert "--anyway" in run(town, "demo", "seed", "--calls", "1", fails=True)
