"""Parts of the desk that tasks share with it."""

from __future__ import annotations

from dataclasses import dataclass

from dialog.finder import Finder
from dialog.hours import Calendar
from dialog.intents import Intents
from dialog.manners import Manners
from dialog.outgoing import Means
from dialog.people import People
from dialog.phrases import Phrases
from dialog.town import Town


@dataclass(frozen=True)
class Tools:
    """What a task needs beside its forms."""

    town: Town
    calendar: Calendar
    intents: Intents
    phrases: Phrases
    people: People
    manners: Manners
    finder: Finder
    means: Means
