"""Says the few sentences that a caller in another language needs.

In that language where the town offers it and a voice speaks it; else in English and French, slowly.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from dialog.decision import Decision
from dialog.languages import ENGLISH, FRENCH, Languages
from dialog.phrases import Phrases
from dialog.reply import Action, Reply, Said
from dialog.state import State


class Interpreter:
    """Holds nothing of any call.

    Args:
        spoken: languages that the town offers and a voice of this machine speaks.
    """

    def __init__(self, languages: Languages, phrases: Phrases, spoken: Collection[str]) -> None:
        self._languages = languages
        self._phrases = phrases
        self._spoken = frozenset(
            code for code in spoken if code in languages and languages[code].spoken_in
        )

    @property
    def spoken(self) -> frozenset[str]:
        """The languages in which it speaks, beside French and English."""
        return self._spoken

    def name(self, language: str) -> str:
        """What the town's staff calls a language: "espagnol"."""
        return self._languages[language].name if language in self._languages else language

    def say(
        self,
        state: State,
        language: str,
        names: tuple[str, ...],
        action: Action,
        awaiting: str = "",
    ) -> Decision:
        """Say sentences, by their names in `data/languages.toml`."""
        if language in self._spoken:
            sentences = self._languages[language].sentences
            text = " ".join(sentences[name] for name in names)
            reply = Reply(action, text, language=language, fixed=True)
        else:
            parts = self._in_both(names)
            text = " ".join(part.text for part in parts)
            reply = Reply(action, text, language=ENGLISH, fixed=True, parts=parts)
        after = replace(
            state.settled(),
            awaiting=awaiting,
            foreign=language,
            reply=text,
            reply_sheet="",
            failures=state.failures,
        )
        return Decision(reply, after)

    def sentences(self) -> dict[str, list[str]]:
        """All of them, by language."""
        return {code: list(self._languages[code].sentences.values()) for code in self._spoken}

    def _in_both(self, names: tuple[str, ...]) -> tuple[Said, ...]:
        return tuple(
            Said(" ".join(self._phrases.say(f"foreign_{name}", code) for name in names), code)
            for code in (ENGLISH, FRENCH)
        )
