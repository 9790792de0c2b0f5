"""National sheets: what service-public.fr publishes (DILA, Licence Ouverte 2.0), as drafts that a
town validates.

    archive ─► xml ─► publication ─► edition ─► store (TOWN/national.jsonl) ─► validation ─► spoken
                       │ structure, outline, kinds: chapters, situations, cases
                       └ blocks, lists, table, contacts, prose, links: words that can be read aloud
"""

from dialog.national.archive import Edition
from dialog.national.edition import Progress, Report, choose_themes, matches, merge, read_edition
from dialog.national.errors import ArchiveError, FileError, NationalError, UnknownTheme
from dialog.national.line import STATUSES, Line
from dialog.national.store import FILE_NAME, read_lines, spoken_sheets, write_lines
from dialog.national.validation import Validation, validate

__all__ = [
    "FILE_NAME",
    "STATUSES",
    "ArchiveError",
    "Edition",
    "FileError",
    "Line",
    "NationalError",
    "Progress",
    "Report",
    "UnknownTheme",
    "Validation",
    "choose_themes",
    "matches",
    "merge",
    "read_edition",
    "read_lines",
    "spoken_sheets",
    "validate",
    "write_lines",
]
