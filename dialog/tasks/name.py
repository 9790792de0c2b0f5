"""Who the caller is: a name, spelled when the recogniser guesses."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from dialog.phrases import Phrases
from dialog.rules import Rules, spoken
from dialog.tasks.form import Answer, Asked, Slot
from dialog.tasks.task_state import TaskState
from dialog.values.names import NameReading, parse_name
from dialog.values.spelling import spell, spellings
from dialog.values.words import utterance

_NAMED = r"(le |mon )?(nom|prénom)( de famille)?"
_QUESTION = Rules(
    "(vous (gardez|faites|allez|demandez|avez besoin)|combien|comment|pourquoi|est ce (que|qu)|"
    "qu'est ce|à quoi) .+"
)
_TITLED = 2  #: words of "madame Dupont", or of a first and a family name
_TITLES = ("madame", "monsieur", "mademoiselle", "docteur", "maitre")
_ALIKE = 50  #: of a family name said again, to the one it corrects
_MOST_WORDS = 6  #: of an introduction that says nothing else
_MOST_LETTERS = 20  #: words of a spelling; a longer turn is something else
_TITLE = r"(madame|mme|monsieur|mr|mademoiselle|mlle|docteur|maître)"
_SURE = Rules(rf"""
(je m'appelle|je me nomme|mon nom (c'est|est)|au nom de|nom de famille|de la part de|my name is)
je suis {_TITLE} \w+
^((bonjour|bonsoir|allô|oui|euh|alors) )*(ici|c'est|moi c'est) {_TITLE} (?!le maire|la maire)\w+
^{_TITLE} \w+( à l'appareil)?
""")
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w'’-]+"
_CAPITALS = re.compile(r"^\s*\w+\s*\?|\s[A-ZÀ-ÖØ-Þ]")  #: "Dupont ?", "c'est Dupont ?"
_FULL_NAME = rf"{_CAPITAL}(?:\s+(?:(?:de|du|la|le|van|von|ben|el|da|dos)\s+)?{_CAPITAL}){{1,3}}"
_TOWN_WORDS = r"(?!(?:Mairie|Police|Saint|Service|Bonjour|Bonsoir|Allô|Centre|Monsieur|Madame)\b)"
#: "Bonjour, Karim Benhaddou, 06…": who calls introduces himself with the name alone
_FIRST_SAID = re.compile(
    r"^\s*(?:(?:[Bb]onjour|[Bb]onsoir|[Aa]ll[ôo]|[Oo]ui|[Mm]adame|[Mm]onsieur|[Ee]uh)[\s,.!]+)*"
    rf"(?:(?:ici|[Cc]['’]est|moi c['’]est|[Jj]e suis)\s+)?{_TOWN_WORDS}(?P<name>{_FULL_NAME})"
    r"\s*(?:[,.]|à l['’]appareil)"
)
#: "… je suis la maman de Léo, madame Da Costa"
_LAST_SAID = re.compile(
    r"[,.]\s+(?:je suis\s+|ici\s+|c['’]est\s+|de la part de\s+)?(?P<name>(?:[Mm]adame|[Mm]onsieur|"
    rf"[Mm]me|[Mm]r|[Mm]lle|M\.)\s+{_CAPITAL}(?:\s+{_CAPITAL}){{0,2}})\s*[.!]?\s*$"
)
#: "bonjour monsieur, c'est madame Leroux, Jacqueline Leroux, je suis…"
_SAYS_WHO = re.compile(
    r"(?:^|[,.!]\s+|\b(?:monsieur|madame|bonjour|bonsoir|allô|oui)\s+)"
    r"(?:ici|c['’]est|je suis|moi c['’]est)\s+"
    r"(?P<name>(?:[Mm]adame|[Mm]onsieur|[Mm]me|[Mm]r|[Mm]lle|M\.)"
    rf"\s+{_CAPITAL}(?:\s+{_CAPITAL}){{0,2}})"
    r"(?=[,.!]|\s+(?:et|je|à|au|du|de la|rue|pour|c['’]est)\b|$)"
)
#: "bonjour, monsieur Delmas à l'appareil, …"
_ON_THE_LINE = re.compile(
    r"(?P<name>(?:[Mm]adame|[Mm]onsieur|[Mm]me|[Mm]r|[Mm]lle|M\.)"
    rf"\s+{_CAPITAL}(?:\s+{_CAPITAL}){{0,2}})\s+à\s+l['’]appareil"
)
_AT_THE_END = re.compile(rf"[,.]\s+{_TOWN_WORDS}(?P<name>{_FULL_NAME})\s*[.!]?\s*$")
_BEFORE_NUMBER = re.compile(
    rf"[,.]\s+{_TOWN_WORDS}(?P<name>{_FULL_NAME})\s*,\s*(?=0|\+33|mon\s|au\s0)"
)
#: "Simone Weil, euh non, Simone Veyret"
_SELF_CORRECTED = re.compile(
    r"[\s,.]+(?:(?:euh|ah|oh|enfin)[\s,]+)*(?:non|pardon|plutôt)[\s,]+(?=[A-ZÀ-ÖØ-Þ])"
)
_SENTENCE = re.compile(rf"[.!?]\s+{_TOWN_WORDS}(?P<name>{_FULL_NAME})\s*[.!]\s")
_NAME_ALONE = re.compile(
    rf"^\s*(?:(?:moi\s+)?[Cc]['’]est\s+|[Aa]lors\s+|[Oo]ui\s+)?{_TOWN_WORDS}{_FULL_NAME}"
    r"\s*[.!]?\s*$"
)
#: where the answer goes on with another thing: "Garnier, c'est pour la taxe"
_GOES_ON = re.compile(
    r"[\s,.;]+(?:et\s+)?(?=(?:c['’]est|ce serait)\s+(?:pour|au\s+sujet|à\s+propos|concernant|"
    r"rapport)|"
    r"j['’]appelle|je\s+(?:vous\s+appelle|voudrais|veux|souhaite)|au\s+sujet|à\s+propos|concernant|"
    r"pour\s|(?:mon|le)\s+(?:numéro|téléphone|portable)|0\d|\+33)",
    re.IGNORECASE,
)


class Name(Slot):
    """A name as it is said or spelled; read back so that it can be corrected."""

    name = "name"
    fields = ("name",)

    def __init__(self, phrases: Phrases, refusal: Rules) -> None:
        super().__init__(_NAMED)
        self._phrases = phrases
        self._refusal = refusal

    def question(self, asked: Asked) -> str:
        """Asked again, it suggests spelling."""
        return self._phrases.say("task_name_again" if asked.task.tries else "task_name")

    def parse(self, asked: Asked) -> Answer | None:
        """A name, or a caller who gives none."""
        if self._refusal.covers(asked.words.core):
            return Answer({"name": ""}, self._phrases.say("task_agreed"))
        question = _QUESTION.search(asked.words.spoken) and not _SURE.search(asked.words.spoken)
        asks = asked.words.text.rstrip().endswith("?") and not _CAPITALS.search(asked.words.text)
        meant = _SELF_CORRECTED.split(asked.words.text)[-1]
        reading = None if question or asks else parse_name(meant)
        if reading is None and not asks and (last := _AT_THE_END.search(asked.words.text)):
            reading = NameReading(last["name"])  # "je reprends, Annick Le Floch"
        return self._answer(reading) if reading else None

    def first(self, asked: Asked) -> Answer | None:
        """ "Garnier, c'est pour la taxe d'habitation": the name, and what follows."""
        parts = _GOES_ON.split(asked.words.text.strip(), maxsplit=1)
        reading = parse_name(parts[0]) if len(parts) > 1 and parts[0] else None
        return self._answer(reading) if reading else None

    def _answer(self, reading: NameReading) -> Answer:
        if reading.spelled:
            letters = spell(reading.name)
            text = self._phrases.say("task_name_spelled", name=reading.said, letters=letters)
        else:
            text = self._phrases.say("task_name_is", name=reading.said)
        return Answer({"name": reading.said}, text)

    def volunteered(self, asked: Asked) -> Answer | None:
        """Only where the caller introduces himself."""
        if _SURE.search(asked.words.spoken):
            return self.parse(asked)
        if asked.task.asking:
            return None
        if first := _FIRST_SAID.match(asked.words.text):
            return self._answer(NameReading(first["name"]))
        text = asked.words.text
        last = (
            _SAYS_WHO.search(text)
            or _ON_THE_LINE.search(text)
            or _LAST_SAID.search(text)
            or _SENTENCE.search(text)
            or _BEFORE_NUMBER.search(text)
        )
        reading = parse_name(last["name"]) if last else None
        return self._answer(reading) if reading else None

    def whole(self, asked: Asked) -> Answer | None:
        """A first and a last name, as recognisers write them, and nothing else."""
        sure = _SURE.search(asked.words.spoken)
        short = sure is not None and sure.start() == 0 and asked.words.count <= _MOST_WORDS
        if not (short or _NAME_ALONE.match(asked.words.text)):
            return None
        return self.parse(asked)

    def refined(self, asked: Asked) -> Answer | None:
        """The name spelled, after it was read back wrong."""
        reading = parse_name(asked.words.text)
        spelled = reading is not None and reading.spelled
        said = utterance(asked.words.text)
        letters = sum(run.end - run.first for run in spellings(said))
        most = 2 * letters >= len(said.words)  # "elle m'a demandé un plan" spells nothing
        few = asked.words.count <= _MOST_LETTERS
        return self.parse(asked) if spelled and few and most else None

    def correct(self, asked: Asked) -> Answer | None:
        """A family name alone leaves the first name as it was: "Roger, pas Royer"."""
        given = self.parse(asked)
        old, new = asked.task.values.get("name", "").split(), given.values["name"] if given else ""
        titled = len(old) == _TITLED and spoken(old[0]) in _TITLES
        if (
            given is None
            or " " in new
            or len(old) < _TITLED
            or titled
            or fuzz.ratio(new, old[-1]) < _ALIKE
        ):
            return given
        name = " ".join((*old[:-1], new))
        return Answer({"name": name}, self._phrases.say("task_name_is", name=name))

    def say(self, task: TaskState) -> str:
        """As read back: "madame Dupont"."""
        return task.values.get("name", "")
