"""The configuration of one town: `allomairie.toml`, overridden by the environment.

Built once at start and passed on; nothing reads the file or the environment later. Variables are
named ALLOMAIRIE_SECTION__KEY, e.g. ALLOMAIRIE_SIP__PORT=5070. Secrets come only from there or from
files named in `*_file` keys.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from deploy.errors import ConfigError
from dialog.national import FILE_NAME as NATIONAL_FILE
from dialog.town import Town

FILE_NAME = "allomairie.toml"


class Section(BaseModel):
    """A table of the file; unknown keys are refused so that a typo cannot pass in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Sip(Section):
    """Where calls arrive."""

    address: str = Field(
        "127.0.0.1",
        description="Local address that SIP listens on. 127.0.0.1 answers this machine only; "
        "give the address of the network card that faces the IPBX.",
    )
    port: int = Field(5060, ge=1, le=65534, description="UDP and TCP port of SIP.")
    rtp_first_port: int = Field(16384, ge=1024, le=65535, description="First UDP port of audio.")
    rtp_last_port: int = Field(32767, ge=1024, le=65535, description="Last UDP port of audio.")
    max_calls: int = Field(12, ge=1, le=500, description="Calls carried at once; more get 486.")
    rtp_timeout_s: int = Field(
        20, ge=0, le=3600, description="A caller whose audio stops for so long is gone; 0: never."
    )
    extensions_at: str = Field(
        "",
        description="host or host:port of the desks' extensions; default: where the call is from.",
    )
    enabled: bool = Field(True, description="false: only the web page answers.")

    @model_validator(mode="after")
    def _ports_in_order(self) -> Sip:
        if self.rtp_last_port - self.rtp_first_port < 4 * self.max_calls:
            raise ValueError(
                f"rtp_first_port {self.rtp_first_port} to rtp_last_port {self.rtp_last_port} is "
                f"too narrow for {self.max_calls} calls: each needs up to 4 ports"
            )
        return self


class Http(Section):
    """Where the web pages are."""

    host: str = Field("127.0.0.1", description="Local address of the web server.")
    port: int = Field(8080, ge=1, le=65535, description="Port of the web server.")
    web_calls: bool = Field(True, description="Whether the page at / may call from a browser.")
    web_calls_per_minute: int = Field(
        12, ge=1, le=600, description="Calls from browsers begun per minute, all visitors together."
    )


class Models(Section):
    """Which models run."""

    profile: Literal["auto", "cpu", "gpu"] = Field(
        "auto", description="auto looks at the hardware; cpu and gpu force a set of models."
    )
    store: Path | None = Field(
        None, description="Folder of the model weights; default: the user's cache folder."
    )


class Voice(Section):
    """Hearing and speaking."""

    threads: int = Field(0, ge=0, le=64, description="Cores for one synthesis; 0: all, at most 4.")
    vocabulary: tuple[str, ...] = Field(
        (
            "carte d'identité",
            "passeport",
            "PACS",
            "acte de naissance",
            "livret de famille",
            "recensement",
            "HLM",
            "RSA",
            "APL",
            "CAF",
            "EHPAD",
            "permis de construire",
            "carte grise",
            "cantine",
            "encombrants",
            "déchetterie",
        ),
        max_length=24,
        description="Words of callers that recognition should expect; few, the worst heard first.",
    )
    prepare: bool = Field(
        True, description="Render the sheets' sentences ahead of need while nobody calls."
    )
    cache_mib: int = Field(512, ge=16, le=65536, description="Disk for rendered speech.")


class LanguageModelSettings(Section):
    """The local language model."""

    enabled: bool = Field(True, description="false: follow-ups are understood by rules alone.")
    threads: int = Field(0, ge=0, le=64, description="Cores it may use; 0: all, at most 4.")
    phrasing: Literal["auto", "on", "off"] = Field(
        "auto",
        description="Whether it phrases answers, each checked against its sheet before it is "
        "spoken; auto: with the gpu models only.",
    )


class Recording(Section):
    """Audio recording of calls (requirements R01); off until the town decides otherwise."""

    mode: Literal["off"] = Field("off", description="Only `off` in this version.")


class RecordsSettings(Section):
    """Where calls are remembered."""

    url: str = Field("", description="SQLAlchemy URL; default: SQLite in the town's data/.")


class National(Section):
    """Sheets of service-public.fr."""

    url: str = Field(
        "https://lecomarquage.service-public.gouv.fr/vdd/3.3/part/zip/vosdroits-latest.zip",
        pattern="^https?://",
        description="Where `kb import service-public` fetches the edition (DILA, for persons).",
    )


class Shutdown(Section):
    """How the server stops."""

    drain_s: int = Field(
        60, ge=0, le=3600, description="Calls in progress may last so long after SIGTERM."
    )


class Settings(BaseSettings):
    """Everything a town configures."""

    model_config = SettingsConfigDict(
        env_prefix="ALLOMAIRIE_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    town: Town
    sip: Sip = Sip()
    http: Http = Http()
    models: Models = Models()
    voice: Voice = Voice()
    language_model: LanguageModelSettings = LanguageModelSettings()
    recording: Recording = Recording()
    records: RecordsSettings = RecordsSettings()
    national: National = National()
    shutdown: Shutdown = Shutdown()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment goes over the file, which arrives as init arguments."""
        return env_settings, init_settings


class TownFolder:
    """The folder of one town: all that is backed up."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def config(self) -> Path:
        """allomairie.toml"""
        return self.root / FILE_NAME

    @property
    def sheets(self) -> Path:
        """The information sheets."""
        return self.root / "sheets"

    @property
    def national(self) -> Path:
        """The sheets of service-public.fr, with what the town decided about each."""
        return self.root / NATIONAL_FILE

    @property
    def phrasings(self) -> Path:
        """What callers say for each sheet, beside the sheets' own questions."""
        return self.root / "phrasings"

    @property
    def pronunciation(self) -> Path:
        """How the town's own words are said."""
        return self.root / "pronunciation.toml"

    @property
    def data(self) -> Path:
        """Database, index, speech cache; created when first needed."""
        folder = self.root / "data"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"{folder} cannot be created ({error.strerror}); "
                "give the folder to the user that runs allomairie"
            ) from error
        return folder

    def load(self) -> Settings:
        """Read and check the configuration.

        Raises:
            ConfigError: one sentence naming the file, the key and what is wrong with it.
        """
        try:
            content = tomllib.loads(self.config.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ConfigError(
                f"{self.config} does not exist; make a town with `allomairie init {self.root}` "
                "or name another one with --town"
            ) from None
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(f"{self.config} cannot be read: {error}") from error
        try:
            return Settings(**content)
        except ValidationError as error:
            raise ConfigError(f"{self.config}: {_sentences(error)}") from error
        except SettingsError as error:
            raise ConfigError(f"an ALLOMAIRIE_… variable cannot be read: {error}") from error


def _sentences(error: ValidationError) -> str:
    return "; ".join(_sentence(dict(one)) for one in error.errors())


def _sentence(one: dict[str, Any]) -> str:
    key = ".".join(str(part) for part in one["loc"]) or "the file"
    if one["type"] == "extra_forbidden":
        return f"the key {key!r} does not exist; `allomairie config show` lists all keys"
    if one["type"] == "missing":
        return f"the key {key!r} is missing"
    return f"{key}: {one['msg'].removeprefix('Value error, ')}"
