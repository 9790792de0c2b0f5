"""The parts of the desk, each made once and given what it needs of the others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from dialog.alarm import Alarm
from dialog.awaited import Awaited
from dialog.cap import Cap
from dialog.continuing import Continuing, WritingPage
from dialog.emergencies import Emergencies
from dialog.english import English
from dialog.finder import Finder
from dialog.foreign import Foreign
from dialog.hours import Calendar
from dialog.intents import Intents
from dialog.keypad import Keypad
from dialog.language_model import LanguageModel
from dialog.manners import Manners
from dialog.minors import Minors
from dialog.opening import Opening
from dialog.outgoing import Means
from dialog.people import People
from dialog.phrases import Phrases
from dialog.phrasing import Phraser
from dialog.privacy import Privacy, Terms
from dialog.search import Index
from dialog.sending import Sending
from dialog.sheets import Sheet
from dialog.silence import Silences
from dialog.tasks.tasks import Tasks
from dialog.tasks.ticket import draw_reference
from dialog.tasks.tools import Tools
from dialog.tone import Tone
from dialog.town import Town
from dialog.values.streets import Streets
from dialog.wishes import Wishes
from dialog.written import Written


@dataclass(frozen=True)
class Given:
    """What a desk may be given beside its town and sheets."""

    language_model: LanguageModel | None = None  #: makes full questions of follow-ups
    phraser: Phraser | None = None  #: may phrase answers, checked against the sheet
    recording: bool = False  #: every call is recorded, which the greeting must say
    streets: Streets = field(default_factory=Streets)  #: the town's own
    reference: Callable[[], str] = draw_reference  #: six digits that no other ticket has
    writing: WritingPage | None = None  #: where one can write to the assistant
    means: Means = field(default_factory=Means)  #: how callers can be sent what was said
    terms: Terms = field(default_factory=Terms)  #: what becomes of what callers say
    languages: Collection[str] = ("en",)  #: beside French, those that the town switched on
    voices: Collection[str] = ("fr", "en")  #: languages that a voice of this machine speaks


@dataclass(frozen=True)
class Parts:
    """All parts; threads share them, none holds anything of a call."""

    intents: Intents
    phrases: Phrases
    tone: Tone
    emergencies: Emergencies
    alarm: Alarm
    calendar: Calendar
    people: People
    manners: Manners
    finder: Finder
    awaited: Awaited
    tasks: Tasks
    minors: Minors
    privacy: Privacy
    continuing: Continuing
    sending: Sending
    silences: Silences
    cap: Cap
    keypad: Keypad
    foreign: Foreign
    written: Written


def assemble(town: Town, sheets: Sequence[Sheet], index: Index, given: Given) -> Parts:
    """Make the parts of a town's desk."""
    intents = Intents.load()
    phrases = Phrases.load()
    tone = Tone(phrases)
    emergencies = Emergencies.load()
    calendar = Calendar(town)
    people = People(town, calendar, intents, phrases)
    manners = Manners(town, intents, phrases)
    opening = Opening(town, calendar, people.directory, intents, phrases)
    finder = Finder(
        town,
        index,
        intents,
        phrases,
        opening,
        given.language_model,
        given.phraser,
        grant=lambda turn, wish: wishes.grant(turn, wish),
    )
    awaited = Awaited(intents, phrases, finder, people, manners)
    tools = Tools(
        town,
        calendar,
        intents,
        phrases,
        people,
        manners,
        finder,
        given.means,
    )
    tasks = Tasks(tools, given.streets, given.reference)
    minors = Minors(intents, phrases, people)
    privacy = Privacy(
        town,
        intents,
        phrases,
        people,
        tasks,
        terms=given.terms,
        recording=given.recording,
    )
    continuing = Continuing(intents, phrases, tasks, given.writing, given.reference)
    written = Written(town, people, phrases, tasks, sheets)
    sending = Sending(
        town,
        intents,
        phrases,
        manners,
        finder,
        tasks,
        tools.means,
    )
    wishes = Wishes(town, phrases, people, manners, tasks)
    silences = Silences(town, phrases, people, manners, tasks)
    cap = Cap(phrases, people, tasks)
    keypad = Keypad(
        town,
        sheets,
        intents,
        phrases,
        finder,
        people,
        tasks,
    )
    english = English(
        town,
        index,
        calendar,
        people,
        manners,
        phrases,
        privacy,
        reference=given.reference,
        transcript_days=given.terms.transcript_days,
    )
    foreign = Foreign(
        town,
        calendar,
        people,
        intents,
        phrases,
        emergencies,
        english,
        resume=tasks.resume,
        offered=given.languages,
        spoken=given.voices,
        reference=given.reference,
    )
    alarm = Alarm(emergencies, intents, phrases, people, awaited)
    return Parts(
        intents=intents,
        phrases=phrases,
        tone=tone,
        emergencies=emergencies,
        alarm=alarm,
        calendar=calendar,
        people=people,
        manners=manners,
        finder=finder,
        awaited=awaited,
        tasks=tasks,
        minors=minors,
        privacy=privacy,
        continuing=continuing,
        sending=sending,
        silences=silences,
        cap=cap,
        keypad=keypad,
        foreign=foreign,
        written=written,
    )
