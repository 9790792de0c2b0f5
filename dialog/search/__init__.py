"""Finds the sheets that answer a caller's words: by meaning and by words."""

from dialog.search.cache import Progress
from dialog.search.index import Index, Query
from dialog.search.ranking import Hit, Ranking

__all__ = ["Hit", "Index", "Progress", "Query", "Ranking"]
