"""The sections [sms] and [email]: off, or complete; secrets never in the file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from deploy.errors import ConfigError
from deploy.folder import TownFolder
from deploy.sending.opening import offered, open_routes
from deploy.sending.settings import Email, Sms
from tests.conftest import TOWN

SMS = {"enabled": "true", "url": '"https://gateway.example/sms"', "sender": '"SAINTAUBIN"'}
EMAIL = {
    "enabled": "true",
    "host": '"mail.example"',
    "sender": '"assistant@saint-aubin.example"',
}


def load(folder: Path, section: str, values: dict[str, str]) -> Any:
    """The settings of a town with one more section."""
    lines = [f"[{section}]", *(f"{name} = {value}" for name, value in values.items())]
    text = (TOWN / "allomairie.toml").read_text(encoding="utf-8") + "\n" + "\n".join(lines)
    (folder / "allomairie.toml").write_text(text, encoding="utf-8")
    return TownFolder(folder).load()


def test_nothing_is_sent_unless_the_town_says_so() -> None:
    sms, email = Sms(), Email()
    means = offered(sms, email)
    assert not means.any
    town = TownFolder(TOWN).load().town
    assert open_routes(town, sms, email) == {}


def test_both_complete(tmp_path: Path) -> None:
    settings = load(tmp_path, "sms", {**SMS, "parts": "1"})
    means = offered(settings.sms, settings.email)
    assert (means.sms, means.email, means.sms_parts) == (True, False, 1)
    settings = load(tmp_path, "email", {**EMAIL, "to_callers": "false"})
    assert not offered(settings.sms, settings.email).any


@pytest.mark.parametrize(
    ("section", "more", "told"),
    [
        ("sms", {"sender": '"MAI"'}, "sms: sender 'MAI' must be 4 to 11 letters"),
        ("sms", {"sender": '"Mairie 12"'}, "must be 4 to 11 letters"),
        ("sms", {"sender": '"SAINTAUBINSUR"'}, "must be 4 to 11 letters"),
        ("sms", {"sender": '"MÉZIÈRES"'}, "letters without accents"),
        ("sms", {"url": '"http://gateway.example/sms"'}, "url must begin with https://"),
        ("sms", {"url": '"gateway.example"'}, "is not a web address"),
        ("sms", {"url": '"https://me:pw@gateway.example"'}, "url holds a password"),
        ("sms", {"url": '"https://g.example/{secret}"'}, "put it in headers or body"),
        ("sms", {"body": '{ to = "{to}" }'}, "body must hold {to} and {text}"),
        ("sms", {"body": '{ to = "{to}", text = "{texte}" }'}, "body.text holds {texte}"),
        ("sms", {"headers": '{ X-Key = "{secret}" }'}, "set ALLOMAIRIE_SMS__SECRET"),
        ("sms", {"headers": '{ Authorization = "abc" }'}, "must take its key from {secret}"),
        ("sms", {"secret": '"abc"'}, "sms.secret must not stand in the file"),
        ("sms", {"secret_file": '"/nowhere"', "headers": '{ K = "{secret}" }'}, "cannot be read"),
        ("sms", {"parts": "4"}, "less than or equal to 3"),
        ("sms", {"sendr": '"x"'}, "sms.sendr"),
        ("email", {"host": '""'}, "host is missing"),
        ("email", {"sender": '"mairie"'}, "is not an e-mail address"),
        ("email", {"security": '"none"'}, "none is for this machine only"),
        ("email", {"user": '"mairie"'}, "set ALLOMAIRIE_EMAIL__SECRET"),
        ("email", {"secret": '"abc"'}, "email.secret must not stand in the file"),
        ("email", {"ticket_link": '"http://review.example/{reference}"'}, "begin with https://"),
        ("email", {"ticket_link": '"https://review.example/"'}, "must hold {reference}"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(
    tmp_path: Path, section: str, more: dict[str, str], told: str
) -> None:
    base = SMS if section == "sms" else EMAIL
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, section, {**base, **more})
    assert told in str(raised.value)
    assert "abc" not in str(raised.value)


def test_the_secret_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOMAIRIE_SMS__SECRET", "from-the-environment")
    settings = load(tmp_path, "sms", {**SMS, "headers": '{ Authorization = "Bearer {secret}" }'})
    assert settings.sms.read_secret() == "from-the-environment"
    assert "from-the-environment" not in repr(settings)


def test_the_secret_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from-a-file\n")
    values = {**EMAIL, "user": '"mairie"', "secret_file": f'"{tmp_path / "key"}"'}
    assert load(tmp_path, "email", values).email.read_secret() == "from-a-file"
    (tmp_path / "key").write_text("\n")
    with pytest.raises(ConfigError, match="must hold one line"):
        load(tmp_path, "email", values)


def test_certificates_that_are_not_there(tmp_path: Path) -> None:
    settings = load(tmp_path, "email", {**EMAIL, "ca_file": '"/nowhere.pem"'})
    with pytest.raises(ConfigError, match=r"ca_file /nowhere\.pem cannot be read"):
        open_routes(settings.town, settings.sms, settings.email)


def test_loopback_needs_no_encryption() -> None:
    Sms(enabled=True, url="http://127.0.0.1:9/x", sender="MAIRIE")
    Email(enabled=True, host="localhost", sender="a@b.fr", security="none")


def test_the_sections_of_the_document_are_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (Path(__file__).parents[2] / "docs" / "sending.md").read_text(encoding="utf-8")
    blocks = [part.split("```")[0] for part in text.split("```toml\n")[1:]]
    assert blocks
    for name in ("SMS", "EMAIL"):
        monkeypatch.setenv(f"ALLOMAIRIE_{name}__SECRET", "x")
    for block in blocks:
        for name, values in tomllib.loads(block).items():
            (Sms if name == "sms" else Email)(**values, secret="x")  # noqa: S106
