"""The section `[webrtc]`: how browsers reach the server, and who may show its button."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from deploy.errors import ConfigError
from telephony.embed import checked_origin
from telephony.ice import Ice, checked_stun, checked_turn
from telephony.web_tickets import Tickets


class WebRtc(BaseModel):
    """Calls from browsers (docs/telephony/webrtc.md)."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    stun: tuple[str, ...] = Field(
        (), max_length=4, description='STUN servers, "stun:turn.ville.example:3478".'
    )
    turn: tuple[str, ...] = Field(
        (),
        max_length=8,
        description='TURN servers, "turn:turn.ville.example:3478?transport=tcp" or '
        '"turns:turn.ville.example:443"; the server itself uses the first.',
    )
    secret: SecretStr = Field(
        SecretStr(""),
        description="Shared with the TURN server (coturn: static-auth-secret); only "
        "ALLOMAIRIE_WEBRTC__SECRET or secret_file.",
    )
    secret_file: Path | None = Field(None, description="File with that secret alone.")
    credential_minutes: int = Field(
        15, ge=2, le=1440, description="A browser's TURN credential holds so long."
    )
    relay_only: bool = Field(
        False, description="true: browsers try nothing but TURN, and hide their addresses."
    )
    per_address_per_minute: int = Field(
        6, ge=1, le=600, description="Calls that one address may begin in a minute."
    )
    embed_origins: tuple[str, ...] = Field(
        (),
        max_length=20,
        description='Sites that may show the call button: "https://www.ville.example".',
    )

    @field_validator("stun")
    @classmethod
    def _are_stun(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(checked_stun(one) for one in value)

    @field_validator("turn")
    @classmethod
    def _are_turn(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(checked_turn(one) for one in value)

    @field_validator("embed_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(checked_origin(one) for one in value)

    @model_validator(mode="after")
    def _turn_has_its_secret(self) -> WebRtc:
        if self.turn and not self.secret.get_secret_value() and self.secret_file is None:
            raise ValueError("turn needs secret_file, or ALLOMAIRIE_WEBRTC__SECRET")
        if self.relay_only and not self.turn:
            raise ValueError("relay_only needs a server in turn")
        return self

    def ice(self) -> Ice:
        """As telephony takes it.

        Raises:
            ConfigError: the secret cannot be read.
        """
        secret = self.secret.get_secret_value()
        if self.secret_file is not None:
            try:
                secret = self.secret_file.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError(f"webrtc: {self.secret_file} cannot be read: {error}") from error
            if self.turn and not secret:
                raise ConfigError(f"webrtc: {self.secret_file} is empty")
        return Ice(self.stun, self.turn, secret, self.credential_minutes * 60, self.relay_only)

    def tickets(self) -> Tickets:
        """Who may call how often."""
        return Tickets(per_address=self.per_address_per_minute)
