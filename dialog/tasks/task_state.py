"""What a conversation remembers of the task under way: small, explicit, JSON."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

CONFIRM = "confirm"  #: everything is known and was read back; oui ends the task
CORRECT = "correct"  #: the caller said that something is wrong, not yet what


@dataclass(frozen=True)
class TaskState:
    """A form being filled. Mappings are never changed, only replaced."""

    kind: str  #: "message", "report" or "appointment"
    service: str = ""  #: id of the service that will get it
    values: dict[str, str] = field(default_factory=dict)  #: what is known, by field
    asking: str = ""  #: the slot that was asked, `CONFIRM` or `CORRECT`
    proposed: dict[str, str] = field(default_factory=dict)  #: read back, until the caller says oui
    last: str = ""  #: the slot filled last: what "non, …" corrects
    skipped: tuple[str, ...] = ()  #: slots that the caller does not want or cannot fill
    tries: int = 0  #: answers to the slot asked that were not understood
    typed: str = ""  #: digits keyed so far
    reference: str = ""  #: of the incomplete ticket that this form goes on with

    def ask(self, slot: str) -> TaskState:
        """The state once this slot is asked; asked again, it remembers the tries."""
        tries = self.tries if slot == self.asking else 0
        return replace(self, asking=slot, tries=tries, typed="")

    def fill(self, slot: str, values: dict[str, str]) -> TaskState:
        """The state with a slot filled."""
        left = tuple(name for name in self.skipped if name != slot)
        return replace(
            self,
            values={**self.values, **values},
            proposed={},
            last=slot,
            tries=0,
            typed="",
            skipped=left,
        )

    def propose(self, slot: str, values: dict[str, str]) -> TaskState:
        """The state while a value waits for the caller's oui."""
        return replace(self, asking=slot, proposed=values, tries=0, typed="")

    def skip(self, slot: str) -> TaskState:
        """The state without this slot."""
        return replace(self, skipped=(*self.skipped, slot), proposed={}, tries=0, typed="")

    def forget(self, fields: tuple[str, ...]) -> TaskState:
        """The state without these fields."""
        kept = {name: value for name, value in self.values.items() if name not in fields}
        return replace(self, values=kept, proposed={}, typed="")

    def failed(self) -> TaskState:
        """The state after an answer that was not understood."""
        return replace(self, tries=self.tries + 1, proposed={}, typed="")

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TaskState:
        """What `dataclasses.asdict` wrote; keys of another version are ignored."""
        known = {k: v for k, v in values.items() if k in cls.__dataclass_fields__}
        known["skipped"] = tuple(known.get("skipped", ()))
        return cls(**known)
