"""The configuration: what is right, what is wrong, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.errors import ConfigError
from deploy.folder import TownFolder

TOWN = """
[town]
name = "Essai"
greeting_name = "mairie d'Essai"
phone = "02 61 91 00 00"
default_service = "accueil"
[[town.services]]
id = "accueil"
name = "l'accueil"
[town.services.hours]
lundi = "8h30-12h, 13h30-17h"
"""


def folder(tmp_path: Path, text: str) -> TownFolder:
    (tmp_path / "allomairie.toml").write_text(text, encoding="utf-8")
    return TownFolder(tmp_path)


def test_defaults(tmp_path: Path) -> None:
    settings = folder(tmp_path, TOWN).load()
    assert (settings.sip.address, settings.sip.port) == ("127.0.0.1", 5060)
    assert settings.http.port == 8080
    assert settings.recording.mode == "off"
    assert [str(s) for s in settings.town.services[0].hours["lundi"]] == ["8h30-12h", "13h30-17h"]


def test_the_environment_goes_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOMAIRIE_SIP__PORT", "5999")
    settings = folder(tmp_path, TOWN + "\n[sip]\nport = 5070\nmax_calls = 4\n").load()
    assert (settings.sip.port, settings.sip.max_calls) == (5999, 4)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (TOWN + "\n[sip]\nprot = 5070\n", r"the key 'sip\.prot' does not exist"),
        (TOWN + "\n[sip]\nport = 70000\n", r"sip\.port: .*less than or equal"),
        (TOWN + "\n[spi]\nport = 5070\n", r"the key 'spi' does not exist"),
        (TOWN.replace('name = "Essai"\n', ""), r"the key 'town\.name' is missing"),
        (TOWN.replace("lundi", "lundy"), r"'lundy' is not a day of the week in French"),
        (TOWN.replace("8h30-12h", "8h30 à midi"), r"'8h30 à midi' is not an opening period"),
        (TOWN.replace("8h30-12h", "12h-8h30"), r"does not end after it starts"),
        (TOWN.replace("12h, 13h30", "14h, 13h30"), r"opening periods overlap"),
        (TOWN.replace('"accueil"\n[[', '"autre"\n[['), r"names the service 'autre'"),
        (TOWN + "\n[recording]\nmode = 'all'\n", r"recording: .*reason is missing"),
        (TOWN + "\n[conversation]\nlongest_call_s = 60\n", r"warning_s 60 must be shorter"),
        (TOWN + "\n[sip]\nrtp_first_port = 20000\nrtp_last_port = 20010\n", r"too narrow"),
        ("[town\n", r"cannot be read"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence) as caught:
        folder(tmp_path, text).load()
    assert "allomairie.toml" in str(caught.value)


def test_a_folder_without_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="allomairie init"):
        TownFolder(tmp_path / "nowhere").load()
