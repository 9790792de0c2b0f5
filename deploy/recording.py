"""The section `[recording]`: whose calls are recorded, why, and for how long (R01 to R05, R09)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from deploy.errors import ConfigError
from records import RecordingStore, TownKey, Vault, VaultError

if TYPE_CHECKING:
    from telephony.recorder import Recording

FEWEST_CHARACTERS = 20  #: of a reason that says something
KEY_FILE = "recordings.key"


class RecordingSettings(BaseModel):
    """Audio recording of calls; off until the town decides otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Literal["off", "sample", "all"] = Field(
        "off",
        description="off: no sound is kept. sample: of some calls, drawn before they are "
        "answered. all: of every call, which needs `every_call_is_justified = true`.",
    )
    share: float = Field(
        0.1, gt=0, le=0.5, description="sample: this part of the calls is recorded; 0.1 is 10 %."
    )
    reason: str = Field(
        "",
        max_length=1000,
        description="Why the town records: the written decision, for the register and the check.",
    )
    purpose: str = Field(
        "pour améliorer nos réponses",
        min_length=5,
        max_length=60,
        pattern=r"^(pour|afin) ",
        description="The same in a few words, said in the greeting after « enregistré ».",
    )
    every_call_is_justified: bool = Field(
        False,
        description="all: the town has a text that allows recording every call (CNIL: no "
        "systematic recording without one).",
    )
    days: int = Field(
        30, ge=1, le=183, description="The sound is erased after so many days; 183 at most (R09)."
    )
    key_file: Path | None = Field(
        None,
        description="The key that the recordings are encrypted with, 32 bytes; default: "
        "data/keys/recordings.key, made when first needed. Keep a copy of it in a safe.",
    )

    @model_validator(mode="after")
    def _decided(self) -> RecordingSettings:
        if self.mode == "off":
            return self
        if len(self.reason.strip()) < FEWEST_CHARACTERS:
            raise ValueError(
                f"mode is {self.mode!r} but reason is missing: write in {FEWEST_CHARACTERS} "
                "characters or more why the town records, and by which decision"
            )
        if self.mode == "all" and not self.every_call_is_justified:
            raise ValueError(
                "mode is 'all': recording every call needs a text that allows it; set "
                'every_call_is_justified = true if the town has one, else mode = "sample"'
            )
        return self

    @property
    def on(self) -> bool:
        """Whether any call may be recorded."""
        return self.mode != "off"

    @property
    def announced_share(self) -> float:
        """Of the calls that are recorded, from 0 to 1."""
        return {"off": 0.0, "sample": self.share, "all": 1.0}[self.mode]

    @property
    def warning(self) -> str:
        """What is to be said at every start; empty when nothing."""
        if self.mode != "all":
            return ""
        return (
            'WARNING: every call is recorded (recording.mode = "all"). The CNIL allows no '
            f"systematic recording without a text. The reason given: {self.reason.strip()}"
        )


def open_vault(settings: RecordingSettings, data: Path, *, make: bool = True) -> Vault:
    """Where the recordings are; without a key when the town never recorded.

    Args:
        data: the folder of the town's data.
        make: make the key where the town records for the first time; else only look.

    Raises:
        ConfigError: the key cannot be read or made.
    """
    path = settings.key_file or data / "keys" / KEY_FILE
    try:
        if settings.key_file is not None:
            key: TownKey | None = TownKey.load(path)
        elif settings.on and make:
            key = TownKey.load_or_make(path)
        else:
            key = TownKey.load(path) if path.exists() else None
    except VaultError as error:
        raise ConfigError(f"recording: {error}") from error
    return Vault(data / "recordings", key)


def open_recording(settings: RecordingSettings, store: RecordingStore) -> Recording | None:
    """What decides which calls are recorded; None: none is."""
    if not settings.on:
        return None
    from telephony.recorder import Recording  # only now: it loads libraries

    return Recording(store, mode=settings.mode, share=settings.announced_share)
