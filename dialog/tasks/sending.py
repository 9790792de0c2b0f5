"""Where to send what the caller wants in writing: a form with one answer and no recap.

The calling number is offered when it is a mobile; else a number is said or keyed, or an address is
spelled. Every one is confirmed before anything leaves, which is the caller's opt-in.
"""

from __future__ import annotations

from dataclasses import replace

from dialog.composing import Composer
from dialog.decision import Decision, say
from dialog.matter import Matter
from dialog.outgoing import EMAIL, SMS, Means
from dialog.phrases import Phrases
from dialog.reply import Action
from dialog.rules import Rules
from dialog.state import State
from dialog.tasks.form import Answer, Asked, Form, Slot
from dialog.tasks.rules import TaskRules
from dialog.tasks.task_state import TaskState
from dialog.town import Service, Town
from dialog.values.corrections import correct
from dialog.values.emails import parse_email, say_email
from dialog.values.mobiles import is_mobile
from dialog.values.phones import PhoneReading, parse_phone, read_back

SENDING = "sending"
_ANOTHER = ("non", "nan", "non pas celui la", "un autre", "un autre numero", "non un autre")


class Mobile(Slot):
    """A French mobile number."""

    name = "mobile"
    fields = ("mobile",)
    keyed = True
    yes_no = True

    def __init__(self, phrases: Phrases, none: Rules, same: Rules) -> None:
        super().__init__(r"(le |mon |votre )?(numéro|téléphone|portable|mobile)")
        self._phrases = phrases
        self._none = none
        self._same = same

    def wanted(self, task: TaskState) -> bool:
        """For an SMS, or when the e-mail address was not understood."""
        return task.values.get("channel") == SMS or Address.name in task.skipped

    def question(self, asked: Asked) -> str:
        """The number known is offered once; then it is asked, then the keypad is."""
        task = asked.task
        lead = self._phrases.say("send_instead") if Address.name in task.skipped else ""
        if part := task.values.get("mobile_part"):
            return self._phrases.say("task_phone_rest", part=read_back(part))
        if (known := _known(asked)) and not task.tries:
            end = " ".join(known[-2:])
            return f"{lead} {self._phrases.say('send_number_same', end=end)}".strip()
        again = self._phrases.say("send_number_keys" if task.tries else "send_number")
        return f"{lead if not task.tries else ''} {again}".strip()

    def parse(self, asked: Asked) -> Answer | None:
        """A mobile number, the known one, or none."""
        so_far = asked.task.values.get("mobile_part", "")
        reading = parse_phone(asked.words.text, (so_far,) if so_far else ())
        if not reading.candidates and so_far:
            reading = parse_phone(asked.words.text)
        if (given := self._read(reading)) is not None:
            return given
        core, spoken = asked.words.core, asked.words.spoken
        if (known := _known(asked)) and not so_far:
            if self._same.covers(spoken) or self._same.covers(core):
                return Answer({"mobile": known})
            if core in _ANOTHER:
                return Answer({}, skips=("caller",))
        if self._none.covers(spoken) or self._none.covers(core):
            return Answer({"mobile": ""})
        return None

    def _read(self, reading: PhoneReading) -> Answer | None:
        mobiles = [number for number in reading.candidates if is_mobile(number)]
        if mobiles:
            values = {"mobile": mobiles[0]}
            return Answer(values, self.check(values), confirm=True)
        parts = [part for part in reading.partials if part[:2] in ("0", "06", "07")]
        return Answer({"mobile_part": parts[0]}) if parts else None

    def check(self, proposed: dict[str, str]) -> str:
        """ "Je répète : 06 12 34 78 90. C'est bien ça ?"."""
        return self._phrases.say("task_phone_check", phone=read_back(proposed.get("mobile", "")))

    def refused(self, asked: Asked) -> str:
        """A number that gets no SMS."""
        reading = parse_phone(asked.words.text)
        heard = reading.candidates or "".join(c for c in asked.words.text if c.isdigit())
        return self._phrases.say("send_number_refused") if heard else ""

    def volunteered(self, asked: Asked) -> Answer | None:
        """A whole mobile number said in passing."""
        reading = parse_phone(asked.words.text)
        return self._read(reading) if reading.candidates else None

    def correct(self, asked: Asked) -> Answer | None:
        """ "Non, soixante-dix-huit"."""
        old = asked.task.proposed.get("mobile", "")
        if not old:
            return self.parse(asked)
        reading = correct(old, asked.words.text)
        return self._read(reading) if reading.candidates else None

    def keys(self, asked: Asked, digits: str) -> Answer | None:
        """A number on the keypad, in one go."""
        reading = parse_phone(digits)
        return self._read(reading) if reading.candidates else None


class Address(Slot):
    """An e-mail address: written on the page, or spelled and read back letter by letter."""

    name = "email"
    fields = ("email",)

    def __init__(self, phrases: Phrases, none: Rules) -> None:
        super().__init__(r"(l'|mon |votre )?(adresse|mail|e mail|courriel)")
        self._phrases = phrases
        self._none = none

    def wanted(self, task: TaskState) -> bool:
        """For an e-mail."""
        return task.values.get("channel") == EMAIL

    def question(self, asked: Asked) -> str:
        """Asked, then with an example."""
        return self._phrases.say("send_email_again" if asked.task.tries else "send_email")

    def parse(self, asked: Asked) -> Answer | None:
        """An address, or none."""
        if (given := self.volunteered(asked)) is not None:
            return given
        if self._none.covers(asked.words.spoken) or self._none.covers(asked.words.core):
            return Answer({}, skips=(self.name,))
        return None

    def volunteered(self, asked: Asked) -> Answer | None:
        """A whole address."""
        address = parse_email(asked.words.text)
        values = {"email": address}
        return Answer(values, self.check(values), confirm=True) if address else None

    def correct(self, asked: Asked) -> Answer | None:
        """The whole address again: a part of one is not understood."""
        return self.volunteered(asked)

    def check(self, proposed: dict[str, str]) -> str:
        """ "Je répète : D, U, P, arobase, orange point fr. C'est bien ça ?"."""
        address = say_email(proposed.get("email", ""))
        return self._phrases.say("send_email_check", address=address)


class SendingForm(Form):
    """One answer: the address, and it leaves."""

    kind = SENDING
    action = Action.CHITCHAT
    recaps = False

    def __init__(self, phrases: Phrases, rules: TaskRules, town: Town, means: Means) -> None:
        none = rules.inside("none")
        slots: list[Slot] = [Address(phrases, none)] if means.email else []
        slots += [Mobile(phrases, none, rules.inside("same_number"))] if means.sms else []
        super().__init__(slots)
        self._phrases = phrases
        self._composer = Composer(town, means.sms_parts)

    def next(self, task: TaskState) -> Slot | None:
        """Nothing more once there is one address."""
        return None if _to(task)[1] or "mobile" in task.values else super().next(task)

    def known(self, task: TaskState) -> bool:
        """Nothing is kept of a caller who leaves before the end."""
        return False

    def begin(self, channel: str, matter: Matter | None) -> TaskState:
        """The form as it starts."""
        known = matter.phone if matter and is_mobile(matter.phone) else ""
        return TaskState(SENDING, values={"channel": channel, "known": known})

    def finish(self, state: State, task: TaskState) -> Decision:
        """Send it, or nothing when there is no address."""
        state = replace(state, task=None)
        channel, to = _to(task)
        matter = state.sending.matter
        if not to or matter is None:
            sending = replace(state.sending, declined=True)
            text = self._phrases.say("send_none")
            return say(replace(state, sending=sending), self.action, text, awaiting="other")
        sent = self._composer.compose(matter, channel, to)
        text = self._phrases.say(f"send_done_{channel}", end=" ".join(to[-2:]))
        state = replace(state, sending=replace(state.sending, sent=state.sending.sent + 1))
        decision = say(state, self.action, text, fixed=False, awaiting="other")
        return replace(decision, sends=(sent,))

    def recap(self, task: TaskState, service: Service) -> str:
        """Never said: the address was just confirmed."""
        return ""


def _known(asked: Asked) -> str:
    """The mobile that the call already gave: with a ticket, or by calling from it."""
    if "caller" in asked.task.skipped:
        return ""
    number = asked.task.values.get("known") or asked.caller
    return number if is_mobile(number) else ""


def _to(task: TaskState) -> tuple[str, str]:
    if address := task.values.get("email", ""):
        return EMAIL, address
    return SMS, task.values.get("mobile", "")
