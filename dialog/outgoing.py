"""What the town sends to a caller who asked for it, and by which means it can."""

from __future__ import annotations

from dataclasses import dataclass

SMS, EMAIL = "sms", "email"


@dataclass(frozen=True)
class Means:
    """What is configured; nothing that is not is ever offered."""

    sms: bool = False
    email: bool = False
    sms_parts: int = 3  #: at most, of one message

    @property
    def any(self) -> bool:
        """Whether something can be sent at all."""
        return self.sms or self.email

    def channel(self, wanted: str) -> str:
        """The channel to use for the one that was wanted ("" for any); empty when there is none."""
        if wanted == SMS or not wanted:
            return SMS if self.sms else EMAIL if self.email else ""
        return EMAIL if self.email else SMS if self.sms else ""


@dataclass(frozen=True)
class Outgoing:
    """One message, as decided; the records write it before the reply says that it leaves."""

    channel: str  #: "sms" or "email"
    to: str  #: a French mobile, ten national digits; or an e-mail address
    text: str
    subject: str = ""  #: of an e-mail; holds nothing personal
