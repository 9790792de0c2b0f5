"""`[transfer]`: the directory is checked before the first call, not at it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deploy.config import Settings
from deploy.errors import ConfigError
from deploy.folder import TownFolder
from telephony.targets import TargetRefused, target
from telephony.transfer import Mode
from tests.conftest import TOWN


def load(folder: Path, extra: str = "", *, extension: str = "100", sip: str = "") -> Settings:
    """The example town with other sections, or another extension of the front desk."""
    shutil.copy(TOWN / "allomairie.toml", folder / "allomairie.toml")
    config = folder / "allomairie.toml"
    text = config.read_text(encoding="utf-8")
    text = text.replace('extension = "100"', f'extension = "{extension}"', 1)
    text = "\n".join(line for line in text.splitlines() if line not in ("[sip]", "[transfer]"))
    config.write_text(f"{text}\n[sip]\n{sip}\n[transfer]\n{extra}\n", encoding="utf-8")
    return TownFolder(folder).load()


def test_by_default_the_ipbx_transfers_and_a_desk_rings_25_s(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert (settings.transfer.mode, settings.transfer.ring_s) == ("blind", 25)
    made = settings.transfer.settings(settings.town)
    assert made.mode is Mode.BLIND
    assert made.town_number == settings.town.phone
    assert target("131", made.rules).user == "131"
    with pytest.raises(TargetRefused):
        target("0892700000", made.rules)


@pytest.mark.parametrize(
    ("extension", "why"),
    [("08 92 70 00 00", "paid"), ("118218", "short"), ("112", "emergency"), ("+441", "foreign")],
)
def test_a_directory_with_a_number_that_is_never_called_does_not_start(
    tmp_path: Path, extension: str, why: str
) -> None:
    with pytest.raises(ConfigError, match=why) as error:
        load(tmp_path, extension=extension)
    assert repr(extension) in str(error.value)


def test_extensions_that_look_like_short_numbers_are_declared(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"transfer\.internal"):
        load(tmp_path, extension="1014")
    settings = load(tmp_path, 'internal = ["1000-1999"]', extension="1014")
    assert target("1014", settings.transfer.settings(settings.town).rules).user == "1014"


@pytest.mark.parametrize("mode", ["attended", "bridge"])
def test_the_bot_calls_desks_only_where_the_town_says_that_they_are(
    tmp_path: Path, mode: str
) -> None:
    with pytest.raises(ConfigError, match=r"sip\.extensions_at"):
        load(tmp_path, f'mode = "{mode}"')
    assert (
        load(tmp_path, f'mode = "{mode}"', sip='extensions_at = "192.0.2.1"').transfer.mode == mode
    )


@pytest.mark.parametrize(
    "line",
    ['mode = "warm"', "ring_s = 2", 'internal = ["1-9"]', 'accept = "2"', 'outside_prefix = "x"'],
)
def test_what_cannot_be_is_said_with_its_key(tmp_path: Path, line: str) -> None:
    with pytest.raises(ConfigError, match=rf"transfer\.{line.split()[0]}"):
        load(tmp_path, line)
