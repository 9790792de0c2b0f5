"""The section `[recording]`: nothing is recorded by accident; the check says what is missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.erasure import Erasure
from deploy.errors import ConfigError
from deploy.recording import RecordingSettings, open_recording, open_vault
from dialog.phrases import Phrases
from dialog.privacy import announces_recording
from dialog.scenarios.house import MOST_WORDS, MOST_WORDS_GREETING
from records import AsyncRecords, CallDraft, Channel, Records, TownKey, sqlite_url

REASON = "Améliorer les réponses, décision du maire du 3 novembre 2026"


def test_off_needs_nothing_and_records_nothing(tmp_path: Path) -> None:
    settings = RecordingSettings()
    assert not settings.on
    assert settings.warning == ""
    records = Records.open(sqlite_url(tmp_path / "r.db"), hash_key=bytes(32))
    vault = open_vault(settings, tmp_path)
    assert vault.key is None
    assert not (tmp_path / "keys").exists()  # no key where nothing is to be encrypted
    assert open_recording(settings, records.recordings(vault)) is None
    records.close()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"mode": "sample"}, "reason is missing"),
        ({"mode": "sample", "reason": "  qualité  "}, "20 characters or more"),
        ({"mode": "all", "reason": REASON}, "every_call_is_justified = true"),
        ({"mode": "sample", "reason": REASON, "share": 0.6}, "less than or equal to 0.5"),
        ({"mode": "sample", "reason": REASON, "share": 0}, "greater than 0"),
        ({"mode": "sample", "reason": REASON, "days": 184}, "less than or equal to 183"),
        ({"purpose": "parce que"}, "pattern"),
        ({"mode": "always"}, "'off', 'sample' or 'all'"),
    ],
)
def test_what_is_missing_or_too_much_is_named(given: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        RecordingSettings.model_validate(given)


def test_all_is_warned_of_and_sample_tells_its_share() -> None:
    every = RecordingSettings(mode="all", reason=REASON, every_call_is_justified=True)
    assert REASON in every.warning
    assert every.announced_share == 1.0
    sample = RecordingSettings(mode="sample", reason=REASON)
    assert (sample.warning, sample.announced_share) == ("", 0.1)


def test_the_key_is_made_for_the_first_recording_and_never_by_a_check(tmp_path: Path) -> None:
    settings = RecordingSettings(mode="sample", reason=REASON)
    assert open_vault(settings, tmp_path, make=False).key is None
    made = open_vault(settings, tmp_path).key
    assert made == TownKey.load(tmp_path / "keys" / "recordings.key")
    assert open_vault(RecordingSettings(), tmp_path).key == made  # older recordings stay readable
    lost = settings.model_copy(update={"key_file": tmp_path / "safe.key"})
    with pytest.raises(ConfigError, match=r"safe\.key cannot be read"):
        open_vault(lost, tmp_path)


def test_the_phrases_announce_it_within_their_words() -> None:
    phrases, purpose = Phrases.load(), RecordingSettings().purpose
    greeting = phrases.say(
        "greeting_recorded", name="mairie de Saint-Aubin", crisis="", purpose=purpose
    )
    assert announces_recording(greeting)
    assert "intelligence artificielle" in greeting
    assert len(greeting.replace("«", "").replace("»", "").split()) <= MOST_WORDS_GREETING
    assert not announces_recording(
        phrases.say("greeting", name="mairie", crisis="", purpose=purpose)
    )
    assert announces_recording(phrases.say("assistant_notice_recorded", "en", town="Valmont"))
    assert not announces_recording(phrases.say("assistant_notice", "en", town="Valmont"))
    notice = phrases.say(
        "notice_recorded",
        town="Saint-Aubin",
        days="90",
        audio_days="30",
        purpose=purpose,
        dpo="02 61 91 40 00",
    )
    assert "le son 30 jours" in notice
    words = [word for word in notice.split() if any(c.isalnum() for c in word)]
    assert len(words) <= MOST_WORDS + 5  # a spoken number is five words


async def test_the_daily_erasure_takes_recordings_that_are_over(tmp_path: Path) -> None:
    moment = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    own = Records.open(sqlite_url(tmp_path / "r.db"), hash_key=bytes(32), now=lambda: moment)
    records = AsyncRecords(own)
    settings = RecordingSettings(mode="sample", reason=REASON)
    sound = records.recordings(open_vault(settings, tmp_path))
    for days in (29, 31):
        call = own.start_call(CallDraft(channel=Channel.SIP))
        made = sound.begin(call.id, "sample", moment - timedelta(days=days))
        made.append(b"sound")
        made.finish(1.0, ())
    await Erasure(records, 90, sound=sound, sound_days=settings.days).once()
    assert len(sound.vault.names()) == 1
    await records.close()
