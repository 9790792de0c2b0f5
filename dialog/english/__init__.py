"""The path of a call in English: rules, sheets, messages and phrases of its own."""

from dialog.english.english import English

__all__ = ["English"]
