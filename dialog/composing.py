"""A matter as the text of an SMS or an e-mail: the town's name, the sheet's own words, its link."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from importlib.resources import files

from dialog.hours import say_time
from dialog.matter import Matter, without_foreign_links
from dialog.outgoing import EMAIL, SMS, Outgoing
from dialog.phrases import Phrases
from dialog.tasks.ticket import TicketDraft, grouped
from dialog.town import Town
from dialog.values.gsm import fit

_LAST_MARK = re.compile(r"[ ;:,]+$")


def letters() -> Phrases:
    """What is written around the words of sheets: `data/letters.toml`."""
    text = files("dialog").joinpath("data/letters.toml").read_text(encoding="utf-8")
    return Phrases({"fr": tomllib.loads(text)})


class Composer:
    """Writes the messages of one town.

    Args:
        parts: of an SMS, at most.
    """

    def __init__(self, town: Town, parts: int) -> None:
        self._town = town
        self._parts = parts
        self._letters = letters()

    def compose(self, matter: Matter, channel: str, to: str) -> Outgoing:
        """The message to send."""
        if channel == SMS:
            return Outgoing(SMS, to, self.sms(matter))
        subject = self._letters.say("subject", mairie=self._town.greeting_name)
        return Outgoing(EMAIL, to, self.email(matter), subject)

    def sms(self, matter: Matter) -> str:
        """The text message: as many whole sentences as fit, at least the first where it can."""
        name = _capital(self._town.greeting_name)
        told = without_foreign_links(_closed(matter.sentences), self._town.website)
        titled = f"{name}. {matter.title} :" if matter.title else f"{name} :"
        for before, after in ((titled, matter.link), (titled, ""), (f"{name} :", "")):
            if text := fit(told, self._parts, before=before, after=after):
                return text
        head = f"{name}. {matter.title}." if matter.title else f"{name}."
        phone = [self._town.phone]
        return fit(phone, self._parts, before=head, after=matter.link) or fit(phone, self._parts)

    def email(self, matter: Matter) -> str:
        """The body of the e-mail; each item of a list on its own line."""
        told = "\n".join(
            f"- {sentence.rstrip(' ;')}" if sentence.endswith(";") else sentence
            for sentence in _closed(matter.sentences)
        )
        mairie = self._town.greeting_name
        parts = [
            self._letters.say("opening"),
            self._letters.say("asked", mairie=mairie),
            matter.title,
            told,
            matter.link or self._town.website,
            self._letters.say("closing", mairie=mairie, phone=self._town.phone),
            self._letters.say("automatic"),
        ]
        return "\n\n".join(part for part in parts if part) + "\n"

    def of_ticket(self, ticket: TicketDraft, at: datetime) -> Matter:
        """A ticket's reference, day, time, service and contact; it is no formal request (A12)."""
        service = self._town.service(ticket.service)
        told = (
            self._letters.say(
                "reference",
                reference=grouped(ticket.reference),
                day=f"le {at:%d/%m/%Y}",
                time=say_time(at.time()),
            ),
            self._letters.say(
                "service", service=service.name, phone=service.phone or self._town.phone
            ),
            self._letters.say("not_formal"),
        )
        unsure = ticket.fields.get("phone_confirmed") == "non"
        phone = "" if unsure else ticket.fields.get("phone", "")
        title = self._letters.say(ticket.kind)
        return Matter(title=title, sentences=told, phone=phone, ticket=True)


def _closed(sentences: tuple[str, ...]) -> tuple[str, ...]:
    """The sentences; the last one with a full stop."""
    if not sentences:
        return ()
    last = _LAST_MARK.sub("", sentences[-1])
    return (*sentences[:-1], last if last[-1:] in ".!?…»" else f"{last}.")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
