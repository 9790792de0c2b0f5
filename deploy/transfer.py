"""The section `[transfer]`: how callers are passed to desks, and which numbers may be called."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from dialog.town import Town
from telephony.targets import Rules, TargetRefused, checked
from telephony.transfer import Mode, TransferSettings


class TransferSection(BaseModel):
    """Passing callers to desks (docs/telephony.md)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Literal["blind", "attended", "bridge"] = Field(
        "blind",
        description="blind: the IPBX does it (REFER). attended: the assistant calls the desk, says "
        "who calls, and the IPBX connects them. bridge: the same, but their audio passes here.",
    )
    ring_s: int = Field(25, ge=5, le=60, description="So long a desk rings, then the second one.")
    announce: bool = Field(
        True, description="Whether the desk is told the summary; attended and bridge."
    )
    accept: Literal["key", "answer"] = Field(
        "key",
        description="How a desk takes the call: key: 1 takes, 2 declines; answer: by answering "
        "(then an answering machine takes it, too). attended and bridge.",
    )
    decide_s: int = Field(20, ge=6, le=60, description="So long the desk may wait with the key.")
    bridge_when_refused: bool = Field(
        True,
        description="Whether the assistant carries the call itself where the IPBX does not "
        "transfer; needs sip.extensions_at. Such a call counts twice in sip.max_calls.",
    )
    outside_prefix: str = Field(
        "", pattern=r"^\d{0,3}$", description='Dialled before outside numbers, e.g. "0".'
    )
    internal: tuple[str, ...] = Field(
        (),
        description="Extensions of the IPBX that look like short public numbers, as ranges: "
        '["1000-1999"]. Other such numbers are refused.',
    )

    @field_validator("internal")
    @classmethod
    def _are_ranges(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        Rules.of((), value)
        return value

    def check(self, town: Town, extensions_at: str) -> None:
        """Refuse a directory that the bot would not call.

        Raises:
            ValueError: one sentence.
        """
        rules = Rules.of((), self.internal)
        local = False
        for extension in sorted(town.directory):
            try:
                local |= not checked(extension, rules).uri
            except TargetRefused as error:
                raise ValueError(f"the extension {extension!r} is refused: {error}") from error
        if local and self.mode != "blind" and not extensions_at:
            raise ValueError(
                f"transfer.mode {self.mode!r} needs sip.extensions_at: where desks are called"
            )

    def settings(self, town: Town) -> TransferSettings:
        """As telephony takes it."""
        return TransferSettings(
            mode=Mode(self.mode),
            announce=self.announce,
            accept=self.accept,
            decide_s=self.decide_s,
            bridges=self.bridge_when_refused,
            outside_prefix=self.outside_prefix,
            town_number=town.phone,
            rules=Rules.of(town.directory, self.internal),
        )
