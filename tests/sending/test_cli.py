"""The commands: trying the configuration, looking at it, and what a batch would send."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.cli import app
from tests.sending.world import MailSink, certificate, gateway


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def sms(monkeypatch: pytest.MonkeyPatch):
    """A town whose gateway is ours."""
    with gateway() as there:
        monkeypatch.setenv("ALLOMAIRIE_SMS__ENABLED", "true")
        monkeypatch.setenv("ALLOMAIRIE_SMS__URL", there.url)
        monkeypatch.setenv("ALLOMAIRIE_SMS__SENDER", "SAINTAUBIN")
        monkeypatch.setenv("ALLOMAIRIE_SMS__SECRET", "hidden-key")
        yield there


def test_an_sms_to_try(sms) -> None:
    done = run("send", "test", "--sms", "06 12 34 56 78", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {
        "ok": True,
        "channel": "sms",
        "to": "…5678",
        "problem": "",
    }
    assert sms.requests[0].fields["text"] == "Essai de l'assistant de la mairie de Saint-Aubin."


def test_a_gateway_that_refuses(sms) -> None:
    sms.status = 500
    done = run("send", "test", "--sms", "0612345678", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["problem"] == "the gateway answered with status 500"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [((), 2), (("--sms", "0612345678", "--email", "a@b.fr"), 2), (("--sms", "0261914000"), 1)],
)
def test_wrong_use(arguments: tuple[str, ...], code: int) -> None:
    assert run("send", "test", *arguments).exit_code == code


def test_what_is_not_configured(tmp_path: Path) -> None:
    done = run("send", "test", "--email", "jean@exemple.fr", "--json")
    assert done.exit_code == 1
    assert "[email] is not enabled" in json.loads(done.stdout)["problem"]


async def test_an_email_to_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    pair = certificate(tmp_path)
    async with MailSink(pair) as sink:
        for name, value in {
            "ENABLED": "true",
            "HOST": "localhost",
            "PORT": str(sink.port),
            "SENDER": "assistant@saint-aubin.example",
            "CA_FILE": str(pair[0]),
        }.items():
            monkeypatch.setenv(f"ALLOMAIRIE_EMAIL__{name}", value)
        done = await asyncio.to_thread(run, "send", "test", "--email", "jean@exemple.fr")
    assert done.exit_code == 0, done.output
    assert len(sink.mails) == 1
    assert "jean@exemple.fr" in sink.recipients[0]


def test_config_show_hides_the_secret(sms) -> None:
    done = run("config", "show", "--json")
    assert json.loads(done.stdout)["sms.sender"] == "SAINTAUBIN"
    assert "hidden-key" not in done.output


def test_config_check_names_the_key(monkeypatch: pytest.MonkeyPatch, sms) -> None:
    assert run("config", "check").exit_code == 0
    monkeypatch.setenv("ALLOMAIRIE_SMS__SENDER", "MAI")
    done = run("config", "check", "--json")
    assert done.exit_code == 1
    assert "4 to 11 letters" in done.output


def test_doctor_says_what_may_leave_the_machine(sms) -> None:
    from deploy.cli.output import EXAMPLE
    from deploy.doctor import sending_findings
    from deploy.parts import Town

    told = {one.check: one.detail for one in sending_findings(Town.open(EXAMPLE))}
    assert told == {"SMS": "SAINTAUBIN by 127.0.0.1", "e-mail": "off: none is sent"}


@pytest.mark.models
def test_a_batch_shows_what_would_be_sent(
    sms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOMAIRIE_LANGUAGE_MODEL__ENABLED", "false")  # rules are enough
    turns = ["J'ai un vieux canapé à jeter", "envoyez-moi ça par SMS", "06 12 34 56 78", "oui"]
    line = {"id": 1, "turns": [{"text": text} for text in turns]}
    (tmp_path / "in.jsonl").write_text(json.dumps(line))
    out = tmp_path / "out.jsonl"
    done = run("ask", "--batch", str(tmp_path / "in.jsonl"), "--out", str(out))
    assert done.exit_code == 0, done.output
    (send,) = json.loads(out.read_text())["sends"]
    assert (send["channel"], send["to"]) == ("sms", "…5678")
    assert send["text"].startswith("Mairie de Saint-Aubin. ")
    assert sms.requests == []
