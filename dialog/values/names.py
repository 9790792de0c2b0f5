"""The name in an answer: "c'est madame Dupont-Lefèvre", "Dupont, D U P O N T".

What is spelled wins over what was heard, which a recogniser only guesses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from dialog.search.normalise import STOP, fold
from dialog.sounds import sound
from dialog.values.spelling import Spelling, adjust, spellings
from dialog.values.words import Utterance, listed, utterance

MAX_NAME_WORDS = 6
MAX_WORDS = 200  #: nobody needs more to give a name

_TITLES = {
    **{"madame": "madame", "mme": "madame", "monsieur": "monsieur", "m": "monsieur"},
    **{"mr": "monsieur", "mademoiselle": "mademoiselle", "mlle": "mademoiselle"},
    **{"docteur": "docteur", "maitre": "maître"},
}
_STRONG = (
    "je m appelle", "je me nomme", "mon nom est", "mon nom c est", "mon nom de famille est",
    "mon nom de famille c est", "my name is", "nom de famille", "mon nom", "au nom de",
    "a le nom de",
    "de la part de", "c est au nom de", "le nom c est", "le nom est", "nom", "vous etes avec",
)  # fmt: skip
_WEAK = (
    "c est",
    "s est",
    "ici",
    "je suis",
    "moi c est",
    "vous parlez a",
    "de la part de",
    "c etait",
)
_PARTICLES = listed("de du des d la le les l van von der den ben bin el al da dos di mac o saint")
_FILLERS = listed(
    "euh heu alors donc oui bonjour bonsoir allo voila ben bah bon eh hum non prenom mon nom est "
    "ok et c"
)
#: Words of a sentence that may follow a bare name.
_GO_ON = listed("avec sans comme j je s")
_ENDS = (STOP - _PARTICLES) | listed(
    "merci voila habite appelle appelais appellerais vous nous svp s epelle ecrit prononce tout "
    "bonjour appareil comme avec sans epeler voudrais rue numero telephone il vous plait oui non "
    "attendez ok accord rappelez rappeler bye ciao rien savoir question urgent secretaire mairie"
)


#: A body calls under its name, articles and all: "l'association Les Amis du Livre".
_BODIES = listed("association club societe entreprise cabinet sarl sci comite amicale syndic")
_BODY_WORDS = 8


@dataclass(frozen=True, slots=True)
class NameReading:
    """What was understood of a name."""

    name: str  #: "Marie Dupont-Lefèvre"
    title: str = ""  #: "madame", "monsieur", "docteur"; empty when none was said
    spelled: bool = False  #: letters were given: sure

    @property
    def said(self) -> str:
        """As it is read back: "madame Dupont"."""
        return f"{self.title} {self.name}".strip()


def parse_name(text: str) -> NameReading | None:
    """The name that an answer gives, or None when it gives none."""
    whole = utterance(text)
    said = Utterance(whole.text, whole.words[:MAX_WORDS])
    if body := _body(said):
        return NameReading(body)
    runs = [run for run in spellings(said) if not _hint(said.folded, run.first)]
    start, announced = _introduced(said.folded)
    title, first = _title(said.folded, start)
    sure = announced or bool(title) or bool(runs)
    heard = _heard(said, first, runs, announced=sure, titled=bool(title))
    heard, capitals = _apart(heard)
    name = _with_spellings(heard, [*capitals, *(run.letters for run in runs)])
    if not name:
        return None
    if not runs:
        name = adjust(name, " ".join(said.folded))
    return NameReading(name, title, bool(runs or capitals))


def _body(said: Utterance) -> str:
    """The name of an association or a firm, to the end of the sentence; empty when it is none."""
    start, _ = _introduced(said.folded)
    _, start = _title(said.folded, start)
    while start < len(said.words) and said.folded[start] in ("l", "le", "la"):
        start += 1
    if start >= len(said.words) or said.folded[start] not in _BODIES:
        return ""
    end = start + 1
    while end < len(said.words) and not re.search(r"[.,;:!?]", said.gap(end - 1)):
        end += 1
    if not 1 < end - start <= _BODY_WORDS:
        return ""
    name = said.written(start, end)
    return name[:1].upper() + name[1:]


def titled(name: str) -> str:
    """ "DUPONT-LEFÈVRE" becomes "Dupont-Lefèvre"; a name with both cases is kept."""
    if name != name.upper() and name != name.lower():
        return name
    return re.sub(r"[^\W\d_]+", lambda m: m[0][0].upper() + m[0][1:].lower(), name)


def _introduced(tokens: Sequence[str]) -> tuple[int, bool]:
    """The word after "je m'appelle", "c'est", …, and whether there was one."""
    for phrases in (_STRONG, _WEAK):
        for at in range(len(tokens)):
            for phrase in phrases:
                words = phrase.split()
                if list(tokens[at : at + len(words)]) == words:
                    return _later(tokens, at + len(words)), True
    return 0, False


def _later(tokens: Sequence[str], at: int) -> int:
    """Past a second introduction: "mon nom, c'est au nom de …"."""
    for phrase in (*_STRONG, *_WEAK):
        words = phrase.split()
        if list(tokens[at : at + len(words)]) == words:
            return _later(tokens, at + len(words))
    return at


def _title(tokens: Sequence[str], at: int) -> tuple[str, int]:
    """The title said before the name, and the first word after it."""
    title = ""
    while at < len(tokens):
        if tokens[at] in _TITLES and (len(tokens[at]) > 1 or at + 1 < len(tokens)):
            if tokens[at] == "m" and at + 1 < len(tokens) and len(tokens[at + 1]) == 1:
                break  # letters being spelled
            title = title or _TITLES[tokens[at]]
        elif tuple(tokens[at : at + 2]) in (("d", "accord"), ("bien", "sur")):
            at += 1
        elif title and tokens[at] == "ben":
            break  # "madame Ben Saïd"
        elif tokens[at] not in _FILLERS and not _before_title(tokens, at):
            break
        at += 1
    return title, at


def _before_title(tokens: Sequence[str], at: int) -> bool:
    return (
        tokens[at] in ("le", "la") and tokens[at + 1 : at + 2] != () and tokens[at + 1] in _TITLES
    )


def _heard(
    said: Utterance, first: int, runs: Sequence[Spelling], *, announced: bool, titled: bool
) -> list[str]:
    """The written words of the name, those that hyphens and apostrophes tie together."""
    spelled = {at for run in runs for at in range(run.first, run.end)}
    words: list[str] = []
    at = first
    while at < len(said.words) and len(words) < MAX_NAME_WORDS:
        word = said.words[at]
        if at in spelled or (words and word.folded in _FILLERS):
            at += 1
            continue
        kabyle = word.folded == "ait" and word.written[0] == "A"  # "Mohamed Aït Ouali"
        ends = word.folded in _ENDS and not kabyle
        if ends or not word.folded.isalpha() or word.folded in _TITLES:
            break
        end = at + 1
        while end < len(said.words) and said.gap(end - 1) in ("-", "'") and end not in spelled:
            end += 1
        written = said.written(at, end)
        if written not in words:  # "Marie, Marie Dupont"
            words.append(written)
        at = end
        gap = said.gap(at - 1).replace("...", "").replace("…", "")  # "Suzanne... Suzanne Bricard"
        if re.search(r"[.;:!?]", gap) and not _goes_on(said, at, spelled):
            break
    while words and fold(words[-1]) in _PARTICLES - {"saint", "ben"}:
        words.pop()
    if words and words[0] in ("la", "le", "les", "l") and _small(words) and not titled:
        return []  # "c'est la cantine"
    following = said.folded[at] if at < len(said.words) else ""
    if not announced and (len(words) > 4 or following in STOP - _GO_ON):
        return []
    return words


def _small(words: Sequence[str]) -> bool:
    return all(word == word.lower() for word in words)


def _goes_on(said: Utterance, at: int, spelled: set[int]) -> bool:
    return at in spelled or (at < len(said.words) and said.words[at].written.isupper())


def _apart(heard: list[str]) -> tuple[list[str], list[str]]:
    """Heard words, and spelled ones that the recogniser glued together: "Dupont, DUPOND"."""
    words, capitals = list[str](), list[str]()
    for word in heard:
        alike = any(fuzz.ratio(fold(word), fold(before)) >= 60 for before in words)
        if len(word) > 2 and word.isupper() and alike:
            capitals.append(word)
        else:
            words.append(word)
    return words, capitals


def _hint(tokens: Sequence[str], at: int) -> bool:
    """Whether letters only say how a name is written: "Mallet, avec deux L et un T"."""
    return at > 0 and tokens[at - 1] in ("avec", "sans", "prend", "a")


def _together(words: Sequence[str], spelled: Sequence[str]) -> str:
    """A name of several words that was spelled whole: "Le Moine, L E, M O I G N E"."""
    letters = "".join(fold(part).replace(" ", "") for part in spelled)
    joined = "".join(fold(word).replace(" ", "") for word in words)
    if letters == joined and len(words) > 1:
        return " ".join(words)
    first = fold(words[0]) if len(words) == 2 else ""
    if first not in _PARTICLES or fuzz.ratio(letters, joined) < 75:
        return ""
    written = "".join(part for part in spelled if part.isalpha())
    if not letters.startswith(first) or len(written) != len(letters):
        return ""
    return f"{words[0]} {titled(written[len(first) :])}"


def _with_spellings(heard: list[str], spelled: Sequence[str]) -> str:
    words = [titled(word) if fold(word) not in _PARTICLES else word for word in heard]
    if words and spelled and (whole := _together(words, spelled)):
        return whole
    for letters in spelled:
        name = titled(letters)
        alike = [_alike(word, name) for word in words]
        if not words:
            words.append(name)
        elif max(alike) >= 50:
            words[alike.index(max(alike))] = name
        elif len(words) == 1 and len(spelled) == 1:
            words = [name]
        else:
            words[-1] = name
    return " ".join(words)


def _alike(word: str, name: str) -> float:
    return max(fuzz.ratio(fold(word), fold(name)), fuzz.ratio(sound(word), sound(name)))
