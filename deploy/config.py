"""The configuration of one town: `allomairie.toml`, overridden by the environment.

Built once at start and passed on; nothing reads the file or the environment later. Variables are
named ALLOMAIRIE_SECTION__KEY, e.g. ALLOMAIRIE_SIP__PORT=5070. Secrets come only from there or from
files named in `*_file` keys.
"""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from deploy.alerts import AlertSettings
from deploy.connections import Connections
from deploy.edge.settings import Edge
from deploy.logs import LogSettings
from deploy.metrics.settings import MetricsSettings
from deploy.recording import RecordingSettings
from deploy.sending.settings import Email, Sms
from deploy.sending.ticket_settings import PublicForm, TicketSettings
from deploy.transfer import TransferSection
from deploy.webrtc import WebRtc
from dialog.town import Town
from review.settings import ReviewSettings

OtherLanguage = Literal["en", "es", "pt", "it", "de", "pl", "tr", "ro", "uk", "ru", "ar"]


class Section(BaseModel):
    """A table of the file; unknown keys are refused so that a typo cannot pass in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Sip(Connections):
    """Where calls arrive, and from whom."""

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
    media_networks: tuple[IPv4Network, ...] = Field(
        (),
        max_length=50,
        description="Audio is taken from the far end of a call only (its SDP, its signalling), and "
        "from these networks: media gateways with other addresses. 0.0.0.0/0: from anywhere.",
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


class WritingSettings(Section):
    """Writing to the assistant instead of speaking, on the page at /."""

    enabled: bool = Field(True, description="Whether the page at / may be written to.")
    page: str = Field(
        "la page de l'assistant de la mairie",
        min_length=1,
        max_length=100,
        description="Where that page is, as spoken after « sur ».",
    )
    resume: bool = Field(
        True,
        description="Whether a caller may go on there with a telephone call, by a reference and a "
        "code that the assistant gives on request.",
    )
    code_hours: int = Field(48, ge=1, le=168, description="How long such a code holds.")
    conversations: int = Field(50, ge=1, le=1000, description="Conversations held at once.")
    idle_minutes: int = Field(
        30, ge=1, le=240, description="A conversation ends after so long without a message."
    )
    per_minute: int = Field(
        60, ge=1, le=6000, description="Conversations begun per minute, all visitors together."
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
    partials_every_s: float = Field(
        1.0,
        ge=0.5,
        le=5.0,
        description="So often the words of a caller who speaks on are searched for an emergency; "
        "longer spares the processor.",
    )
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


class LanguageSettings(Section):
    """Languages beside French (requirements A15, P12)."""

    offered: tuple[OtherLanguage, ...] = Field(
        ("en",),
        description="en: answered in English from sheets with `lang: en`. Others: one sentence in "
        "that language that offers a person or a message, where a voice speaks it; any language "
        "that is not listed gets that sentence in English and French.",
    )


class LanguageModelSettings(Section):
    """The local language model."""

    enabled: bool = Field(True, description="false: follow-ups are understood by rules alone.")
    threads: int = Field(0, ge=0, le=64, description="Cores it may use; 0: all, at most 4.")
    phrasing: Literal["auto", "on", "off"] = Field(
        "auto",
        description="Whether it phrases answers, each checked against its sheet before it is "
        "spoken; auto: with the gpu models only.",
    )


class Conversation(Section):
    """How a call is led."""

    longest_call_s: int = Field(
        600,
        ge=0,
        le=86400,
        description="A longer call is passed on or ended kindly; 0: never. Calls with an emergency "
        "have no limit.",
    )
    warning_s: int = Field(
        60, ge=0, le=3600, description="So long before, the caller is warned of it."
    )

    @model_validator(mode="after")
    def _warning_within_the_call(self) -> Conversation:
        if self.longest_call_s and self.warning_s >= self.longest_call_s:
            raise ValueError(
                f"warning_s {self.warning_s} must be shorter than longest_call_s "
                f"{self.longest_call_s}"
            )
        return self


class RecordsSettings(Section):
    """Where calls are remembered."""

    url: str = Field("", description="SQLAlchemy URL; default: SQLite in the town's data/.")
    transcript_days: int = Field(
        90,
        ge=1,
        le=183,
        description="How long the words of a call are kept, as callers who ask are told (R09).",
    )


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
    transfer: TransferSection = TransferSection()
    edge: Edge = Edge()
    http: Http = Http()
    webrtc: WebRtc = WebRtc()
    writing: WritingSettings = WritingSettings()
    models: Models = Models()
    voice: Voice = Voice()
    languages: LanguageSettings = LanguageSettings()
    language_model: LanguageModelSettings = LanguageModelSettings()
    conversation: Conversation = Conversation()
    recording: RecordingSettings = RecordingSettings()
    records: RecordsSettings = RecordsSettings()
    sms: Sms = Sms()
    email: Email = Email()
    tickets: TicketSettings = TicketSettings()
    public_form: PublicForm = PublicForm()
    alerts: AlertSettings = AlertSettings()
    review: ReviewSettings = ReviewSettings()
    national: National = National()
    shutdown: Shutdown = Shutdown()
    metrics: MetricsSettings = MetricsSettings()
    log: LogSettings = LogSettings()

    @model_validator(mode="after")
    def _desks_may_be_called(self) -> Settings:
        self.transfer.check(self.town, self.sip.extensions_at)
        self.tickets.check(self.town)
        return self

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
